package dev.coffer.protocol.codec;

/**
 * Assertions that are always on: a broken invariant stops the program, since going on could leak.
 */
public final class Invariant {
  private Invariant() {}

  /** Throws {@link Broken} unless {@code holds}. */
  public static void check(boolean holds, String rule) {
    if (!holds) {
      throw new Broken(rule);
    }
  }

  /** Our own code is wrong. Never caught but at the top of a process, which then halts. */
  public static final class Broken extends RuntimeException {
    private static final long serialVersionUID = 1L;

    Broken(String rule) {
      super("broken invariant: " + rule);
    }
  }
}
