package dev.coffer.backup.walk;

import dev.coffer.backup.BackupException;
import dev.coffer.backup.BackupException.Reason;
import dev.coffer.backup.BackupOptions;
import dev.coffer.backup.BackupReport;
import dev.coffer.backup.Problem;
import dev.coffer.backup.ProgressListener;
import dev.coffer.backup.Snapshot;
import dev.coffer.backup.local.ExtendedAttributes;
import dev.coffer.backup.local.PathOctets;
import dev.coffer.backup.object.DamagedObject;
import dev.coffer.backup.object.Piece;
import dev.coffer.backup.object.PieceFetcher;
import dev.coffer.backup.object.RepositoryMarker;
import dev.coffer.backup.object.SealedObjects;
import dev.coffer.backup.object.Uploads;
import dev.coffer.backup.snapshot.SnapshotText;
import dev.coffer.backup.snapshot.StoredSnapshot;
import dev.coffer.backup.tree.Attributes;
import dev.coffer.backup.tree.Entry;
import dev.coffer.backup.tree.EntryPath;
import dev.coffer.backup.tree.FileVersion;
import dev.coffer.backup.tree.ListedEntries;
import dev.coffer.protocol.codec.Bytes;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.SortedMap;
import org.jspecify.annotations.Nullable;

/** One backup: a walk in the order of paths, by one thread. */
public final class BackupRun {
  /** A file system may stamp two writes within this with the same time. */
  private static final Duration TIME_GRAIN = Duration.ofSeconds(2);

  /** Of a directory that only leads to sources: it is not what is backed up. */
  private static final int WAY_MODE = 0755;

  private static final int ALL_BITS = 07777;

  private static final int READS_MAX = 3;

  /** A larger file that grows is not read again. */
  private static final long READ_AGAIN_MAX = 64 << 20;

  private final SealedObjects objects;
  private final Uploads uploads;
  private final TreeWriter tree;
  private final Optional<StoredSnapshot> parent;
  private final ParentFiles parentFiles;
  private final BackupOptions options;
  private final LeftOut leftOut;
  private final ListedEntries lists = new ListedEntries();
  private final ProgressListener listener;
  private final FirstNames firstNames = new FirstNames(FirstNames.FILES_MAX);
  private final List<Problem> problems = new ArrayList<>();
  private final List<Problem> notices = new ArrayList<>();
  private final Set<EntryPath> reached = new HashSet<>();
  private final List<String> empty = new ArrayList<>();
  private @Nullable Sources sources;
  private String part = "";
  private long device;
  private long omitted;
  private long files;
  private long filesUnchanged;
  private long directories;
  private long ways;
  private long links;
  private long bytes;
  private long bytesRead;
  private long filesInAll;
  private long bytesInAll;

  /**
   * @param parent the snapshot whose files need not be read again where size, times and inode are
   *     the same
   * @param similar the snapshot whose content is most likely to come again
   * @param options of them what is not backed up
   */
  public BackupRun(
      SealedObjects objects,
      Uploads uploads,
      Optional<StoredSnapshot> parent,
      Optional<StoredSnapshot> similar,
      BackupOptions options,
      ProgressListener listener)
      throws BackupException {
    this.objects = objects;
    this.uploads = uploads;
    this.tree = new TreeWriter(uploads, similar, this::fetch);
    this.parent = parent;
    this.parentFiles = new ParentFiles(parent, this::fetch);
    this.options = options;
    this.leftOut = new LeftOut(options.exclusions());
    this.listener = listener;
  }

  private byte[] fetch(Piece page) throws BackupException, DamagedObject {
    return PieceFetcher.cutOut(page, objects.readData(page.object()));
  }

