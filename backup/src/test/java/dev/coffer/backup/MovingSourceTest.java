package dev.coffer.backup;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.coffer.backup.BackupException.Reason;
import dev.coffer.backup.RestoreOptions.Owners;
import dev.coffer.backup.restore.RestoreTarget;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A source that changes under the walk, and restores that meet each other. */
@Tag("long")
class MovingSourceTest {
  @TempDir Path home;
  Sandbox sandbox;

  @BeforeEach
  void make() throws Exception {
    sandbox = new Sandbox(home);
  }

  /** Does something to the source. */
  private interface Change {
    void run() throws IOException;
  }

  /** Changes something when {@code path} has been backed up. */
  private static ProgressListener after(String path, Change change) {
    return progress -> {
      if (progress.current().equals(path)) {
        try {
          change.run();
        } catch (IOException e) {
          throw new AssertionError(e);
        }
      }
    };
  }

  private BackupReport backup(ProgressListener listener) throws BackupException {
    return sandbox.open().backup(sandbox.data, listener);
  }

  @Test
  void aFileThatGrowsIsReadToTheSizeSeenFirst() throws Exception {
    byte[] begin = Sandbox.noise(1, 2 * BackupLimits.PAGE);
    Path file = sandbox.write("log", begin);
    sandbox.write("other", Sandbox.prose(1, 10));
    long[] appended = new long[1];
    ProgressListener growing =
        progress -> {
          if (progress.current().isEmpty()) {
            try {
              appended[0] += BackupLimits.PAGE;
              Files.write(file, new byte[BackupLimits.PAGE], StandardOpenOption.APPEND);
            } catch (IOException e) {
              throw new AssertionError(e);
            }
          }
        };
    BackupReport report = backup(growing);
    assertEquals(List.of(), report.problems());
    assertEquals(Problem.Kind.GREW, report.notices().get(0).kind());
    assertEquals("log", report.notices().get(0).subject());
    // Each reading sets off as much growth as it reads: to its end there would be none.
    assertTrue(report.bytesRead() < 64L * BackupLimits.PAGE, "read " + report.bytesRead());
    assertTrue(appended[0] > 0);
    RestoreReport restored = sandbox.restore("back");
    assertEquals(Problem.Kind.GREW, restored.omitted().get(0).kind());
    assertFalse(restored.partial());
    byte[] back = Files.readAllBytes(home.resolve("back/log"));
    assertArrayEquals(begin, Arrays.copyOf(back, begin.length));
    assertEquals(1, sandbox.backup().filesUnchanged(), "the next backup reads it again");
  }

  @Test
  void filesThatVanishAreANotice() throws Exception {
    sandbox.write("a", Sandbox.prose(1, 10));
    Path gone = sandbox.write("b", Sandbox.prose(2, 10));
    Path directory = sandbox.write("c/file", Sandbox.prose(3, 10)).getParent();
    BackupReport report =
        backup(
            after(
                "a",
                () -> {
                  Files.delete(gone);
                  Files.delete(directory.resolve("file"));
                  Files.delete(directory);
                }));
    assertEquals(List.of(), report.problems());
    assertEquals(List.of("b", "c"), report.notices().stream().map(Problem::subject).toList());
    assertEquals(Problem.Kind.VANISHED, report.notices().get(0).kind());
    assertFalse(sandbox.restore("back").partial());
  }

  @Test
  void aDirectoryThatBecomesALinkLeadsNowhereElse() throws Exception {
    Path outside = Files.createDirectory(home.resolve("outside"));
    for (String name : List.of("one", "two")) {
      Files.writeString(outside.resolve(name), "not of the source");
      sandbox.write("dir/" + name, Sandbox.prose(1, 10));
    }
    Files.createDirectory(outside.resolve("zdeeper"));
    Files.writeString(outside.resolve("zdeeper/three"), "not of the source");
    sandbox.write("dir/zdeeper/three", Sandbox.prose(3, 10));
    Path dir = sandbox.data.resolve("dir");
    BackupReport report =
        backup(
            after(
                "dir/one",
                () -> {
                  Files.move(dir, home.resolve("moved"));
                  Files.createSymbolicLink(dir, outside);
                }));
    assertEquals(
        List.of("dir/two", "dir/zdeeper"),
        report.problems().stream().map(Problem::subject).toList());
    sandbox.restore("back");
    try (var paths = Files.walk(home.resolve("back"))) {
      for (Path path : (Iterable<Path>) paths.filter(Files::isRegularFile)::iterator) {
        assertFalse(Files.readString(path).contains("not of the source"), path.toString());
      }
    }
  }

  @Test
  void whatABrokenOffRestoreLeavesIsClearedAndNeverBackedUp() throws Exception {
    sandbox.write("dir/large", Sandbox.noise(1, 3 * BackupLimits.PAGE));
    sandbox.backup();
    ProgressListener breaking =
        progress -> {
          throw new IllegalStateException("broken off");
        };
    assertThrows(
        IllegalStateException.class,
        () -> sandbox.open().restore(Optional.empty(), home.resolve("back"), breaking));
    Path left = home.resolve("back/dir/.coffer-restore-0123456789abcdef");
    Files.writeString(left, "of another file");
    BackupReport of = sandbox.open().backup(home.resolve("back"), ProgressListener.NONE);
    assertEquals(0, of.files());
    assertEquals(2, of.notices().size(), "the file that was begun, and the other one");
    assertEquals(Problem.Kind.UNFINISHED_RESTORE, of.notices().get(0).kind());
    SnapshotId whole = sandbox.open().snapshots().snapshots().get(1).id();
    sandbox.open().restore(Optional.of(whole), home.resolve("back"), ProgressListener.NONE);
    assertEquals(Sandbox.describe(sandbox.data), Sandbox.describe(home.resolve("back")));
  }

  @Test
  void aSecondRestoreIntoTheSameDirectoryWaitsForTheFirst() throws Exception {
    sandbox.write("file", Sandbox.prose(1, 10));
    sandbox.backup();
    try (RestoreTarget first = RestoreTarget.at(home.resolve("back"), Owners.NEVER)) {
      assertTrue(Files.isDirectory(first.root()));
      BackupException refused = assertThrows(BackupException.class, () -> sandbox.restore("back"));
      assertEquals(Reason.LOCAL_FAULT, refused.reason());
      assertTrue(refused.getMessage().contains("Another restore"), refused.getMessage());
    }
    assertEquals(1, sandbox.restore("back").filesRestored());
    assertEquals(Sandbox.describe(sandbox.data), Sandbox.describe(home.resolve("back")));
  }
}
