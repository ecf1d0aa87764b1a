package dev.coffer.analysis.timing;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** The statistic that the timing program judges by, on numbers that were worked out by hand. */
final class WelchTest {
  private static final int MEASUREMENTS = 20_000;

  @Test
  void theStatisticIsWelchs() {
    // Means 3 and 6, variances 2.5 and 10: −3/√(2.5/5 + 10/5).
    double t = Welch.statistic(new long[] {1, 2, 3, 4, 5}, new long[] {2, 4, 6, 8, 10});
    assertEquals(-3 / Math.sqrt(2.5), t, 1e-12);
    // Unequal sizes: means 10 and 13, variances 4 and 2: −3/√(4/3 + 2/2).
    assertEquals(
        -3 / Math.sqrt(4.0 / 3 + 1),
        Welch.statistic(new long[] {8, 10, 12}, new long[] {12, 14}),
        1e-12);
    assertEquals(0, Welch.statistic(new long[] {5, 5}, new long[] {5, 5}));
  }

  private static long[] times(long seed, double more) {
    Random random = new Random(seed);
    long[] times = new long[MEASUREMENTS];
    for (int i = 0; i < times.length; i++) {
      // Work of about a microsecond, and one time in thirty an interrupt.
      times[i] = Math.round(1000 + 40 * random.nextGaussian() + more);
      times[i] += random.nextInt(30) == 0 ? random.nextInt(200_000) : 0;
    }
    return times;
  }

  @Test
  void timesOfOneKindShowNoDifference() {
    for (long seed = 1; seed < 20; seed++) {
      double t = Welch.largest(times(seed, 0), times(-seed, 0));
      assertTrue(t < Welch.SUSPICIOUS / 2, "seed " + seed + ": " + t);
    }
  }

  @Test
  void aHundredthIsFoundBelowTheInterrupts() {
    for (long seed = 1; seed < 20; seed++) {
      long[] first = times(seed, 0);
      long[] second = times(-seed, 10);
      assertTrue(Welch.largest(first, second) > Welch.SUSPICIOUS, "seed " + seed);
      assertTrue(Math.abs(Welch.statistic(first, second)) < Welch.SUSPICIOUS, "but for the crops");
    }
  }

  @Test
  void theVerdictWantsEveryLeakFoundAndNothingElse() {
    long[] plain = times(1, 0);
    long[] alike = times(2, 0);
    long[] slower = times(3, 100);
    Verdict good = new Verdict();
    assertTrue(good.equal("a", plain, alike, false));
    good.leak("b", plain, slower);
    assertEquals(0, good.status());
    Verdict again = new Verdict();
    assertFalse(again.equal("a", plain, slower, false), "measured again");
    assertTrue(again.equal("a", plain, alike, true));
    again.leak("b", plain, slower);
    assertEquals(0, again.status());
    Verdict leaky = new Verdict();
    leaky.equal("a", plain, slower, true);
    leaky.leak("b", plain, slower);
    assertEquals(1, leaky.status());
    Verdict restless = new Verdict();
    restless.equal("a", plain, alike, true);
    restless.leak("b", plain, alike);
    assertEquals(1, restless.status());
    assertEquals(1, new Verdict().status(), "nothing was judged");
    assertEquals(MEASUREMENTS, Arrays.stream(plain).filter(time -> time > 0).count());
  }
}
