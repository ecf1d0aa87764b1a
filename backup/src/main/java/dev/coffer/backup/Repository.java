package dev.coffer.backup;

import dev.coffer.backup.BackupException.Reason;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.function.Consumer;

/**
 * A backup repository in a store, under one key.
 *
 * <p><b>Guarantees:</b> the store sees ciphertexts, keyed names, rough sizes and times, nothing
 * else. A snapshot appears only after everything it needs is durable. Interrupted operations lose
 * nothing and continue when run again. Whatever is restored was verified. <b>Not guaranteed:</b>
 * that the store returns the newest snapshot rather than an older one, or any at all.
 *
 * <p>Several backups may write to one repository at a time, from several devices; see {@link
 * #prune} for what that asks of prunes. One instance serves one thread at a time; the executor it
 * was given does the heavy work, two threads or more make it fast.
 */
public final class Repository {
  private static final String KEYS = "key/";
  private static final byte[] KEY_CONTENT = "coffer-backup 1\n".getBytes(StandardCharsets.US_ASCII);
  private static final int PARENTS_TRIED_MAX = 64;

  private final SealedObjects objects;
  private final Clock clock;
  private final Executor executor;

  private Repository(SealedObjects objects, Clock clock, Executor executor) {
    this.objects = objects;
    this.clock = clock;
    this.executor = executor;
  }

  /**
   * The repository in {@code store}. An empty store is an empty repository; nothing is written
   * before the first backup. A repository of another key is refused with {@code WRONG_KEY}.
   *
   * @param key stays the caller's to destroy, after the last use of this repository
   */
  public static Repository open(ObjectStore store, BackupKey key, Clock clock, Executor executor)
      throws BackupException {
    Repository repository = new Repository(new SealedObjects(store, key), clock, executor);
    List<String> keys = keys(store);
    if (!keys.isEmpty() && !keys.contains(repository.keyPath())) {
      throw new BackupException(
          Reason.WRONG_KEY,
          "This repository was written under another key: use that key, or name another repository.");
    }
    return repository;
  }

  private static List<String> keys(ObjectStore store) throws BackupException {
    List<String> keys = new ArrayList<>();
    store.list(KEYS, object -> keys.add(object.name()));
    return keys;
  }

  private String keyPath() {
    return KEYS + objects.mac(ObjectKind.KEY, KEY_CONTENT, KEY_CONTENT.length).hex();
  }

  private void initialise() throws BackupException {
    ObjectStore store = objects.store();
    if (store.get(RepositoryMarker.NAME, BackupLimits.OBJECT_MAX).isEmpty()) {
      store.put(RepositoryMarker.NAME, RepositoryMarker.content());
    }
    if (store.get(keyPath(), BackupLimits.OBJECT_MAX).isEmpty()) {
      objects.write(keyPath(), KEY_CONTENT, KEY_CONTENT.length);
    }
  }

  /** Hands every data object that is not obviously a fragment to {@code sink}. */
  static void listData(ObjectStore store, Consumer<DataName> sink) throws BackupException {
    store.list(
        DataName.PREFIX,
        object -> {
          if (object.size() >= BackupLimits.OBJECT_MIN) {
            DataName.ofPath(object.name()).ifPresent(sink);
          }
        });
  }

  /** Whether a backup was ever begun here; otherwise the next one makes the repository. */
  public boolean exists() throws BackupException {
    return objects.store().get(RepositoryMarker.NAME, BackupLimits.OBJECT_MAX).isPresent();
  }

  /** Whether {@code directory} is a repository's folder or lies in one; it need not exist. */
  public static boolean encloses(Path directory) {
    for (Path at = directory.toAbsolutePath().normalize(); at != null; at = at.getParent()) {
      if (RepositoryMarker.marks(at)) {
        return true;
      }
    }
    return false;
  }

  /**
   * Backs up {@code directory} and everything below it; symbolic links below it are kept as links.
   * Files and directories that cannot be read are left out, problems in the report; where nothing
   * at all can be read, {@code LOCAL_FAULT} and no snapshot.
   */
  public BackupReport backup(Path directory, ProgressListener listener) throws BackupException {
    Path root;
    try {
      root = directory.toRealPath();
    } catch (IOException e) {
      throw new BackupException(
          Reason.LOCAL_FAULT, "Cannot read " + directory + ": check its name and permissions.", e);
    }
    BackupRun.checkReadable(root);
    Instant started = clock.instant();
    initialise();
    String source = BackupRun.sourceText(root);
    List<Snapshot> known = parents(source);
    Optional<Snapshot> parent =
        known.stream().filter(snapshot -> snapshot.source().equals(source)).findFirst();
    Optional<Snapshot> similar = parent.or(() -> known.stream().findFirst());
    Instant time = started.truncatedTo(ChronoUnit.SECONDS);
    Optional<SnapshotId> newest = ids().stream().findFirst();
    if (newest.isPresent() && !newest.get().time().isBefore(time)) {
      // Two in a second, or a clock that was set back: the newest stays the newest by name.
      time = newest.get().time().plusSeconds(1);
    }
    Set<DataName> condemned = Condemned.union(Condemned.readAll(objects, new ArrayList<>()));
    Uploads uploads = new Uploads(objects, executor, condemned);
    try {
      BackupRun run = new BackupRun(objects, uploads, parent, similar, listener);
      Snapshot.Contents contents = run.run(root, time);
      if (started.plus(Prune.BACKUP_MAX).isBefore(clock.instant()) && !uploads.isStillGood()) {
        throw new BackupException(
            Reason.RUN_AGAIN,
            "A prune overtook this long backup: run the same command again, it sends little.");
      }
      return run.report(publish(contents));
    } finally {
      uploads.settle();
    }
  }

