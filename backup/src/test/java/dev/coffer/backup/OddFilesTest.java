package dev.coffer.backup;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.coffer.backup.local.PathOctets;
import dev.coffer.backup.repository.Repository;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What file systems hold besides well-behaved files. */
@Tag("long")
class OddFilesTest {
  @TempDir Path home;
  Sandbox sandbox;

  @BeforeEach
  void make() throws Exception {
    sandbox = new Sandbox(home);
  }

  @Test
  void namesThatAreNotUtf8() throws Exception {
    byte[] odd = {'x', (byte) 0xff, (byte) 0xc3, 'y', (byte) 0x80};
    byte[] target = {(byte) 0xfe, '/', '.', '.', '/', (byte) 0xc3, (byte) 0xbc};
    Files.write(PathOctets.resolve(sandbox.data, odd), Sandbox.prose(1, 100));
    Files.createSymbolicLink(
        sandbox.data.resolve("link"), PathOctets.target(sandbox.data, target).orElseThrow());
    assertEquals(List.of(), sandbox.backup().problems());
    assertEquals(List.of(), sandbox.restore("back").problems());
    Path back = home.resolve("back").toRealPath();
    assertArrayEquals(Sandbox.prose(1, 100), Files.readAllBytes(PathOctets.resolve(back, odd)));
    assertArrayEquals(target, PathOctets.ofTarget(Files.readSymbolicLink(back.resolve("link"))));
  }

  @Test
  void aFileThatChangesWhileItIsRead() throws Exception {
    Path file = sandbox.write("busy", Sandbox.noise(1, 2 * BackupLimits.PAGE));
    sandbox.write("calm", Sandbox.prose(2, 100));
    FaultyStore store = new FaultyStore();
    int[] changes = new int[1];
    ProgressListener changing =
        progress -> {
          // A page of the file has just been read.
          if (progress.current().isEmpty()) {
            try {
              Files.setLastModifiedTime(
                  file, FileTime.from(Instant.ofEpochSecond(1_000_000 + changes[0]++)));
            } catch (java.io.IOException e) {
              throw new AssertionError(e);
            }
          }
        };
    BackupReport report = sandbox.open(store).backup(sandbox.data, changing);
    assertTrue(changes[0] >= 6, "read three times");
    assertEquals(1, report.problems().size());
    assertEquals(Problem.Kind.CHANGED_WHILE_READ, report.problems().get(0).kind());
    assertEquals("busy", report.problems().get(0).subject());
    assertEquals(2, report.files(), "its content is kept all the same");
    BackupReport again = sandbox.open(store).backup(sandbox.data, ProgressListener.NONE);
    assertEquals(List.of(), again.problems());
    assertEquals(1, again.filesUnchanged(), "the next backup reads it again");
  }

  @Test
  void aFileThatCalmsDownIsReadAgainAndIsNoProblem() throws Exception {
    Path file = sandbox.write("busy", Sandbox.noise(1, BackupLimits.PAGE));
    boolean[] changed = new boolean[1];
    ProgressListener once =
        progress -> {
          if (!changed[0]) {
            changed[0] = true;
            try {
              Files.write(file, Sandbox.noise(2, BackupLimits.PAGE + 9));
            } catch (java.io.IOException e) {
              throw new AssertionError(e);
            }
          }
        };
    BackupReport report = sandbox.open(new FaultyStore()).backup(sandbox.data, once);
    assertEquals(List.of(), report.problems());
    assertEquals(BackupLimits.PAGE + 9, report.bytes());
  }