  /**
   * Walks the sources and stores everything but the snapshot itself; what the snapshot has to say.
   *
   * @param checked what the snapshot notes of the objects that were read back
   */
  public SnapshotText run(Sources wanted, Instant time, String checked) throws BackupException {
    sources = wanted;
    if (options.counted()) {
      Count count = Count.of(wanted, options);
      filesInAll = count.files();
      bytesInAll = count.bytes();
    }
    Path root = wanted.root();
    try {
      FileVersion version = FileVersion.of(root);
      device = leftOut.device(root);
      try (SourceDirectory source = SourceDirectory.root(root)) {
        directory(EntryPath.ROOT, root, source, version);
      }
    } catch (IOException e) {
      throw SourceCheck.unreadable(root, e);
    }
    if (files + links + directories - ways <= (wanted.parts().isEmpty() ? 1 : 0)
        && problems.stream().anyMatch(problem -> problem.kind() == Problem.Kind.UNREADABLE)) {
      throw SourceCheck.nothingReadable(root);
    }
    if (reached.size() < wanted.parts().size()) {
      throw new BackupException(
          Reason.LOCAL_FAULT,
          "A source in " + root + " was gone before it could be read: run the same command again.");
    }
    if (wanted.parts().isEmpty() && files + links == 0 && directories <= 1) {
      empty.add(wanted.text());
    }
    List<Piece> pages = tree.finish();
    uploads.flush();
    return new SnapshotText(
        time,
        wanted.text(),
        wanted.parts(),
        options.tags(),
        files,
        directories,
        links,
        bytes,
        problems.size(),
        omitted,
        checked,
        pages);
  }

  /** The sources that hold nothing. */
  public List<String> empty() {
    return List.copyOf(empty);
  }

  private void directory(EntryPath path, Path place, SourceDirectory directory, FileVersion version)
      throws BackupException, IOException {
    // A directory may hold very many: of each only its name is kept.
    List<byte[]> children = new ArrayList<>();
    List<Problem> odd = new ArrayList<>();
    boolean way = sources().isWay(path);
    try {
      directory.children(child -> {
        byte[] name = PathOctets.ofName(child);
        Optional<EntryPath> childPath = path.child(name);
        if (way && childPath.filter(this::isNamed).isEmpty()) {
          return;
        }
        if (childPath.isPresent()) {
          children.add(name);
        } else {
          String sentence = "holds an entry nested too deeply or named too long; move or rename it";
          odd.add(new Problem(Problem.Kind.UNSUPPORTED, path.text(), sentence));
        }
      });
    } catch (IOException e) {
      if (path.equals(EntryPath.ROOT) || children.isEmpty()) {
        // Restored, it would be an empty directory that nobody may enter, in the way of a better
        // backup.
        throw e;
      }
      String sentence = "cannot be read to its end; check the disk and run the backup again";
      odd.add(new Problem(Problem.Kind.UNREADABLE, path.text(), sentence));
    }
    directories++;
    ways += way ? 1 : 0;
    Attributes attributes = attributes(path, place, version);
    OptionalInt max = modeMax(place, true);
    int mode = version.mode() & max.orElse(ALL_BITS) & (way ? WAY_MODE : ALL_BITS);
    tree.write(new Entry.Directory(path, mode, version.modified(), attributes));
    noteList(path, way ? OptionalInt.empty() : max);
    for (Problem problem : odd) {
      problem(problem.kind(), path, problem.sentence());
    }
    children.sort(Arrays::compareUnsigned);
    for (byte[] name : children) {
      if (Thread.currentThread().isInterrupted()) {
        throw new BackupException(
            Reason.INTERRUPTED, "The backup was stopped; run the same command again to continue.");
      }
      EntryPath child = path.child(name).orElseThrow();
      Path file = PathOctets.resolve(place, name);
      if (sources().isPart(child)) {
        part(child, directory, file);
      } else {
        entry(child, directory, file);
      }
    }
  }

  private Sources sources() {
    return Objects.requireNonNull(sources, "a run has sources");
  }

  /** Whether it is a source, or on the way to one: no pattern leaves that out. */
  private boolean isNamed(EntryPath path) {
    return sources().isPart(path) || sources().isWay(path);
  }

  private boolean isLeftOut(EntryPath path, Optional<String> reason) throws BackupException {
    if (reason.isPresent()) {
      leaveOut(Problem.Kind.LEFT_OUT, path, "left out: " + reason.get());
    }
    return reason.isPresent();
  }

  /** As patterns see it: below the source that it lies in. */
  private String below(EntryPath path) {
    return path.text().substring(part.length());
  }

