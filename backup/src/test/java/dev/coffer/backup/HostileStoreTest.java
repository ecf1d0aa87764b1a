package dev.coffer.backup;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The owner of the store puts something else in the place of objects; nothing hangs or is lost. */
@Tag("long")
class HostileStoreTest {
  @TempDir Path home;
  Sandbox sandbox;
  Snapshot first;

  @BeforeEach
  void make() throws Exception {
    sandbox = new Sandbox(home);
    sandbox.write("large", Sandbox.noise(1, BackupLimits.PAGE));
    sandbox.write("other", Sandbox.noise(2, BackupLimits.SMALL_FILE_MAX + 1));
    first = sandbox.backup().snapshot();
  }

  private static void grow(Path object) throws Exception {
    try (FileChannel channel = FileChannel.open(object, StandardOpenOption.WRITE)) {
      channel.write(java.nio.ByteBuffer.allocate(1), (2L << 30) - 1);
    }
  }

  private Path objectOf(String file) throws Exception {
    return DataObjects.of(sandbox, first, file).get(0);
  }

  /** Hostile input that would make us wait for ever fails the test instead. */
  private static <T> T inTime(Callable<T> work) throws Exception {
    FutureTask<T> task = new FutureTask<>(work);
    Thread thread = new Thread(task, "may hang");
    thread.setDaemon(true);
    thread.start();
    return task.get(60, TimeUnit.SECONDS);
  }

  private void assertOnlyLargeIsMissing(String to) throws Exception {
    RestoreReport report = inTime(() -> sandbox.restore(to));
    assertEquals(List.of("large"), report.problems().stream().map(Problem::subject).toList());
    assertEquals(Problem.Kind.DAMAGED, report.problems().get(0).kind());
    assertTrue(Files.exists(home.resolve(to).resolve("other")));
    assertFalse(Files.exists(home.resolve(to).resolve("large")));
    CheckReport check =
        inTime(() -> sandbox.open().check(CheckDepth.CONTENT, ProgressListener.NONE));
    assertTrue(check.problems().stream().anyMatch(problem -> problem.subject().equals("large")));
  }

  @Test
  void anObjectOfTwoGibibytes() throws Exception {
    grow(objectOf("large"));
    assertOnlyLargeIsMissing("back");
    // The next backup sees it by its size, and stores the content anew.
    BackupReport again = sandbox.backup();
    assertEquals(1, again.filesUnchanged());
    assertEquals(Problem.Kind.OBJECT_MENDED, again.notices().get(0).kind());
    assertEquals(List.of(), sandbox.restore("whole").problems());
  }

  @Test
  void aFolderInItsPlace() throws Exception {
    Path object = objectOf("large");
    Files.delete(object);
    Files.createDirectories(object.resolve("x"));
    assertOnlyLargeIsMissing("back");
  }

  @Test
  void aPipeInItsPlace() throws Exception {
    assumeTrue(ToolRun.isInstalled("mkfifo"), "mkfifo is not installed");
    Path object = objectOf("large");
    Files.delete(object);
    ToolRun.of(home, "mkfifo", object.toString());
    assertOnlyLargeIsMissing("back");
    BackupReport again = inTime(sandbox::backup);
    assertEquals(1, again.filesUnchanged());
    assertTrue(Files.isRegularFile(object, LinkOption.NOFOLLOW_LINKS), "stored anew");
    assertEquals(List.of(), sandbox.restore("whole").problems());
  }

  @Test
  void theNewestSnapshotGrown() throws Exception {
    SnapshotId newest = sandbox.backup().snapshot().id();
    grow(sandbox.repo.resolve(newest.path()));
    RestoreReport report = inTime(() -> sandbox.restore("back"));
    assertEquals(first.id(), report.snapshot().id());
    assertEquals(newest.path(), report.problems().get(0).subject());
    assertEquals(2, report.filesRestored());
  }

  @Test
  void anObjectThatWasCutShowsAtTheNextBackupAndAFlippedBitWithinAMonth() throws Exception {
    Path cut = objectOf("other");
    try (FileChannel channel = FileChannel.open(cut, StandardOpenOption.WRITE)) {
      channel.truncate(channel.size() - 1000);
    }
    BackupReport again = sandbox.backup();
    assertEquals(List.of(), again.problems());
    assertEquals(1, again.filesUnchanged(), "the other file is read again");
    assertEquals(List.of(), sandbox.restore("back").problems());
    byte[] flipped = Files.readAllBytes(objectOf("large"));
    flipped[flipped.length / 2] ^= 1;
    Files.write(objectOf("large"), flipped);
    int runs = 0;
    while (sandbox.open().check(CheckDepth.CONTENT, ProgressListener.NONE).damaged()) {
      assertTrue(++runs <= BackupOptions.CHECK_PARTS, "found within a month of daily backups");
      sandbox.backup();
    }
    assertTrue(runs > 0);
    assertEquals(List.of(), sandbox.restore("later").problems());
  }

  @Test
  void turnsReachEveryObject() throws Exception {
    for (int i = 0; i < 7; i++) {
      sandbox.write("more" + i, Sandbox.noise(100 + i, BackupLimits.SMALL_FILE_MAX + 1));
    }
    sandbox.pass(Duration.ofDays(1));
    sandbox.backup();
    CountingStore store = new CountingStore(dev.coffer.backup.folder.FolderStore.at(sandbox.repo));
    BackupOptions options = BackupOptions.standard().withParts(4);
    for (int run = 0; run < 5; run++) {
      sandbox.open(store).backup(sandbox.data, options, ProgressListener.NONE);
    }
    for (int i = 0; i < 7; i++) {
      Path object =
          DataObjects.of(sandbox, sandbox.open().snapshots().snapshots().get(0), "more" + i).get(0);
      String name = sandbox.repo.relativize(object).toString();
      assertTrue(store.reads.contains(name), name);
    }
  }

  @Test
  void damageThatNoFileCanMendAnyMoreIsAProblemOfEachBackup() throws Exception {
    Path object = objectOf("large");
    Files.delete(sandbox.data.resolve("large"));
    sandbox.write("large2", Sandbox.noise(9, BackupLimits.PAGE));
    Files.write(object, new byte[500]);
    for (int i = 0; i < 2; i++) {
      BackupReport report = sandbox.backup();
      assertEquals(Problem.Kind.OBJECT_DAMAGED, report.problems().get(0).kind());
      assertEquals(sandbox.repo.relativize(object).toString(), report.problems().get(0).subject());
      assertTrue(report.partial());
      assertEquals(0, report.snapshot().problems(), "the new snapshot itself lacks nothing");
    }
  }
}
