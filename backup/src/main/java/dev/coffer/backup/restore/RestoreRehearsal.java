package dev.coffer.backup.restore;

import dev.coffer.backup.BackupException;
import dev.coffer.backup.Problem;
import dev.coffer.backup.RestoreOptions;
import dev.coffer.backup.RestoreOptions.Overwrite;
import dev.coffer.backup.RestoreReport;
import dev.coffer.backup.object.PieceFetcher;
import dev.coffer.backup.object.SealedObjects;
import dev.coffer.backup.snapshot.StoredSnapshot;
import dev.coffer.backup.tree.Entry;
import dev.coffer.backup.tree.FileVersion;
import dev.coffer.backup.tree.ListingReader;
import dev.coffer.protocol.codec.Bytes;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What a restore would do. Reads the list and what is there, writes nothing, and fetches no
 * content: so it cannot know of damage, nor of what the file system will refuse.
 */
public final class RestoreRehearsal {
  private final Path root;
  private final RestoreOptions options;
  private final List<Problem> problems;
  private final Omissions omissions = new Omissions();
  private long files;
  private long replaced;
  private long present;
  private long bytes;

  /**
   * @param root where it would be restored; need not exist
   * @param problems that are known already
   */
  public RestoreRehearsal(Path root, RestoreOptions options, List<Problem> problems) {
    this.root = root;
    this.options = options;
    this.problems = new ArrayList<>(problems);
  }

  /** Goes through the list of {@code snapshot}. */
  public RestoreReport run(SealedObjects objects, StoredSnapshot snapshot, List<Problem> notices)
      throws BackupException {
    RestoreRoom room = new RestoreRoom(root, options.overwrite(), objects);
    PieceFetcher fetcher = new PieceFetcher(objects, Runnable::run);
    ListingReader reader = new ListingReader(snapshot.pages(), fetcher::fetch, problems::add);
    for (Optional<Entry> entry = reader.next(); entry.isPresent(); entry = reader.next()) {
      if (options.wanted().test(entry.get().path().text())) {
        look(entry.get());
        room.count(entry.get());
      }
    }
    return new RestoreReport(
        snapshot.summary(),
        files,
        replaced,
        present,
        bytes,
        List.copyOf(problems),
        omissions.named(),
        omissions.with(notices),
        Optional.of(new RestoreReport.Room(room.needed(), options.space().near(root))));
  }

  private void look(Entry entry) {
    try {
      Path place =
          entry
              .path()
              .resolve(root)
              .orElseThrow(() ->
                  new RestoreTarget.Refused(
                      Problem.Kind.NOT_WRITABLE,
                      "this file system does not allow the name; restore elsewhere"));
      if (entry instanceof Entry.RegularFile file) {
        file(place, file.size(), file.sha256(), file.size());
      } else if (entry instanceof Entry.HardLink name) {
        file(place, name.size(), name.sha256(), 0);
      } else if (entry instanceof Entry.Remark remark) {
        omissions.add(remark);
      } else if (entry instanceof Entry.Directory) {
        directory(place);
      }
    } catch (RestoreTarget.Refused e) {
      problems.add(e.problem(entry.path()));
    } catch (IOException e) {
      String sentence = "cannot be looked at here; check permissions";
      problems.add(new Problem(Problem.Kind.NOT_WRITABLE, entry.path().text(), sentence));
    }
  }

  /**
   * @param size of the content
   * @param written octets that it takes to restore it
   */
  private void file(Path place, long size, Bytes sha256, long written)
      throws IOException, RestoreTarget.Refused {
    Optional<FileVersion> found = RestoreTarget.version(place);
    if (found.isPresent()) {
      if (options.overwrite() != Overwrite.ALWAYS
          && RestoreRun.isComplete(size, sha256, place, found)) {
        present++;
        return;
      }
      RestoreRun.requireReplaceable(options.overwrite(), found.get());
      replaced++;
    }
    files++;
    bytes += written;
  }

  private static void directory(Path place) throws IOException, RestoreTarget.Refused {
    Optional<FileVersion> found = RestoreTarget.version(place);
    if (found.isPresent() && found.get().type() != FileVersion.Type.DIRECTORY) {
      throw new RestoreTarget.Refused(
          Problem.Kind.CONFLICT,
          "a file or link stands where a directory belongs; move it away and run again");
    }
  }
}
