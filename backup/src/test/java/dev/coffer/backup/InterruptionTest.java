package dev.coffer.backup;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.coffer.backup.BackupException.Reason;
import dev.coffer.backup.RestoreOptions.Owners;
import dev.coffer.backup.object.SealedObjects;
import dev.coffer.backup.restore.RestoreTarget;
import dev.coffer.backup.snapshot.Snapshots;
import dev.coffer.backup.snapshot.StoredSnapshot;
import dev.coffer.backup.upkeep.References;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Every write of every operation is failed twice: not done, and done but said to have failed.
 * Nothing is ever lost.
 */
@Tag("long")
class InterruptionTest {
  private static final RetentionPolicy LAST_ONLY =
      new RetentionPolicy(1, 0, 0, 0, 0, ZoneOffset.UTC, RetentionPolicy.GRACE_MIN);

  @TempDir Path home;
  Sandbox sandbox;

  @BeforeEach
  void make() throws Exception {
    sandbox = new Sandbox(home);
    for (int i = 0; i < 5; i++) {
      sandbox.write("small/" + i, Sandbox.prose(i, 3000));
    }
    sandbox.write("large", Sandbox.noise(9, 2 * BackupLimits.PAGE + 5));
  }

  private BackupReport backup(ObjectStore store) throws BackupException {
    return sandbox.open(store).backup(sandbox.data, ProgressListener.NONE);
  }

  private RestoreReport restore(ObjectStore store, String to) throws BackupException {
    return sandbox.open(store).restore(Optional.empty(), home.resolve(to), ProgressListener.NONE);
  }

  @Test
  void aBackupContinuesAfterAFailureAtAnyWrite() throws Exception {
    FaultyStore counting = new FaultyStore();
    backup(counting);
    long writes = counting.writes;
    assertTrue(writes >= 8, "there are writes to fail");
    for (long n = 0; n < writes; n++) {
      for (boolean done : new boolean[] {false, true}) {
        FaultyStore store = new FaultyStore();
        store.failFrom(n, done, Reason.STORE_UNREACHABLE);
        assertThrows(BackupException.class, () -> backup(store), "write " + n);
        store.heal();
        Set<String> before = new TreeSet<>(store.objects.keySet());
        long snapshotsBefore =
            before.stream().filter(name -> name.startsWith("snapshots/")).count();
        BackupReport again = backup(store);
        assertEquals(List.of(), again.problems());
        // What was stored before the failure is not sent again: each data object was written
        // exactly once.
        long dataBefore = before.stream().filter(name -> name.startsWith("data/")).count();
        long dataAfter =
            store.objects.keySet().stream().filter(name -> name.startsWith("data/")).count();
        assertEquals(dataAfter - dataBefore, again.objectsStored(), "write " + n + " done " + done);
        assertEquals(snapshotsBefore + 1, sandbox.open(store).snapshots().snapshots().size());
        String to = "back-" + n + done;
        assertEquals(List.of(), restore(store, to).problems());
        assertEquals(Sandbox.describe(sandbox.data), Sandbox.describe(home.resolve(to)));
      }
    }
  }

  @Test
  void aFailedBackupLeavesOlderSnapshotsWhole() throws Exception {
    FaultyStore store = new FaultyStore();
    backup(store);
    String before = Sandbox.describe(sandbox.data);
    long base = store.writes;
    sandbox.write("small/1", Sandbox.prose(77, 4000));
    FaultyStore counting = copy(store);
    backup(counting);
    long writes = counting.writes;
    assertTrue(base > 0 && writes >= 4);
    for (long n = 0; n < writes; n++) {
      FaultyStore failing = copy(store);
      failing.failFrom(n, false, Reason.STORE_FULL);
      BackupException failure = assertThrows(BackupException.class, () -> backup(failing));
      assertEquals(Reason.STORE_FULL, failure.reason());
      failing.heal();
      String to = "old-" + n;
      assertEquals(List.of(), restore(failing, to).problems());
      // The very last write is a flush after the snapshot appeared: then the newest one is the new
      // one.
      if (sandbox.open(failing).snapshots().snapshots().size() == 1) {
        assertEquals(before, Sandbox.describe(home.resolve(to)));
      }
    }
  }

