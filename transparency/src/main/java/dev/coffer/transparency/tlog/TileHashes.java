package dev.coffer.transparency.tlog;

import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.codec.Invariant;
import dev.coffer.transparency.text.Refused;
import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The hashes of a tree of known size, read from its tiles. Each tile is read once and kept. Not
 * thread-safe.
 *
 * <p><b>Not guaranteed:</b> that the tiles are those of a signed tree. Compare {@link
 * TreeProver#root} with a checkpoint, or verify the proofs made from them.
 */
public final class TileHashes implements HashReader {
  private static final int HEIGHT = 8;

  private final TileReader tiles;
  private final long size;
  private final Map<TilePath, List<Bytes>> read = new HashMap<>();

  /**
   * @param size of the tree, whose rightmost tiles may be partial
   */
  public TileHashes(TileReader tiles, long size) {
    this.tiles = tiles;
    this.size = size;
  }

  @Override
  public Bytes hash(int level, long index) throws IOException, Refused {
    int height = level % HEIGHT;
    long first = index << height;
    TilePath path = TilePath.in(level / HEIGHT, first / TilePath.FULL, size);
    List<Bytes> hashes = read.get(path);
    if (hashes == null) {
      hashes = Tile.decodeHashes(tiles.read(path), path.width());
      read.put(path, hashes);
    }
    int from = (int) (first % TilePath.FULL);
    Invariant.check(from + (1 << height) <= path.width(), "a complete subtree of this tree");
    return fold(hashes.subList(from, from + (1 << height)));
  }

  private static Bytes fold(List<Bytes> hashes) {
    int half = hashes.size() / 2;
    return half == 0
        ? hashes.get(0)
        : Tlog.nodeHash(fold(hashes.subList(0, half)), fold(hashes.subList(half, 2 * half)));
  }
}
