package dev.coffer.backup.restore;

import dev.coffer.backup.BackupException;
import dev.coffer.backup.Problem;
import dev.coffer.backup.ProgressListener;
import dev.coffer.backup.RestoreOptions;
import dev.coffer.backup.RestoreOptions.Overwrite;
import dev.coffer.backup.RestoreReport;
import dev.coffer.backup.local.PathOctets;
import dev.coffer.backup.local.Sha256;
import dev.coffer.backup.object.DamagedObject;
import dev.coffer.backup.object.Piece;
import dev.coffer.backup.object.PieceFetcher;
import dev.coffer.backup.object.RepositoryMarker;
import dev.coffer.backup.object.SealedObjects;
import dev.coffer.backup.snapshot.StoredSnapshot;
import dev.coffer.backup.tree.Entry;
import dev.coffer.backup.tree.EntryPath;
import dev.coffer.backup.tree.FileVersion;
import dev.coffer.backup.tree.ListingReader;
import dev.coffer.protocol.codec.Bytes;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.MessageDigest;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import java.util.function.Predicate;

/**
 * One restore: directories and files in the order of the list, then links, then the directories'
 * own attributes. Run again after an interruption it finds what is complete by its hash, and
 * continues a large file from its last good page.
 */
public final class RestoreRun {
  /** Pieces under way ahead of the one that is being written. */
  private static final int AHEAD_MAX = PieceFetcher.OBJECTS_MAX / 2;

  private static final int FILES_AHEAD_MAX = 256;

  private final SealedObjects objects;
  private final PieceFetcher fetcher;
  private final StoredSnapshot snapshot;
  private final RestoreTarget target;
  private final Overwrite overwrite;
  private Predicate<String> wanted;
  private final ProgressListener listener;
  private final List<Problem> problems;
  private final List<Problem> notices;
  private final Omissions omissions = new Omissions();
  private final List<Entry.HardLink> names = new ArrayList<>();
  private final Map<EntryPath, Bytes> firstNames = new HashMap<>();
  private final List<Entry.Directory> directories = new ArrayList<>();
  private final List<Entry.Link> links = new ArrayList<>();
  private final Deque<Entry.RegularFile> ahead = new ArrayDeque<>();
  private long filesRestored;
  private long filesReplaced;
  private long filesPresent;
  private long bytesRestored;
  private long bytesPresent;
  private long filesInAll;
  private long bytesInAll;

  public RestoreRun(
      SealedObjects objects,
      Executor executor,
      StoredSnapshot snapshot,
      RestoreTarget target,
      RestoreOptions options,
      List<Problem> problems,
      List<Problem> notices,
      ProgressListener listener) {
    this.objects = objects;
    this.fetcher = new PieceFetcher(objects, executor);
    this.snapshot = snapshot;
    this.target = target;
    this.wanted = options.wanted();
    this.overwrite = options.overwrite();
    this.problems = new ArrayList<>(problems);
    this.notices = new ArrayList<>(notices);
    this.listener = listener;
  }

  public RestoreReport run() throws BackupException {
    if (wanted.equals(RestoreOptions.ALL)) {
      filesInAll = snapshot.text().files();
      bytesInAll = snapshot.text().bytes();
    } else {
      select();
    }
    ListingReader reader = reader(problems::add);
    for (Optional<Entry> entry = reader.next(); entry.isPresent(); entry = reader.next()) {
      attempt(entry.get(), this::plan);
      while (ahead.size() > FILES_AHEAD_MAX || piecesAhead() > AHEAD_MAX) {
        attempt(ahead.remove(), entryAhead -> write((Entry.RegularFile) entryAhead));
      }
    }
    while (!ahead.isEmpty()) {
      attempt(ahead.remove(), entryAhead -> write((Entry.RegularFile) entryAhead));
    }
    for (Entry.HardLink name : names) {
      attempt(name, entry -> name((Entry.HardLink) entry));
    }
    // Links come last: no file of this restore is ever written through one.
    for (Entry.Link link : links) {
      attempt(link, entry -> link((Entry.Link) entry));
    }
    // Children first: their creation changes the parent's time, and a parent may end up read-only.
    for (int i = directories.size() - 1; i >= 0; i--) {
      attempt(directories.get(i), entry -> finish((Entry.Directory) entry));
    }
    notices.addAll(target.notKept());
    return new RestoreReport(
        snapshot.summary(),
        filesRestored,
        filesReplaced,
        filesPresent,
        bytesRestored,
        List.copyOf(problems),
        omissions.named(),
        omissions.with(notices),
        Optional.empty());
  }

  private ListingReader reader(Consumer<Problem> trouble) {
    return new ListingReader(
        snapshot.pages(), new PieceFetcher(objects, Runnable::run)::fetch, trouble);
  }

