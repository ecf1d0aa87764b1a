package dev.coffer.backup.walk;

import dev.coffer.backup.BackupException;
import dev.coffer.backup.BackupException.Reason;
import dev.coffer.backup.BackupLimits;
import dev.coffer.backup.local.PathOctets;
import dev.coffer.backup.tree.EntryPath;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * What a backup is of: one directory; or files and directories that lie anywhere in one, of which
 * nothing else is looked at. What lies in another source is none of its own.
 */
public final class Sources {
  private final Path root;
  private final List<Path> paths;
  private final Set<EntryPath> parts = new TreeSet<>();
  private final Set<EntryPath> ways = new HashSet<>();

  private Sources(Path root, List<Path> paths) throws BackupException {
    this.root = root;
    this.paths = List.copyOf(paths);
    for (Path path : paths) {
      if (!path.equals(root)) {
        parts.add(part(root, path));
      }
    }
    for (EntryPath part : parts) {
      for (EntryPath at = part; !at.equals(EntryPath.ROOT); ) {
        at = at.parent();
        ways.add(at);
      }
    }
  }

  /** Those of these names; links on the way to them, and they themselves, are followed. */
  public static Sources of(List<Path> named) throws BackupException {
    if (named.isEmpty() || named.size() > BackupLimits.SOURCES_MAX) {
      throw new BackupException(
          Reason.TOO_LARGE,
          "One backup is of 1 to "
              + BackupLimits.SOURCES_MAX
              + " sources: name directories that hold them.");
    }
    Set<Path> real = new TreeSet<>();
    for (Path path : named) {
      try {
        real.add(path.toRealPath());
      } catch (IOException e) {
        throw new BackupException(
            Reason.LOCAL_FAULT, "Cannot read " + path + ": check its name and permissions.", e);
      }
    }
    List<Path> outer = new ArrayList<>();
    for (Path path : real) {
      if (real.stream().noneMatch(other -> !other.equals(path) && path.startsWith(other))) {
        outer.add(path);
      }
    }
    Path first = outer.get(0);
    return outer.size() == 1 && !Files.isRegularFile(first)
        ? new Sources(first, outer)
        : new Sources(common(first, outer), outer);
  }

  private static Path common(Path first, List<Path> paths) throws BackupException {
    for (Path at = first.getParent(); at != null; at = at.getParent()) {
      Path root = at;
      if (paths.stream().allMatch(path -> path.startsWith(root))) {
        return root;
      }
    }
    throw new BackupException(
        Reason.LOCAL_FAULT, "No directory holds all of these: back them up one by one.");
  }

  private static EntryPath part(Path root, Path path) throws BackupException {
    EntryPath part = EntryPath.ROOT;
    Path at = root;
    for (Path name : root.relativize(path)) {
      at = at.resolve(name);
      part =
          part.child(PathOctets.ofName(at))
              .orElseThrow(() ->
                  new BackupException(
                      Reason.LOCAL_FAULT,
                      path + " is nested too deeply or named too long: name what it lies in."));
    }
    return part;
  }

  /** The directory that all of it lies in, or that is all of it. */
  Path root() {
    return root;
  }

  /** All of it, absolute; none lies in another. */
  public List<Path> paths() {
    return paths;
  }

  /** The root as snapshots tell it. */
  public String text() {
    return text(root);
  }

  /** A source as snapshots and sentences tell it. */
  static String text(Path path) {
    return EntryPath.escape(path.toString().getBytes(StandardCharsets.UTF_8));
  }

  /** What of the root is meant, as snapshots tell it; empty for all of it. */
  public List<String> parts() {
    return parts.stream().map(EntryPath::text).toList();
  }

  /** Whether {@code path} is a directory that only leads to sources. */
  boolean isWay(EntryPath path) {
    return ways.contains(path);
  }

  /** Whether {@code path} is a source by itself: not the root. */
  boolean isPart(EntryPath path) {
    return parts.contains(path);
  }
}
