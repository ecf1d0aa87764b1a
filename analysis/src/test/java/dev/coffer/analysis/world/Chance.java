package dev.coffer.analysis.world;

import java.util.List;
import java.util.SplittableRandom;

/** Everything that is left to chance, from one seed. */
final class Chance {
  private final SplittableRandom random;

  Chance(long seed) {
    this.random = new SplittableRandom(seed);
  }

  SplittableRandom random() {
    return random;
  }

  /** 0 to {@code bound} − 1. */
  int below(int bound) {
    return random.nextInt(bound);
  }

  /** Once in {@code times}. */
  boolean oneIn(int times) {
    return random.nextInt(times) == 0;
  }

  <T> T of(List<T> some) {
    return some.get(below(some.size()));
  }
}
