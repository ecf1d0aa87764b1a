package dev.coffer.backup;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.coffer.backup.BackupException.Reason;
import dev.coffer.backup.folder.FolderStore;
import dev.coffer.backup.repository.Repository;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What would go missing without a word: a source that is not there, a place that is none. */
@Tag("long")
class NothingLostTest {
  private static final BackupOptions ANY = BackupOptions.standard().withShrinkMax(100);

  @TempDir Path home;
  Sandbox sandbox;

  @BeforeEach
  void make() throws Exception {
    sandbox = new Sandbox(home);
    for (int i = 0; i < 10; i++) {
      sandbox.write("file" + i, Sandbox.prose(i, 1000));
    }
  }

  private Reason refused(BackupOptions options) {
    return assertThrows(
            BackupException.class,
            () -> sandbox.open().backup(sandbox.data, options, ProgressListener.NONE))
        .reason();
  }

  private void remove(int from, int to) throws Exception {
    for (int i = from; i < to; i++) {
      Files.delete(sandbox.data.resolve("file" + i));
    }
  }

  @Test
  void anEmptySourceMakesNoSnapshotUnlessAllowed() throws Exception {
    Path empty = Files.createDirectory(home.resolve("mount point"));
    BackupException first =
        assertThrows(
            BackupException.class, () -> sandbox.open().backup(empty, ProgressListener.NONE));
    assertEquals(Reason.SHRUNK, first.reason());
    SnapshotId full = sandbox.backup().snapshot().id();
    remove(0, 10);
    assertEquals(Reason.SHRUNK, refused(BackupOptions.standard()));
    assertEquals(full, sandbox.open().snapshots().snapshots().get(0).id());
    assertEquals(10, sandbox.restore("back").filesRestored());
    BackupReport allowed = sandbox.open().backup(sandbox.data, ANY, ProgressListener.NONE);
    assertEquals(0, allowed.files());
    RestoreReport restored = sandbox.restore("empty");
    assertEquals(allowed.snapshot().id(), restored.snapshot().id());
    assertEquals(Problem.Kind.FULLER_SNAPSHOT, restored.notices().get(0).kind());
    assertEquals(full.toString(), restored.notices().get(0).subject());
  }

  @Test
  void aSourceThatShrinksBeyondTheShareMakesNoSnapshot() throws Exception {
    sandbox.backup();
    remove(0, 5);
    sandbox.backup();
    remove(5, 8);
    assertEquals(Reason.SHRUNK, refused(BackupOptions.standard()));
    assertEquals(Reason.SHRUNK, refused(BackupOptions.standard().withShrinkMax(59)));
    sandbox
        .open()
        .backup(sandbox.data, BackupOptions.standard().withShrinkMax(60), ProgressListener.NONE);
    // Fewer octets in as many files are a loss too.
    Files.write(sandbox.data.resolve("file8"), new byte[0]);
    Files.write(sandbox.data.resolve("file9"), new byte[9]);
    assertEquals(Reason.SHRUNK, refused(BackupOptions.standard()));
  }

  @Test
  void retentionNeverDropsTheLastFullSnapshot() {
    List<Snapshot> all = new ArrayList<>();
    Instant start = Instant.parse("2030-01-01T12:00:00Z");
    for (int day = 0; day < 800; day++) {
      SnapshotId id = SnapshotId.of(start.plus(Duration.ofDays(day)), "0".repeat(64));
      int files = day == 0 ? 100 : day == 1 ? 90 : 0;
      all.add(new Snapshot(id, "/a", List.of(), List.of(), files, 1, 0, files * 10L, 0, 0));
      Set<SnapshotId> kept = RetentionPolicy.standard(ZoneOffset.UTC).keep(all);
      all.removeIf(snapshot -> !kept.contains(snapshot.id()));
      assertTrue(all.stream().anyMatch(snapshot -> snapshot.files() >= 90), "day " + day);
    }
    assertTrue(all.size() < 40, "the rest is thinned out: " + all.size());
  }

  @Test
  void aPlaceThatHoldsOtherThingsIsNeverMadeARepository() throws Exception {
    Path documents = Files.createDirectory(home.resolve("data/docs"));
    Files.writeString(documents.resolve("my letter.txt"), "Dear all");
    for (Path place : List.of(documents, sandbox.data, home)) {
      Set<Path> before = tree();
      BackupException refused =
          assertThrows(
              BackupException.class,
              () ->
                  sandbox
                      .open(FolderStore.at(place))
                      .backup(sandbox.data, ANY, ProgressListener.NONE));
      assertTrue(
          Set.of(Reason.NOT_A_REPOSITORY, Reason.LOCAL_FAULT).contains(refused.reason()),
          refused.getMessage());
      assertEquals(before, tree(), "nothing is written");
    }
    BackupReport report = sandbox.backup();
    assertEquals(11, report.files(), "and nothing is left out afterwards");
    assertEquals(List.of(), report.notices());
    BackupException inside =
        assertThrows(
            BackupException.class,
            () -> sandbox.open().backup(sandbox.repo.resolve("data"), ANY, ProgressListener.NONE));
    assertEquals(Reason.LOCAL_FAULT, inside.reason());
  }

