package dev.coffer.analysis.search;

import java.util.List;

/** A promise did not hold: which one, how it showed, and the schedule that leads there. */
final class BrokenPromise extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final String promise;

  BrokenPromise(String promise, String what) {
    super(promise + ": " + what);
    this.promise = promise;
  }

  private BrokenPromise(BrokenPromise cause, String world, List<String> schedule) {
    super(
        cause.getMessage()
            + "\n  world: "
            + world
            + "\n  schedule:\n    "
            + String.join("\n    ", schedule),
        cause);
    this.promise = cause.promise;
  }

  /** The same with the steps that lead to it. */
  BrokenPromise after(String world, List<String> schedule) {
    return new BrokenPromise(this, world, schedule);
  }

  /** The promise's name, such as INV-2. */
  String promise() {
    return promise;
  }

  /** Throws unless {@code holds}. */
  static void unless(boolean holds, String promise, String what) {
    if (!holds) {
      throw new BrokenPromise(promise, what);
    }
  }
}
