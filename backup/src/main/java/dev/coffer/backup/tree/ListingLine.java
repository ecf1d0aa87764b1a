package dev.coffer.backup.tree;

import dev.coffer.backup.BackupLimits;
import dev.coffer.backup.Problem;
import dev.coffer.backup.object.DataName;
import dev.coffer.backup.object.Piece;
import dev.coffer.protocol.codec.Bytes;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The lines of a file list: fields joined by tabs, none empty, so that {@code while read} in a
 * shell takes them apart.
 *
 * <pre>
 * d  mode  modified  -     -       -         path
 * f  mode  modified  size  sha256  identity  path
 * p  object  offset  size                            a piece of the file above; they add up to its size
 * l  -     -         -     -       target    path
 * h  -     -         size  sha256  target    path    another name of the file at target
 * n  -     -         -     -       kind      path    something there is not in the backup as it was
 * a  owner  user:group                               of the entry above, like the next
 * a  name   octets                                   an extended attribute, in hexadecimal after "x"
 * </pre>
 */
public final class ListingLine {
  private static final String TAB = "\t";
  private static final long FILE_MAX = (long) BackupLimits.PIECES_MAX * BackupLimits.PAGE;
  private static final Pattern HASH = Pattern.compile("[0-9a-f]{64}");
  private static final Pattern IDENTITY = Pattern.compile("[-.:0-9a-z]{1,64}");
  private static final Pattern NUMBER = Pattern.compile("0|[1-9][0-9]{0,17}");
  private static final Pattern MODE = Pattern.compile("[0-7]{4}");
  private static final Pattern TIME = Pattern.compile("-?[0-9]{1,13}\\.[0-9]{9}");
  private static final Pattern OWNER = Pattern.compile("(0|[1-9][0-9]{0,9}):(0|[1-9][0-9]{0,9})");
  private static final Pattern VALUE = Pattern.compile("x((?:[0-9a-f]{2})*)");
  private static final long SECONDS_MAX = 1L << 40;

  private ListingLine() {}

  public static String of(Entry.Directory entry) {
    String mode = octal(entry.mode());
    return String.join(TAB, "d", mode, time(entry.modified()), "-", "-", "-", entry.path().text());
  }

  public static String of(Entry.Link entry) {
    String target = EntryPath.escape(entry.target().toByteArray());
    return String.join(TAB, "l", "-", "-", "-", "-", target, entry.path().text());
  }

  public static String of(Entry.RegularFile entry) {
    String mode = octal(entry.mode());
    String size = Long.toString(entry.size());
    String path = entry.path().text();
    return String.join(
        TAB, "f", mode, time(entry.modified()), size, entry.sha256().hex(), entry.identity(), path);
  }

  public static String of(Entry.HardLink entry) {
    String size = Long.toString(entry.size());
    String target = entry.target().text();
    return String.join(TAB, "h", "-", "-", size, entry.sha256().hex(), target, entry.path().text());
  }

  public static String of(Entry.Remark entry) {
    return String.join(TAB, "n", "-", "-", "-", "-", entry.kind().name(), entry.path().text());
  }

  /** A line each. */
  public static List<String> of(Attributes attributes) {
    List<String> lines = new ArrayList<>();
    attributes
        .owner()
        .ifPresent(owner ->
            lines.add(
                String.join(
                    TAB,
                    "a",
                    "owner",
                    Integer.toUnsignedString(owner.user())
                        + ":"
                        + Integer.toUnsignedString(owner.group()))));
    attributes
        .extended()
        .forEach((name, value) -> {
          String escaped = EntryPath.escape(name.getBytes(StandardCharsets.UTF_8));
          lines.add(String.join(TAB, "a", escaped, "x" + value.hex()));
        });
    return lines;
  }

  public static String of(Piece piece) {
    return String.join(
        TAB,
        "p",
        piece.object().text(),
        Integer.toString(piece.offset()),
        Integer.toString(piece.size()));
  }

  /** An entry, of a regular file without its pieces; empty if the line is not one. */
  public static Optional<Entry> parseEntry(String line) {
    String[] field = line.split(TAB, -1);
    if (field.length != 7) {
      return Optional.empty();
    }
    Optional<EntryPath> path = EntryPath.parse(field[6]);
    if (path.isEmpty()) {
      return Optional.empty();
    }
    switch (field[0]) {
      case "d":
        return parseMode(field[1])
            .flatMap(mode ->
                parseTime(field[2])
                    .map(time -> new Entry.Directory(path.get(), mode, time, Attributes.NONE)));
      case "l":
        return EntryPath.unescape(field[5])
            .filter(target ->
                target.length > 0 && target.length <= BackupLimits.PATH_MAX && !hasZero(target))
            .map(target -> new Entry.Link(path.get(), Bytes.wrap(target), Attributes.NONE));
      case "f":
        return parseFile(field, path.get());
      case "h":
        long size = parseNumber(field[3], FILE_MAX);
        if (size < 0 || !HASH.matcher(field[4]).matches()) {
          return Optional.empty();
        }
        return EntryPath.parse(field[5])
            .map(target -> new Entry.HardLink(path.get(), target, size, Bytes.fromHex(field[4])));
      case "n":
        return Arrays.stream(Problem.Kind.values())
            .filter(kind -> kind.name().equals(field[5]))
            .findFirst()
            // A later version may know more reasons.
            .or(() -> Optional.of(Problem.Kind.UNSUPPORTED))
            .map(kind -> new Entry.Remark(path.get(), kind));
      default:
        return Optional.empty();
    }
  }