  /**
   * Removes snapshots by {@code policy}, and condemns what nothing needs any more; what was
   * condemned the policy's grace ago is deleted. Safe beside running backups unless the grace is
   * zero; two prunes at a time are not. Refuses to work while a snapshot cannot be read: {@link
   * #forget} it first.
   */
  public PruneReport prune(RetentionPolicy policy) throws BackupException {
    if (keys(objects.store()).size() > 1) {
      // Two first backups under different keys at the same moment: to each, all of the other's
      // objects would look useless.
      throw new BackupException(
          Reason.WRONG_KEY,
          "Nothing was pruned, because another key wrote to this repository too: give each key "
              + "a repository of its own.");
    }
    SnapshotList all = snapshots();
    if (!all.problems().isEmpty()) {
      throw new BackupException(
          Reason.STORE_FAULT,
          "Nothing was pruned, because a snapshot cannot be read ("
              + all.problems().get(0).subject()
              + "): forget it first.");
    }
    return new Prune(objects, executor, clock.instant()).run(all.snapshots(), policy);
  }

  /** Removes one snapshot, readable or not. What only it needed goes with later prunes. */
  public void forget(SnapshotId id) throws BackupException {
    objects.store().delete(id.path());
    objects.store().flush();
  }

  /**
   * Checks that every snapshot can be restored, to the given depth, and names the files of those
   * that cannot.
   */
  public CheckReport check(CheckDepth depth, ProgressListener listener) throws BackupException {
    return new Check(objects, executor, depth, listener).run(snapshots());
  }

  /**
   * Everything the snapshot needs is durable: its appearance is the one step that makes the backup.
   */
  private Snapshot publish(Snapshot.Contents contents) throws BackupException {
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
    return new Snapshot(id, contents);
  }

  /** All names of snapshots, newest first. */
  private List<SnapshotId> ids() throws BackupException {
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

  /** The newest readable snapshots, down to the newest one of {@code source} if that comes soon. */
  private List<Snapshot> parents(String source) throws BackupException {
    List<Snapshot> read = new ArrayList<>();
    for (SnapshotId id : ids().stream().limit(PARENTS_TRIED_MAX).toList()) {
      try {
        Snapshot snapshot = read(id);
        read.add(snapshot);
        if (snapshot.source().equals(source)) {
          break;
        }
      } catch (DamagedObject e) {
        // A backup does without it; snapshots, check and restore say so.
        continue;
      }
    }
    return read;
  }

  private Snapshot read(SnapshotId id) throws BackupException, DamagedObject {
    String text =
        new String(objects.read(ObjectKind.SNAPSHOT, id.path(), id.mac()), StandardCharsets.UTF_8);
    Snapshot.Contents contents =
        Snapshot.Contents.parse(text)
            .orElseThrow(
                () -> new DamagedObject(id.path(), "was written by another version of Coffer"));
    if (!contents.time().equals(id.time())) {
      // Whoever holds the store may rename an old snapshot to look new.
      throw new DamagedObject(id.path(), "carries the time of another");
    }
    return new Snapshot(id, contents);
  }

  /** The snapshots, newest first. */
  public SnapshotList snapshots() throws BackupException {
    List<Snapshot> snapshots = new ArrayList<>();
    List<Problem> problems = new ArrayList<>();
    for (SnapshotId id : ids()) {
      try {
        snapshots.add(read(id));
      } catch (DamagedObject e) {
        problems.add(damaged(e));
      }
    }
    return new SnapshotList(List.copyOf(snapshots), List.copyOf(problems));
  }

  private static Problem damaged(DamagedObject e) {
    return new Problem(
        Problem.Kind.SNAPSHOT_DAMAGED,
        e.object(),
        "this snapshot " + e.fault() + "; use another, and make a new backup");
  }

  /**
   * Restores into {@code target}, which is made if need be. Files that are there with other content
   * are left alone. Owner, group, extended attributes and set-user-id bits are not kept.
   *
   * @param wanted which snapshot; empty for the newest one that can be read
   */
  public RestoreReport restore(Optional<SnapshotId> wanted, Path target, ProgressListener listener)
      throws BackupException {
    List<Problem> problems = new ArrayList<>();
    Snapshot snapshot = find(wanted, problems);
    return new RestoreRun(objects, executor, snapshot, RestoreTarget.at(target), problems, listener)
        .run();
  }

  private Snapshot find(Optional<SnapshotId> wanted, List<Problem> problems)
      throws BackupException {
    for (SnapshotId id : wanted.map(List::of).orElse(ids())) {
      try {
        return read(id);
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
}