  private static FaultyStore copy(FaultyStore store) {
    FaultyStore copy = new FaultyStore();
    copy.objects.putAll(store.objects);
    return copy;
  }

  @Test
  void aPruneContinuesAfterAFailureAtAnyWrite() throws Exception {
    FaultyStore store = new FaultyStore();
    backup(store);
    sandbox.write("large", Sandbox.noise(10, BackupLimits.PAGE + 6));
    sandbox.write("small/2", Sandbox.prose(88, 4000));
    backup(store);
    for (int step = 1; step <= 2; step++) {
      if (step == 2) {
        sandbox.open(store).prune(LAST_ONLY);
        sandbox.pass(Duration.ofDays(2));
      }
      FaultyStore counting = copy(store);
      PruneReport whole = sandbox.open(counting).prune(LAST_ONLY);
      assertTrue(
          step == 1 ? whole.objectsCondemned() > 2 : whole.objectsDeleted() > 2, whole.toString());
      for (long n = 0; n < counting.writes; n++) {
        for (boolean done : new boolean[] {false, true}) {
          FaultyStore failing = copy(store);
          failing.failFrom(n, done, Reason.STORE_UNREACHABLE);
          assertThrows(BackupException.class, () -> sandbox.open(failing).prune(LAST_ONLY));
          failing.heal();
          assertEquals(
              List.of(),
              sandbox.open(failing).check(CheckDepth.CONTENT, ProgressListener.NONE).problems());
          sandbox.open(failing).prune(LAST_ONLY);
          sandbox.pass(Duration.ofDays(2));
          sandbox.open(failing).prune(LAST_ONLY);
          assertEquals(
              List.of(),
              sandbox.open(failing).check(CheckDepth.CONTENT, ProgressListener.NONE).problems());
          Set<String> needed = neededObjects(failing);
          Set<String> left = new TreeSet<>(failing.objects.keySet());
          left.removeIf(name -> !name.startsWith("data/"));
          assertEquals(needed, left, "nothing useless is left over");
        }
      }
    }
  }

  /** A process that dies at any write of a repair leaves what the next one finishes. */
  @Test
  void aRepairContinuesAfterAFailureAtAnyWrite() throws Exception {
    FaultyStore store = new FaultyStore();
    backup(store);
    String whole = Sandbox.describe(sandbox.data);
    List<String> data =
        store.objects.keySet().stream().filter(name -> name.startsWith("data/")).toList();
    assertTrue(data.size() >= 4, data.toString());
    // One is cut, one is gone, one holds other octets; the rest is sound.
    store.objects.put(data.get(0), new byte[3]);
    store.objects.remove(data.get(1));
    store.objects.get(data.get(2))[400] ^= 1;
    FaultyStore counting = copy(store);
    CheckReport first = repair(counting);
    assertTrue(counting.writes >= 2, first.toString());
    int mended = first.mended().size();
    for (long n = 0; n < counting.writes; n++) {
      for (boolean done : new boolean[] {false, true}) {
        FaultyStore failing = copy(store);
        Set<String> sound = new TreeSet<>(data.subList(3, data.size()));
        failing.failFrom(n, done, Reason.STORE_UNREACHABLE);
        assertThrows(BackupException.class, () -> repair(failing), "write " + n);
        failing.heal();
        assertTrue(failing.objects.keySet().containsAll(sound), "nothing that is sound goes");
        assertTrue(
            failing
                .objects
                .keySet()
                .containsAll(
                    store.objects.keySet().stream()
                        .filter(name -> !name.startsWith("data/"))
                        .toList()));
        repair(failing);
        // What no file could make again, the backup stores anew: here that is the file list.
        backup(failing);
        assertEquals(
            List.of(),
            sandbox
                .open(failing)
                .check(CheckDepth.CONTENT, ProgressListener.NONE)
                .problems()
                .stream()
                .filter(problem -> problem.kind() == Problem.Kind.OBJECT_DAMAGED)
                .toList(),
            "write " + n + " done " + done + ", first mended " + mended);
        String to = "mended-" + n + done;
        assertEquals(List.of(), restore(failing, to).problems());
        assertEquals(whole, Sandbox.describe(home.resolve(to)));
      }
    }
  }

