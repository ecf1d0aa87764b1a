package dev.coffer.verification.fuzz;

import dev.coffer.protocol.codec.Bytes;

/** Where Jazzer comes in. Its arguments name the target. */
public final class FuzzEntry {
  /** A leak shows after this many inputs at the latest. */
  private static final int INPUTS_PER_REST = 5_000;

  private static volatile Target target;
  private static int inputs;

  private FuzzEntry() {}

  /** Before the first input. */
  public static void fuzzerInitialize(String[] arguments) {
    target = Targets.named(arguments[0]);
  }

  /** One input. */
  public static void fuzzerTestOneInput(byte[] input) throws Exception {
    target.accepts(Bytes.copyOf(input));
    if (++inputs % INPUTS_PER_REST == 0) {
      target.rest().rest();
    }
  }
}
