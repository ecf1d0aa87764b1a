package dev.coffer.backup.tree;

import dev.coffer.backup.BackupLimits;
import dev.coffer.backup.local.PathOctets;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;

/**
 * A path relative to the backed-up directory, in the very octets of the file system: names that are
 * not UTF-8 survive, and a program started with a poor locale loses nothing. Never absolute,
 * without {@code .}, {@code ..}, empty or NUL parts: an instance cannot leave the directory it is
 * resolved against, symbolic links apart.
 *
 * <p>Order: part by part, parents before children, so a listing is one sorted walk.
 */
public final class EntryPath implements Comparable<EntryPath> {
  /** The backed-up directory itself. */
  public static final EntryPath ROOT = new EntryPath(new byte[0]);

  private final byte[] octets;

  private EntryPath(byte[] octets) {
    this.octets = octets;
  }

  /**
   * The entry {@code name} of this directory; empty if the name is not acceptable or the path grows
   * too long.
   */
  public Optional<EntryPath> child(byte[] name) {
    byte[] joined = name;
    if (octets.length > 0) {
      joined = Arrays.copyOf(octets, octets.length + 1 + name.length);
      joined[octets.length] = '/';
      System.arraycopy(name, 0, joined, octets.length + 1, name.length);
    }
    return contains(name, (byte) '/') ? Optional.empty() : of(joined);
  }

  private static boolean contains(byte[] octets, byte wanted) {
    for (byte octet : octets) {
      if (octet == wanted) {
        return true;
      }
    }
    return false;
  }

  /** The path of what {@link #octets} gave; empty if it is none. The array is not copied. */
  public static Optional<EntryPath> of(byte[] octets) {
    if (octets.length == 0 || octets.length > BackupLimits.PATH_MAX || contains(octets, (byte) 0)) {
      return Optional.empty();
    }
    int start = 0;
    int depth = 0;
    for (int i = 0; i <= octets.length; i++) {
      if (i == octets.length || octets[i] == '/') {
        int size = i - start;
        boolean dots =
            size == 1 && octets[start] == '.'
                || size == 2 && octets[start] == '.' && octets[start + 1] == '.';
        if (size == 0 || dots || ++depth > BackupLimits.DEPTH_MAX) {
          return Optional.empty();
        }
        start = i + 1;
      }
    }
    return Optional.of(new EntryPath(octets));
  }

  /** Reads what {@link #text} writes; empty for anything else, a second spelling included. */
  public static Optional<EntryPath> parse(String text) {
    if (text.equals(".")) {
      return Optional.of(ROOT);
    }
    return unescape(text).flatMap(EntryPath::of).filter(path -> path.text().equals(text));
  }

  /**
   * One line of UTF-8 that {@code printf '%b'} turns back into the octets: control characters,
   * backslashes and octets that are not UTF-8 become {@code \0ooo}.
   */
  public String text() {
    return octets.length == 0 ? "." : escape(octets);
  }

  /** As the file system has it; nothing for the directory itself. */
  public byte[] octets() {
    return octets.clone();
  }

  public static String escape(byte[] octets) {
    StringBuilder text = new StringBuilder(octets.length + 8);
    int at = 0;
    while (at < octets.length) {
      int size = sequence(octets, at);
      int first = octets[at] & 0xff;
      if (size == 0 || first < 0x20 || first == 0x7f || first == '\\') {
        text.append("\\0").append((char) ('0' + (first >> 6)));
        text.append((char) ('0' + (first >> 3 & 7))).append((char) ('0' + (first & 7)));
        at++;
      } else {
        text.append(new String(octets, at, size, StandardCharsets.UTF_8));
        at += size;
      }
    }
    return text.toString();
  }

  /** The length of the well-formed UTF-8 sequence at {@code at}, or 0. */
  private static int sequence(byte[] octets, int at) {
    int first = octets[at] & 0xff;
    int size = first < 0x80 ? 1 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
    if (size == 1) {
      return 1;
    }
    if (at + size > octets.length) {
      return 0;
    }
    try {
      StandardCharsets.UTF_8
          .newDecoder()
          .onMalformedInput(CodingErrorAction.REPORT)
          .decode(ByteBuffer.wrap(octets, at, size));
      return size;
    } catch (CharacterCodingException e) {
      return 0;
    }
  }

  public static Optional<byte[]> unescape(String text) {
    byte[] escaped = text.getBytes(StandardCharsets.UTF_8);
    ByteArrayOutputStream octets = new ByteArrayOutputStream(escaped.length);
    for (int i = 0; i < escaped.length; i++) {
      if (escaped[i] != '\\') {
        octets.write(escaped[i]);
        continue;
      }
      if (i + 4 >= escaped.length || escaped[i + 1] != '0') {
        return Optional.empty();
      }
      int value = 0;
      for (int j = 2; j <= 4; j++) {
        int digit = escaped[i + j] - '0';
        if (digit < 0 || digit > 7) {
          return Optional.empty();
        }
        value = value << 3 | digit;
      }
      if (value > 0xff) {
        return Optional.empty();
      }
      octets.write(value);
      i += 4;
    }
    return Optional.of(octets.toByteArray());
  }

  /**
   * This path below {@code root}; empty if this file system cannot express it without leaving
   * {@code root}.
   */
  public Optional<Path> resolve(Path root) {
    if (octets.length == 0) {
      return Optional.of(root);
    }
    try {
      Path resolved = PathOctets.resolve(root, octets);
      // A file system with other separators or drive letters may understand more by a name than it
      // should.
      boolean inside = resolved.startsWith(root) && resolved.normalize().equals(resolved);
      return inside && resolved.getNameCount() == root.getNameCount() + depth()
          ? Optional.of(resolved)
          : Optional.empty();
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  private int depth() {
    int depth = 1;
    for (byte octet : octets) {
      if (octet == '/') {
        depth++;
      }
    }
    return depth;
  }

  /** The directory this entry lies in; the root is its own. */
  public EntryPath parent() {
    for (int i = octets.length - 1; i > 0; i--) {
      if (octets[i] == '/') {
        return new EntryPath(Arrays.copyOf(octets, i));
      }
    }
    return ROOT;
  }

  @Override
  public int compareTo(EntryPath other) {
    int size = Math.min(octets.length, other.octets.length);
    for (int i = 0; i < size; i++) {
      if (octets[i] != other.octets[i]) {
        return Integer.compare(rank(octets[i]), rank(other.octets[i]));
      }
    }
    return Integer.compare(octets.length, other.octets.length);
  }

  /** The separator sorts before everything, so that a directory's content follows it at once. */
  private static int rank(byte octet) {
    return octet == '/' ? 0 : octet & 0xff;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof EntryPath o && Arrays.equals(octets, o.octets);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(octets);
  }

  @Override
  public String toString() {
    return text();
  }
}
