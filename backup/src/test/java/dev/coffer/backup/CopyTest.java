package dev.coffer.backup;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.coffer.backup.BackupException.Reason;
import dev.coffer.backup.repository.Repository;
import dev.coffer.protocol.crypto.SecretBytes;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Snapshots go from one repository into another, whole, verified, and not twice. */
class CopyTest {
  private static final RetentionPolicy LAST_ONLY =
      new RetentionPolicy(1, 0, 0, 0, 0, ZoneOffset.UTC, RetentionPolicy.GRACE_MIN);

  @TempDir private Path home;
  private Sandbox sandbox;
  private final FaultyStore from = new FaultyStore();
  private FaultyStore to = new FaultyStore();

  @BeforeEach
  void fill() throws Exception {
    sandbox = new Sandbox(home.toRealPath());
    sandbox.write("large", Sandbox.noise(1, 2 * BackupLimits.PAGE));
    sandbox.write("small", Sandbox.prose(2, 1000));
    sandbox.open(from).backup(sandbox.data, ProgressListener.NONE);
    sandbox.write("second", Sandbox.prose(3, 2000));
    sandbox.open(from).backup(sandbox.data, ProgressListener.NONE);
  }

  private CopyReport copy() throws BackupException {
    return sandbox.open(from).copyTo(sandbox.open(to));
  }

  private void assertBothAreWhole() throws Exception {
    Repository copy = sandbox.open(to);
    assertEquals(sandbox.open(from).names(), copy.names());
    assertEquals(List.of(), copy.check(CheckDepth.CONTENT, ProgressListener.NONE).problems());
  }

  @Test
  void bringsAllAndNothingTwice() throws Exception {
    CopyReport report = copy();
    assertEquals(2, report.copied().size());
    assertEquals(0, report.present());
    assertEquals(List.of(), report.problems());
    assertBothAreWhole();
    Path back = home.resolve("back");
    sandbox.open(to).restore(Optional.empty(), back, ProgressListener.NONE);
    assertEquals(Sandbox.describe(sandbox.data), Sandbox.describe(back));
    CopyReport again = copy();
    assertEquals(2, again.present());
    assertEquals(0, again.objects());
    sandbox.write("third", Sandbox.prose(4, 100));
    sandbox.open(from).backup(sandbox.data, ProgressListener.NONE);
    CopyReport third = copy();
    assertEquals(1, third.copied().size());
    assertTrue(third.objects() <= 2, "one file and one page of the list: " + third.objects());
    assertEquals(
        List.of(),
        sandbox.open(to).backup(sandbox.data, ProgressListener.NONE).problems(),
        "it goes on there");
  }

  @Test
  void continuesAfterAFailureAtAnyWrite() throws Exception {
    copy();
    long writes = to.writes;
    assertTrue(writes >= 8, "writes to fail: " + writes);
    for (long n = 0; n < writes; n++) {
      for (boolean done : new boolean[] {false, true}) {
        to = new FaultyStore();
        to.failFrom(n, done, Reason.STORE_UNREACHABLE);
        assertThrows(BackupException.class, this::copy, "write " + n);
        to.heal();
        assertEquals(
            List.of(),
            sandbox.open(to).check(CheckDepth.CONTENT, ProgressListener.NONE).problems(),
            "no snapshot without what it needs, after write " + n);
        copy();
        assertBothAreWhole();
      }
    }
  }

  @Test
  void aSnapshotWithDamageIsNamedAndTheOthersAreCopied() throws Exception {
    Set<String> before = new TreeSet<>(from.objects.keySet());
    sandbox.write("third", Sandbox.noise(5, 700_000));
    sandbox.open(from).backup(sandbox.data, ProgressListener.NONE);
    SnapshotId newest = sandbox.open(from).names().get(0);
    for (String name : from.objects.keySet()) {
      if (name.startsWith("data/") && !before.contains(name)) {
        from.objects.get(name)[150] ^= 1;
      }
    }
    CopyReport report = copy();
    assertEquals(2, report.copied().size());
    assertFalse(report.copied().contains(newest));
    assertEquals(
        List.of(newest.toString()), report.problems().stream().map(Problem::subject).toList());
    assertEquals(
        List.of(), sandbox.open(to).check(CheckDepth.CONTENT, ProgressListener.NONE).problems());
  }

  @Test
  void anotherKeyOrAPlaceOfOtherThingsIsRefused() throws Exception {
    Repository source = sandbox.open(from);
    try (SecretBytes k = SecretBytes.wrap(new byte[32]);
        BackupKey other = BackupKey.derive(k)) {
      Repository elsewhere =
          Repository.open(to, other, Clock.fixed(sandbox.now(), ZoneOffset.UTC), Runnable::run);
      assertEquals(
          Reason.WRONG_KEY,
          assertThrows(BackupException.class, () -> source.copyTo(elsewhere)).reason());
    }
    to.objects.put("letters", new byte[1]);
    assertEquals(Reason.NOT_A_REPOSITORY, assertThrows(BackupException.class, this::copy).reason());
    assertEquals(1, to.objects.size());
  }

  /** What the other repository has condemned may go while a copy relies on it. */
  @Test
  void whileWhatItNeedsIsCondemnedThereItWaits() throws Exception {
    copy();
    SnapshotId first = sandbox.open(from).names().get(1);
    Files.delete(sandbox.data.resolve("large"));
    sandbox
        .open(to)
        .backup(sandbox.data, BackupOptions.standard().withShrinkMax(100), ProgressListener.NONE);
    sandbox.open(to).prune(LAST_ONLY);
    assertFalse(sandbox.open(to).names().contains(first));
    assertEquals(Reason.RUN_AGAIN, assertThrows(BackupException.class, this::copy).reason());
    sandbox.pass(RetentionPolicy.GRACE_MIN.plusHours(1));
    sandbox.open(to).prune(LAST_ONLY);
    CopyReport report = copy();
    assertTrue(report.copied().contains(first));
    assertTrue(report.objects() > 0, "what was condemned is gone, and went again");
    assertEquals(
        List.of(), sandbox.open(to).check(CheckDepth.CONTENT, ProgressListener.NONE).problems());
  }
}