  @Test
  void filesAndDirectoriesThatCannotBeRead() throws Exception {
    Path file = sandbox.write("secret", Sandbox.prose(1, 10));
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("---------"));
    assumeTrue(!Files.isReadable(file), "this user may read everything");
    Path directory =
        Files.createDirectory(
            sandbox.data.resolve("dir"),
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("---------")));
    sandbox.write("good", Sandbox.prose(2, 10));
    BackupReport report = sandbox.backup();
    assertEquals(2, report.problems().size());
    assertEquals(1, report.files());
    assertEquals(1, report.snapshot().directories(), "one that nobody could enter is left out");
    Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwx------"));
  }

  @Test
  void aSourceThatCannotBeReadMakesNoSnapshot() throws Exception {
    sandbox.write("good", Sandbox.prose(2, 10));
    sandbox.backup();
    for (String mode : List.of("---------", "r--------", "-wx------")) {
      Files.setPosixFilePermissions(sandbox.data, PosixFilePermissions.fromString(mode));
      try {
        assumeTrue(
            !Files.isReadable(sandbox.data.resolve("good")) || !Files.isReadable(sandbox.data),
            "this user may read everything");
        BackupException refused = assertThrows(BackupException.class, sandbox::backup);
        assertEquals(BackupException.Reason.LOCAL_FAULT, refused.reason());
      } finally {
        Files.setPosixFilePermissions(sandbox.data, PosixFilePermissions.fromString("rwx------"));
      }
    }
    assertEquals(1, sandbox.open().snapshots().snapshots().size());
  }

  @Test
  void aFolderKnowsItsRepository() throws Exception {
    assertFalse(sandbox.open().exists());
    assertFalse(Repository.encloses(sandbox.repo));
    sandbox.write("good", Sandbox.prose(2, 10));
    sandbox.backup();
    assertTrue(sandbox.open().exists());
    assertTrue(Repository.encloses(sandbox.repo.resolve("data/deep")));
    assertFalse(Repository.encloses(sandbox.data));
  }

  @Test
  void pipesAreReportedNotRead() throws Exception {
    assumeTrue(ToolRun.isInstalled("mkfifo"), "mkfifo is not installed");
    ToolRun.of(home, "mkfifo", sandbox.data.resolve("pipe").toString());
    sandbox.write("good", Sandbox.prose(2, 10));
    BackupReport report = sandbox.backup();
    assertEquals(List.of(), report.problems());
    assertEquals(Problem.Kind.SPECIAL, report.notices().get(0).kind());
    assertEquals(1, report.files());
  }

  @Test
  void linksAreNeverFollowed() throws Exception {
    Files.createSymbolicLink(sandbox.data.resolve("loop"), Path.of("."));
    Files.createSymbolicLink(sandbox.data.resolve("up"), Path.of(".."));
    BackupReport report = sandbox.backup();
    assertEquals(2, report.snapshot().links());
    assertEquals(0, report.files());
    sandbox.restore("back");
    assertEquals(Path.of(".."), Files.readSymbolicLink(home.resolve("back/up")));
  }

  @Test
  void timesBeforeTheEpochAndFarAway() throws Exception {
    for (String time :
        List.of("1901-12-14T00:00:00Z", "1969-12-31T23:59:59Z", "2200-01-01T00:00:00.000000001Z")) {
      Path file = sandbox.write("t" + time.substring(0, 4), Sandbox.prose(1, 10));
      Files.setLastModifiedTime(file, FileTime.from(Instant.parse(time)));
    }
    sandbox.backup();
    sandbox.restore("back");
    assertEquals(Sandbox.describe(sandbox.data), Sandbox.describe(home.resolve("back")));
  }

  /** The JDK itself cannot set such a time, so a tool does. */
  @Test
  void fractionsOfSecondsBeforeTheEpochDoNotBecomeTheEpoch() throws Exception {
    assumeTrue(ToolRun.isInstalled("touch"), "touch is not installed");
    Path file = sandbox.write("old", Sandbox.prose(1, 10));
    ToolRun.of(home, "touch", "-d", "@-1.25", file.toString());
    assumeTrue(
        Files.getLastModifiedTime(file)
            .toInstant()
            .equals(Instant.parse("1969-12-31T23:59:58.75Z")),
        "this touch or file system keeps no such time");
    sandbox.backup();
    sandbox.restore("back");
    Instant restored = Files.getLastModifiedTime(home.resolve("back/old")).toInstant();
    assertEquals(Instant.parse("1969-12-31T23:59:58Z"), restored);
  }

  @Test
  void filesAtTheBordersOfPagesAndPacks() throws Exception {
    int[] sizes = {
      BackupLimits.SMALL_FILE_MAX - 1,
      BackupLimits.SMALL_FILE_MAX,
      BackupLimits.SMALL_FILE_MAX + 1,
      BackupLimits.PAGE - 1,
      BackupLimits.PAGE,
      BackupLimits.PAGE + 1,
      2 * BackupLimits.PAGE
    };
    for (int size : sizes) {
      sandbox.write("s" + size, Sandbox.noise(size, size));
    }
    for (int i = 0; i < 12; i++) {
      sandbox.write("pack" + i, Sandbox.noise(i, 400_000));
    }
    sandbox.backup();
    assertEquals(List.of(), sandbox.restore("back").problems());
    assertEquals(Sandbox.describe(sandbox.data), Sandbox.describe(home.resolve("back")));
  }

  @Test
  void manyFilesWithTheSameContentAreStoredOnce() throws Exception {
    for (int i = 0; i < 50; i++) {
      sandbox.write("small" + i, Sandbox.noise(1, 100_000));
    }
    BackupReport report = sandbox.backup();
    assertTrue(report.bytesStored() < 150_000, "stored " + report.bytesStored());
    assertEquals(List.of(), sandbox.restore("back").problems());
  }

  @Test
  void aDeviceOrNothingInsteadOfASource() throws Exception {
    sandbox.write("file", new byte[1]);
    for (Path wrong : List.of(Path.of("/dev/null"), home.resolve("nowhere"))) {
      BackupException refused =
          assertThrows(
              BackupException.class, () -> sandbox.open().backup(wrong, ProgressListener.NONE));
      assertEquals(BackupException.Reason.LOCAL_FAULT, refused.reason());
    }
    sandbox.backup();
    BackupException refused =
        assertThrows(BackupException.class, () -> sandbox.restore("data/file"));
    assertEquals(BackupException.Reason.LOCAL_FAULT, refused.reason());
  }

  @Test
  void sparsePartsOfALargeFileCostNothing() throws Exception {
    Path file = sandbox.data.resolve("sparse");
    try (var out =
        java.nio.channels.FileChannel.open(
            file,
            java.nio.file.StandardOpenOption.CREATE,
            java.nio.file.StandardOpenOption.WRITE)) {
      out.write(
          java.nio.ByteBuffer.wrap("end".getBytes(StandardCharsets.UTF_8)),
          30L * BackupLimits.PAGE);
    }
    BackupReport report = sandbox.backup();
    assertTrue(report.bytesStored() < 20_000, "stored " + report.bytesStored());
    sandbox.restore("back");
    assertEquals(Sandbox.describe(sandbox.data), Sandbox.describe(home.resolve("back")));
  }

  @Test
  void directoriesThatWereReadOnlyInAnUnfinishedRestore() throws Exception {
    sandbox.fill();
    sandbox.backup();
    sandbox.restore("back");
    Path locked = home.resolve("back/modes/locked");
    Files.setPosixFilePermissions(locked, PosixFilePermissions.fromString("rwx------"));
    Files.delete(locked.resolve("file"));
    Files.setPosixFilePermissions(locked, PosixFilePermissions.fromString("r-xr-x---"));
    assertEquals(List.of(), sandbox.restore("back").problems());
    assertEquals(Sandbox.describe(sandbox.data), Sandbox.describe(home.resolve("back")));
    assertFalse(Files.exists(locked.resolve(".coffer-restore"), LinkOption.NOFOLLOW_LINKS));
  }
}
