package dev.coffer.notary.log;

import dev.coffer.protocol.codec.Bytes;
import dev.coffer.transparency.note.Note;
import dev.coffer.transparency.text.Refused;
import dev.coffer.transparency.tlog.Checkpoint;
import dev.coffer.transparency.tlog.HashReader;
import dev.coffer.transparency.tlog.TileHashes;
import dev.coffer.transparency.tlog.TlogProof;
import dev.coffer.transparency.tlog.TreeProver;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Makes the proofs of one round's leaves from the same few tiles, read and hashed once.
 * Thread-safe.
 */
final class ProofDesk {
  private static final int KEPT_MAX = 1 << 16;

  private record Node(int level, long index) {}

  private final LogSource log;
  private final Map<Node, Bytes> kept = new HashMap<>();
  private HashReader tiles;
  private long size;

  ProofDesk(LogSource log) {
    this.log = log;
    this.tiles = new TileHashes(log, 0);
  }

  synchronized TlogProof inclusion(long index, Note checkpoint) throws IOException, Refused {
    long wanted = Checkpoint.parse(checkpoint.unverifiedText()).size();
    if (wanted != size || kept.size() > KEPT_MAX) {
      kept.clear();
      tiles = new TileHashes(log, wanted);
      size = wanted;
    }
    TreeProver prover = new TreeProver(this::hash);
    return new TlogProof(Optional.empty(), index, prover.inclusion(index, size), checkpoint);
  }

  private Bytes hash(int level, long index) throws IOException, Refused {
    Node node = new Node(level, index);
    Bytes known = kept.get(node);
    if (known == null) {
      known = tiles.hash(level, index);
      kept.put(node, known);
    }
    return known;
  }
}
