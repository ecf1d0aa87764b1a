package dev.coffer.lab.bench;

import dev.coffer.cli.ExitCode;
import dev.coffer.cli.Failure;

/**
 * How to measure.
 *
 * @param seconds measured
 * @param warmup seconds before that, not measured: the virtual machines compile meanwhile
 * @param clients accounts that recover at the same time
 * @param rate recoveries a second that begin by the clock, whether earlier ones have ended or not;
 *     0 to begin the next one when one has ended
 */
public record BenchOptions(int seconds, int warmup, int clients, int rate) {
  private static final int ACCOUNTS_MIN = 64;
  private static final int CLIENTS_MAX = 4_096;
  private static final int SECONDS_MAX = 24 * 3_600;

  /** This, or which number cannot be. */
  public BenchOptions validate() throws Failure {
    boolean times = seconds >= 1 && seconds <= SECONDS_MAX && warmup >= 0 && warmup <= SECONDS_MAX;
    if (!times || clients < 1 || clients > CLIENTS_MAX || rate < 0 || rate > 100_000) {
      throw new Failure(
          ExitCode.USAGE,
          "These numbers cannot be measured with.",
          "Give --seconds 1 or more, --warmup 0 or more, --clients 1 to "
              + CLIENTS_MAX
              + ", --rate 0 or more.");
    }
    return this;
  }

  /** Accounts that take turns: more than clients, so that none meets the limits of one account. */
  public int accounts() {
    return Math.max(2 * clients, ACCOUNTS_MIN);
  }
}
