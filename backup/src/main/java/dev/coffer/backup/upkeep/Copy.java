package dev.coffer.backup.upkeep;

import dev.coffer.backup.BackupException;
import dev.coffer.backup.BackupException.Reason;
import dev.coffer.backup.CopyReport;
import dev.coffer.backup.Problem;
import dev.coffer.backup.SnapshotId;
import dev.coffer.backup.object.Condemned;
import dev.coffer.backup.object.DamagedObject;
import dev.coffer.backup.object.DataName;
import dev.coffer.backup.object.ObjectKind;
import dev.coffer.backup.object.SealedObjects;
import dev.coffer.backup.snapshot.StoredSnapshot;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Executor;

/**
 * Brings snapshots from one repository into another of the same key, where everything has the same
 * name. What is there is not sent again, everything is verified on the way, and a snapshot appears
 * after all that it needs: a copy that broke off goes on.
 *
 * <p>Beside a prune of the other repository it is safe as a backup is (see {@link Prune}): it
 * relies on nothing that was condemned when it began. It cannot take other names as a backup does,
 * so it refuses to work while what it needs is condemned there.
 */
public final class Copy {
  private final SealedObjects from;
  private final SealedObjects to;
  private final Executor executor;
  private final Clock clock;
  private final Instant started;
  private final Set<DataName> condemned = new HashSet<>();
  private final Set<DataName> there = new HashSet<>();
  private final List<Problem> problems = new ArrayList<>();
  private long objects;
  private long bytes;

  /** From one to the other, both under the same key. */
  public Copy(SealedObjects from, SealedObjects to, Executor executor, Clock clock) {
    this.from = from;
    this.to = to;
    this.executor = executor;
    this.clock = clock;
    this.started = clock.instant();
  }

  /**
   * Copies those of {@code wanted} that are not among {@code present}, the oldest first. One that
   * needs what is damaged or missing is a problem, and is not copied.
   */
  public CopyReport run(List<StoredSnapshot> wanted, List<SnapshotId> present)
      throws BackupException {
    condemned.addAll(Condemned.union(Condemned.readAll(to, new ArrayList<>())));
    to.listData(there::add);
    int before = 0;
    List<SnapshotId> copied = new ArrayList<>();
    Set<SnapshotId> known = new HashSet<>(present);
    for (StoredSnapshot snapshot :
        wanted.stream().sorted(Comparator.comparing(StoredSnapshot::id)).toList()) {
      if (known.contains(snapshot.id())) {
        before++;
        continue;
      }
      try {
        copy(snapshot);
        copied.add(snapshot.id());
      } catch (DamagedObject e) {
        String sentence =
            "not copied: "
                + e.object()
                + " "
                + e.fault()
                + "; repair the repository that it is in, and copy again";
        problems.add(new Problem(Problem.Kind.OBJECT_DAMAGED, snapshot.id().toString(), sentence));
      }
    }
    return new CopyReport(List.copyOf(copied), before, objects, bytes, List.copyOf(problems));
  }

  private void copy(StoredSnapshot snapshot) throws BackupException, DamagedObject {
    References references = new References(from, executor);
    references.add(snapshot);
    if (!references.damage().isEmpty()) {
      throw references.damage().get(0);
    }
    for (Map.Entry<DataName, Integer> needed : references.ends().entrySet()) {
      if (Thread.currentThread().isInterrupted()) {
        throw new BackupException(
            Reason.INTERRUPTED, "The copy was stopped; run the same command again to continue.");
      }
      DataName name = needed.getKey();
      if (condemned.contains(name)) {
        throw new BackupException(
            Reason.RUN_AGAIN,
            "The other repository is about to delete what these snapshots need: prune it again a "
                + "day after the last time, then copy.");
      }
      if (there.contains(name)) {
        continue;
      }
      byte[] content = from.readData(name);
      if (content.length < needed.getValue()) {
        throw new DamagedObject(name.path(), "is shorter than what needs it");
      }
      bytes += to.write(name.path(), content, content.length);
      objects++;
      there.add(name);
    }
    to.store().flush();
    if (started.plus(Prune.BACKUP_MAX).isBefore(clock.instant())) {
      throw new BackupException(
          Reason.RUN_AGAIN,
          "This copy took so long that a prune may have overtaken it: run the same command again, "
              + "it sends little.");
    }
    SnapshotId id = snapshot.id();
    byte[] text = from.read(ObjectKind.SNAPSHOT, id.path(), id.mac());
    to.write(id.path(), text, text.length);
    to.store().flush();
  }
}
