package dev.coffer.node.core;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

final class OccurrencesTest {
  @Test
  void theFirstIsSaidAtOnceAndTheOthersTogetherASecondLater() {
    Occurrences occurrences = new Occurrences();
    long second = TimeUnit.SECONDS.toNanos(1);
    // Clocks for intervals may stand anywhere, and may come to zero.
    assertEquals(1, occurrences.again(-second));
    for (int i = 0; i < 9; i++) {
      assertEquals(0, occurrences.again(-1));
    }
    assertEquals(10, occurrences.again(0));
    assertEquals(0, occurrences.again(second - 1));
    assertEquals(2, occurrences.again(second));
  }
}
