package dev.coffer.backup.walk;

import dev.coffer.backup.BackupException;
import dev.coffer.backup.BackupException.Reason;
import dev.coffer.backup.BackupLimits;
import dev.coffer.backup.BackupReport;
import dev.coffer.backup.Problem;
import dev.coffer.backup.ProgressListener;
import dev.coffer.backup.Snapshot;
import dev.coffer.backup.local.PathOctets;
import dev.coffer.backup.object.DamagedObject;
import dev.coffer.backup.object.Piece;
import dev.coffer.backup.object.PieceFetcher;
import dev.coffer.backup.object.RepositoryMarker;
import dev.coffer.backup.object.SealedObjects;
import dev.coffer.backup.object.Uploads;
import dev.coffer.backup.snapshot.SnapshotText;
import dev.coffer.backup.snapshot.StoredSnapshot;
import dev.coffer.backup.tree.Entry;
import dev.coffer.backup.tree.EntryPath;
import dev.coffer.backup.tree.FileVersion;
import dev.coffer.backup.tree.ListingReader;
import dev.coffer.backup.tree.ListingWriter;
import dev.coffer.protocol.codec.Bytes;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** One backup of one directory: a walk in the order of paths, by one thread. */
public final class BackupRun {
  /** A file system may stamp two writes within this with the same time. */
  private static final Duration TIME_GRAIN = Duration.ofSeconds(2);

  private static final int READS_MAX = 3;

  private final SealedObjects objects;
  private final Uploads uploads;
  private final Packer packer;
  private final ListingWriter listing;
  private final Optional<StoredSnapshot> parent;
  private final Optional<StoredSnapshot> similar;
  private final ParentFiles parentFiles;
  private final ProgressListener listener;
  private final Deque<Waiting> waiting = new ArrayDeque<>();
  private final List<Problem> problems = new ArrayList<>();
  private final List<Problem> notices = new ArrayList<>();
  private boolean contentIndexed;
  private long files;
  private long filesUnchanged;
  private long directories;
  private long links;
  private long bytes;
  private long bytesRead;

  /**
   * An entry in line for the listing; with a slot, its content is in a pack that may not be cut
   * yet.
   */
  private record Waiting(Entry entry, Packer.@Nullable Slot slot) {}

  /**
   * @param parent the snapshot whose files need not be read again where size, times and inode are
   *     the same
   * @param similar the snapshot whose content is most likely to come again
   */
  public BackupRun(
      SealedObjects objects,
      Uploads uploads,
      Optional<StoredSnapshot> parent,
      Optional<StoredSnapshot> similar,
      ProgressListener listener)
      throws BackupException {
    this.objects = objects;
    this.uploads = uploads;
    this.packer = new Packer(uploads);
    this.listing = new ListingWriter(uploads);
    this.parent = parent;
    this.similar = similar;
    this.parentFiles = new ParentFiles(parent, this::fetch);
    this.listener = listener;
  }

  private byte[] fetch(Piece page) throws BackupException, DamagedObject {
    return PieceFetcher.cutOut(page, objects.readData(page.object()));
  }

  /**
   * Walks {@code root} and stores everything but the snapshot itself; what the snapshot has to say.
   */
  public SnapshotText run(Path root, Instant time) throws BackupException {
    FileVersion version;
    try {
      version = FileVersion.of(root);
    } catch (IOException e) {
      throw unreadable(root, e);
    }
    if (version.type() != FileVersion.Type.DIRECTORY) {
      throw new BackupException(
          Reason.LOCAL_FAULT, root + " is not a directory: name the directory to back up.");
    }
    if (RepositoryMarker.marks(root)) {
      throw new BackupException(
          Reason.LOCAL_FAULT, root + " is itself a backup repository: name another directory.");
    }
    directory(EntryPath.ROOT, root, version);
    if (files + links + directories == 1
        && problems.stream().anyMatch(problem -> problem.kind() == Problem.Kind.UNREADABLE)) {
      // An empty snapshot would become the newest one, and hide the good ones behind it.
      throw new BackupException(
          Reason.LOCAL_FAULT, "Nothing in " + root + " can be read: check the permissions in it.");
    }
    packer.cut();
    drain();
    List<Piece> pages = listing.finish();
    uploads.flush();
    String source = sourceText(root);
    return new SnapshotText(time, source, files, directories, links, bytes, problems.size(), pages);
  }

