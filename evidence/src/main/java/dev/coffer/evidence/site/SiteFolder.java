package dev.coffer.evidence.site;

import dev.coffer.files.AtomicFile;
import dev.coffer.protocol.codec.Bytes;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * A folder with a site. A list in it names every file of the site: by that it is known as one, and
 * by that what a later site no longer has is removed. What the list does not name is not touched.
 */
final class SiteFolder {
  /** The list. */
  static final String LIST = "site-files.txt";

  private static final String HEAD = "coffer/evidence-site/v1";
  private static final Pattern PATH =
      Pattern.compile("([A-Za-z0-9][A-Za-z0-9._-]*/){0,8}[A-Za-z0-9][A-Za-z0-9._-]*");

  /** Octets of the longest list that is read. */
  private static final long LIST_MAX = 4 << 20;

  private SiteFolder() {}

  static void write(Path folder, SortedMap<String, Bytes> files) throws NotASite, IOException {
    Set<String> before = new TreeSet<>(listed(folder));
    for (String name : files.keySet()) {
      if (!before.contains(name) && Files.exists(inside(folder, name), LinkOption.NOFOLLOW_LINKS)) {
        throw new NotASite(folder, "has a " + name + " that is not this site's.");
      }
    }
    TreeSet<String> all = new TreeSet<>(files.keySet());
    all.addAll(before);
    // Cut off here, everything that is or will be there is still known to be ours.
    list(folder, all);
    for (String gone : before) {
      if (!files.containsKey(gone)) {
        remove(folder, inside(folder, gone));
      }
    }
    for (String name : files.keySet()) {
      AtomicFile.replace(
          inside(folder, name), files.get(name).toByteArray(), AtomicFile.Access.ANYBODY);
    }
    list(folder, files.keySet());
  }

  /** Removes a file, and folders of ours that are empty then. */
  private static void remove(Path folder, Path file) throws IOException {
    Files.deleteIfExists(file);
    for (Path left = file.getParent();
        left != null && !left.equals(folder);
        left = left.getParent()) {
      if (!Files.isDirectory(left) || holdsAnything(left)) {
        return;
      }
      Files.delete(left);
    }
  }

  private static boolean holdsAnything(Path folder) throws IOException {
    try (Stream<Path> there = Files.list(folder)) {
      return there.findAny().isPresent();
    }
  }

  private static void list(Path folder, Iterable<String> names) throws IOException {
    String text = HEAD + "\n" + String.join("\n", names) + "\n";
    AtomicFile.replace(
        folder.resolve(LIST), text.getBytes(StandardCharsets.US_ASCII), AtomicFile.Access.ANYBODY);
  }

  /** A file's place, unless a link leads out of the folder on the way. */
  private static Path inside(Path folder, String name) throws IOException {
    Path place = folder;
    for (String part : name.split("/", -1)) {
      place = place.resolve(part);
      if (Files.isSymbolicLink(place)) {
        throw new IOException(place + " is a link, which no site has: remove it.");
      }
    }
    return place;
  }

  /** What the site that lies there consists of; nothing where none lies. */
  private static List<String> listed(Path folder) throws NotASite, IOException {
    if (!Files.exists(folder, LinkOption.NOFOLLOW_LINKS)) {
      return List.of();
    }
    if (!Files.isDirectory(folder)) {
      throw new NotASite(folder, "is no folder.");
    }
    Path list = folder.resolve(LIST);
    if (!Files.isRegularFile(list, LinkOption.NOFOLLOW_LINKS) || Files.size(list) > LIST_MAX) {
      if (!holdsAnything(folder)) {
        return List.of();
      }
      throw new NotASite(folder, "is not empty, and no site of this program.");
    }
    List<String> lines =
        new String(Files.readAllBytes(list), StandardCharsets.ISO_8859_1).lines().toList();
    boolean ours = !lines.isEmpty() && lines.getFirst().equals(HEAD);
    if (!ours || !lines.stream().skip(1).allMatch(line -> PATH.matcher(line).matches())) {
      throw new NotASite(folder, "has a " + LIST + " that is none of this program.");
    }
    return lines.subList(1, lines.size());
  }
}
