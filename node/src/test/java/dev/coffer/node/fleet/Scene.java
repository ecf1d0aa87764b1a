package dev.coffer.node.fleet;

import java.util.concurrent.TimeUnit;

/** How long a fleet took to come back, for docs/testing/healing.md; judged by nobody. */
record Scene(String name, long began) {
  /** From now on. */
  static Scene begins(String name) {
    return new Scene(name, System.nanoTime());
  }

  /** Prints how long it took until now. */
  void reaches(String what) {
    long millis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - began);
    System.out.printf("%s: %d ms to %s%n", name, millis, what);
  }
}
