package dev.coffer.verification.fuzz;

import dev.coffer.protocol.codec.Bytes;
import java.util.Optional;

/** Where Jazzer comes in. Its arguments name the target. */
public final class FuzzEntry {
  /** A leak shows after this many inputs at the latest. */
  private static final int INPUTS_PER_REST = 5_000;

  private static volatile Target target;
  private static int inputs;
  private static boolean loaded;

  private FuzzEntry() {}

  /** Before the first input. */
  public static void fuzzerInitialize(String[] arguments) {
    target = Targets.named(arguments[0]);
    for (Bytes seed : target.seeds()) {
      warm(seed);
    }
  }

  /** What loading and instrumenting classes takes is no input's doing. */
  private static void warm(Bytes seed) {
    try {
      Optional<Bytes> unmeasured = target.trial().echo(seed);
      loaded |= unmeasured.isPresent();
    } catch (Exception e) {
      // It comes again as an input.
    }
  }

  /** After the last input. */
  public static void fuzzerTearDown() throws Exception {
    target.rest().rest();
  }

  /** One input. */
  public static void fuzzerTestOneInput(byte[] input) throws Exception {
    target.accepts(Bytes.copyOf(input));
    if (++inputs % INPUTS_PER_REST == 0) {
      target.rest().rest();
    }
  }
}
