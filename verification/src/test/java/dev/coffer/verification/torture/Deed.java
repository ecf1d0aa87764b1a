package dev.coffer.verification.torture;

import java.util.Optional;

/** What a device asked for, reduced to what the model of an account needs. */
sealed interface Deed {
  /**
   * Starts a registration, which ends the one that was started before.
   *
   * @param granted where the accepted answer said that the evaluation was first granted
   */
  record Start(Optional<Call.Place> granted) implements Deed {}

  /**
   * Finishes the registration of a code.
   *
   * @param code a number that stands for the code
   * @param limit guesses
   * @param granted where its start was granted
   */
  record Register(int code, int limit, Call.Place granted) implements Deed {}

  /** One guess. */
  record Guess(int code) implements Deed {}

  /**
   * The second message of a recovery.
   *
   * @param guess the number of the call that made the guess
   * @param attemptNumber what its certified outcome said
   * @param generation likewise
   * @param proved whether the proof is a good one
   */
  record Prove(int guess, long attemptNumber, long generation, boolean proved) implements Deed {}

  /** Deletes the registration of a generation, with the owner's signature. */
  record Delete(long generation) implements Deed {}
}
