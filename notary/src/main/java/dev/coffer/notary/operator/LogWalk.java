package dev.coffer.notary.operator;

import dev.coffer.notary.log.LogSource;
import dev.coffer.protocol.codec.Bytes;
import dev.coffer.transparency.note.Note;
import dev.coffer.transparency.text.RefusalCode;
import dev.coffer.transparency.text.Refused;
import dev.coffer.transparency.tlog.Checkpoint;
import dev.coffer.transparency.tlog.CosignedCheckpoint;
import dev.coffer.transparency.tlog.Frontier;
import dev.coffer.transparency.tlog.Policy;
import dev.coffer.transparency.tlog.Tile;
import dev.coffer.transparency.tlog.TilePath;
import dev.coffer.transparency.tlog.Tlog;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * All leaves of a log, proved: they hash to the root of a checkpoint that the log signed and a
 * quorum of witnesses cosigned.
 *
 * @param note the checkpoint as it was found
 * @param cosigned what it says
 * @param leaves every leaf in its order
 */
public record LogWalk(Note note, CosignedCheckpoint cosigned, List<Bytes> leaves) {
  private static final long LEAVES_MAX = 1 << 20;

  public LogWalk {
    leaves = List.copyOf(leaves);
  }

  /**
   * Reads all of it.
   *
   * @throws Refused if it is not what the checkpoint promises, or no quorum stands behind that
   */
  public static LogWalk of(LogSource source, Policy policy) throws IOException, Refused {
    Note note = Note.parse(source.checkpoint());
    CosignedCheckpoint cosigned = policy.check(note);
    Checkpoint checkpoint = cosigned.checkpoint();
    if (checkpoint.size() > LEAVES_MAX) {
      throw new Refused(RefusalCode.TOO_LARGE, "log");
    }
    List<Bytes> leaves = new ArrayList<>();
    Frontier frontier = Frontier.EMPTY;
    for (long bundle = 0; bundle * TilePath.FULL < checkpoint.size(); bundle++) {
      TilePath path = TilePath.in(TilePath.ENTRIES, bundle, checkpoint.size());
      for (Bytes leaf : Tile.decodeEntries(source.read(path), path.width())) {
        leaves.add(leaf);
        frontier = frontier.append(Tlog.leafHash(leaf));
      }
    }
    if (frontier.size() != checkpoint.size() || !frontier.root().equals(checkpoint.root())) {
      throw new Refused(RefusalCode.BAD_PROOF, "the leaves are not those of the checkpoint");
    }
    return new LogWalk(note, cosigned, leaves);
  }
}
