package dev.coffer.verification.fuzz;

import dev.coffer.protocol.codec.Bytes;

/** Where Jazzer comes in. Its arguments name the target. */
public final class FuzzEntry {
  private static volatile Target target;

  private FuzzEntry() {}

  /** Before the first input. */
  public static void fuzzerInitialize(String[] arguments) {
    target = Targets.named(arguments[0]);
  }

  /** One input. */
  public static void fuzzerTestOneInput(byte[] input) throws Exception {
    target.accepts(Bytes.copyOf(input));
  }
}
