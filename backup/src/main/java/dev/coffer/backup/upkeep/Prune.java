package dev.coffer.backup.upkeep;

import dev.coffer.backup.BackupException;
import dev.coffer.backup.BackupException.Reason;
import dev.coffer.backup.PruneReport;
import dev.coffer.backup.RetentionPolicy;
import dev.coffer.backup.SnapshotId;
import dev.coffer.backup.object.Condemned;
import dev.coffer.backup.object.DataName;
import dev.coffer.backup.object.SealedObjects;
import dev.coffer.backup.snapshot.StoredSnapshot;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Executor;

/**
 * Removes snapshots by a policy, and what nothing needs any more, in two steps that are safe beside
 * running backups.
 *
 * <p>Step one writes a list that condemns useless objects. Step two, a later prune at least the
 * grace after that, deletes what is on the list and still useless. Why a backup that finishes never
 * misses an object:
 *
 * <ul>
 *   <li>It started after the list was written: it saw the list and relies on nothing in it. Content
 *       that comes back is stored under the next variant of its name, which no such list holds.
 *   <li>It started before, and published within {@link #BACKUP_MAX} of its start, half the least
 *       grace: step two sees its snapshot, and what that needs is not useless.
 *   <li>It started before and took longer: it looks again before it publishes, and asks to be run
 *       again if it relies on anything condemned or gone.
 * </ul>
 *
 * <p>Clocks of devices that share a repository may differ by a few hours, then.
 */
public final class Prune {
  /** A backup that took longer looks at the lists again before it publishes. */
  public static final Duration BACKUP_MAX = RetentionPolicy.GRACE_MIN.dividedBy(2);

  private static final Duration LEFTOVER_AGE = Duration.ofDays(1);

  private final SealedObjects objects;
  private final Executor executor;
  private final Instant now;

  public Prune(SealedObjects objects, Executor executor, Instant now) {
    this.objects = objects;
    this.executor = executor;
    this.now = now.truncatedTo(ChronoUnit.SECONDS);
  }

  /**
   * @param snapshots all there are; one that cannot be read must stop the caller, since what it
   *     needs is unknown
   */
  public PruneReport run(List<StoredSnapshot> snapshots, RetentionPolicy policy)
      throws BackupException {
    Set<SnapshotId> keep = policy.keep(snapshots.stream().map(StoredSnapshot::summary).toList());
    References references = new References(objects, executor);
    List<SnapshotId> removed = new ArrayList<>();
    for (StoredSnapshot snapshot : snapshots) {
      if (keep.contains(snapshot.id())) {
        references.add(snapshot);
      } else {
        removed.add(snapshot.id());
      }
    }
    if (!references.damage().isEmpty()) {
      String object = references.damage().get(0).object();
      throw new BackupException(
          Reason.STORE_FAULT,
          "Nothing was pruned, because a file list cannot be read ("
              + object
              + "): forget the snapshots that check names.");
    }
    for (SnapshotId id : removed) {
      objects.store().delete(id.path());
    }
    // A crash here leaves useless objects, which the next prune finds.
    objects.store().flush();
    Map<DataName, Long> useless = useless(references);
    List<Condemned> pending = new ArrayList<>();
    long[] deleted = carryOut(useless, policy.grace(), pending);
    Set<DataName> waiting = Condemned.union(pending);
    useless.keySet().removeAll(waiting);
    List<DataName> fresh = useless.keySet().stream().sorted().toList();
    if (policy.grace().isZero()) {
      for (Map.Entry<DataName, Long> object : useless.entrySet()) {
        objects.store().delete(object.getKey().path());
        deleted[0]++;
        deleted[1] += object.getValue();
      }
    } else {
      Condemned.write(objects, now, fresh);
    }
    objects.store().sweep(now.minus(LEFTOVER_AGE));
    objects.store().flush();
    long condemned = policy.grace().isZero() ? 0 : fresh.size();
    return new PruneReport(
        List.copyOf(keep.stream().sorted().toList()), removed, condemned, deleted[0], deleted[1]);
  }

  private Map<DataName, Long> useless(References references) throws BackupException {
    Map<DataName, Long> useless = new HashMap<>();
    objects
        .store()
        .list(
            DataName.PREFIX,
            object ->
                DataName.ofPath(object.name())
                    .ifPresent(name -> {
                      if (!references.ends().containsKey(name)) {
                        useless.put(name, object.size());
                      }
                    }));
    return useless;
  }

  /**
   * Step two for every list that is old enough; the others go to {@code pending}. Returns objects
   * and octets deleted.
   */
  private long[] carryOut(Map<DataName, Long> useless, Duration grace, List<Condemned> pending)
      throws BackupException {
    long[] deleted = new long[2];
    List<String> unreadable = new ArrayList<>();
    List<Condemned> lists = Condemned.readAll(objects, unreadable);
    Set<DataName> gone = new HashSet<>();
    for (Condemned list : lists) {
      if (list.time().plus(grace).isAfter(now)) {
        pending.add(list);
        continue;
      }
      for (DataName name : list.names()) {
        Long size = useless.get(name);
        if (size != null && gone.add(name)) {
          objects.store().delete(name.path());
          deleted[0]++;
          deleted[1] += size;
        }
      }
      // The objects first: a crash before this line only repeats their deletion.
      objects.store().flush();
      objects.store().delete(list.path());
    }
    for (String path : unreadable) {
      // What it condemned is found useless again now, and condemned anew.
      objects.store().delete(path);
    }
    gone.forEach(useless::remove);
    return deleted;
  }
}
