package dev.coffer.backup.repository;

import dev.coffer.backup.BackupException;
import dev.coffer.backup.BackupException.Reason;
import dev.coffer.backup.BackupKey;
import dev.coffer.backup.BackupOptions;
import dev.coffer.backup.BackupReport;
import dev.coffer.backup.CheckDepth;
import dev.coffer.backup.CheckReport;
import dev.coffer.backup.CopyReport;
import dev.coffer.backup.ObjectStore;
import dev.coffer.backup.Problem;
import dev.coffer.backup.ProgressListener;
import dev.coffer.backup.PruneReport;
import dev.coffer.backup.RestoreOptions;
import dev.coffer.backup.RestoreReport;
import dev.coffer.backup.RetentionPolicy;
import dev.coffer.backup.Snapshot;
import dev.coffer.backup.SnapshotEntry;
import dev.coffer.backup.SnapshotId;
import dev.coffer.backup.SnapshotList;
import dev.coffer.backup.folder.FolderStore;
import dev.coffer.backup.object.Condemned;
import dev.coffer.backup.object.DamagedObject;
import dev.coffer.backup.object.DataName;
import dev.coffer.backup.object.ObjectKind;
import dev.coffer.backup.object.PieceFetcher;
import dev.coffer.backup.object.RepositoryMarker;
import dev.coffer.backup.object.SealedObjects;
import dev.coffer.backup.object.Uploads;
import dev.coffer.backup.restore.RestoreRehearsal;
import dev.coffer.backup.restore.RestoreRoom;
import dev.coffer.backup.restore.RestoreRun;
import dev.coffer.backup.restore.RestoreTarget;
import dev.coffer.backup.restore.TarDump;
import dev.coffer.backup.snapshot.Browser;
import dev.coffer.backup.snapshot.Shrinking;
import dev.coffer.backup.snapshot.SnapshotText;
import dev.coffer.backup.snapshot.Snapshots;
import dev.coffer.backup.snapshot.StoredSnapshot;
import dev.coffer.backup.upkeep.Check;
import dev.coffer.backup.upkeep.Copy;
import dev.coffer.backup.upkeep.Prune;
import dev.coffer.backup.upkeep.References;
import dev.coffer.backup.walk.BackupRun;
import dev.coffer.backup.walk.SourceCheck;
import dev.coffer.backup.walk.Sources;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import java.util.function.Predicate;

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
  // Clocks of devices that share a repository may differ by that.
  private static final Duration CLOCK_DIFFERENCE_MAX = Duration.ofMinutes(10);
  private static final String KEYS = "key/";
  private static final byte[] KEY_CONTENT = "coffer-backup 1\n".getBytes(StandardCharsets.US_ASCII);
  private final SealedObjects objects;
  final PieceFetcher viewed; // of all its views, which thus keep no more in memory than one
  private final Snapshots snapshots;
  private final Clock clock;
  private final Executor executor;

  private Repository(SealedObjects objects, Clock clock, Executor executor) {
    this.objects = objects;
    this.viewed = new PieceFetcher(objects, executor);
    this.snapshots = new Snapshots(objects);
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
    if (!exists()) {
      store.put(RepositoryMarker.NAME, RepositoryMarker.content());
    }
    if (!keys(store).contains(keyPath())) {
      objects.write(keyPath(), KEY_CONTENT, KEY_CONTENT.length);
    }
  }

  /** Whether a backup was ever begun here; otherwise the next one makes the repository. */
  public boolean exists() throws BackupException {
    boolean[] found = new boolean[1];
    objects
        .store()
        .list(
            RepositoryMarker.NAME,
            object -> found[0] |= object.name().equals(RepositoryMarker.NAME));
    return found[0];
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
   * Backs up these directories, with everything below them, and files, into one snapshot; symbolic
   * links below them are kept as links. Files and directories that cannot be read are left out,
   * problems in the report; where nothing at all can be read, {@code LOCAL_FAULT} and no snapshot.
   * A directory that is empty is {@code SHRUNK} and no snapshot, and so is the whole if it holds
   * much less than in the snapshot before of the same sources, unless the options allow it. Nothing
   * is written before that place and sources are known to be what they should be.
   */
  public BackupReport backup(List<Path> paths, BackupOptions options, ProgressListener listener)
      throws BackupException {
    Sources sources = checked(paths, options);
    Instant started = clock.instant();
    List<StoredSnapshot> known = snapshots.parents(sources.text(), sources.parts());
    Optional<StoredSnapshot> parent =
        known.stream()
            .filter(snapshot -> snapshot.isOf(sources.text(), sources.parts()))
            .findFirst();
    Optional<StoredSnapshot> similar = parent.or(() -> known.stream().findFirst());
    Instant time = started.truncatedTo(ChronoUnit.SECONDS);
    Optional<SnapshotId> newest = snapshots.ids().stream().findFirst();
    List<Problem> notices = new ArrayList<>();
    if (newest.isPresent() && !newest.get().time().isBefore(time)) {
      // Two in a second, or a clock that was set back: the newest stays the newest by name.
      time = newest.get().time().plusSeconds(1);
      if (Duration.between(started, time).compareTo(CLOCK_DIFFERENCE_MAX) > 0) {
        notices.add(fromTheFuture(newest.get(), started.truncatedTo(ChronoUnit.SECONDS)));
      }
    }
    Set<DataName> condemned = Condemned.union(Condemned.readAll(objects, new ArrayList<>()));
    Uploads uploads = new Uploads(objects, executor, condemned, () -> needed(similar));
    try {
      String checked =
          uploads.verifyNext(
              parent.map(snapshot -> snapshot.text().checked()).orElse("-"),
              options.checkParts(),
              options.checkBytesMax());
      initialise();
      BackupRun run = new BackupRun(objects, uploads, parent, similar, options, listener);
      SnapshotText contents = run.run(sources, time, checked);
      if (started.plus(Prune.BACKUP_MAX).isBefore(clock.instant()) && !uploads.isStillGood()) {
        throw new BackupException(
            Reason.RUN_AGAIN,
            "A prune overtook this long backup: run the same command again, it sends little.");
      }
      Shrinking.check(contents, parent, run.empty(), options.shrinkMax());
      uploads.mended().forEach(name -> notices.add(mended(name)));
      List<Problem> damaged = ours(uploads.damaged()).stream().map(Repository::damaged).toList();
      return run.report(snapshots.publish(contents).summary(), damaged, notices);
    } finally {
      uploads.settle();
    }
  }

  /** The same of one directory or file. */
  public BackupReport backup(Path source, BackupOptions options, ProgressListener listener)
      throws BackupException {
    return backup(List.of(source), options, listener);
  }

  /** The same with standard options. */
  public BackupReport backup(Path directory, ProgressListener listener) throws BackupException {
    return backup(directory, BackupOptions.standard(), listener);
  }

  /** Checks everything that can be checked before a first octet is written. */
  private Sources checked(List<Path> paths, BackupOptions options) throws BackupException {
    Sources sources = Sources.of(paths);
    SourceCheck.check(sources, options);
    for (Path path : sources.paths()) {
      if (objects.store() instanceof FolderStore folder && path.startsWith(folder.folder())) {
        throw new BackupException(
            Reason.LOCAL_FAULT,
            path
                + " is, or lies in, the repository: name another directory or another repository.");
      }
    }
    requireOurs();
    return sources;
  }

  /** A place that holds other things never becomes a repository. */
  private void requireOurs() throws BackupException {
    if (!exists() && keys(objects.store()).isEmpty() && !objects.store().isEmpty()) {
      throw new BackupException(
          Reason.NOT_A_REPOSITORY,
          "The place of the repository holds other things, and no repository: "
              + "name a new or empty folder.");
    }
  }

  /**
   * Copies all snapshots that {@code other} does not have, with what they need; everything is
   * verified on the way. {@code other} is made if need be; under another key, {@code WRONG_KEY}.
   * While it has condemned what they need, {@code RUN_AGAIN}. May be repeated.
   */
  public CopyReport copyTo(Repository other) throws BackupException {
    other.requireOurs();
    if (!keyPath().equals(other.keyPath())) {
      throw new BackupException(
          Reason.WRONG_KEY, "The other repository is under another key: nothing was copied.");
    }
    Snapshots.All all = snapshots.all();
    if (!all.readable().isEmpty()) {
      other.initialise();
    }
    CopyReport report =
        new Copy(objects, other.objects, executor, clock)
            .run(all.readable(), other.snapshots.ids());
    return report.with(all.problems());
  }

  private Problem fromTheFuture(SnapshotId newest, Instant now) {
    DateTimeFormatter local = DateTimeFormatter.ISO_OFFSET_DATE_TIME.withZone(clock.getZone());
    String times = local.format(newest.time()) + ", and now is " + local.format(now);
    return new Problem(
        Problem.Kind.CLOCK,
        newest.toString(),
        "the newest snapshot is from "
            + times
            + ": a clock is or was wrong; set it, remove what is from the future, back up again");
  }

  private static Problem mended(DataName name) {
    return new Problem(
        Problem.Kind.OBJECT_MENDED, name.path(), "was damaged, and is stored anew now");
  }

  private Set<DataName> needed(Optional<StoredSnapshot> before) throws BackupException {
    References references = new References(objects, executor);
    if (before.isPresent()) {
      references.add(before.get());
    }
    return references.ends().keySet();
  }

  /** What does not open is this key's only if a snapshot needs it; else it may be another's. */
  private List<DamagedObject> ours(Map<DataName, DamagedObject> damaged) throws BackupException {
    References references = new References(objects, executor);
    if (!damaged.values().stream().allMatch(DamagedObject::opened)) {
      for (StoredSnapshot snapshot : snapshots.all().readable()) {
        references.add(snapshot);
      }
    }
    Set<DataName> needed = references.ends().keySet();
    return damaged.entrySet().stream()
        .filter(object -> object.getValue().opened() || needed.contains(object.getKey()))
        .map(Map.Entry::getValue)
        .toList();
  }

  private static Problem damaged(DamagedObject object) {
    return new Problem(
        Problem.Kind.OBJECT_DAMAGED,
        object.object(),
        object.fault() + "; see with check which files of older snapshots need it, then repair");
  }

  /**
   * Removes snapshots by {@code policy}, and condemns what nothing needs any more; what was
   * condemned the policy's grace ago is deleted. Safe beside running backups unless the grace is
   * zero; two prunes at a time are not. Not while a snapshot cannot be read: {@link #forget} it.
   */
  public PruneReport prune(RetentionPolicy policy) throws BackupException {
    refuseBesideAnotherKey("pruned");
    Snapshots.All all = snapshots.all();
    if (!all.problems().isEmpty()) {
      throw new BackupException(
          Reason.STORE_FAULT,
          "Nothing was pruned, because a snapshot cannot be read ("
              + all.problems().get(0).subject()
              + "): remove it first.");
    }
    return new Prune(objects, executor, clock.instant()).run(all.readable(), policy);
  }

  /**
   * Two first backups under different keys at the same moment, or two folders that were merged: to
   * each key, all of the other's objects would look useless, and damaged.
   */
  private void refuseBesideAnotherKey(String done) throws BackupException {
    if (keys(objects.store()).size() > 1) {
      throw new BackupException(
          Reason.WRONG_KEY,
          "Nothing was "
              + done
              + ", because another key wrote to this repository too: give each key a repository of "
              + "its own.");
    }
  }

  /** Removes one snapshot, readable or not. What only it needed goes with later prunes. */
  public void forget(SnapshotId id) throws BackupException {
    objects.store().delete(id.path());
    objects.store().flush();
  }

  /**
   * Checks that every snapshot can be restored, to the given depth, and names the files of those
   * that cannot. Mending is refused with {@code WRONG_KEY} where another key wrote too.
   */
  public CheckReport check(CheckDepth depth, ProgressListener listener) throws BackupException {
    return check(depth, CheckReport.Part.ALL, listener);
  }

  /** The same, reading one part of the objects only. */
  public CheckReport check(CheckDepth depth, CheckReport.Part part, ProgressListener listener)
      throws BackupException {
    if (depth == CheckDepth.CONTENT_AND_MEND) {
      refuseBesideAnotherKey("repaired");
    }
    boolean alone = keys(objects.store()).size() <= 1;
    return new Check(objects, executor, depth, part, alone, listener).run(snapshots.all());
  }

  /** Hands out what is in a snapshot; what is wrong with its list comes back. */
  public List<Problem> list(SnapshotId id, Consumer<SnapshotEntry> sink) throws BackupException {
    return new Browser(objects, executor, stored(id)).list(sink);
  }

  /**
   * Writes the verified content of one file; {@code NO_SNAPSHOT} or {@code NO_FILE} if there is
   * none, {@code OBJECT_FAULT} where it is damaged, and then {@code out} may have got something.
   *
   * @param path as {@link #list} tells it
   */
  public void write(SnapshotId id, String path, OutputStream out)
      throws BackupException, IOException {
    new Browser(objects, executor, stored(id)).write(path, out);
  }

  /**
   * Writes what is wanted of a snapshot as a tar archive (POSIX pax): modes, times to the
   * nanosecond, owners, links, further names, extended attributes. {@code NO_FILE} and nothing
   * written if there is nothing; {@code OBJECT_FAULT} where the archive had to break off in a large
   * damaged file. Smaller ones are left out and named.
   *
   * @param wanted which paths, as {@link #list} tells them
   */
  public RestoreReport writeTar(SnapshotId id, Predicate<String> wanted, OutputStream out)
      throws BackupException, IOException {
    return new TarDump(objects, executor, stored(id), wanted, out).run();
  }

  StoredSnapshot stored(SnapshotId id) throws BackupException {
    return snapshots.find(Optional.of(id), Optional.empty(), new ArrayList<>());
  }

  /** How many data objects there are, and how large they are together, in octets. */
  public long[] stored() throws BackupException {
    long[] stored = new long[2];
    objects
        .store()
        .list(
            DataName.PREFIX,
            object -> {
              stored[0]++;
              stored[1] += object.size();
            });
    return stored;
  }

  /** The names of all snapshots as the store tells them, newest first; nothing is read. */
  public List<SnapshotId> names() throws BackupException {
    return snapshots.ids();
  }

  /** The snapshots, newest first. */
  public SnapshotList snapshots() throws BackupException {
    Snapshots.All all = snapshots.all();
    return new SnapshotList(
        all.readable().stream().map(StoredSnapshot::summary).toList(), all.problems());
  }

  /**
   * Restores into {@code target}, which is made if need be. Files that are there with other content
   * are left alone, unless the options say otherwise. Owners are restored by the administrator or
   * if the options say so; set-user-id and set-group-id only with them. Access control lists and
   * capabilities are not in backups. Where it has too little room, {@code NO_ROOM} before anything
   * is written.
   *
   * @param wanted which snapshot; empty for the newest one that can be read, of the options' source
   */
  public RestoreReport restore(
      Optional<SnapshotId> wanted, Path target, RestoreOptions options, ProgressListener listener)
      throws BackupException {
    Chosen chosen = chosen(wanted, options);
    Path root = target.toAbsolutePath().normalize();
    RestoreRoom.require(objects, chosen.snapshot(), root, chosen.options());
    try (RestoreTarget place = RestoreTarget.at(target, options.owners())) {
      return new RestoreRun(
              objects,
              executor,
              chosen.snapshot(),
              place,
              chosen.options(),
              chosen.problems(),
              chosen.notices(),
              listener)
          .run();
    }
  }

  /**
   * What {@link #restore} would do, as far as it can be told without writing and without reading
   * contents: the report counts what would be restored.
   */
  public RestoreReport rehearse(Optional<SnapshotId> wanted, Path target, RestoreOptions options)
      throws BackupException {
    Chosen chosen = chosen(wanted, options);
    Path root = target.toAbsolutePath().normalize();
    return new RestoreRehearsal(root, chosen.options(), chosen.problems())
        .run(objects, chosen.snapshot(), chosen.notices());
  }

  /** Which snapshot, what of it, and what is known of it beforehand. */
  private record Chosen(
      StoredSnapshot snapshot,
      RestoreOptions options,
      List<Problem> problems,
      List<Problem> notices) {}

  private Chosen chosen(Optional<SnapshotId> wanted, RestoreOptions options)
      throws BackupException {
    List<Problem> problems = new ArrayList<>();
    StoredSnapshot snapshot = snapshots.find(wanted, options.source(), problems);
    Snapshot found = snapshot.summary();
    List<Problem> notices = new ArrayList<>();
    if (wanted.isEmpty()) {
      Shrinking.fuller(found, snapshots().snapshots()).ifPresent(notices::add);
    }
    RestoreOptions narrowed =
        options
            .source()
            .filter(found.sources()::contains)
            .map(source -> options.withWanted(options.wanted().and(found.within(source))))
            .orElse(options);
    return new Chosen(snapshot, narrowed, problems, notices);
  }

  /** The same with standard options. */
  public RestoreReport restore(Optional<SnapshotId> wanted, Path target, ProgressListener listener)
      throws BackupException {
    return restore(wanted, target, RestoreOptions.standard(), listener);
  }
}