  /** A source by itself, which must not become empty, or vanish, beside others that are full. */
  private void part(EntryPath path, SourceDirectory directory, Path file)
      throws IOException, BackupException {
    long before = directories;
    long contents = files + links;
    long missing = omitted;
    part = path.text() + "/";
    device = leftOut.device(file);
    entry(path, directory, file);
    part = "";
    if (directories > before || files + links > contents || omitted > missing) {
      reached.add(path);
    }
    if (directories == before + 1 && files + links == contents) {
      empty.add(Sources.text(file));
    }
  }

  private void entry(EntryPath path, SourceDirectory directory, Path file) throws BackupException {
    try {
      boolean named = isNamed(path);
      if (!named && isLeftOut(path, leftOut.byName(file, below(path)))) {
        return;
      }
      if (RepositoryMarker.isUnfinished(file)) {
        String sentence = "left out: an unfinished restore left it behind";
        notices.add(new Problem(Problem.Kind.UNFINISHED_RESTORE, path.text(), sentence));
        return;
      }
      FileVersion version = directory.version(file);
      if (!named && isLeftOut(path, leftOut.byVersion(file, version, device))) {
        return;
      }
      switch (version.type()) {
        case DIRECTORY -> {
          if (RepositoryMarker.marks(file)) {
            leaveOut(
                Problem.Kind.REPOSITORY_SKIPPED, path, "left out: it holds a backup repository");
          } else {
            try (SourceDirectory below = directory.directory(file)) {
              directory(path, file, below, version);
            }
          }
        }
        case REGULAR_FILE -> regularFile(path, directory, file, version);
        case LINK -> link(path, file, version);
        case OTHER ->
            leaveOut(
                Problem.Kind.SPECIAL,
                path,
                "left out: a socket, pipe or device, which has no content to keep");
      }
    } catch (NoSuchFileException e) {
      String sentence = "was gone before it could be read";
      notices.add(new Problem(Problem.Kind.VANISHED, path.text(), sentence));
    } catch (IOException e) {
      problem(
          Problem.Kind.UNREADABLE,
          path,
          "cannot be read; check its permissions and the disk, then run the backup again");
    }
  }

  private void link(EntryPath path, Path file, FileVersion version)
      throws IOException, BackupException {
    Path target = Files.readSymbolicLink(file);
    links++;
    tree.write(
        new Entry.Link(
            path, Bytes.wrap(PathOctets.ofTarget(target)), Attributes.of(version.owner())));
  }

  private Attributes attributes(EntryPath path, Path file, FileVersion version) {
    SortedMap<String, Bytes> extended = Attributes.NONE.extended();
    try {
      extended = ExtendedAttributes.read(file, Attributes.EXTENDED_MAX, Attributes.VALUE_MAX);
    } catch (IOException e) {
      String sentence = "its extended attributes are not kept: too many, too large or unreadable";
      notices.add(new Problem(Problem.Kind.UNSUPPORTED, path.text(), sentence));
    }
    return new Attributes(version.owner(), extended);
  }

  /** What the mode may be without the access control list; empty without one. */
  private OptionalInt modeMax(Path file, boolean directory) {
    OptionalInt nine =
        options.accessLists().modeMax(PathOctets.ofTarget(file.toAbsolutePath()), directory);
    return nine.isEmpty() ? nine : OptionalInt.of(nine.getAsInt() | ALL_BITS & ~0777);
  }

  /** The snapshot names each, because what restores part of it has to count. */
  private void noteList(EntryPath path, OptionalInt max) throws BackupException {
    if (max.isPresent()) {
      lists.add(path);
      tree.write(new Entry.Remark(path, Problem.Kind.ACCESS_LIST));
    }
  }

  private void regularFile(
      EntryPath path, SourceDirectory directory, Path file, FileVersion version)
      throws IOException, BackupException {
    Optional<Entry.HardLink> another = firstNames.another(path, version);
    if (another.isPresent()) {
      files++;
      tree.write(another.get());
      return;
    }
    Optional<Entry.RegularFile> before =
        parentFiles.at(path).filter(old -> isUnchanged(old, version));
    if (before.isPresent()) {
      Entry.RegularFile old = before.get();
      old.pieces().forEach(piece -> uploads.use(piece.object()));
      filesUnchanged++;
      OptionalInt max = modeMax(file, false);
      Entry.RegularFile same =
          new Entry.RegularFile(
              path,
              version.mode() & max.orElse(ALL_BITS),
              old.modified(),
              old.size(),
              old.sha256(),
              old.identity(),
              old.pieces(),
              attributes(path, file, version));
      tree.write(same);
      noteList(path, max);
      done(same, version);
      return;
    }
    read(path, directory, file, version);
  }

