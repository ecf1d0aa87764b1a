package dev.coffer.verification.timing;

import dev.coffer.hsm.harness.MemoryPlatform;
import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.codec.Rejected;
import dev.coffer.protocol.crypto.Randomness;
import dev.coffer.protocol.crypto.SecretBytes;
import dev.coffer.protocol.group.Ristretto255;
import dev.coffer.protocol.group.RistrettoElement;
import dev.coffer.protocol.group.RistrettoScalar;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;

/**
 * Times two classes of inputs in random order and prints the largest |t| of each experiment.
 * Arguments: measurements a class (default 20000). The last experiment compares in variable time on
 * purpose: if it is not found, the machine is too restless for the others to mean anything.
 */
public final class TimingProgram {
  private static final int POOL = 64;

  private final Random order = new Random(1);
  private final Randomness randomness = MemoryPlatform.seeded(2);
  private final int measurements;
  private long sink;

  private TimingProgram(int measurements) {
    this.measurements = measurements;
  }

  /** Something to time. */
  @FunctionalInterface
  private interface Work<T> {
    long on(T input) throws Rejected;
  }

  /** See above. */
  public static void main(String[] arguments) throws Rejected {
    TimingProgram program =
        new TimingProgram(arguments.length > 0 ? Integer.parseInt(arguments[0]) : 20_000);
    program.group();
    program.comparisons();
    new AnswerTiming(program.measurements / 20).run();
    System.out.println("(" + program.sink % 10 + ")");
  }

  private void group() throws Rejected {
    RistrettoElement point = element();
    RistrettoElement generator = Ristretto255.GROUP.generator();
    List<RistrettoScalar> random = new ArrayList<>();
    List<RistrettoScalar> special = new ArrayList<>();
    for (int i = 0; i < POOL; i++) {
      random.add(Ristretto255.GROUP.randomScalar(randomness));
      byte[] few = new byte[32];
      few[i % 31] = (byte) (1 + i);
      special.add(Ristretto255.GROUP.decodeScalar(SecretBytes.wrap(few)));
    }
    compare(
        "multiply: random or nearly empty scalar",
        random,
        special,
        s -> Ristretto255.GROUP.multiply(s, point).hashCode());
    compare(
        "multiply the generator: the same",
        random,
        special,
        s -> Ristretto255.GROUP.multiply(s, generator).hashCode());
    List<Bytes> good = new ArrayList<>();
    for (int i = 0; i < POOL; i++) {
      good.add(element().encode());
    }
    List<RistrettoElement> same = new ArrayList<>();
    List<RistrettoElement> other = new ArrayList<>();
    for (int i = 0; i < POOL; i++) {
      same.add(Ristretto255.GROUP.decode(point.encode()));
      other.add(element());
    }
    compare(
        "equal: the same element or another",
        same,
        other,
        e -> Ristretto255.GROUP.equal(e, point) ? 1 : 0);
    compare("decode: one element or others", pool(good.getFirst()), good, TimingProgram::decode);
  }

  private RistrettoElement element() {
    return Ristretto255.GROUP.multiply(
        Ristretto255.GROUP.randomScalar(randomness), Ristretto255.GROUP.generator());
  }

  /** As many arrays as the other class has: else the cache tells them apart. */
  private static List<Bytes> pool(Bytes one) {
    return Collections.nCopies(POOL, one).stream()
        .map(octets -> Bytes.copyOf(octets.toByteArray()))
        .toList();
  }

  private static long decode(Bytes octets) {
    try {
      return Ristretto255.GROUP.decode(octets).hashCode();
    } catch (Rejected e) {
      return 1;
    }
  }

  private void comparisons() throws Rejected {
    SecretBytes secret = SecretBytes.random(randomness, 4096);
    List<SecretBytes> early = new ArrayList<>();
    List<SecretBytes> equal = new ArrayList<>();
    for (int i = 0; i < POOL; i++) {
      byte[] other = secret.copy();
      equal.add(SecretBytes.copyOf(other));
      other[0] ^= 1;
      early.add(SecretBytes.copyOf(other));
    }
    compare("secrets: equal or different at once", equal, early, s -> s.sameAs(secret) ? 1 : 0);
    byte[] plain = secret.copy();
    compare(
        "(variable time on purpose)",
        equal.stream().map(SecretBytes::copy).toList(),
        early.stream().map(SecretBytes::copy).toList(),
        s -> earlyExit(s, plain));
  }

  private static long earlyExit(byte[] a, byte[] b) {
    for (int i = 0; i < a.length; i++) {
      if (a[i] != b[i]) {
        return i;
      }
    }
    return -1;
  }

  private <T> void compare(String name, List<T> first, List<T> second, Work<T> work)
      throws Rejected {
    long[][] times = new long[2][measurements];
    int[] count = new int[2];
    for (int i = 0; i < measurements / 4; i++) {
      sink += work.on(first.get(i % POOL)) + work.on(second.get(i % POOL));
    }
    while (count[0] < measurements || count[1] < measurements) {
      int which = order.nextInt(2);
      if (count[which] == measurements) {
        continue;
      }
      T input = (which == 0 ? first : second).get(order.nextInt(POOL));
      long start = System.nanoTime();
      sink += work.on(input);
      times[which][count[which]++] = System.nanoTime() - start;
    }
    report(name, times[0], times[1]);
  }

  static void report(String name, long[] first, long[] second) {
    double t = Welch.largest(first, second);
    System.out.printf(
        "%-44s |t| = %8.2f over 2 × %,d   %s%n",
        name, t, first.length, t > Welch.SUSPICIOUS ? "DIFFERENT" : "no difference found");
  }
}
