package dev.coffer.analysis.timing;

import java.util.Arrays;

/**
 * Welch's t between two classes of measurements, over all of them and over those below rising
 * percentiles (Reparaz, Balasch, Verbauwhede: "Dude, is my code constant time?", 2017): the crops
 * take away what interrupts add to both classes. The largest |t| counts.
 */
final class Welch {
  /** Below this, nothing was found; dudect's bound for "probably not constant time". */
  static final double SUSPICIOUS = 10;

  /** Fewer measurements say nothing. */
  private static final int LEAST = 40;

  private static final double[] PERCENTILES = {1, 0.99, 0.95, 0.9, 0.75, 0.5, 0.25};

  private Welch() {}

  static double largest(long[] first, long[] second) {
    long[] all = new long[first.length + second.length];
    System.arraycopy(first, 0, all, 0, first.length);
    System.arraycopy(second, 0, all, first.length, second.length);
    Arrays.sort(all);
    double largest = 0;
    for (double percentile : PERCENTILES) {
      long most = all[(int) Math.ceil(percentile * all.length) - 1];
      largest = Math.max(largest, Math.abs(cropped(first, second, most)));
    }
    return largest;
  }

  /** Over all measurements. */
  static double statistic(long[] first, long[] second) {
    return t(moments(first, Long.MAX_VALUE), moments(second, Long.MAX_VALUE));
  }

  /** Over those of at most {@code most}, if there are enough. */
  private static double cropped(long[] first, long[] second, long most) {
    double[] a = moments(first, most);
    double[] b = moments(second, most);
    return a[0] < LEAST || b[0] < LEAST ? 0 : t(a, b);
  }

  private static double t(double[] a, double[] b) {
    double error = Math.sqrt(a[2] / a[0] + b[2] / b[0]);
    return error == 0 ? 0 : (a[1] - b[1]) / error;
  }

  /** Number, mean and variance of what is at most {@code most}. */
  private static double[] moments(long[] times, long most) {
    double n = 0;
    double mean = 0;
    double squares = 0;
    for (long time : times) {
      if (time <= most) {
        n++;
        double off = time - mean;
        mean += off / n;
        squares += off * (time - mean);
      }
    }
    return new double[] {n, mean, n > 1 ? squares / (n - 1) : 0};
  }
}
