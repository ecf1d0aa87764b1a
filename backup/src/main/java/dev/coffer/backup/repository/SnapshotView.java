package dev.coffer.backup.repository;

import dev.coffer.backup.BackupException;
import dev.coffer.backup.BackupException.Reason;
import dev.coffer.backup.SnapshotEntry.Type;
import dev.coffer.backup.SnapshotId;
import dev.coffer.backup.object.DamagedObject;
import dev.coffer.backup.object.Piece;
import dev.coffer.backup.object.PieceFetcher;
import dev.coffer.backup.snapshot.Contents;
import dev.coffer.backup.tree.Entry;
import dev.coffer.backup.tree.EntryPath;
import dev.coffer.backup.tree.ListingReader;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;

/**
 * A snapshot as a tree of directories in memory (about 200 octets an entry), whose files can be
 * read in any order and in parts. What was read last stays in memory, up to {@link
 * PieceFetcher#OBJECTS_MAX} objects for all views of one {@link Repository}. Thread-safe.
 */
public final class SnapshotView {
  /** Entries of the largest snapshot that is shown so. */
  public static final int ENTRIES_MAX = 1_000_000;

  /** A directory, file or link, or a word on what is missing. */
  public static final class Node {
    private final Type type;
    private final EntryPath path;
    private final Instant modified;
    private final long size;
    private final int page;
    private final List<Node> children;

    private Node(Type type, EntryPath path, Instant modified, long size, int page) {
      this.type = type;
      this.path = path;
      this.modified = modified;
      this.size = size;
      this.page = page;
      this.children = type == Type.DIRECTORY ? new ArrayList<>(0) : List.of();
    }

    /** What it is. */
    public Type type() {
      return type;
    }

    /** Its name in its directory, control characters escaped; {@code .} for the outermost. */
    public String name() {
      String text = path.text();
      return text.substring(text.lastIndexOf('/') + 1);
    }

    /** When it was changed last; the time of the snapshot where that is not known. */
    public Instant modified() {
      return modified;
    }

    /** Octets of a file. */
    public long size() {
      return size;
    }

    /** What is in a directory, in order of names. */
    public List<Node> children() {
      return Collections.unmodifiableList(children);
    }

    private Optional<Node> child(EntryPath wanted) {
      // Paths ascend; of several entries of one path the first counts.
      int from = 0;
      int to = children.size();
      while (from < to) {
        int middle = (from + to) >>> 1;
        if (children.get(middle).path.compareTo(wanted) < 0) {
          from = middle + 1;
        } else {
          to = middle;
        }
      }
      return children.stream()
          .skip(from)
          .limit(1)
          .filter(one -> one.path.equals(wanted))
          .findFirst();
    }
  }

  private final List<Piece> pages;
  private final PieceFetcher fetcher;
  private final Contents contents = new Contents(this::fetch);
  private final Node root;
  private int entries;
  private int damaged;
  private int fetched;

  private SnapshotView(List<Piece> pages, PieceFetcher fetcher, SnapshotId id)
      throws BackupException {
    this.pages = pages;
    this.fetcher = fetcher;
    this.root = new Node(Type.DIRECTORY, EntryPath.ROOT, id.time(), 0, 0);
    read();
  }

  /** Reads the list of a snapshot; {@code TOO_LARGE} beyond {@link #ENTRIES_MAX}. */
  public static SnapshotView of(Repository repository, SnapshotId id) throws BackupException {
    return new SnapshotView(repository.stored(id).pages(), repository.viewed, id);
  }

  private void read() throws BackupException {
    ListingReader reader =
        new ListingReader(
            pages,
            piece -> {
              fetched++;
              return fetch(piece);
            },
            problem -> damaged++);
    // An entry begins on the page that was fetched last before it was asked for, or on the next.
    int page = 0;
    Node directory = root;
    for (Optional<Entry> entry = reader.next(); entry.isPresent(); entry = reader.next()) {
      Entry found = entry.get();
      if (!found.path().equals(EntryPath.ROOT)) {
        directory = directoryOf(found.path().parent(), directory);
        add(directory, node(found, page));
      }
      page = Math.max(0, fetched - 1);
    }
  }

