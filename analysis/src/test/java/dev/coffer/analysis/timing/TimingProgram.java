package dev.coffer.analysis.timing;

import dev.coffer.analysis.search.Mutant;
import dev.coffer.analysis.search.MutantLoader;
import dev.coffer.hsm.harness.MemoryPlatform;
import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.crypto.Randomness;
import dev.coffer.protocol.crypto.SecretBytes;
import dev.coffer.protocol.crypto.X25519;
import dev.coffer.protocol.group.Ristretto255;
import dev.coffer.protocol.group.RistrettoElement;
import dev.coffer.protocol.group.RistrettoScalar;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Function;

/**
 * Times two classes of inputs in random order and judges the largest |t| of each experiment: the
 * arithmetic, comparisons, and what an HSM does for codes right and wrong and accounts live,
 * locked, deleted and unknown. Leaks are planted beside them and have to be found: if one is not,
 * the machine is too restless for the others to mean anything. Argument: measurements a class
 * (default 20000; answers a fortieth of it). Status 0: nothing is found but what was planted; 1
 * otherwise.
 */
public final class TimingProgram {
  private static final int POOL = 64;

  private final Random order = new Random(1);
  private final Randomness randomness = MemoryPlatform.seeded(2);
  private final Verdict verdict = new Verdict();
  private final int measurements;
  private long sink;

  private TimingProgram(int measurements) {
    this.measurements = measurements;
  }

  /** Something to time. */
  @FunctionalInterface
  private interface Work<T> {
    long on(T input) throws Exception;
  }

  /** See above. */
  public static void main(String[] arguments) throws Exception {
    TimingProgram program =
        new TimingProgram(arguments.length > 0 ? Integer.parseInt(arguments[0]) : 20_000);
    System.out.printf(
        "Java %s, %d cores, load %.1f%n",
        Runtime.version(),
        Runtime.getRuntime().availableProcessors(),
        ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage());
    program.group();
    program.comparisons();
    program.planted();
    program.answers();
    System.out.println(program.verdict.words() + " (" + Math.abs(program.sink % 10) + ")");
    System.exit(program.verdict.status());
  }

