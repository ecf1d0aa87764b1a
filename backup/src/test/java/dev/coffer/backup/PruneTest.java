package dev.coffer.backup;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.coffer.backup.BackupException.Reason;
import dev.coffer.backup.repository.Repository;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Which snapshots go, and that content goes only when nothing can need it. */
@Tag("long")
class PruneTest {
  private static final RetentionPolicy LAST_ONLY =
      new RetentionPolicy(1, 0, 0, 0, 0, ZoneOffset.UTC, RetentionPolicy.GRACE_MIN);

  @TempDir Path home;
  Sandbox sandbox;
  FaultyStore store = new FaultyStore();

  @BeforeEach
  void make() throws Exception {
    sandbox = new Sandbox(home);
  }

  private BackupReport backup() throws BackupException {
    return sandbox.open(store).backup(sandbox.data, ProgressListener.NONE);
  }

  private PruneReport prune() throws BackupException {
    return sandbox.open(store).prune(LAST_ONLY);
  }

  private void assertWhole() throws BackupException {
    assertEquals(
        List.of(), sandbox.open(store).check(CheckDepth.CONTENT, ProgressListener.NONE).problems());
  }

  private static Snapshot at(String time, String source) {
    Instant instant = Instant.parse(time);
    SnapshotId id = SnapshotId.of(instant, "0".repeat(64));
    return new Snapshot(id, source, List.of(), List.of(), 0, 0, 0, 0, 0, 0);
  }

  /** However old, and beside whatever the numbers keep. */
  @Test
  void whatHasATagIsKept() throws Exception {
    sandbox.write("file", Sandbox.prose(1, 500));
    SnapshotId kept =
        sandbox
            .open()
            .backup(
                sandbox.data,
                BackupOptions.standard().withTags(List.of("move", "2030")),
                ProgressListener.NONE)
            .snapshot()
            .id();
    SnapshotId gone = sandbox.backup().snapshot().id();
    SnapshotId last = sandbox.backup().snapshot().id();
    assertEquals(List.of("2030", "move"), sandbox.open().snapshots().snapshots().get(2).tags());
    RetentionPolicy policy =
        new RetentionPolicy(
            1, 0, 0, 0, 0, Set.of("move", "absent"), ZoneOffset.UTC, RetentionPolicy.GRACE_MIN);
    PruneReport report = sandbox.open().prune(policy);
    assertEquals(List.of(gone), report.removed());
    assertEquals(List.of(kept, last), report.kept());
    for (String bad : List.of("", "a b", "a/b", "x".repeat(65), "a\nend")) {
      assertThrows(
          IllegalArgumentException.class, () -> BackupOptions.standard().withTags(List.of(bad)));
    }
  }

  @Test
  void keepsWhatThePolicySays() {
    List<Snapshot> all = new ArrayList<>();
    for (String time :
        List.of(
            "2028-12-31T12:00:00Z",
            "2029-12-30T12:00:00Z",
            "2029-12-31T12:00:00Z",
            "2030-01-01T12:00:00Z",
            "2030-01-07T01:00:00Z",
            "2030-01-07T02:00:00Z",
            "2030-01-07T03:00:00Z")) {
      all.add(at(time, "/a"));
    }
    all.add(at("2020-05-05T05:05:05Z", "/b"));
    assertEquals(
        Set.of("20300107T030000Z", "20200505T050505Z"),
        times(new RetentionPolicy(1, 0, 0, 0, 0, ZoneOffset.UTC, Duration.ZERO), all));
    assertEquals(
        Set.of("20300107T030000Z", "20300101T120000Z", "20200505T050505Z"),
        times(new RetentionPolicy(1, 2, 0, 0, 0, ZoneOffset.UTC, Duration.ZERO), all));
    // 31 December 2029 and 1 January 2030 lie in the same ISO week; 30 December in the one before.
    assertEquals(
        Set.of("20300107T030000Z", "20300101T120000Z", "20291230T120000Z", "20200505T050505Z"),
        times(new RetentionPolicy(1, 0, 3, 0, 0, ZoneOffset.UTC, Duration.ZERO), all));
    assertEquals(
        Set.of("20300107T030000Z", "20291231T120000Z", "20281231T120000Z", "20200505T050505Z"),
        times(new RetentionPolicy(1, 0, 0, 0, 9, ZoneOffset.UTC, Duration.ZERO), all));
    assertThrows(
        IllegalArgumentException.class,
        () -> new RetentionPolicy(0, 9, 9, 9, 9, ZoneOffset.UTC, Duration.ZERO));
    assertThrows(
        IllegalArgumentException.class,
        () -> new RetentionPolicy(1, 0, 0, 0, 0, ZoneOffset.UTC, Duration.ofHours(1)));
  }