  /** Counts what is wanted. A further name that is wanted needs the first one, for its content. */
  private void select() throws BackupException {
    Set<String> needed = new HashSet<>();
    ListingReader reader = reader(problem -> {});
    for (Optional<Entry> entry = reader.next(); entry.isPresent(); entry = reader.next()) {
      if (entry.get() instanceof Entry.HardLink name && wanted.test(name.path().text())) {
        needed.add(name.target().text());
        filesInAll++;
      } else if (entry.get() instanceof Entry.RegularFile file && wanted.test(file.path().text())) {
        filesInAll++;
        bytesInAll += file.size();
      }
    }
    wanted = wanted.or(needed::contains);
  }

  /** One entry's part of the restore. */
  @FunctionalInterface
  private interface EntryStep {
    void run(Entry entry) throws IOException, BackupException, RestoreTarget.Refused;
  }

  private void attempt(Entry entry, EntryStep step) throws BackupException {
    try {
      step.run(entry);
    } catch (RestoreTarget.Refused e) {
      problems.add(e.problem(entry.path()));
    } catch (IOException e) {
      String sentence =
          "cannot be written here; check permissions and run again, or restore elsewhere";
      problems.add(new Problem(Problem.Kind.NOT_WRITABLE, entry.path().text(), sentence));
    }
  }

  private int piecesAhead() {
    int pieces = 0;
    for (Entry.RegularFile file : ahead) {
      pieces += file.pieces().size();
      if (pieces > AHEAD_MAX) {
        break;
      }
    }
    return pieces;
  }

  private void plan(Entry entry) throws IOException, BackupException, RestoreTarget.Refused {
    if (entry instanceof Entry.Directory directory) {
      directories.add(directory);
      if (wanted.test(directory.path().text())) {
        target.directory(directory.path());
      }
    } else if (!wanted.test(entry.path().text())) {
      return;
    } else if (entry instanceof Entry.Link link) {
      links.add(link);
    } else if (entry instanceof Entry.HardLink name) {
      names.add(name);
    } else if (entry instanceof Entry.Remark remark) {
      omissions.add(remark);
    } else if (entry instanceof Entry.RegularFile file) {
      Path place = target.place(file.path());
      Optional<FileVersion> found = RestoreTarget.version(place);
      if (found.isEmpty()) {
        ahead.add(file);
      } else if (overwrite != Overwrite.ALWAYS
          && isComplete(file.size(), file.sha256(), place, found)) {
        target.writing(() ->
            target.attributes(file.path(), place, file.mode(), file.modified(), file.attributes()));
        filesPresent++;
        bytesPresent += file.size();
        tell(file.path());
      } else {
        requireReplaceable(overwrite, found.get());
        ahead.add(file);
      }
    }
  }

  /** Refuses to put anything in the place of what is there, unless it was asked for. */
  static void requireReplaceable(Overwrite overwrite, FileVersion found)
      throws RestoreTarget.Refused {
    boolean file =
        found.type() == FileVersion.Type.REGULAR_FILE || found.type() == FileVersion.Type.LINK;
    if (overwrite == Overwrite.NEVER || !file) {
      throw new RestoreTarget.Refused(
          Problem.Kind.CONFLICT,
          (file ? "another file" : "something else")
              + " is there and was left alone; move it away or restore to an empty directory");
    }
  }

  /** Takes away what is in the place of a link or a further name. */
  private void replace(Path place, FileVersion found)
      throws IOException, BackupException, RestoreTarget.Refused {
    requireReplaceable(overwrite, found);
    target.writing(() -> Files.delete(place));
    filesReplaced++;
  }

  /** Another name of a file that this restore wrote or found complete. */
  private void name(Entry.HardLink name)
      throws IOException, BackupException, RestoreTarget.Refused {
    Path first = target.place(name.target());
    Path place = target.place(name.path());
    if (!firstNames.getOrDefault(name.target(), Bytes.zeros(0)).equals(name.sha256())) {
      if (!isComplete(name.size(), name.sha256(), first, RestoreTarget.version(first))) {
        throw new RestoreTarget.Refused(
            Problem.Kind.DAMAGED,
            "not restored, because its other name was not (" + name.target().text() + ")");
      }
      firstNames.put(name.target(), name.sha256());
    }
    Optional<FileVersion> found = RestoreTarget.version(place);
    if (overwrite != Overwrite.ALWAYS && isComplete(name.size(), name.sha256(), place, found)) {
      filesPresent++;
    } else {
      if (found.isPresent()) {
        replace(place, found.get());
      }
      target.writing(() -> {
        try {
          Files.createLink(place, first);
        } catch (UnsupportedOperationException | FileSystemException e) {
          target.notKept("further names (hard links), which became copies,", name.path());
          Files.copy(first, place, StandardCopyOption.COPY_ATTRIBUTES);
        }
      });
      filesRestored++;
    }
  }

