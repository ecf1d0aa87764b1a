package dev.coffer.verification.fuzz;

import com.sun.management.ThreadMXBean;
import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.codec.Rejected;
import dev.coffer.transparency.text.Refused;
import java.lang.management.ManagementFactory;
import java.util.List;
import java.util.Optional;

/**
 * One reader of hostile octets and what must hold whatever it reads: it refuses with its own kind
 * of refusal or it accepts; anything else thrown is a finding. What it accepts it writes again as
 * it was. Neither costs more memory than the limits say.
 *
 * @param name as it is called on the command line
 * @param seeds inputs that are accepted, for mutation
 * @param trial reads, and writes again
 * @param rest lets everything go that trials hold, and throws if something was not given back; the
 *     next trial may take it again
 */
record Target(String name, List<Bytes> seeds, Trial trial, Rest rest) {
  /** What one input may cost before its own size counts: class loading and the largest frame. */
  private static final long ALLOCATED_FIXED_MAX = 24L << 20;

  private static final long ALLOCATED_PER_OCTET_MAX = 4096;

  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

  Target {
    seeds = List.copyOf(seeds);
  }

  /** A target that holds nothing between two inputs. */
  Target(String name, List<Bytes> seeds, Trial trial) {
    this(name, seeds, trial, () -> {});
  }

  /** After the last input, or after many. */
  @FunctionalInterface
  interface Rest {
    void rest() throws Exception;
  }

  /** Reads one input. */
  @FunctionalInterface
  interface Trial {
    /**
     * Empty if the input was refused; otherwise what its meaning is written as, which has to be the
     * input itself.
     */
    Optional<Bytes> echo(Bytes input) throws Exception;
  }

  /** Whether {@code input} was accepted; throws what the reader must not throw. */
  boolean accepts(Bytes input) throws Exception {
    long before = THREADS.getCurrentThreadAllocatedBytes();
    Optional<Bytes> echo = echo(input);
    long allocated = THREADS.getCurrentThreadAllocatedBytes() - before;
    if (allocated > ALLOCATED_FIXED_MAX + ALLOCATED_PER_OCTET_MAX * input.size()) {
      throw new AssertionError(
          name + " allocated " + allocated + " octets for an input of " + input.size());
    }
    if (echo.isPresent() && !echo.get().equals(input)) {
      throw new AssertionError(
          name + " accepts a second spelling: " + input + " means " + echo.get());
    }
    return echo.isPresent();
  }

  private Optional<Bytes> echo(Bytes input) throws Exception {
    try {
      return trial.echo(input);
    } catch (Rejected | Refused e) {
      return Optional.empty();
    }
  }
}
