package dev.coffer.notary.log;

import dev.coffer.notary.disk.Disk;
import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.codec.CanonicalReader;
import dev.coffer.protocol.codec.CanonicalWriter;
import dev.coffer.protocol.codec.Rejected;
import dev.coffer.protocol.crypto.Hashes;
import dev.coffer.transparency.tlog.Tile;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The leaves that come next, written down before anything is made of them: whatever crash comes
 * then, these leaves stand at these places, or none.
 *
 * @param from index of the first one
 */
record Stage(long from, List<Bytes> leaves) {
  /** Octets of a stage; the batch is cut so that it stays below. */
  static final int SIZE_MAX = 8 << 20;

  /** Leaves of a stage. */
  static final int LEAVES_MAX = 8_192;

  private static final String PATH = "state/stage";
  private static final int SUM = 32;

  Stage {
    leaves = List.copyOf(leaves);
  }

  void write(Disk disk) throws IOException {
    CanonicalWriter out = new CanonicalWriter().u64(from).u32(leaves.size());
    leaves.forEach(out::string);
    Bytes body = out.toBytes();
    disk.replace(PATH, Hashes.sha256(body).concat(body));
  }

  static Optional<Stage> read(Disk disk) throws IOException {
    Optional<Bytes> file = disk.read(PATH, 2 * SIZE_MAX);
    if (file.isEmpty()) {
      return Optional.empty();
    }
    try {
      CanonicalReader in = new CanonicalReader(file.get());
      Bytes sum = in.raw(SUM);
      if (!Hashes.sha256(file.get().slice(SUM, file.get().size())).equals(sum)) {
        throw new LogHalted(
            PATH
                + " is damaged: restore it, or, if fsck finds nothing newer than the checkpoint,"
                + " remove it.");
      }
      long from = in.u64();
      int count = in.number(0, LEAVES_MAX, in.u32(), "leaves");
      List<Bytes> leaves = new ArrayList<>(count);
      for (int i = 0; i < count; i++) {
        leaves.add(in.string(Tile.ENTRY_MAX, "leaf"));
      }
      in.end();
      return Optional.of(new Stage(from, leaves));
    } catch (Rejected e) {
      throw new LogHalted(PATH + " was written by another program.", e);
    }
  }
}
