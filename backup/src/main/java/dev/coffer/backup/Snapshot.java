package dev.coffer.backup;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * One backup of one directory, complete in itself: no other snapshot is needed to restore it.
 *
 * <p>Immutable and thread-safe.
 */
public final class Snapshot {
  private static final String FIRST = "coffer-snapshot 1";
  private static final String LAST = "end";

  private final SnapshotId id;
  private final Contents contents;

  Snapshot(SnapshotId id, Contents contents) {
    this.id = id;
    this.contents = contents;
  }

  /**
   * What a snapshot says.
   *
   * @param time to the second, the same as in the name
   * @param source the directory's path, escaped as in a file list
   */
  record Contents(
      Instant time,
      String source,
      long files,
      long directories,
      long links,
      long bytes,
      long problems,
      List<Piece> pages) {
    String text() {
      StringBuilder text = new StringBuilder(FIRST).append('\n');
      text.append("time ").append(SnapshotId.formatTime(time)).append('\n');
      text.append("source ").append(source).append('\n');
      text.append("files ").append(files).append('\n');
      text.append("directories ").append(directories).append('\n');
      text.append("links ").append(links).append('\n');
      text.append("bytes ").append(bytes).append('\n');
      text.append("problems ").append(problems).append('\n');
      for (Piece page : pages) {
        text.append(ListingLine.of(page)).append('\n');
      }
      return text.append(LAST).append('\n').toString();
    }

    /** Reads what {@link #text} writes; empty for anything else. */
    static Optional<Contents> parse(String text) {
      List<String> lines = text.lines().toList();
      int pages = lines.size() - 9;
      if (pages < 0 || pages > BackupLimits.LISTING_PAGES_MAX || !lines.get(0).equals(FIRST)) {
        return Optional.empty();
      }
      Optional<Instant> time = SnapshotId.parseTime(value(lines.get(1), "time "));
      long[] counts = new long[5];
      String[] names = {"files ", "directories ", "links ", "bytes ", "problems "};
      for (int i = 0; i < counts.length; i++) {
        counts[i] = ListingLine.parseNumber(value(lines.get(3 + i), names[i]), Long.MAX_VALUE);
        if (counts[i] < 0) {
          return Optional.empty();
        }
      }
      List<Piece> listing = new ArrayList<>(pages);
      for (String line : lines.subList(8, lines.size() - 1)) {
        ListingLine.parsePiece(line).ifPresent(listing::add);
      }
      if (time.isEmpty() || listing.size() != pages || !lines.get(lines.size() - 1).equals(LAST)) {
        return Optional.empty();
      }
      String source = value(lines.get(2), "source ");
      return Optional.of(
          new Contents(
              time.get(),
              source,
              counts[0],
              counts[1],
              counts[2],
              counts[3],
              counts[4],
              List.copyOf(listing)));
    }

    private static String value(String line, String name) {
      return line.startsWith(name) ? line.substring(name.length()) : "";
    }
  }

  /** Its name. */
  public SnapshotId id() {
    return id;
  }

  /** When it was taken, to the second. */
  public Instant time() {
    return id.time();
  }

  /** The directory's absolute path at that time, control characters escaped. */
  public String source() {
    return contents.source();
  }

  /** Regular files in it. */
  public long files() {
    return contents.files();
  }

  /** Directories in it, the backed-up one included. */
  public long directories() {
    return contents.directories();
  }

  /** Symbolic links in it. */
  public long links() {
    return contents.links();
  }

  /** Octets of all files together. */
  public long bytes() {
    return contents.bytes();
  }

  /** Files that were left out or changed while they were read. */
  public long problems() {
    return contents.problems();
  }

  List<Piece> pages() {
    return contents.pages();
  }

  @Override
  public String toString() {
    return "Snapshot[" + id + "]";
  }
}