  /** Refuses a directory that cannot be listed, before anything is written. */
  public static void checkReadable(Path root) throws BackupException {
    if (!Files.isDirectory(root)) {
      return;
    }
    try (DirectoryStream<Path> stream = Files.newDirectoryStream(root)) {
      return;
    } catch (IOException e) {
      throw unreadable(root, e);
    }
  }

  private static BackupException unreadable(Path root, Exception e) {
    return new BackupException(
        Reason.LOCAL_FAULT, "Cannot read " + root + ": check its name and permissions.", e);
  }

  public static String sourceText(Path root) {
    return EntryPath.escape(root.toString().getBytes(StandardCharsets.UTF_8));
  }

  private void directory(EntryPath path, Path directory, FileVersion version)
      throws BackupException {
    Map<EntryPath, Path> children = new TreeMap<>();
    try (DirectoryStream<Path> stream = Files.newDirectoryStream(directory)) {
      for (Path child : stream) {
        Optional<EntryPath> childPath = path.child(PathOctets.ofName(child));
        if (childPath.isPresent()) {
          children.put(childPath.get(), child);
        } else {
          problem(
              Problem.Kind.UNSUPPORTED,
              path,
              "holds an entry nested too deeply or named too long; move or rename it");
        }
      }
    } catch (IOException | DirectoryIteratorException e) {
      if (path.equals(EntryPath.ROOT)) {
        throw unreadable(directory, e);
      }
      problem(
          Problem.Kind.UNREADABLE,
          path,
          "this directory cannot be read; check its permissions and run the backup again");
      if (children.isEmpty()) {
        // Restored, it would be an empty directory that nobody may enter, in the way of a better
        // backup.
        return;
      }
    }
    directories++;
    enqueue(new Entry.Directory(path, version.mode(), version.modified()), null);
    for (Map.Entry<EntryPath, Path> child : children.entrySet()) {
      if (Thread.currentThread().isInterrupted()) {
        throw new BackupException(
            Reason.INTERRUPTED, "The backup was stopped; run the same command again to continue.");
      }
      entry(child.getKey(), child.getValue());
    }
  }

  private void entry(EntryPath path, Path file) throws BackupException {
    try {
      FileVersion version = FileVersion.of(file);
      switch (version.type()) {
        case DIRECTORY -> {
          if (RepositoryMarker.marks(file)) {
            String sentence = "left out: it holds a backup repository";
            notices.add(new Problem(Problem.Kind.REPOSITORY_SKIPPED, path.text(), sentence));
          } else {
            directory(path, file, version);
          }
        }
        case REGULAR_FILE -> regularFile(path, file, version);
        case LINK -> link(path, file);
        case OTHER ->
            problem(
                Problem.Kind.UNSUPPORTED,
                path,
                "not a file, directory or link; it is not part of the backup");
      }
    } catch (IOException e) {
      problem(
          Problem.Kind.UNREADABLE,
          path,
          "cannot be read; check that it still exists and its permissions, then run again");
    }
  }

  private void link(EntryPath path, Path file) throws IOException, BackupException {
    Path target = Files.readSymbolicLink(file);
    links++;
    enqueue(new Entry.Link(path, Bytes.wrap(PathOctets.ofTarget(target))), null);
  }

