package dev.coffer.analysis.world;

/**
 * A promise did not hold in a simulated world. An error, so that no code under test takes it for
 * trouble of its own.
 */
final class BrokenPromise extends Error {
  private static final long serialVersionUID = 1L;

  private BrokenPromise(String message) {
    super(message);
  }

  /** Throws unless {@code holds}. */
  static void unless(boolean holds, String promise, String what) {
    if (!holds) {
      throw new BrokenPromise(promise + ": " + what);
    }
  }
}
