package dev.coffer.verification.torture;

/** What a device asked for, reduced to what the model of an account needs. */
sealed interface Deed {
  /**
   * Registers a code; its start lies before, and has no effect that anyone can see.
   *
   * @param code a number that stands for the code
   * @param limit guesses
   */
  record Register(int code, int limit) implements Deed {}

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