  static boolean isComplete(long size, Bytes sha256, Path place, Optional<FileVersion> version)
      throws IOException {
    if (version.isEmpty()) {
      return false;
    }
    FileVersion found = version.get();
    if (found.type() != FileVersion.Type.REGULAR_FILE || found.size() != size) {
      return false;
    }
    MessageDigest digest = Sha256.digest();
    try (InputStream in = Files.newInputStream(place, LinkOption.NOFOLLOW_LINKS)) {
      byte[] buffer = new byte[64 << 10];
      for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
        digest.update(buffer, 0, count);
      }
    }
    return Bytes.wrap(digest.digest()).equals(sha256);
  }

  private void write(Entry.RegularFile file)
      throws IOException, BackupException, RestoreTarget.Refused {
    Path place = target.place(file.path());
    Path partial = place.resolveSibling(partialName(file.path()));
    try (PartialFile out = PartialFile.open(target, partial)) {
      int next = out.verified(file.pieces(), objects);
      for (int i = next; i < file.pieces().size(); i++) {
        prefetch(file.pieces(), i);
        byte[] content = fetcher.fetch(file.pieces().get(i));
        out.append(content);
        bytesRestored += content.length;
        tell(file.path());
      }
      if (!out.finish().equals(file.sha256())) {
        throw new DamagedObject(file.path().text(), "differs from its hash");
      }
    } catch (DamagedObject e) {
      Files.deleteIfExists(partial);
      String sentence =
          "not restored: "
              + e.object()
              + " "
              + e.fault()
              + "; repair the repository and run again, or restore this file from another snapshot";
      throw new RestoreTarget.Refused(Problem.Kind.DAMAGED, sentence);
    }
    target.writing(() -> {
      target.attributes(file.path(), partial, file.mode(), file.modified(), file.attributes());
      if (overwrite == Overwrite.NEVER) {
        Files.move(partial, place);
      } else {
        filesReplaced += Files.exists(place, LinkOption.NOFOLLOW_LINKS) ? 1 : 0;
        Files.move(partial, place, StandardCopyOption.ATOMIC_MOVE);
      }
    });
    filesRestored++;
    tell(file.path());
  }

  /** Hidden, and the same on every run, so that the next run finds it. */
  static String partialName(EntryPath path) {
    MessageDigest digest = Sha256.digest();
    String hash = Bytes.wrap(digest.digest(path.text().getBytes(StandardCharsets.UTF_8))).hex();
    return RepositoryMarker.UNFINISHED + hash.substring(0, 16);
  }

  private void prefetch(List<Piece> pieces, int from) throws BackupException {
    int end = Math.min(pieces.size(), from + AHEAD_MAX);
    for (int i = from; i < end; i++) {
      fetcher.prefetch(pieces.get(i).object());
    }
    int left = AHEAD_MAX - (end - from);
    for (Entry.RegularFile file : ahead) {
      for (Piece piece : file.pieces()) {
        if (left-- <= 0) {
          return;
        }
        fetcher.prefetch(piece.object());
      }
    }
  }

  private void link(Entry.Link link) throws IOException, BackupException, RestoreTarget.Refused {
    Path place = target.place(link.path());
    byte[] octets = link.target().toByteArray();
    Path wanted =
        PathOctets.target(place, octets)
            .orElseThrow(() ->
                new RestoreTarget.Refused(
                    Problem.Kind.NOT_WRITABLE, "this system cannot make the link"));
    Optional<FileVersion> found = RestoreTarget.version(place);
    if (found.isPresent()) {
      if (found.get().type() == FileVersion.Type.LINK
          && Files.readSymbolicLink(place).equals(wanted)) {
        return;
      }
      replace(place, found.get());
    }
    try {
      target.writing(() -> {
        Files.createSymbolicLink(place, wanted);
        target.owner(link.path(), place, link.attributes());
      });
    } catch (UnsupportedOperationException e) {
      throw new RestoreTarget.Refused(
          Problem.Kind.NOT_WRITABLE, "this file system has no links; restore elsewhere");
    }
  }

  private void finish(Entry.Directory directory)
      throws IOException, BackupException, RestoreTarget.Refused {
    if (!target.isMade(directory.path())) {
      return;
    }
    Path place =
        directory.path().equals(EntryPath.ROOT) ? target.root() : target.place(directory.path());
    RestoreTarget.sweep(place);
    if (directory.path().equals(EntryPath.ROOT)) {
      target.unlock();
    }
    target.writing(() ->
        target.attributes(
            directory.path(),
            place,
            directory.mode(),
            directory.modified(),
            directory.attributes()));
  }

  private void tell(EntryPath current) {
    listener.onProgress(
        new ProgressListener.Progress(
            filesRestored + filesPresent,
            bytesRestored + bytesPresent,
            filesInAll,
            bytesInAll,
            fetcher.bytes(),
            current.text()));
  }
}
