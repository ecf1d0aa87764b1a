package dev.coffer.notary.log;

import dev.coffer.transparency.note.Note;
import dev.coffer.transparency.text.Refused;
import dev.coffer.transparency.tlog.Checkpoint;
import dev.coffer.transparency.tlog.TileHashes;
import dev.coffer.transparency.tlog.TlogProof;
import dev.coffer.transparency.tlog.TreeProver;
import java.io.IOException;
import java.util.Optional;

/** Makes proofs out of a log's static files. Whoever uses one verifies it. */
public final class Proofs {
  private Proofs() {}

  /** That leaf {@code index} is under {@code checkpoint}. */
  public static TlogProof inclusion(LogSource log, long index, Note checkpoint)
      throws IOException, Refused {
    long size = Checkpoint.parse(checkpoint.unverifiedText()).size();
    TreeProver prover = new TreeProver(new TileHashes(log, size));
    return new TlogProof(Optional.empty(), index, prover.inclusion(index, size), checkpoint);
  }
}