  private void read(EntryPath path, SourceDirectory directory, Path file, FileVersion seen)
      throws IOException, BackupException {
    FileVersion version = seen;
    for (int reads = 1; ; reads++) {
      FileContent content;
      try (InputStream in = directory.open(file)) {
        content = FileContent.read(in, version.size(), this::page);
      }
      bytesRead += content.size();
      FileVersion after = directory.version(file);
      boolean whole = content.size() == version.size();
      boolean stable = whole && after.equals(version) && !content.isLonger();
      if (stable || reads == READS_MAX || content.size() > READ_AGAIN_MAX) {
        OptionalInt max = modeMax(file, false);
        // An identity that matches nothing makes the next backup read an unstable file again.
        Entry.RegularFile entry =
            new Entry.RegularFile(
                path,
                version.mode() & max.orElse(ALL_BITS),
                version.modified(),
                content.size(),
                content.sha256(),
                stable ? version.identity() : "changing",
                List.of(),
                attributes(path, file, version));
        tree.write(entry, content);
        noteList(path, max);
        done(entry, version);
        if (!stable) {
          unstable(path, content, whole && (content.isLonger() || after.size() > content.size()));
        }
        return;
      }
      version = after;
    }
  }

  private void unstable(EntryPath path, FileContent content, boolean grew) throws BackupException {
    if (grew) {
      leaveOut(
          Problem.Kind.GREW,
          path,
          "grew while it was read; the backup holds its first " + content.size() + " octets");
    } else {
      String sentence =
          "changed while it was read; close the program that writes it and run the backup again";
      problem(Problem.Kind.CHANGED_WHILE_READ, path, sentence);
    }
  }

  private boolean isUnchanged(Entry.RegularFile old, FileVersion version) {
    return old.size() == version.size()
        && old.modified().equals(version.modified())
        && old.identity().equals(version.identity())
        && version.modified().plus(TIME_GRAIN).isBefore(parent.orElseThrow().id().time())
        && old.pieces().stream().allMatch(piece -> uploads.isUsable(piece.object()));
  }

  private Piece page(byte[] page, int size) throws BackupException {
    Piece piece = new Piece(uploads.put(page, size), 0, size);
    tell("");
    return piece;
  }

  private void done(Entry.RegularFile file, FileVersion version) {
    firstNames.add(file, version);
    files++;
    bytes += file.size();
    tell(file.path().text());
  }

  private void tell(String current) {
    listener.onProgress(
        new ProgressListener.Progress(
            files, bytes, filesInAll, bytesInAll, uploads.bytesStored(), current));
  }

  private void problem(Problem.Kind kind, EntryPath path, String sentence) throws BackupException {
    problems.add(new Problem(kind, path.text(), sentence));
    omitted++;
    tree.write(new Entry.Remark(path, kind));
  }

  /** On purpose, or as it must be: said, and noted in the snapshot, but no trouble. */
  private void leaveOut(Problem.Kind kind, EntryPath path, String sentence) throws BackupException {
    notices.add(new Problem(kind, path.text(), sentence));
    omitted++;
    tree.write(new Entry.Remark(path, kind));
  }

  /** The report on {@code snapshot}, which this run's contents went into. */
  public BackupReport report(Snapshot snapshot, List<Problem> more, List<Problem> moreNotices) {
    List<Problem> allProblems = new ArrayList<>(problems);
    allProblems.addAll(more);
    List<Problem> allNotices = new ArrayList<>(notices);
    lists.notice().ifPresent(allNotices::add);
    firstNames.notice().ifPresent(allNotices::add);
    allNotices.addAll(moreNotices);
    return new BackupReport(
        snapshot,
        files,
        filesUnchanged,
        bytes,
        bytesRead,
        uploads.bytesStored(),
        uploads.objectsStored(),
        List.copyOf(allProblems),
        List.copyOf(allNotices));
  }
}