  private Set<Path> tree() throws Exception {
    try (var paths = Files.walk(home)) {
      return new HashSet<>(paths.toList());
    }
  }

  @Test
  void aRefusedBackupDoesNotEvenMakeTheFolder() throws Exception {
    Path file = Path.of("/dev/null");
    Path place = home.resolve("new/place");
    assertThrows(
        BackupException.class,
        () -> sandbox.open(FolderStore.at(place)).backup(file, ANY, ProgressListener.NONE));
    assertFalse(Files.exists(place));
    Path mount = Files.createDirectory(home.resolve("mount point"));
    Path full = sandbox.data;
    for (List<Path> sources : List.of(List.of(mount), List.of(full, mount))) {
      BackupException refused =
          assertThrows(
              BackupException.class,
              () ->
                  sandbox
                      .open(FolderStore.at(place))
                      .backup(sources, BackupOptions.standard(), ProgressListener.NONE));
      assertEquals(Reason.SHRUNK, refused.reason());
      assertFalse(Files.exists(place), "made for " + sources);
    }
    // What holds only what is left out is as good as empty.
    Path only = Files.writeString(mount.resolve("cache.tmp"), "left out").toRealPath();
    BackupOptions without = BackupOptions.standard().withLeaveOut(Map.of(only, "a cache"));
    assertThrows(
        BackupException.class,
        () -> sandbox.open(FolderStore.at(place)).backup(mount, without, ProgressListener.NONE));
    assertFalse(Files.exists(place));
    sandbox.open().copyTo(sandbox.open(FolderStore.at(place)));
    assertFalse(Files.exists(place), "there is nothing to copy");
    sandbox
        .open(FolderStore.at(place))
        .backup(mount, BackupOptions.standard(), ProgressListener.NONE);
    assertTrue(Files.exists(place));
  }

  @Test
  void whatIsLeftOutIsNamedAndTheSnapshotKnowsIt() throws Exception {
    Path keys = Files.createDirectories(sandbox.data.resolve("vault/client"));
    Files.writeString(keys.resolve("backup.key"), "secret");
    Path real = sandbox.data.toRealPath();
    BackupOptions options = ANY.withLeaveOut(Map.of(real.resolve("vault"), "this device's keys"));
    FolderStore inside = FolderStore.at(sandbox.data.resolve("repository"));
    assertNamed(inside, options);
    RestoreReport restored =
        sandbox.open(inside).restore(Optional.empty(), home.resolve("back"), ProgressListener.NONE);
    assertEquals(
        List.of("repository", "vault"), restored.omitted().stream().map(Problem::subject).toList());
    assertFalse(restored.partial(), "it was left out on purpose");
    assertFalse(Files.exists(home.resolve("back/vault")));
    BackupException refused =
        assertThrows(
            BackupException.class,
            () -> sandbox.open(inside).backup(keys, options, ProgressListener.NONE));
    assertEquals(Reason.LOCAL_FAULT, refused.reason());
  }

  private void assertNamed(FolderStore store, BackupOptions options) throws BackupException {
    BackupReport report = sandbox.open(store).backup(sandbox.data, options, ProgressListener.NONE);
    assertEquals(
        List.of(Problem.Kind.REPOSITORY_SKIPPED, Problem.Kind.LEFT_OUT),
        report.notices().stream().map(Problem::kind).toList());
    assertEquals(10, report.files());
    assertEquals(2, report.snapshot().omitted());
    assertFalse(report.partial());
  }

  @Test
  void aClockThatWasInTheFutureIsSaid() throws Exception {
    Instant future = Instant.parse("2040-01-01T00:00:00Z");
    sandbox.open();
    Repository.open(
            FolderStore.at(sandbox.repo),
            sandbox.key(),
            Clock.fixed(future, ZoneOffset.UTC),
            Runnable::run)
        .backup(sandbox.data, ProgressListener.NONE);
    BackupReport report = sandbox.backup();
    assertEquals(Problem.Kind.CLOCK, report.notices().get(0).kind());
    assertTrue(report.notices().get(0).sentence().contains("2040-01-01T00:00:00Z"));
    assertTrue(report.notices().get(0).sentence().contains(sandbox.now().toString()));
    assertEquals(future.plusSeconds(1), report.snapshot().time());
    Clock local = Clock.fixed(sandbox.now(), ZoneOffset.ofHours(2));
    BackupReport there =
        Repository.open(FolderStore.at(sandbox.repo), sandbox.key(), local, Runnable::run)
            .backup(sandbox.data, ProgressListener.NONE);
    String said = there.notices().get(0).sentence();
    assertTrue(said.contains("2040-01-01T02:00:01+02:00"), said);
    // Without them, time goes on as it is.
    sandbox.open().forget(there.snapshot().id());
    sandbox.open().forget(report.snapshot().id());
    sandbox.open().forget(sandbox.open().names().get(0));
    BackupReport mended = sandbox.backup();
    assertEquals(List.of(), mended.notices());
    assertEquals(sandbox.now().truncatedTo(ChronoUnit.SECONDS), mended.snapshot().time());
  }
}