  private void regularFile(EntryPath path, Path file, FileVersion version)
      throws IOException, BackupException {
    Optional<Entry.RegularFile> before =
        parentFiles.at(path).filter(old -> isUnchanged(old, version));
    if (before.isPresent()) {
      Entry.RegularFile old = before.get();
      old.pieces().forEach(piece -> uploads.use(piece.object()));
      filesUnchanged++;
      done(
          new Entry.RegularFile(
              path,
              version.mode(),
              old.modified(),
              old.size(),
              old.sha256(),
              old.identity(),
              old.pieces()),
          null);
      return;
    }
    FileVersion read = version;
    for (int reads = 1; ; reads++) {
      FileContent content = FileContent.read(file, this::page);
      bytesRead += content.size();
      FileVersion after = FileVersion.of(file);
      boolean stable = after.equals(read) && after.size() == content.size();
      if (stable || reads == READS_MAX) {
        if (!stable) {
          String sentence =
              "changed while it was read; close the program that writes it and run the backup again";
          problem(Problem.Kind.CHANGED_WHILE_READ, path, sentence);
        }
        // An identity that matches nothing makes the next backup read an unstable file again.
        store(path, read, content, stable ? read.identity() : "changing");
        return;
      }
      read = after;
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
    listener.onProgress(new ProgressListener.Progress(files, bytes, uploads.bytesStored(), ""));
    return piece;
  }

  private void store(EntryPath path, FileVersion version, FileContent content, String identity)
      throws BackupException {
    Packer.Slot slot = null;
    List<Piece> pieces = content.pages();
    byte[] small = content.small();
    if (small != null && small.length > 0) {
      indexContent();
      int size = small.length;
      Optional<Piece> known = packer.find(content.sha256(), size);
      if (known.isPresent()) {
        pieces = List.of(known.get());
        uploads.use(known.get().object());
      } else {
        if (packer.isFull(size)) {
          packer.cut();
        }
        slot = packer.add(content.sha256(), small, size);
      }
    }
    done(
        new Entry.RegularFile(
            path,
            version.mode(),
            version.modified(),
            content.size(),
            content.sha256(),
            identity,
            pieces),
        slot);
    if (slot != null && packer.cutsAfter(content.sha256())) {
      packer.cut();
    }
  }

  /**
   * Files that were only moved keep their content where it is; looked up from the first new small
   * file on.
   */
  private void indexContent() throws BackupException {
    if (contentIndexed) {
      return;
    }
    contentIndexed = true;
    if (similar.isEmpty()) {
      return;
    }
    ListingReader reader = new ListingReader(similar.get().pages(), this::fetch, problem -> {});
    for (Optional<Entry> entry = reader.next(); entry.isPresent(); entry = reader.next()) {
      if (entry.get() instanceof Entry.RegularFile file
          && file.pieces().size() == 1
          && file.size() <= BackupLimits.SMALL_FILE_MAX) {
        packer.remember(file.sha256(), file.pieces().get(0));
      }
    }
  }

  private void done(Entry.RegularFile file, Packer.@Nullable Slot slot) throws BackupException {
    files++;
    bytes += file.size();
    enqueue(file, slot);
    String path = file.path().text();
    listener.onProgress(new ProgressListener.Progress(files, bytes, uploads.bytesStored(), path));
  }

  /** Lines go out in order: behind one that waits for its pack, all wait. */
  private void enqueue(Entry entry, Packer.@Nullable Slot slot) throws BackupException {
    if (waiting.size() >= BackupLimits.WAITING_MAX) {
      packer.cut();
    }
    waiting.add(new Waiting(entry, slot));
    drain();
  }

  private void drain() throws BackupException {
    while (true) {
      Waiting next = waiting.peek();
      if (next == null || next.slot() != null && !next.slot().isStored()) {
        return;
      }
      waiting.remove();
      if (next.entry() instanceof Entry.RegularFile file && next.slot() != null) {
        listing.write(
            new Entry.RegularFile(
                file.path(),
                file.mode(),
                file.modified(),
                file.size(),
                file.sha256(),
                file.identity(),
                List.of(next.slot().piece())));
      } else {
        listing.write(next.entry());
      }
    }
  }

  private void problem(Problem.Kind kind, EntryPath path, String sentence) {
    problems.add(new Problem(kind, path.text(), sentence));
  }

  /** The report on {@code snapshot}, which this run's contents went into. */
  public BackupReport report(Snapshot snapshot) {
    return new BackupReport(
        snapshot,
        files,
        filesUnchanged,
        bytes,
        bytesRead,
        uploads.bytesStored(),
        uploads.objectsStored(),
        List.copyOf(problems),
        List.copyOf(notices));
  }
}
