package dev.coffer.backup;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.coffer.backup.BackupException.Reason;
import org.junit.jupiter.api.Test;

/** No more goes in the mean than was asked for. Time is the test's own. */
class ThrottledStoreTest {
  private static final int SIZE = 100_000;

  private long nanos = Long.MAX_VALUE - 5;
  private final long start = nanos;
  private final FaultyStore behind = new FaultyStore();

  private ThrottledStore store(long upMax, long downMax) {
    return new ThrottledStore(
        behind, upMax, downMax, () -> nanos, duration -> nanos += duration.toNanos());
  }

  private double seconds() {
    return (nanos - start) / 1e9;
  }

  @Test
  void putsWaitForThoseBefore() throws Exception {
    ThrottledStore store = store(50_000, 0);
    for (int i = 0; i < 10; i++) {
      store.put("data/" + i, new byte[SIZE]);
    }
    assertEquals(18, seconds(), 0.001, "nine objects of two seconds before the last one");
    assertEquals(10, behind.objects.size());
    for (int i = 0; i < 10; i++) {
      assertEquals(SIZE, store.get("data/" + i, SIZE).orElseThrow().length);
    }
    assertEquals(18, seconds(), 0.001, "the other direction is free");
  }

  @Test
  void getsWaitForThoseBefore() throws Exception {
    ThrottledStore store = store(0, 200_000);
    byte[] content = Sandbox.noise(1, SIZE);
    for (int i = 0; i < 9; i++) {
      store.put("data/x", content);
      assertArrayEquals(content, store.get("data/x", SIZE).orElseThrow());
    }
    assertEquals(4, seconds(), 0.001);
    assertTrue(store.get("data/absent", SIZE).isEmpty());
    assertEquals(4.5, seconds(), 0.001);
    store.get("data/absent", SIZE);
    assertEquals(4.5, seconds(), 0.001, "nothing came");
  }

  @Test
  void aPauseOfTheUserIsNotSavedUp() throws Exception {
    ThrottledStore store = store(SIZE, 0);
    store.put("data/1", new byte[SIZE]);
    nanos += 60_000_000_000L;
    store.put("data/2", new byte[SIZE]);
    assertEquals(60, seconds(), 0.001);
    store.put("data/3", new byte[SIZE]);
    assertEquals(61, seconds(), 0.001);
  }

  @Test
  void whoIsInterruptedWhileWaitingStops() throws Exception {
    ThrottledStore store =
        new ThrottledStore(
            behind,
            1,
            0,
            () -> nanos,
            duration -> {
              throw new InterruptedException();
            });
    store.put("data/1", new byte[1]);
    BackupException stopped =
        assertThrows(BackupException.class, () -> store.put("data/2", new byte[1]));
    assertEquals(Reason.INTERRUPTED, stopped.reason());
    assertTrue(Thread.interrupted(), "it says so to whoever runs the thread");
    assertEquals(1, behind.objects.size());
  }
}
