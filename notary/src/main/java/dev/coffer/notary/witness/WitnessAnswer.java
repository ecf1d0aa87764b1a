package dev.coffer.notary.witness;

import dev.coffer.notary.http.Answer;

/**
 * How a witness answers {@code add-checkpoint}; each case is one status of c2sp.org/tlog-witness.
 */
public sealed interface WitnessAnswer {
  /** As HTTP says it. */
  Answer http();

  /**
   * Cosigned, and stored before.
   *
   * @param lines signature lines
   */
  record Cosigned(String lines) implements WitnessAnswer {
    @Override
    public Answer http() {
      return Answer.of(200, Answer.TEXT, lines);
    }
  }

  /** Not a request, or its old size is above the new one. */
  record Malformed(String what) implements WitnessAnswer {
    @Override
    public Answer http() {
      return Answer.text(400, what);
    }
  }

  /** No signature by a key of that log, or one that does not hold. */
  record NotSigned() implements WitnessAnswer {
    @Override
    public Answer http() {
      return Answer.text(403, "the checkpoint is not signed by the log of its origin");
    }
  }

  /** A log that this witness does not know. */
  record UnknownLog() implements WitnessAnswer {
    @Override
    public Answer http() {
      return Answer.text(404, "this witness does not know that origin: ask its operator");
    }
  }

  /**
   * The client proved from another size than the one cosigned last.
   *
   * @param size the one to prove from
   */
  record Conflict(long size) implements WitnessAnswer {
    @Override
    public Answer http() {
      return Answer.of(409, "text/x.tlog.size", size + "\n");
    }
  }

  /** The tree is not shown to have grown out of the one cosigned last. */
  record NotConsistent() implements WitnessAnswer {
    @Override
    public Answer http() {
      return Answer.text(422, "the proof does not lead from the tree cosigned last to this one");
    }
  }
}
