package dev.coffer.backup;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.coffer.backup.BackupException.Reason;
import dev.coffer.backup.folder.FolderStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FolderStoreTest {
  @TempDir Path home;

  @Test
  void keepsWhatAStorePromises() throws Exception {
    StoreContract.check(FolderStore.at(home.resolve("store")));
  }

  @Test
  void namesCannotLeaveTheFolder() throws Exception {
    FolderStore store = FolderStore.at(home.resolve("store"));
    for (String bad :
        new String[] {
          "../x", "/x", "a/../x", "a//x", "", ".", "a/", "tmp/x", "a\nb", "a\\b", ".hidden"
        }) {
      assertThrows(BackupException.class, () -> store.put(bad, new byte[1]), bad);
      assertThrows(BackupException.class, () -> store.get(bad, 1), bad);
      assertThrows(BackupException.class, () -> store.delete(bad), bad);
    }
  }

  @Test
  void leftoversAreInvisibleAndSwept() throws Exception {
    FolderStore store = FolderStore.at(home.resolve("store"));
    store.put("a/b", new byte[10]);
    Path leftover = Files.write(home.resolve("store/tmp/put1"), new byte[5]);
    Path fresh = Files.write(home.resolve("store/tmp/put2"), new byte[5]);
    Files.setLastModifiedTime(leftover, FileTime.from(Instant.ofEpochSecond(1000)));
    StringBuilder seen = new StringBuilder();
    store.list("", object -> seen.append(object.name()));
    assertEquals("a/b", seen.toString());
    store.sweep(Instant.ofEpochSecond(2000));
    assertTrue(Files.notExists(leftover) && Files.exists(fresh));
  }

  @Test
  void strayFilesOfOthersAreNotObjects() throws Exception {
    FolderStore store = FolderStore.at(home.resolve("store"));
    store.put("a/b", new byte[10]);
    Files.write(home.resolve("store/a/.DS_Store"), new byte[1]);
    Files.write(home.resolve("store/a/b (conflicted copy)"), new byte[1]);
    StringBuilder seen = new StringBuilder();
    store.list("", object -> seen.append(object.name()));
    assertEquals("a/b", seen.toString());
  }

  @Test
  void aFullDiskIsSaidInOneSentence() throws Exception {
    Path disk = Files.createDirectory(home.resolve("disk"));
    // A file system of 1 MiB in memory; only the administrator may mount one.
    ToolRun mount =
        ToolRun.any(home, null, "mount", "-t", "tmpfs", "-o", "size=1m", "none", disk.toString());
    if (mount.exit() != 0) {
      System.out.println(
          "SKIPPED FolderStoreTest.aFullDiskIsSaidInOneSentence: mounting a small disk is not allowed here");
    }
    assumeTrue(mount.exit() == 0, "mounting is not allowed");
    try {
      Sandbox sandbox = new Sandbox(home);
      sandbox.write("large", Sandbox.noise(1, 2 * BackupLimits.PAGE));
      BackupException full =
          assertThrows(
              BackupException.class,
              () ->
                  sandbox
                      .open(FolderStore.at(disk.resolve("repo")))
                      .backup(sandbox.data, ProgressListener.NONE));
      assertEquals(Reason.STORE_FULL, full.reason());
      assertTrue(
          full.getMessage().contains("free some space there and run the same command again"),
          full.getMessage());
      // The same in the other direction, and then with space.
      sandbox.backup();
      BackupException tight =
          assertThrows(
              BackupException.class,
              () ->
                  sandbox
                      .open()
                      .restore(Optional.empty(), disk.resolve("back"), ProgressListener.NONE));
      assertEquals(Reason.NO_ROOM, tight.reason());
      RestoreOptions blind = RestoreOptions.standard().withSpace(FreeSpace.UNKNOWN);
      BackupException stuck =
          assertThrows(
              BackupException.class,
              () ->
                  sandbox
                      .open()
                      .restore(
                          Optional.empty(), disk.resolve("back"), blind, ProgressListener.NONE));
      assertEquals(Reason.DISK_FULL, stuck.reason());
      ToolRun.of(home, "mount", "-o", "remount,size=8m", disk.toString());
      RestoreReport done =
          sandbox.open().restore(Optional.empty(), disk.resolve("back"), ProgressListener.NONE);
      assertTrue(!done.partial());
      assertArrayEquals(
          Files.readAllBytes(sandbox.data.resolve("large")),
          Files.readAllBytes(disk.resolve("back/large")));
    } finally {
      ToolRun.of(home, "umount", disk.toString());
    }
  }

  @Test
  void aFolderThatMayNotBeWrittenIsSaidSo() throws Exception {
    Path folder = Files.createDirectory(home.resolve("locked"));
    FolderStore store = FolderStore.at(folder);
    Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("r-xr-xr-x"));
    assumeTrue(!Files.isWritable(folder), "this user may write everywhere");
    BackupException refused =
        assertThrows(BackupException.class, () -> store.put("a/b", new byte[1]));
    assertEquals(Reason.STORE_DENIED, refused.reason());
  }
}
