package dev.coffer.backup.restore;

import dev.coffer.backup.BackupException;
import dev.coffer.backup.Problem;
import dev.coffer.backup.ProgressListener;
import dev.coffer.backup.RestoreReport;
import dev.coffer.backup.local.PathOctets;
import dev.coffer.backup.local.Sha256;
import dev.coffer.backup.object.DamagedObject;
import dev.coffer.backup.object.Piece;
import dev.coffer.backup.object.PieceFetcher;
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
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executor;

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
  private final ProgressListener listener;
  private final List<Problem> problems;
  private final List<Entry.Directory> directories = new ArrayList<>();
  private final List<Entry.Link> links = new ArrayList<>();
  private final Deque<Entry.RegularFile> ahead = new ArrayDeque<>();
  private long filesRestored;
  private long filesPresent;
  private long bytesRestored;

  public RestoreRun(
      SealedObjects objects,
      Executor executor,
      StoredSnapshot snapshot,
      RestoreTarget target,
      List<Problem> problems,
      ProgressListener listener) {
    this.objects = objects;
    this.fetcher = new PieceFetcher(objects, executor);
    this.snapshot = snapshot;
    this.target = target;
    this.problems = new ArrayList<>(problems);
    this.listener = listener;
  }

  public RestoreReport run() throws BackupException {
    ListingReader reader =
        new ListingReader(
            snapshot.pages(), new PieceFetcher(objects, Runnable::run)::fetch, problems::add);
    for (Optional<Entry> entry = reader.next(); entry.isPresent(); entry = reader.next()) {
      attempt(entry.get(), this::plan);
      while (ahead.size() > FILES_AHEAD_MAX || piecesAhead() > AHEAD_MAX) {
        attempt(ahead.remove(), entryAhead -> write((Entry.RegularFile) entryAhead));
      }
    }
    while (!ahead.isEmpty()) {
      attempt(ahead.remove(), entryAhead -> write((Entry.RegularFile) entryAhead));
    }
    // Links come last: no file of this restore is ever written through one.
    for (Entry.Link link : links) {
      attempt(link, entry -> link((Entry.Link) entry));
    }
    // Children first: their creation changes the parent's time, and a parent may end up read-only.
    for (int i = directories.size() - 1; i >= 0; i--) {
      attempt(directories.get(i), entry -> finish((Entry.Directory) entry));
    }
    return new RestoreReport(
        snapshot.summary(), filesRestored, filesPresent, bytesRestored, List.copyOf(problems));
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
      target.directory(directory.path());
      directories.add(directory);
    } else if (entry instanceof Entry.Link link) {
      links.add(link);
    } else if (entry instanceof Entry.RegularFile file) {
      Path place = target.place(file.path());
      Optional<FileVersion> found = RestoreTarget.version(place);
      if (found.isEmpty()) {
        ahead.add(file);
      } else if (isComplete(file, place, found.get())) {
        target.writing(() -> RestoreTarget.attributes(place, file.mode(), file.modified()));
        filesPresent++;
        progress(file);
      } else {
        String sentence =
            "another file is there and was left alone; move it away or restore to an empty directory";
        throw new RestoreTarget.Refused(Problem.Kind.CONFLICT, sentence);
      }
    }
  }

  private static boolean isComplete(Entry.RegularFile file, Path place, FileVersion found)
      throws IOException {
    if (found.type() != FileVersion.Type.REGULAR_FILE || found.size() != file.size()) {
      return false;
    }
    MessageDigest digest = Sha256.digest();
    try (InputStream in = Files.newInputStream(place, LinkOption.NOFOLLOW_LINKS)) {
      byte[] buffer = new byte[64 << 10];
      for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
        digest.update(buffer, 0, count);
      }
    }
    return Bytes.wrap(digest.digest()).equals(file.sha256());
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
        listener.onProgress(
            new ProgressListener.Progress(
                filesRestored, bytesRestored, fetcher.bytes(), file.path().text()));
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
              + "; restore this file from another snapshot";
      throw new RestoreTarget.Refused(Problem.Kind.DAMAGED, sentence);
    }
    target.writing(() -> {
      RestoreTarget.attributes(partial, file.mode(), file.modified());
      Files.move(partial, place);
    });
    filesRestored++;
    progress(file);
  }

  /** Hidden, and the same on every run, so that the next run finds it. */
  private static String partialName(EntryPath path) {
    MessageDigest digest = Sha256.digest();
    String hash = Bytes.wrap(digest.digest(path.text().getBytes(StandardCharsets.UTF_8))).hex();
    return ".coffer-restore-" + hash.substring(0, 16);
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
    if (found.isEmpty()) {
      try {
        target.writing(() -> Files.createSymbolicLink(place, wanted));
      } catch (UnsupportedOperationException e) {
        throw new RestoreTarget.Refused(
            Problem.Kind.NOT_WRITABLE, "this file system has no links; restore elsewhere");
      }
    } else if (found.get().type() != FileVersion.Type.LINK
        || !Files.readSymbolicLink(place).equals(wanted)) {
      String sentence =
          "something else is there and was left alone; move it away or restore to an empty directory";
      throw new RestoreTarget.Refused(Problem.Kind.CONFLICT, sentence);
    }
  }

  private void finish(Entry.Directory directory)
      throws IOException, BackupException, RestoreTarget.Refused {
    Path place =
        directory.path().equals(EntryPath.ROOT) ? target.root() : target.place(directory.path());
    target.writing(() -> RestoreTarget.attributes(place, directory.mode(), directory.modified()));
  }

  private void progress(Entry.RegularFile file) {
    long files = filesRestored + filesPresent;
    listener.onProgress(
        new ProgressListener.Progress(files, bytesRestored, fetcher.bytes(), file.path().text()));
  }
}
