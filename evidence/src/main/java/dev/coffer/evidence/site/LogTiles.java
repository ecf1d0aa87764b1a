package dev.coffer.evidence.site;

import dev.coffer.protocol.codec.Bytes;
import dev.coffer.transparency.tlog.Frontier;
import dev.coffer.transparency.tlog.Tile;
import dev.coffer.transparency.tlog.TilePath;
import dev.coffer.transparency.tlog.Tlog;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The log as its own files (c2sp.org/tlog-tiles): checkpoint, hashes and entries. They follow from
 * the leaves, which were compared with the checkpoint, so none is fetched. Stateless.
 */
final class LogTiles {
  /** Below which a site has the log: a prefix for any reader of tiled logs. */
  static final String PREFIX = "log/";

  static final String CHECKPOINT = PREFIX + "checkpoint";

  private static final int HEIGHT = 8;

  private LogTiles() {}

  /** All of them by their path in the site, as wide as the checkpoint's tree makes them. */
  static SortedMap<String, Bytes> files(PublishedLog log) {
    List<Bytes> leaves = log.epochs().stream().map(PublishedLog.Epoch::leaf).toList();
    List<List<Bytes>> levels = new ArrayList<>();
    Frontier frontier = Frontier.EMPTY;
    for (Bytes leaf : leaves) {
      frontier =
          frontier.append(
              Tlog.leafHash(leaf),
              (level, index, hash) -> {
                if (level % HEIGHT == 0) {
                  while (levels.size() <= level / HEIGHT) {
                    levels.add(new ArrayList<>());
                  }
                  levels.get(level / HEIGHT).add(hash);
                }
              });
    }
    SortedMap<String, Bytes> files = new TreeMap<>();
    files.put(CHECKPOINT, log.checkpoint());
    for (TilePath tile : TilePath.grown(0, leaves.size())) {
      files.put(PREFIX + tile.path(), Tile.encodeHashes(cut(levels.get(tile.level()), tile)));
      if (tile.level() == 0) {
        TilePath entries = entries(tile);
        files.put(PREFIX + entries.path(), Tile.encodeEntries(cut(leaves, entries)));
      }
    }
    return files;
  }

  private static TilePath entries(TilePath hashes) {
    return new TilePath(TilePath.ENTRIES, hashes.index(), hashes.width());
  }

  private static List<Bytes> cut(List<Bytes> all, TilePath tile) {
    int from = (int) tile.index() * TilePath.FULL;
    return all.subList(from, from + tile.width());
  }
}
