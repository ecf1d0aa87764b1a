package dev.coffer.backup.snapshot;

import dev.coffer.backup.BackupException;
import dev.coffer.backup.BackupException.Reason;
import dev.coffer.backup.BackupLimits;
import dev.coffer.backup.Problem;
import dev.coffer.backup.SnapshotId;
import dev.coffer.backup.object.DamagedObject;
import dev.coffer.backup.object.ObjectKind;
import dev.coffer.backup.object.SealedObjects;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/** The snapshots in a store. Stateless: each call asks the store. */
public final class Snapshots {
  private static final int PARENTS_TRIED_MAX = 64;

  private final SealedObjects objects;

  /** Those among {@code objects}. */
  public Snapshots(SealedObjects objects) {
    this.objects = objects;
  }

  /**
   * All of them.
   *
   * @param readable newest first
   * @param problems one for each that cannot be read
   */
  public record All(List<StoredSnapshot> readable, List<Problem> problems) {}

  /** All names, newest first. */
  public List<SnapshotId> ids() throws BackupException {
    List<SnapshotId> ids = new ArrayList<>();
    objects
        .store()
        .list(
            SnapshotId.PREFIX,
            object ->
                SnapshotId.parse(object.name().substring(SnapshotId.PREFIX.length()))
                    .ifPresent(ids::add));
    if (ids.size() > BackupLimits.SNAPSHOTS_MAX) {
      throw new BackupException(
          Reason.TOO_LARGE, "The repository holds too many snapshots: prune it.");
    }
    ids.sort(Comparator.reverseOrder());
    return ids;
  }

  /** All that can be read, and what is wrong with the others. */
  public All all() throws BackupException {
    List<StoredSnapshot> readable = new ArrayList<>();
    List<Problem> problems = new ArrayList<>();
    for (SnapshotId id : ids()) {
      try {
        readable.add(read(id));
      } catch (DamagedObject e) {
        problems.add(damaged(e));
      }
    }
    return new All(List.copyOf(readable), List.copyOf(problems));
  }

  /** The newest readable ones, down to the newest one of the same sources if that comes soon. */
  public List<StoredSnapshot> parents(String source, List<String> parts) throws BackupException {
    List<StoredSnapshot> read = new ArrayList<>();
    for (SnapshotId id : ids().stream().limit(PARENTS_TRIED_MAX).toList()) {
      try {
        StoredSnapshot snapshot = read(id);
        read.add(snapshot);
        if (snapshot.isOf(source, parts)) {
          break;
        }
      } catch (DamagedObject e) {
        // A backup does without it; snapshots, check and restore say so.
        continue;
      }
    }
    return read;
  }

  /** The one of that name. */
  public StoredSnapshot read(SnapshotId id) throws BackupException, DamagedObject {
    String text =
        new String(objects.read(ObjectKind.SNAPSHOT, id.path(), id.mac()), StandardCharsets.UTF_8);
    SnapshotText contents =
        SnapshotText.parse(text)
            .orElseThrow(
                () -> new DamagedObject(id.path(), "was written by another version of Coffer"));
    if (!contents.time().equals(id.time())) {
      // Whoever holds the store may rename an old snapshot to look new.
      throw new DamagedObject(id.path(), "carries the time of another");
    }
    return new StoredSnapshot(id, contents);
  }

  /**
   * The wanted one, or the newest one that {@code source} is in, or of all, that can be read;
   * {@code problems} gets those that cannot.
   */
  public StoredSnapshot find(
      Optional<SnapshotId> wanted, Optional<String> source, List<Problem> problems)
      throws BackupException {
    for (SnapshotId id : wanted.map(List::of).orElse(ids())) {
      try {
        StoredSnapshot found = read(id);
        if (wanted.isPresent() || source.map(found.summary().sources()::contains).orElse(true)) {
          return found;
        }
      } catch (DamagedObject e) {
        problems.add(damaged(e));
      }
    }
    String sentence =
        problems.isEmpty()
            ? "The repository holds no snapshot: make a backup first, or check the repository's name."
            : "No such snapshot can be read: list the snapshots and choose another.";
    throw new BackupException(Reason.NO_SNAPSHOT, sentence);
  }

  private static Problem damaged(DamagedObject e) {
    return new Problem(
        Problem.Kind.SNAPSHOT_DAMAGED,
        e.object(),
        "this snapshot "
            + e.fault()
            + (e.opened() ? "" : ", or another key wrote it")
            + "; use another, and make a new backup");
  }

  /**
   * Everything the snapshot needs is durable: its appearance is the one step that makes the backup.
   */
  public StoredSnapshot publish(SnapshotText contents) throws BackupException {
    byte[] text = contents.text().getBytes(StandardCharsets.UTF_8);
    if (text.length > BackupLimits.SNAPSHOT_MAX) {
      throw new BackupException(
          Reason.TOO_LARGE,
          "Too many files for one snapshot: back up parts of the directory apart.");
    }
    String mac = objects.mac(ObjectKind.SNAPSHOT, text, text.length).hex();
    SnapshotId id = SnapshotId.of(contents.time(), mac);
    objects.write(id.path(), text, text.length);
    objects.store().flush();
    return new StoredSnapshot(id, contents);
  }
}
