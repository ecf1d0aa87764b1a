package dev.coffer.notary.log;

import dev.coffer.protocol.codec.Bytes;
import dev.coffer.transparency.text.Refused;
import dev.coffer.transparency.tlog.Frontier;
import dev.coffer.transparency.tlog.Tile;
import dev.coffer.transparency.tlog.TileHashes;
import dev.coffer.transparency.tlog.TilePath;
import dev.coffer.transparency.tlog.Tlog;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The part of a tree that its next leaves change: the frontier, and the tiles that are not full.
 * Not thread-safe; {@link #copy} before trying leaves that may not be sequenced after all.
 */
final class RightEdge {
  private static final int HEIGHT = 8;

  private Frontier frontier;
  private final List<List<Bytes>> levels;
  private List<Bytes> entries;
  private final Map<TilePath, Bytes> full = new LinkedHashMap<>();

  private RightEdge(Frontier frontier, List<List<Bytes>> levels, List<Bytes> entries) {
    this.frontier = frontier;
    this.levels = levels;
    this.entries = entries;
  }

  /** The edge of the tree without leaves. */
  static RightEdge empty() {
    return new RightEdge(Frontier.EMPTY, new ArrayList<>(), new ArrayList<>());
  }

  /**
   * The edge of a stored tree of {@code size} leaves. Whose root it has is the caller's to check.
   */
  static RightEdge read(LogFiles files, long size) throws IOException, Refused {
    List<List<Bytes>> levels = new ArrayList<>();
    for (int level = 0; TilePath.hashesAt(level, size) > 0; level++) {
      long hashes = TilePath.hashesAt(level, size);
      List<Bytes> tile = new ArrayList<>();
      if (hashes % TilePath.FULL != 0) {
        TilePath path = TilePath.in(level, hashes / TilePath.FULL, size);
        tile.addAll(Tile.decodeHashes(files.read(path), path.width()));
      }
      levels.add(tile);
    }
    List<Bytes> entries = new ArrayList<>();
    if (size % TilePath.FULL != 0) {
      entries = files.entries(size / TilePath.FULL, size);
    }
    return new RightEdge(Frontier.read(new TileHashes(files, size), size), levels, entries);
  }

  RightEdge copy() {
    List<List<Bytes>> copied = new ArrayList<>();
    levels.forEach(level -> copied.add(new ArrayList<>(level)));
    return new RightEdge(frontier, copied, new ArrayList<>(entries));
  }

  long size() {
    return frontier.size();
  }

  Bytes root() {
    return frontier.root();
  }

  /** The root over hashes of one level, of which there are a power of two. */
  static Bytes subtreeRoot(List<Bytes> hashes) {
    int half = hashes.size() / 2;
    return half == 0
        ? hashes.get(0)
        : Tlog.nodeHash(
            subtreeRoot(hashes.subList(0, half)), subtreeRoot(hashes.subList(half, 2 * half)));
  }

  /** Whether the entries beside level 0 are those of its hashes. */
  boolean entriesMatch() {
    List<Bytes> hashes = levels.isEmpty() ? List.of() : levels.get(0);
    return hashes.equals(entries.stream().map(Tlog::leafHash).toList());
  }

  /** Appends a leaf. */
  void append(Bytes leaf) {
    entries.add(leaf);
    if (entries.size() == TilePath.FULL) {
      TilePath path =
          new TilePath(TilePath.ENTRIES, frontier.size() / TilePath.FULL, TilePath.FULL);
      full.put(path, Tile.encodeEntries(entries));
      entries = new ArrayList<>();
    }
    frontier = frontier.append(Tlog.leafHash(leaf), this::completed);
  }

  private void completed(int level, long index, Bytes hash) {
    if (level % HEIGHT != 0) {
      return;
    }
    int tileLevel = level / HEIGHT;
    if (levels.size() == tileLevel) {
      levels.add(new ArrayList<>());
    }
    List<Bytes> tile = levels.get(tileLevel);
    tile.add(hash);
    if (tile.size() == TilePath.FULL) {
      TilePath path = new TilePath(tileLevel, index / TilePath.FULL, TilePath.FULL);
      full.put(path, Tile.encodeHashes(tile));
      tile.clear();
    }
  }

  /** Tiles that became full since this edge was read or copied. */
  Map<TilePath, Bytes> fullTiles() {
    return full;
  }

  /** Lets them go, once they are written. */
  void forgetFullTiles() {
    full.clear();
  }

  /**
   * Tiles that are not full, as a checkpoint of this size needs them, but for those that a tree of
   * {@code oldSize} leaves has as well.
   */
  Map<TilePath, Bytes> partialTiles(long oldSize) {
    Map<TilePath, Bytes> tiles = new LinkedHashMap<>();
    long size = frontier.size();
    if (!entries.isEmpty() && size > oldSize) {
      tiles.put(
          TilePath.in(TilePath.ENTRIES, size / TilePath.FULL, size), Tile.encodeEntries(entries));
    }
    for (int level = 0; level < levels.size(); level++) {
      List<Bytes> tile = levels.get(level);
      boolean grown = TilePath.hashesAt(level, size) > TilePath.hashesAt(level, oldSize);
      if (!tile.isEmpty() && grown) {
        long index = TilePath.hashesAt(level, size) / TilePath.FULL;
        tiles.put(TilePath.in(level, index, size), Tile.encodeHashes(tile));
      }
    }
    return tiles;
  }
}