  private void add(Node directory, Node node) throws BackupException {
    if (++entries > ENTRIES_MAX) {
      throw new BackupException(
          Reason.TOO_LARGE,
          "The snapshot has more than a million entries: look into it with ls and dump.");
    }
    directory.children.add(node);
  }

  /**
   * Entries come in order, so their directory is mostly that of the one before. One that a damaged
   * list does not name is made.
   */
  private Node directoryOf(EntryPath wanted, Node last) throws BackupException {
    if (last.path.equals(wanted)) {
      return last;
    }
    Optional<Node> there = find(wanted).filter(node -> node.type == Type.DIRECTORY);
    if (there.isPresent()) {
      return there.get();
    }
    Node made = new Node(Type.DIRECTORY, wanted, root.modified, 0, 0);
    add(directoryOf(wanted.parent(), root), made);
    return made;
  }

  private Node node(Entry entry, int page) {
    if (entry instanceof Entry.Directory directory) {
      return new Node(Type.DIRECTORY, directory.path(), directory.modified(), 0, page);
    }
    if (entry instanceof Entry.RegularFile file) {
      return new Node(Type.FILE, file.path(), file.modified(), file.size(), page);
    }
    if (entry instanceof Entry.HardLink name) {
      Optional<Node> first = find(name.target());
      Instant modified = first.map(Node::modified).orElse(root.modified);
      return new Node(Type.FILE, name.path(), modified, name.size(), page);
    }
    Type type = entry instanceof Entry.Link ? Type.LINK : Type.MISSING;
    return new Node(type, entry.path(), root.modified, 0, page);
  }

  /** What is there, {@code path} as lists of files tell it. */
  public Optional<Node> find(String path) {
    return EntryPath.parse(path).flatMap(this::find);
  }

  private Optional<Node> find(EntryPath path) {
    return path.equals(EntryPath.ROOT)
        ? Optional.of(root)
        : find(path.parent()).flatMap(directory -> directory.child(path));
  }

  /** Parts of its list that could not be read: what they name is not shown. */
  public int damaged() {
    return damaged;
  }

  /** Entries in all. */
  public int entries() {
    return entries;
  }

  /**
   * Writes {@code size} octets of a file, beginning with number {@code from}. Each piece is
   * verified before it is written, and a whole file before its last piece is.
   *
   * @throws BackupException {@code OBJECT_FAULT} where it is damaged; {@code out} may have got
   *     something
   */
  public void write(Node file, long from, long size, OutputStream out)
      throws BackupException, IOException {
    try {
      contents.write(stored(file), from, size, out);
    } catch (DamagedObject e) {
      throw new BackupException(
          Reason.OBJECT_FAULT,
          "The file is damaged ("
              + e.object()
              + " "
              + e.fault()
              + "): repair the repository, or use another snapshot.",
          e);
    }
  }

  private Entry.RegularFile stored(Node node) throws BackupException {
    Optional<Entry> entry = listed(node);
    if (entry.isPresent() && entry.get() instanceof Entry.HardLink name) {
      // The first name is a file's: a hostile list could lead round in circles.
      Optional<Node> first = find(name.target());
      entry = first.isPresent() ? listed(first.get()) : Optional.empty();
    }
    if (entry.isPresent() && entry.get() instanceof Entry.RegularFile file) {
      return file;
    }
    throw new BackupException(
        Reason.OBJECT_FAULT,
        "The snapshot's list is damaged there: repair the repository, or use another snapshot.");
  }

  private Optional<Entry> listed(Node node) throws BackupException {
    ListingReader reader =
        new ListingReader(pages.subList(node.page, pages.size()), this::fetch, problem -> {});
    Optional<Entry> entry = reader.next();
    while (entry.isPresent() && entry.get().path().compareTo(node.path) < 0) {
      entry = reader.next();
    }
    return entry.filter(found -> found.path().equals(node.path));
  }

  private byte[] fetch(Piece piece) throws BackupException, DamagedObject {
    synchronized (fetcher) {
      return fetcher.fetch(piece);
    }
  }
}
