package dev.coffer.node;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class RecurringTest {
  @Test
  void aRoundThatFailsDoesNotEndTheSchedule() throws Exception {
    CountDownLatch third = new CountDownLatch(1);
    AtomicInteger rounds = new AtomicInteger();
    Runnable failing =
        () -> {
          if (rounds.incrementAndGet() == 3) {
            third.countDown();
          }
          throw new IllegalStateException("this one fails");
        };
    try (var schedule = Executors.newSingleThreadScheduledExecutor()) {
      var unused =
          schedule.scheduleWithFixedDelay(
              new Recurring("test", failing), 0, 1, TimeUnit.MILLISECONDS);
      assertTrue(third.await(1, TimeUnit.MINUTES), () -> rounds.get() + " rounds");
      schedule.shutdownNow();
    }
  }
}
