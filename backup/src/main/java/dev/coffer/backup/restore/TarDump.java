package dev.coffer.backup.restore;

import dev.coffer.backup.BackupException;
import dev.coffer.backup.BackupException.Reason;
import dev.coffer.backup.Problem;
import dev.coffer.backup.RestoreReport;
import dev.coffer.backup.object.DamagedObject;
import dev.coffer.backup.object.PieceFetcher;
import dev.coffer.backup.object.SealedObjects;
import dev.coffer.backup.snapshot.Contents;
import dev.coffer.backup.snapshot.StoredSnapshot;
import dev.coffer.backup.tree.Attributes;
import dev.coffer.backup.tree.Entry;
import dev.coffer.backup.tree.EntryPath;
import dev.coffer.backup.tree.ListingReader;
import dev.coffer.protocol.codec.Bytes;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.Executor;
import java.util.function.Predicate;

/**
 * Writes part of a snapshot as a tar archive. It reads the list twice: once for the files that have
 * further names. A damaged file is left out and named; one of more than {@link #WHOLE_MAX} pieces
 * has begun by then, so the archive breaks off, which every reader of archives notices.
 */
public final class TarDump {
  /** Pieces of a file that are verified before its header is written: they stay in memory. */
  static final int WHOLE_MAX = PieceFetcher.OBJECTS_MAX / 2;

  private static final Bytes NONE = Bytes.zeros(0);

  /** Begins no path. */
  private static final String NOWHERE = "/";

  private final StoredSnapshot snapshot;
  private final Predicate<String> wanted;
  private final OutputStream out;
  private final TarStream tar;
  private final PieceFetcher fetcher;
  private final Contents contents;
  private final List<Problem> problems = new ArrayList<>();
  private final Omissions omissions = new Omissions();
  private final List<Problem> notices = new ArrayList<>();

  /** First names of files that have further ones, and where the archive has them by now. */
  private final Set<EntryPath> shared = new HashSet<>();

  private final Map<EntryPath, Entry.RegularFile> firstNames = new HashMap<>();
  private final Map<EntryPath, EntryPath> written = new HashMap<>();

  /** What no path may begin with at the moment. */
  private String noDirectory = NOWHERE;

  private long files;
  private long bytes;

  /** Of those paths of {@code snapshot} that are wanted. */
  public TarDump(
      SealedObjects objects,
      Executor executor,
      StoredSnapshot snapshot,
      Predicate<String> wanted,
      OutputStream out) {
    this.snapshot = snapshot;
    this.wanted = wanted;
    this.out = out;
    this.tar = new TarStream(out);
    this.fetcher = new PieceFetcher(objects, executor);
    this.contents = new Contents(fetcher::fetch);
  }

  /** Writes it; {@code NO_FILE}, and nothing written, if nothing is wanted. */
  public RestoreReport run() throws BackupException, IOException {
    if (!look()) {
      throw new BackupException(
          Reason.NO_FILE, "The snapshot holds nothing of that name: see its list.");
    }
    ListingReader reader = new ListingReader(snapshot.pages(), fetcher::fetch, problems::add);
    for (Optional<Entry> entry = reader.next(); entry.isPresent(); entry = reader.next()) {
      if (entry.get() instanceof Entry.RegularFile file && shared.contains(file.path())) {
        firstNames.put(file.path(), file);
      }
      if (isNoDirectoryAtTop(entry.get())) {
        damaged(entry.get().path(), "it stands in the place of all the others");
      } else if (isBelowNoDirectory(entry.get())) {
        damaged(entry.get().path(), "it lies below what is no directory");
      } else if (wanted.test(entry.get().path().text())) {
        write(entry.get());
      }
    }
    tar.end();
    return new RestoreReport(
        snapshot.summary(),
        files,
        0,
        0,
        bytes,
        problems,
        omissions.named(),
        omissions.with(notices),
        Optional.empty());
  }

  /**
   * Whether a hostile list puts it below a link or file, through which it could be unpacked
   * elsewhere. Paths ascend, so what lies below another follows it at once.
   */
  private boolean isBelowNoDirectory(Entry entry) {
    String text = entry.path().text();
    if (text.startsWith(noDirectory)) {
      return true;
    }
    // A remark may repeat the path before it, and what lies below that is still to come.
    if (!(entry instanceof Entry.Remark)) {
      noDirectory = entry instanceof Entry.Directory ? NOWHERE : text + "/";
    }
    return false;
  }

