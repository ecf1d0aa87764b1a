package dev.coffer.verification.torture;

import dev.coffer.protocol.outcome.OutcomeCode;

/**
 * What a certified outcome said.
 *
 * @param opened whether the evaluation opened the registration; only of an accepted guess
 */
record Heard(
    OutcomeCode code, long generation, long attemptNumber, int guessesLeft, boolean opened) {
  /** A refusal, of which only the code counts. */
  static Heard refused(OutcomeCode code) {
    return new Heard(code, 0, 0, 0, false);
  }

  /** Whether what was observed is what the model says. Refusals are compared by their code. */
  boolean agrees(Heard observed) {
    return code == OutcomeCode.ACCEPTED ? equals(observed) : code == observed.code;
  }
}
