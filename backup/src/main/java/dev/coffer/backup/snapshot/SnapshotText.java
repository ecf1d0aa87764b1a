package dev.coffer.backup.snapshot;

import dev.coffer.backup.BackupLimits;
import dev.coffer.backup.SnapshotId;
import dev.coffer.backup.object.Piece;
import dev.coffer.backup.tree.ListingLine;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What the object of a snapshot says.
 *
 * @param time to the second, the same as in the name
 * @param source the directory's path, escaped as in a file list
 * @param parts what of that directory is in the backup, as paths of the file list; empty for all
 * @param tags words that its user gave it
 * @param omitted entries that the file list names because they are not in the backup as they were
 * @param checked the first digits of the last data object that was read back, or {@code -}
 * @param pages the file list
 */
public record SnapshotText(
    Instant time,
    String source,
    List<String> parts,
    List<String> tags,
    long files,
    long directories,
    long links,
    long bytes,
    long problems,
    long omitted,
    String checked,
    List<Piece> pages) {
  private static final String FIRST = "coffer-snapshot 2";

  /** Without owners, other names of a file, and what was left out. */
  private static final String OLD = "coffer-snapshot 1";

  /** Older readers leave such a line out: they need only the file list. */
  private static final String PART = "part";

  private static final String TAG = "tag";

  private static final String LAST = "end";

  /** As it is stored. */
  public String text() {
    StringBuilder text = new StringBuilder(FIRST).append('\n');
    text.append("time ").append(SnapshotId.formatTime(time)).append('\n');
    text.append("source ").append(source).append('\n');
    text.append("files ").append(files).append('\n');
    text.append("directories ").append(directories).append('\n');
    text.append("links ").append(links).append('\n');
    text.append("bytes ").append(bytes).append('\n');
    text.append("problems ").append(problems).append('\n');
    text.append("omitted ").append(omitted).append('\n');
    text.append("checked ").append(checked).append('\n');
    tags.forEach(tag -> text.append(TAG).append(' ').append(tag).append('\n'));
    parts.forEach(part -> text.append(PART).append(' ').append(part).append('\n'));
    for (Piece page : pages) {
      text.append(ListingLine.of(page)).append('\n');
    }
    return text.append(LAST).append('\n').toString();
  }

  /** Reads what {@link #text} writes; empty for anything else. */
  public static Optional<SnapshotText> parse(String text) {
    List<String> lines = text.lines().toList();
    boolean old = !lines.isEmpty() && lines.get(0).equals(OLD);
    if (lines.size() < 9 || !old && !lines.get(0).equals(FIRST)) {
      return Optional.empty();
    }
    Map<String, String> more = new HashMap<>();
    List<String> parts = new ArrayList<>();
    List<String> tags = new ArrayList<>();
    int at = 8;
    // What a later version says here is not needed to restore.
    while (!old && lines.get(at).matches("[a-z-]+ .*") && at < lines.size() - 1) {
      int space = lines.get(at).indexOf(' ');
      String name = lines.get(at).substring(0, space);
      String value = lines.get(at).substring(space + 1);
      more.put(name, value);
      if (name.equals(PART)) {
        parts.add(value);
      } else if (name.equals(TAG)) {
        tags.add(value);
      }
      at++;
    }
    int pages = lines.size() - 1 - at;
    if (pages > BackupLimits.LISTING_PAGES_MAX) {
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
    for (String line : lines.subList(at, lines.size() - 1)) {
      ListingLine.parsePiece(line).ifPresent(listing::add);
    }
    if (time.isEmpty() || listing.size() != pages || !lines.get(lines.size() - 1).equals(LAST)) {
      return Optional.empty();
    }
    String source = value(lines.get(2), "source ");
    return Optional.of(
        new SnapshotText(
            time.get(),
            source,
            List.copyOf(parts),
            List.copyOf(tags),
            counts[0],
            counts[1],
            counts[2],
            counts[3],
            counts[4],
            Math.max(0, ListingLine.parseNumber(more.getOrDefault("omitted", "0"), Long.MAX_VALUE)),
            more.getOrDefault("checked", "-"),
            List.copyOf(listing)));
  }

  private static String value(String line, String name) {
    return line.startsWith(name) ? line.substring(name.length()) : "";
  }
}