  private void group() throws Exception {
    Ristretto255 group = Ristretto255.GROUP;
    RistrettoElement point = element();
    RistrettoElement generator = group.generator();
    List<RistrettoScalar> random = new ArrayList<>();
    List<RistrettoScalar> special = new ArrayList<>();
    List<SecretBytes> keys = new ArrayList<>();
    List<SecretBytes> emptyKeys = new ArrayList<>();
    List<Bytes> good = new ArrayList<>();
    List<RistrettoElement> same = new ArrayList<>();
    List<RistrettoElement> other = new ArrayList<>();
    for (int i = 0; i < POOL; i++) {
      random.add(group.randomScalar(randomness));
      byte[] few = new byte[32];
      few[i % 31] = (byte) (1 + i);
      special.add(group.decodeScalar(SecretBytes.copyOf(few)));
      emptyKeys.add(SecretBytes.wrap(few));
      keys.add(SecretBytes.random(randomness, 32));
      good.add(element().encode());
      same.add(group.decode(point.encode()));
      other.add(element());
    }
    Bytes peer = X25519.publicKey(keys.getFirst());
    equal("multiply", random, special, s -> group.multiply(s, point).hashCode());
    equal("multiply the generator", random, special, s -> group.multiply(s, generator).hashCode());
    equal("invert a scalar", random, special, s -> group.invert(s).hashCode());
    equal("X25519", keys, emptyKeys, k -> X25519.agree(k, peer).size());
    equal("same element or another", same, other, e -> group.equal(e, point) ? 1 : 0);
    equal("decode", pool(good.getFirst()), good, octets -> group.decode(octets).hashCode());
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

  /** Each time a copy made just before: where an array lies must not tell the classes apart. */
  private void comparisons() throws Exception {
    for (int size : new int[] {32, 4096}) {
      SecretBytes secret = SecretBytes.random(randomness, size);
      byte[] octets = secret.copy();
      byte[] other = octets.clone();
      other[0] ^= 1;
      List<byte[]> equal = Collections.nCopies(POOL, octets);
      List<byte[]> early = Collections.nCopies(POOL, other);
      equal(
          "equal secrets or others, " + size,
          equal,
          early,
          SecretBytes::copyOf,
          copy -> copy.sameAs(secret) ? 1 : 0);
    }
  }

  /** What must be found. */
  private void planted() throws Exception {
    byte[] secret = SecretBytes.random(randomness, 256).copy();
    List<byte[]> same = new ArrayList<>();
    List<byte[]> early = new ArrayList<>();
    List<byte[]> zeros = new ArrayList<>();
    List<byte[]> ones = new ArrayList<>();
    List<Long> short64 = new ArrayList<>();
    List<Long> long64 = new ArrayList<>();
    for (int i = 0; i < POOL; i++) {
      same.add(secret.clone());
      byte[] other = secret.clone();
      other[0] ^= 1;
      early.add(other);
      zeros.add(new byte[256]);
      byte[] full = new byte[256];
      Arrays.fill(full, (byte) (i % 2 == 0 ? 1 : 0xff));
      ones.add(full);
      short64.add(1L + i);
      long64.add(Long.MAX_VALUE - i);
    }
    RistrettoElement point = element();
    leak(
        "planted: comparison that stops early",
        same,
        early,
        s -> PlantedLeaks.earlyExit(s, secret));
    leak("planted: branch on secret bits", zeros, ones, PlantedLeaks::doubleAndAdd);
    leak(
        "planted: multiply in variable time",
        short64,
        long64,
        k -> Ristretto255.GROUP.multiplyVarTime(k, point).hashCode());
  }

  private void answers() throws Exception {
    Experiment hsm = TracingLoader.load("nothing", AnswerExperiment.class);
    answer(hsm, "right code", "wrong code", true);
    answer(hsm, "right proof", "wrong proof", true);
    // Whether an account is alive costs or saves a few hashes in capture: see the threat model.
    answer(hsm, "wrong code", "locked", false);
    answer(hsm, "wrong code", "deleted", false);
    answer(hsm, "wrong code", "unknown", false);
    answer(hsm, "wrong proof", "proof for a locked account", false);
    Map<String, byte[]> changed = new HashMap<>();
    for (Mutant leak : Mutant.read("/timing/leaks.txt")) {
      changed.putAll(MutantLoader.compile(leak.sources()));
    }
    Experiment saving = TracingLoader.load("nothing", AnswerExperiment.class, changed);
    Timed timed = time(saving, "wrong code", "locked");
    verdict.leak("planted: release without a decoy", timed.releases[0], timed.releases[1]);
  }

  /** Nanoseconds of captures and releases of both classes. */
  private static final class Timed {
    final long[][] captures;
    final long[][] releases;

    Timed(int measurements) {
      captures = new long[2][measurements];
      releases = new long[2][measurements];
    }
  }

  private void answer(Experiment hsm, String first, String second, boolean captureToo)
      throws Exception {
    for (int repetition = 0; repetition < 2; repetition++) {
      Timed timed = time(hsm, first, second);
      boolean last = repetition == 1;
      String which = first + " or " + second;
      boolean released =
          verdict.equal("release: " + which, timed.releases[0], timed.releases[1], last);
      boolean captured =
          captureToo
              ? verdict.equal("capture: " + which, timed.captures[0], timed.captures[1], last)
              : verdict.shown("capture: " + which, timed.captures[0], timed.captures[1]);
      if (released && captured) {
        return;
      }
    }
  }

  private Timed time(Experiment hsm, String first, String second) {
    int wanted = measurements / 40;
    Timed timed = new Timed(wanted);
    int[] count = new int[2];
    for (int warm = -wanted / 2; count[0] < wanted || count[1] < wanted; warm++) {
      int which = order.nextInt(2);
      String name = which == 0 ? first : second;
      long captured = time(hsm.prepare("capture " + name, 0));
      long released = time(hsm.prepare("release " + name, 0));
      if (warm >= 0 && count[which] < wanted) {
        timed.captures[which][count[which]] = captured;
        timed.releases[which][count[which]++] = released;
      }
    }
    return timed;
  }

  private static long time(Runnable work) {
    long start = System.nanoTime();
    work.run();
    return System.nanoTime() - start;
  }

  private <T> void equal(String name, List<T> first, List<T> second, Work<T> work)
      throws Exception {
    equal(name, first, second, input -> input, work);
  }

  private <T, S> void equal(
      String name, List<T> first, List<T> second, Function<T, S> fresh, Work<S> work)
      throws Exception {
    long[][] times = measure(first, second, fresh, work);
    if (!verdict.equal(name, times[0], times[1], false)) {
      times = measure(first, second, fresh, work);
      verdict.equal(name, times[0], times[1], true);
    }
  }

  private <T> void leak(String name, List<T> first, List<T> second, Work<T> work) throws Exception {
    long[][] times = measure(first, second, input -> input, work);
    verdict.leak(name, times[0], times[1]);
  }

  private <T, S> long[][] measure(List<T> first, List<T> second, Function<T, S> fresh, Work<S> work)
      throws Exception {
    long[][] times = new long[2][measurements];
    int[] count = new int[2];
    for (int i = 0; i < measurements / 4; i++) {
      sink += work.on(fresh.apply(first.get(i % POOL)));
      sink += work.on(fresh.apply(second.get(i % POOL)));
    }
    while (count[0] < measurements || count[1] < measurements) {
      int which = order.nextInt(2);
      if (count[which] == measurements) {
        continue;
      }
      S input = fresh.apply((which == 0 ? first : second).get(order.nextInt(POOL)));
      long start = System.nanoTime();
      sink += work.on(input);
      times[which][count[which]++] = System.nanoTime() - start;
    }
    return times;
  }
}
