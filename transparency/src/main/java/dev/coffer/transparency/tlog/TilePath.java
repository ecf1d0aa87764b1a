package dev.coffer.transparency.tlog;

import dev.coffer.protocol.codec.Invariant;
import dev.coffer.transparency.text.Decimal;
import dev.coffer.transparency.text.RefusalCode;
import dev.coffer.transparency.text.Refused;
import java.util.ArrayList;
import java.util.List;

/**
 * Names one file of a tiled log (c2sp.org/tlog-tiles): {@code tile/L/N[.p/W]} for hashes, {@code
 * tile/entries/N[.p/W]} for entries.
 *
 * @param level 0 to 63, or {@link #ENTRIES}
 * @param index of the tile in its level
 * @param width 1 to 256; 256 is a full tile
 */
public record TilePath(int level, long index, int width) {
  /** Hashes, or entries, of a full tile. */
  public static final int FULL = 256;

  /** In place of a level: the entries themselves. */
  public static final int ENTRIES = -1;

  private static final int LEVEL_MAX = 63;
  private static final String HEAD = "tile/";

  public TilePath {
    Invariant.check(level >= ENTRIES && level <= LEVEL_MAX, "tile level");
    Invariant.check(index >= 0 && width >= 1 && width <= FULL, "tile index and width");
  }

  /** The path below the log's prefix, without a leading slash. */
  public String path() {
    StringBuilder number = new StringBuilder();
    long rest = index;
    do {
      String three = String.valueOf(1000 + rest % 1000).substring(1);
      number.insert(0, number.length() == 0 ? three : "x" + three + "/");
      rest /= 1000;
    } while (rest > 0);
    String kind = level == ENTRIES ? "entries" : String.valueOf(level);
    return HEAD + kind + "/" + number + (width == FULL ? "" : ".p/" + width);
  }

  /** Reads exactly what {@link #path} writes. */
  public static TilePath parse(String path) throws Refused {
    String[] parts = path.split("/", -1);
    if (path.length() > 128 || parts.length < 3 || !path.startsWith(HEAD)) {
      throw new Refused(RefusalCode.MALFORMED, "tile path");
    }
    int level =
        parts[1].equals("entries") ? ENTRIES : (int) Decimal.parse(parts[1], 0, LEVEL_MAX, "level");
    int end = parts.length;
    int width = FULL;
    if (parts[end - 2].endsWith(".p")) {
      width = (int) Decimal.parse(parts[--end], 1, FULL - 1, "tile width");
      parts[end - 1] = parts[end - 1].substring(0, parts[end - 1].length() - 2);
    }
    StringBuilder digits = new StringBuilder();
    for (int i = 2; i < end; i++) {
      digits.append(i < end - 1 && parts[i].startsWith("x") ? parts[i].substring(1) : parts[i]);
    }
    String index = digits.toString().replaceFirst("^0+(?=.)", "");
    TilePath read = new TilePath(level, Decimal.parse(index, "tile index"), width);
    // Whatever was read loosely above is refused here: there is one way to write a path.
    if (!read.path().equals(path)) {
      throw new Refused(RefusalCode.NOT_CANONICAL, "tile path");
    }
    return read;
  }

  /** The first leaf below this tile. */
  public long startIndex() {
    return level <= 0 ? index * FULL : index << 8 * (level + 1);
  }

  /** Hashes at {@code level} in a tree of {@code size} leaves: each over 256^level leaves. */
  public static long hashesAt(int level, long size) {
    int shift = 8 * Math.max(level, 0);
    return shift < Long.SIZE ? size >>> shift : 0;
  }

  /** The tile with that index in a tree of {@code size} leaves, as wide as that tree makes it. */
  public static TilePath in(int level, long index, long size) {
    long width = Math.min(FULL, hashesAt(level, size) - index * FULL);
    Invariant.check(width >= 1, "the tree has no such tile");
    return new TilePath(level, index, (int) width);
  }

  /**
   * The hash tiles to write when a tree grows, the lowest level first. Entry bundles stand beside
   * those of level 0.
   */
  public static List<TilePath> grown(long oldSize, long newSize) {
    List<TilePath> tiles = new ArrayList<>();
    for (int level = 0; hashesAt(level, newSize) > 0; level++) {
      long from = hashesAt(level, oldSize);
      long to = hashesAt(level, newSize);
      for (long index = from / FULL; from < to && index <= (to - 1) / FULL; index++) {
        tiles.add(in(level, index, newSize));
      }
    }
    return tiles;
  }
}