  private static Set<String> times(RetentionPolicy policy, List<Snapshot> all) {
    return policy.keep(all).stream()
        .map(id -> id.toString().substring(0, 16))
        .collect(Collectors.toSet());
  }

  @Test
  void deletesInTwoSteps() throws Exception {
    sandbox.write("file", Sandbox.noise(1, BackupLimits.PAGE));
    backup();
    sandbox.write("file", Sandbox.noise(2, BackupLimits.PAGE));
    backup();
    int before = store.objects.size();
    PruneReport first = prune();
    assertEquals(1, first.removed().size());
    assertEquals(2, first.objectsCondemned(), "the page and the file list");
    assertEquals(0, first.objectsDeleted());
    assertEquals(0, prune().objectsDeleted(), "the grace is not over");
    sandbox.pass(Duration.ofDays(1));
    PruneReport second = prune();
    assertEquals(2, second.objectsDeleted());
    assertTrue(second.bytesDeleted() > BackupLimits.PAGE);
    assertEquals(before - 3, store.objects.size(), "one snapshot, one page, one file list");
    assertWhole();
  }

  @Test
  void contentThatComesBackIsStoredUnderAnotherName() throws Exception {
    byte[] content = Sandbox.noise(1, BackupLimits.PAGE);
    Path file = sandbox.write("file", content);
    backup();
    sandbox.write("file", Sandbox.noise(2, BackupLimits.PAGE));
    backup();
    prune();
    // The old page is condemned but still there. Content that comes back must not rely on it.
    Files.write(file, content);
    BackupReport back = backup();
    assertTrue(store.objects.keySet().stream().anyMatch(name -> name.endsWith("-1")), "a variant");
    sandbox.pass(Duration.ofDays(2));
    assertTrue(prune().objectsDeleted() >= 1);
    assertWhole();
    RestoreReport restored =
        sandbox
            .open(store)
            .restore(
                Optional.of(back.snapshot().id()), home.resolve("back"), ProgressListener.NONE);
    assertEquals(List.of(), restored.problems());
  }

  @Test
  void aBackupThatStartedBeforeThePruneKeepsWhatItReliesOn() throws Exception {
    byte[] content = Sandbox.noise(1, BackupLimits.PAGE);
    Path file = sandbox.write("file", content);
    backup();
    sandbox.write("file", Sandbox.noise(2, BackupLimits.PAGE));
    backup();
    Files.write(file, content);
    // In the middle of the backup, when it has seen the old page and before it has published, a
    // prune condemns the page.
    boolean[] pruned = new boolean[1];
    store.beforeWrite =
        () -> {
          if (!pruned[0]) {
            pruned[0] = true;
            try {
              prune();
            } catch (BackupException e) {
              throw new AssertionError(e);
            }
          }
        };
    backup();
    assertTrue(pruned[0]);
    sandbox.pass(Duration.ofDays(2));
    prune();
    assertWhole();
  }