  private CheckReport repair(FaultyStore store) throws BackupException {
    return sandbox.open(store).check(CheckDepth.CONTENT_AND_MEND, ProgressListener.NONE);
  }

  /** Forgetting one snapshot takes nothing from the others, wherever it breaks off. */
  @Test
  void forgettingContinuesAfterAFailureAtAnyWrite() throws Exception {
    FaultyStore store = new FaultyStore();
    SnapshotId old = backup(store).snapshot().id();
    sandbox.write("small/3", Sandbox.prose(99, 4000));
    backup(store);
    String whole = Sandbox.describe(sandbox.data);
    FaultyStore counting = copy(store);
    sandbox.open(counting).forget(old);
    assertTrue(counting.writes >= 1);
    for (long n = 0; n < counting.writes; n++) {
      for (boolean done : new boolean[] {false, true}) {
        FaultyStore failing = copy(store);
        failing.failFrom(n, done, Reason.STORE_UNREACHABLE);
        assertThrows(BackupException.class, () -> sandbox.open(failing).forget(old));
        failing.heal();
        if (sandbox.open(failing).names().contains(old)) {
          sandbox.open(failing).forget(old);
        }
        assertEquals(1, sandbox.open(failing).names().size());
        String to = "kept-" + n + done;
        assertEquals(List.of(), restore(failing, to).problems());
        assertEquals(whole, Sandbox.describe(home.resolve(to)));
      }
    }
  }

  private Set<String> neededObjects(FaultyStore store) throws BackupException {
    References references = new References(new SealedObjects(store, sandbox.key()), Runnable::run);
    for (StoredSnapshot snapshot :
        new Snapshots(new SealedObjects(store, sandbox.key())).all().readable()) {
      references.add(snapshot);
    }
    Set<String> needed = new TreeSet<>();
    references.ends().keySet().forEach(name -> needed.add(name.path()));
    return needed;
  }

  @Test
  void aRestoreContinuesWhereTheStoreWentAway() throws Exception {
    FaultyStore store = new FaultyStore();
    backup(store);
    CutOffStore cutOff = new CutOffStore(store);
    for (int reads = 3; ; reads++) {
      cutOff.readsLeft = reads;
      try {
        restore(cutOff, "back");
        break;
      } catch (BackupException e) {
        assertEquals(Reason.STORE_UNREACHABLE, e.reason());
      }
      assertTrue(reads < 50, "a restore that is repeated ends");
    }
    assertEquals(Sandbox.describe(sandbox.data), Sandbox.describe(home.resolve("back")));
  }

  /** Answers a number of reads, then none. */
  private static final class CutOffStore implements ObjectStore {
    private final ObjectStore store;
    private int readsLeft;

    private CutOffStore(ObjectStore store) {
      this.store = store;
    }

    @Override
    public void put(String name, byte[] content) throws BackupException {
      store.put(name, content);
    }

    @Override
    public Optional<byte[]> get(String name, int sizeMax) throws BackupException {
      if (readsLeft-- <= 0) {
        throw new BackupException(Reason.STORE_UNREACHABLE, "The store is gone: run again.");
      }
      return store.get(name, sizeMax);
    }

    @Override
    public void list(String prefix, java.util.function.Consumer<StoredObject> sink)
        throws BackupException {
      store.list(prefix, sink);
    }

    @Override
    public void delete(String name) throws BackupException {
      store.delete(name);
    }

    @Override
    public void flush() throws BackupException {
      store.flush();
    }
  }

  @Test
  void aFullDiskStopsARestoreWithOneSentence() throws Exception {
    FaultyStore store = new FaultyStore();
    backup(store);
    RestoreTarget target =
        RestoreTarget.at(Files.createDirectories(home.resolve("full")), Owners.NEVER);
    BackupException full =
        assertThrows(
            BackupException.class,
            () ->
                target.writing(() -> {
                  throw new java.nio.file.FileSystemException("f", null, "No space left on device");
                }));
    assertEquals(Reason.DISK_FULL, full.reason());
    assertTrue(full.getMessage().contains("free some space and run the same command again"));
  }
}
