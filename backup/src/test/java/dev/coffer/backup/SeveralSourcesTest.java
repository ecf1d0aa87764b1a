package dev.coffer.backup;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.coffer.backup.BackupException.Reason;
import dev.coffer.backup.tree.FileVersion;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** One backup of several directories and files: all of those, and nothing else. */
class SeveralSourcesTest {
  @TempDir private Path home;
  private Sandbox sandbox;
  private Path letters;
  private Path photos;
  private Path notes;

  @BeforeEach
  void fill() throws Exception {
    sandbox = new Sandbox(home.toRealPath());
    letters = sandbox.write("deep/down/letters/a", Sandbox.prose(1, 100)).getParent();
    sandbox.write("deep/down/letters/sub/b", Sandbox.prose(2, 2000));
    photos = sandbox.write("photos/large", Sandbox.noise(3, 700_000)).getParent();
    notes = sandbox.write("notes", Sandbox.prose(4, 300));
    sandbox.write("notes-of-others", Sandbox.prose(5, 300));
    sandbox.write("deep/down/other", Sandbox.prose(6, 300));
    sandbox.write("deep/elsewhere", Sandbox.prose(7, 300));
  }

  private BackupReport backup(Path... paths) throws BackupException {
    return sandbox.open().backup(List.of(paths), BackupOptions.standard(), ProgressListener.NONE);
  }

  private List<String> list(SnapshotId id) throws BackupException {
    List<String> paths = new ArrayList<>();
    assertEquals(List.of(), sandbox.open().list(id, entry -> paths.add(entry.path())));
    return paths;
  }

  private Reason refused(Path... paths) {
    return assertThrows(BackupException.class, () -> backup(paths)).reason();
  }

  @Test
  void allOfThemComeBackAndNothingElse() throws Exception {
    // In any order, one twice, and one that lies in another.
    BackupReport report = backup(photos, notes, letters, notes, letters.resolve("a"));
    Snapshot snapshot = report.snapshot();
    assertEquals(4, report.files());
    assertEquals(sandbox.data.toString(), snapshot.source());
    assertEquals(List.of("deep/down/letters", "notes", "photos"), snapshot.parts());
    assertEquals(
        List.of(letters.toString(), notes.toString(), photos.toString()), snapshot.sources());
    assertEquals(
        List.of(
            ".",
            "deep",
            "deep/down",
            "deep/down/letters",
            "deep/down/letters/a",
            "deep/down/letters/sub",
            "deep/down/letters/sub/b",
            "notes",
            "photos",
            "photos/large"),
        list(snapshot.id()));
    assertEquals(List.of(), sandbox.restore("back").problems());
    Path back = home.resolve("back");
    assertEquals(Sandbox.describe(letters), Sandbox.describe(back.resolve("deep/down/letters")));
    assertEquals(Sandbox.describe(photos), Sandbox.describe(back.resolve("photos")));
    assertEquals(Sandbox.describe(notes), Sandbox.describe(back.resolve("notes")));
    // The next one of the same sources reads nothing again.
    assertEquals(4, backup(letters, notes, photos).filesUnchanged());
    assertEquals(
        0, sandbox.open().check(CheckDepth.CONTENT, ProgressListener.NONE).problems().size());
  }

  @Test
  void oneOfThemComesBackByItself() throws Exception {
    backup(letters, notes, photos);
    backup(letters);
    RestoreOptions of = RestoreOptions.standard().withSource(Optional.of(photos.toString()));
    RestoreReport report =
        sandbox.open().restore(Optional.empty(), home.resolve("p"), of, ProgressListener.NONE);
    assertEquals(1, report.filesRestored());
    assertEquals(3, report.snapshot().sources().size(), "the newest that has it is older");
    assertEquals(Sandbox.describe(photos), Sandbox.describe(home.resolve("p/photos")));
    assertFalse(Files.exists(home.resolve("p/notes")));
  }

  @Test
  void aFileByItself() throws Exception {
    BackupReport report = backup(notes);
    assertEquals(List.of(".", "notes"), list(report.snapshot().id()));
    assertEquals(List.of(notes.toString()), report.snapshot().sources());
    sandbox.restore("back");
    assertEquals(Sandbox.describe(notes), Sandbox.describe(home.resolve("back/notes")));
  }

  /** Among others that are full it would not show in the sum. */
  @Test
  void anEmptyOneMakesNoSnapshotUnlessAllowed() throws Exception {
    backup(letters, notes, photos);
    Files.move(photos.resolve("large"), sandbox.data.resolve("large"));
    assertEquals(Reason.SHRUNK, refused(letters, notes, photos));
    assertEquals(1, sandbox.open().snapshots().snapshots().size());
    BackupOptions allowed = BackupOptions.standard().withShrinkMax(100);
    BackupReport report =
        sandbox.open().backup(List.of(letters, notes, photos), allowed, ProgressListener.NONE);
    assertEquals(3, report.files());
  }