  private static Optional<Entry> parseFile(String[] field, EntryPath path) {
    Optional<Integer> mode = parseMode(field[1]);
    Optional<Instant> modified = parseTime(field[2]);
    long size = parseNumber(field[3], FILE_MAX);
    boolean hash = HASH.matcher(field[4]).matches();
    boolean identity = IDENTITY.matcher(field[5]).matches();
    if (mode.isEmpty() || modified.isEmpty() || size < 0 || !hash || !identity) {
      return Optional.empty();
    }
    Bytes sha256 = Bytes.fromHex(field[4]);
    return Optional.of(
        new Entry.RegularFile(
            path, mode.get(), modified.get(), size, sha256, field[5], List.of(), Attributes.NONE));
  }

  /** Whether the line says something of the entry above it. */
  static boolean isAttribute(String line) {
    return line.startsWith("a\t");
  }

  /** What lines say, each of which {@link #isAttribute}; what is not understood is left out. */
  static Attributes parseAttributes(List<String> lines) {
    Optional<Attributes.Owner> owner = Optional.empty();
    SortedMap<String, Bytes> extended = new TreeMap<>();
    for (String line : lines) {
      String[] field = line.split(TAB, -1);
      if (field.length != 3) {
        continue;
      }
      Matcher numbers = OWNER.matcher(field[2]);
      Matcher value = VALUE.matcher(field[2]);
      if (field[1].equals("owner") && numbers.matches()) {
        owner =
            Optional.of(
                new Attributes.Owner(
                    (int) Long.parseLong(numbers.group(1)),
                    (int) Long.parseLong(numbers.group(2))));
      } else if (value.matches() && extended.size() < Attributes.EXTENDED_MAX) {
        EntryPath.unescape(field[1])
            .ifPresent(name ->
                extended.put(
                    new String(name, StandardCharsets.UTF_8), Bytes.fromHex(value.group(1))));
      }
    }
    return new Attributes(owner, extended);
  }

  /** A piece; empty if the line is none. */
  public static Optional<Piece> parsePiece(String line) {
    String[] field = line.split(TAB, -1);
    if (field.length != 4 || !field[0].equals("p")) {
      return Optional.empty();
    }
    int offset = (int) parseNumber(field[2], BackupLimits.OBJECT_PLAIN_MAX);
    int size = (int) parseNumber(field[3], BackupLimits.OBJECT_PLAIN_MAX);
    if (offset < 0 || size < 1 || offset + size > BackupLimits.OBJECT_PLAIN_MAX) {
      return Optional.empty();
    }
    return DataName.parse(field[1]).map(name -> new Piece(name, offset, size));
  }

  private static boolean hasZero(byte[] octets) {
    for (byte octet : octets) {
      if (octet == 0) {
        return true;
      }
    }
    return false;
  }

  /** A decimal number from 0 to {@code max} without leading zeros, or −1. */
  public static long parseNumber(String text, long max) {
    if (!NUMBER.matcher(text).matches()) {
      return -1;
    }
    long number = Long.parseLong(text);
    return number <= max ? number : -1;
  }

  private static String octal(int mode) {
    String digits = "000" + Integer.toOctalString(mode & 07777);
    return digits.substring(digits.length() - 4);
  }

  private static Optional<Integer> parseMode(String text) {
    return MODE.matcher(text).matches() ? Optional.of(Integer.parseInt(text, 8)) : Optional.empty();
  }

  /** Seconds since 1970, a point, nanoseconds: as {@code touch -d @…} takes it. */
  public static String time(Instant time) {
    String nanos = "00000000" + time.getNano();
    return time.getEpochSecond() + "." + nanos.substring(nanos.length() - 9);
  }

  public static Optional<Instant> parseTime(String text) {
    if (!TIME.matcher(text).matches()) {
      return Optional.empty();
    }
    int point = text.indexOf('.');
    long seconds = Long.parseLong(text.substring(0, point));
    if (Math.abs(seconds) > SECONDS_MAX) {
      return Optional.empty();
    }
    try {
      return Optional.of(Instant.ofEpochSecond(seconds, Long.parseLong(text.substring(point + 1))));
    } catch (DateTimeException e) {
      return Optional.empty();
    }
  }
}
