package dev.coffer.lab.sample;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * Two directories compared octet by octet: every name, kind, link target and content.
 *
 * @param files regular files found equal
 * @param bytes of their content
 * @param differences paths below the directories that are missing, added or different; empty if all
 *     is equal
 */
public record TreeComparison(long files, long bytes, List<String> differences) {
  public TreeComparison {
    differences = List.copyOf(differences);
  }

  /** Compares. Sockets, pipes and devices are left out: no backup holds them. */
  public static TreeComparison of(Path left, Path right) throws IOException {
    SortedMap<String, Path> lefts = paths(left);
    SortedMap<String, Path> rights = paths(right);
    List<String> differences = new ArrayList<>();
    long files = 0;
    long bytes = 0;
    for (String name : union(lefts, rights)) {
      Path one = lefts.get(name);
      Path other = rights.get(name);
      if (one == null || other == null || !same(one, other)) {
        differences.add(name);
      } else if (Files.isRegularFile(one, LinkOption.NOFOLLOW_LINKS)) {
        files++;
        bytes += Files.size(one);
      }
    }
    return new TreeComparison(files, bytes, differences);
  }

  private static List<String> union(SortedMap<String, Path> lefts, SortedMap<String, Path> rights) {
    SortedMap<String, Path> all = new TreeMap<>(lefts);
    all.putAll(rights);
    return List.copyOf(Collections.unmodifiableSortedMap(all).keySet());
  }

  private static SortedMap<String, Path> paths(Path root) throws IOException {
    SortedMap<String, Path> paths = new TreeMap<>();
    try (Stream<Path> walk = Files.walk(root)) {
      for (Path path : (Iterable<Path>) walk::iterator) {
        boolean kept =
            Files.isSymbolicLink(path)
                || Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS)
                || Files.isRegularFile(path, LinkOption.NOFOLLOW_LINKS);
        if (!path.equals(root) && kept) {
          paths.put(root.relativize(path).toString(), path);
        }
      }
    }
    return paths;
  }

  private static boolean same(Path one, Path other) throws IOException {
    if (Files.isSymbolicLink(one) || Files.isSymbolicLink(other)) {
      return Files.isSymbolicLink(one)
          && Files.isSymbolicLink(other)
          && Files.readSymbolicLink(one).equals(Files.readSymbolicLink(other));
    }
    if (Files.isDirectory(one) || Files.isDirectory(other)) {
      return Files.isDirectory(one) && Files.isDirectory(other);
    }
    return Files.mismatch(one, other) < 0;
  }
}
