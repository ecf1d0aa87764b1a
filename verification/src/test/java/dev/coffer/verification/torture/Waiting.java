package dev.coffer.verification.torture;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/** Waits for conditions of the real world, which nobody announces. */
final class Waiting {
  private static final long STEP_MILLIS = 20;

  private Waiting() {}

  /** Lets time pass: how long a fault lasts, how often something is looked at. */
  static void pass(long millis) throws InterruptedException {
    boolean never = new CountDownLatch(1).await(millis, TimeUnit.MILLISECONDS);
    if (never) {
      throw new IllegalStateException("nobody counts down");
    }
  }

  /** Whether the condition came true in time. */
  static boolean until(BooleanSupplier condition, long millis) throws InterruptedException {
    long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis);
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() - deadline > 0) {
        return false;
      }
      pass(STEP_MILLIS);
    }
    return true;
  }
}