  @Test
  void whatIsNotThereOrNoFileIsRefused() throws Exception {
    assertEquals(Reason.LOCAL_FAULT, refused(letters, sandbox.data.resolve("absent")));
    assertEquals(Reason.LOCAL_FAULT, refused(letters, Path.of("/dev/null")));
    Path[] many = new Path[BackupLimits.SOURCES_MAX + 1];
    java.util.Arrays.fill(many, letters);
    assertEquals(Reason.TOO_LARGE, refused(many));
    assertFalse(Files.exists(sandbox.repo), "nothing is written");
  }

  /** A count before the walk says how much there will be, of what will be backed up. */
  @Test
  void progressKnowsOfHowMuch() throws Exception {
    BackupOptions options =
        BackupOptions.standard().withCount(true).withExclude(path -> path.endsWith("sub"));
    List<ProgressListener.Progress> told = new ArrayList<>();
    sandbox.open().backup(List.of(letters, notes, photos), options, told::add);
    ProgressListener.Progress last = told.get(told.size() - 1);
    assertEquals(3, last.filesInAll());
    assertEquals(3, last.files());
    assertEquals(700_400, last.bytesInAll());
    assertEquals(700_400, last.bytes());
    assertTrue(told.stream().allMatch(at -> at.bytesInAll() == 700_400), "from the start");
    // And a restore: of what is wanted, what is there already included.
    Path back = home.resolve("back");
    RestoreOptions all = RestoreOptions.standard();
    for (int turn = 0; turn < 2; turn++) {
      told.clear();
      sandbox.open().restore(Optional.empty(), back, all, told::add);
      assertEquals(700_400, told.get(told.size() - 1).bytes());
      assertEquals(700_400, told.get(0).bytesInAll());
    }
    told.clear();
    RestoreOptions one = all.withWanted(path -> path.startsWith("photos"));
    sandbox.open().restore(Optional.empty(), home.resolve("p"), one, told::add);
    assertEquals(700_000, told.get(0).bytesInAll());
    assertEquals(1, told.get(0).filesInAll());
  }

  /** Of the same directory, but other parts of it: neither drives the other out. */
  @Test
  void otherSourcesAreOthers() throws Exception {
    BackupReport all = backup(sandbox.data);
    BackupReport two = backup(letters, notes);
    assertEquals(0, two.filesUnchanged(), "no snapshot of the same before");
    assertEquals(List.of(), two.notices());
    RetentionPolicy policy =
        new RetentionPolicy(1, 0, 0, 0, 0, ZoneOffset.UTC, RetentionPolicy.GRACE_MIN);
    Set<SnapshotId> kept = policy.keep(sandbox.open().snapshots().snapshots());
    assertEquals(Set.of(all.snapshot().id(), two.snapshot().id()), kept);
    assertEquals(List.of(), sandbox.restore("back").notices(), "no fuller one of the same sources");
  }

  /** Patterns speak of what lies below each source, as they do for one alone. */
  @Test
  void patternsBeginInEachSourceAndLeaveNoneOut() throws Exception {
    Set<String> asked = new HashSet<>();
    BackupOptions options =
        BackupOptions.standard()
            .withExclude(path -> {
              asked.add(path);
              return path.equals("sub");
            });
    BackupReport report =
        sandbox.open().backup(List.of(letters, notes, photos), options, ProgressListener.NONE);
    assertEquals(Set.of("a", "sub", "large"), asked);
    assertEquals(
        List.of("deep/down/letters/sub"), report.notices().stream().map(Problem::subject).toList());
    assertTrue(list(report.snapshot().id()).contains("deep/down/letters/a"));
  }

  /** A directory that only leads there is nobody's: what is restored is no wider than usual. */
  @Test
  void directoriesOnTheWayGiveNobodyMoreRights() throws Exception {
    Files.setPosixFilePermissions(
        sandbox.data.resolve("deep"), PosixFilePermissions.fromString("rwxrwxrwx"));
    Files.setPosixFilePermissions(letters, PosixFilePermissions.fromString("rwxrwxrwx"));
    backup(letters, notes);
    sandbox.restore("back");
    assertEquals(0755, FileVersion.of(home.resolve("back/deep")).mode());
    assertEquals(0777, FileVersion.of(home.resolve("back/deep/down/letters")).mode());
  }
}