  private static boolean isNoDirectoryAtTop(Entry entry) {
    return entry.path().equals(EntryPath.ROOT)
        && !(entry instanceof Entry.Directory || entry instanceof Entry.Remark);
  }

  /** Finds out whether there is anything, and which files have further names. */
  private boolean look() throws BackupException {
    boolean any = false;
    // What is wrong with the list is told by the second reading.
    ListingReader reader = new ListingReader(snapshot.pages(), fetcher::fetch, problem -> {});
    for (Optional<Entry> entry = reader.next(); entry.isPresent(); entry = reader.next()) {
      boolean here = wanted.test(entry.get().path().text());
      any |= here;
      if (here && entry.get() instanceof Entry.HardLink name) {
        shared.add(name.target());
      }
    }
    return any;
  }

  private void write(Entry entry) throws BackupException, IOException {
    if (entry instanceof Entry.RegularFile file) {
      write(file, file.path());
    } else if (entry instanceof Entry.HardLink name) {
      write(name);
    } else if (entry instanceof Entry.Directory directory) {
      byte[] name = directory.path().octets();
      byte[] slash =
          name.length == 0 ? new byte[] {'.', '/'} : Arrays.copyOf(name, name.length + 1);
      slash[slash.length - 1] = '/';
      header(
          TarStream.Type.DIRECTORY,
          slash,
          directory.mode(),
          directory.modified(),
          0,
          NONE,
          directory.attributes());
    } else if (entry instanceof Entry.Link link) {
      header(
          TarStream.Type.LINK,
          link.path().octets(),
          0777,
          snapshot.id().time(),
          0,
          link.target(),
          link.attributes());
    } else if (entry instanceof Entry.Remark remark) {
      omissions.add(remark);
    }
  }

  /** A further name of what is in the archive, or the file itself if its first name is not. */
  private void write(Entry.HardLink name) throws BackupException, IOException {
    EntryPath there = written.get(name.target());
    Entry.RegularFile file = firstNames.get(name.target());
    if (file == null || !file.sha256().equals(name.sha256())) {
      damaged(name.path(), "its other name (" + name.target().text() + ") was not found");
    } else if (there == null) {
      write(file, name.path());
    } else {
      header(
          TarStream.Type.FURTHER_NAME,
          name.path().octets(),
          file.mode(),
          file.modified(),
          0,
          Bytes.wrap(there.octets()),
          file.attributes());
      files++;
    }
  }

  private void write(Entry.RegularFile file, EntryPath name) throws BackupException, IOException {
    boolean whole = file.pieces().size() <= WHOLE_MAX;
    try {
      if (whole) {
        contents.verify(file);
      }
    } catch (DamagedObject e) {
      damaged(name, e.object() + " " + e.fault());
      return;
    }
    header(
        TarStream.Type.FILE,
        name.octets(),
        file.mode(),
        file.modified(),
        file.size(),
        NONE,
        file.attributes());
    try {
      contents.write(file, out);
    } catch (DamagedObject e) {
      throw new BackupException(
          Reason.OBJECT_FAULT,
          "The archive breaks off in "
              + name.text()
              + ", which is damaged ("
              + e.object()
              + " "
              + e.fault()
              + "): repair the repository, or use another snapshot.",
          e);
    }
    tar.pad(file.size());
    written.put(file.path(), name);
    files++;
    bytes += file.size();
  }

  private void damaged(EntryPath name, String fault) {
    problems.add(
        new Problem(
            Problem.Kind.DAMAGED,
            name.text(),
            "not in the archive: "
                + fault
                + "; repair the repository, or take it from another snapshot"));
  }

  /** Set-user-id and set-group-id speak for an owner: without one they are left out. */
  private void header(
      TarStream.Type type,
      byte[] name,
      int mode,
      Instant modified,
      long size,
      Bytes target,
      Attributes attributes)
      throws IOException {
    int kept = attributes.owner().isPresent() ? mode : mode & 01777;
    tar.begin(
        new TarStream.Header(
            type, Bytes.wrap(name), kept, modified, size, target, kept(name, attributes)));
  }

  /** An equals sign would end an attribute's name in the archive: such a one is left out. */
  private Attributes kept(byte[] name, Attributes attributes) {
    SortedMap<String, Bytes> extended = new TreeMap<>(attributes.extended());
    if (extended.keySet().removeIf(attribute -> attribute.contains("="))) {
      notices.add(
          new Problem(
              Problem.Kind.NOT_KEPT,
              EntryPath.escape(name),
              "an extended attribute whose name no archive can hold is not in it"));
    }
    return new Attributes(attributes.owner(), extended);
  }
}
