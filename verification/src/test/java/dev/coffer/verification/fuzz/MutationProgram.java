package dev.coffer.verification.fuzz;

import dev.coffer.protocol.codec.Bytes;

/**
 * A long run without Jazzer: damages seeds blindly, in one process, many times as fast as a search
 * guided by coverage. Arguments: target or {@code all}, seconds for each, seed. Stops at the first
 * finding and prints its input.
 */
public final class MutationProgram {
  private MutationProgram() {}

  /** See above. */
  public static void main(String[] arguments) throws Exception {
    long seed = Long.parseLong(arguments[2]);
    long sum = 0;
    for (Target target : Targets.all()) {
      if (arguments[0].equals("all") || arguments[0].equals(target.name())) {
        sum += run(target, Long.parseLong(arguments[1]) * 1_000_000_000L, seed);
      }
    }
    System.out.printf("%-28s %,12d inputs, seed %d%n", "together", sum, seed);
    System.exit(0);
  }

  private static long run(Target target, long nanos, long seed) throws Exception {
    Mutator mutator = new Mutator(seed, target.seeds());
    long end = System.nanoTime() + nanos;
    long executed = 0;
    long accepted = 0;
    Bytes input = Bytes.EMPTY;
    try {
      for (; System.nanoTime() < end; executed++) {
        input = mutator.next();
        accepted += target.accepts(input) ? 1 : 0;
      }
      target.rest().rest();
    } catch (Exception | Error e) {
      System.out.println(target.name() + ": " + input);
      throw e;
    }
    System.out.printf("%-28s %,12d inputs, %,d accepted%n", target.name(), executed, accepted);
    return executed;
  }
}
