package dev.coffer.backup;

import java.time.Instant;
import java.util.List;
import java.util.function.Predicate;

/**
 * One backup, complete in itself: no other snapshot is needed to restore it.
 *
 * @param id its name
 * @param source the absolute path at that time, control characters escaped, of the directory that
 *     the paths of its list begin in
 * @param parts what of that directory it is of, as paths of its list; empty for all of it
 * @param tags words that its user gave it
 * @param files regular files in it
 * @param directories in it, the one they all lie in included
 * @param links symbolic links in it
 * @param bytes octets of all files together
 * @param problems files that could not be read or changed while they were read
 * @param omitted entries that it names without having them as they were: those, and what was left
 *     out on purpose; 0 in snapshots of older versions, which did not count them
 */
public record Snapshot(
    SnapshotId id,
    String source,
    List<String> parts,
    List<String> tags,
    long files,
    long directories,
    long links,
    long bytes,
    long problems,
    long omitted) {
  /** What it is of, as absolute paths: that directory, or files and directories in it. */
  public List<String> sources() {
    return parts.isEmpty() ? List.of(source) : parts.stream().map(part -> prefix() + part).toList();
  }

  /** Which paths of its list lie in {@code wanted}, which is one of its sources. */
  public Predicate<String> within(String wanted) {
    if (parts.isEmpty()) {
      return path -> true;
    }
    String part = wanted.substring(prefix().length());
    return path -> path.equals(part) || path.startsWith(part + "/");
  }

  private String prefix() {
    return source.endsWith("/") ? source : source + "/";
  }

  /** When it was taken, to the second. */
  public Instant time() {
    return id.time();
  }
}