  @Test
  void aBackupThatTookTooLongBesideAPruneAsksToRunAgain() throws Exception {
    byte[] content = Sandbox.noise(1, BackupLimits.PAGE);
    Path file = sandbox.write("file", content);
    backup();
    sandbox.write("file", Sandbox.noise(2, BackupLimits.PAGE));
    backup();
    Files.write(file, content);
    boolean[] pruned = new boolean[1];
    store.beforeWrite =
        () -> {
          if (!pruned[0]) {
            pruned[0] = true;
            try {
              prune();
              sandbox.pass(Duration.ofDays(2));
              prune();
            } catch (BackupException e) {
              throw new AssertionError(e);
            }
          }
        };
    Repository slow =
        Repository.open(store, sandbox.key(), new SandboxClock(sandbox), Runnable::run);
    BackupException overtaken =
        assertThrows(BackupException.class, () -> slow.backup(sandbox.data, ProgressListener.NONE));
    assertEquals(Reason.RUN_AGAIN, overtaken.reason());
    assertWhole();
    assertEquals(List.of(), backup().problems());
    assertWhole();
  }

  /** Reads the sandbox's time as it goes on. */
  private static final class SandboxClock extends Clock {
    private final Sandbox sandbox;

    private SandboxClock(Sandbox sandbox) {
      this.sandbox = sandbox;
    }

    @Override
    public Instant instant() {
      return sandbox.now();
    }

    @Override
    public java.time.ZoneId getZone() {
      return ZoneOffset.UTC;
    }

    @Override
    public Clock withZone(java.time.ZoneId zone) {
      throw new UnsupportedOperationException();
    }
  }

  @Test
  void anInterruptedBackupsObjectsSurviveAPruneWithinTheGrace() throws Exception {
    sandbox.write("other", Sandbox.prose(3, 100));
    backup();
    sandbox.write("large", Sandbox.noise(4, 3 * BackupLimits.PAGE));
    store.failFrom(2, false, Reason.STORE_UNREACHABLE);
    assertThrows(BackupException.class, this::backup);
    store.heal();
    prune();
    assertEquals(List.of(), backup().problems());
    assertWhole();
    sandbox.pass(Duration.ofDays(2));
    prune();
    assertWhole();
  }

  @Test
  void withoutGraceDeletesAtOnce() throws Exception {
    sandbox.write("file", Sandbox.noise(1, BackupLimits.PAGE));
    backup();
    sandbox.write("file", Sandbox.noise(2, BackupLimits.PAGE));
    backup();
    RetentionPolicy now = new RetentionPolicy(1, 0, 0, 0, 0, ZoneOffset.UTC, Duration.ZERO);
    assertEquals(2, sandbox.open(store).prune(now).objectsDeleted());
    assertWhole();
  }

  @Test
  void refusesToDeleteBesideAnotherKey() throws Exception {
    sandbox.write("file", Sandbox.noise(1, BackupLimits.PAGE));
    Repository first = sandbox.open(store);
    sandbox.k[0] ^= 1;
    Repository second = sandbox.open(store);
    // Both saw an empty store.
    first.backup(sandbox.data, ProgressListener.NONE);
    second.backup(sandbox.data, ProgressListener.NONE);
    int before = store.objects.size();
    RetentionPolicy now = new RetentionPolicy(1, 0, 0, 0, 0, ZoneOffset.UTC, Duration.ZERO);
    BackupException refused = assertThrows(BackupException.class, () -> second.prune(now));
    assertEquals(Reason.WRONG_KEY, refused.reason());
    assertEquals(before, store.objects.size());
  }

  @Test
  void refusesToDeleteWhenAFileListCannotBeRead() throws Exception {
    sandbox.write("file", Sandbox.noise(1, BackupLimits.PAGE));
    BackupReport report = backup();
    sandbox.write("file", Sandbox.noise(2, BackupLimits.PAGE));
    backup();
    Snapshot newest = sandbox.open(store).snapshots().snapshots().get(0);
    store.objects.remove(DataObjects.stored(store, sandbox, newest).pages().get(0).object().path());
    int before = store.objects.size();
    assertThrows(BackupException.class, this::prune);
    assertEquals(before, store.objects.size());
    assertFalse(report.partial());
  }
}
