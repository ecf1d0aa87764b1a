package dev.coffer.backup.tree;

import dev.coffer.backup.BackupLimits;
import dev.coffer.backup.object.DataName;
import dev.coffer.backup.object.Piece;
import dev.coffer.protocol.codec.Bytes;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
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
 * </pre>
 */
public final class ListingLine {
  private static final String TAB = "\t";
  private static final Pattern HASH = Pattern.compile("[0-9a-f]{64}");
  private static final Pattern IDENTITY = Pattern.compile("[-.:0-9a-z]{1,64}");
  private static final Pattern NUMBER = Pattern.compile("0|[1-9][0-9]{0,17}");
  private static final Pattern MODE = Pattern.compile("0[0-7]{3}");
  private static final Pattern TIME = Pattern.compile("-?[0-9]{1,13}\\.[0-9]{9}");
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
                parseTime(field[2]).map(time -> new Entry.Directory(path.get(), mode, time)));
      case "l":
        return EntryPath.unescape(field[5])
            .filter(target ->
                target.length > 0 && target.length <= BackupLimits.PATH_MAX && !hasZero(target))
            .map(target -> new Entry.Link(path.get(), Bytes.wrap(target)));
      case "f":
        return parseFile(field, path.get());
      default:
        return Optional.empty();
    }
  }

  private static Optional<Entry> parseFile(String[] field, EntryPath path) {
    Optional<Integer> mode = parseMode(field[1]);
    Optional<Instant> modified = parseTime(field[2]);
    long size = parseNumber(field[3], (long) BackupLimits.PIECES_MAX * BackupLimits.PAGE);
    boolean hash = HASH.matcher(field[4]).matches();
    boolean identity = IDENTITY.matcher(field[5]).matches();
    if (mode.isEmpty() || modified.isEmpty() || size < 0 || !hash || !identity) {
      return Optional.empty();
    }
    Bytes sha256 = Bytes.fromHex(field[4]);
    return Optional.of(
        new Entry.RegularFile(path, mode.get(), modified.get(), size, sha256, field[5], List.of()));
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
    String digits = "000" + Integer.toOctalString(mode & 0777);
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
