package dev.coffer.verification.world;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A few worlds of every kind; {@code TortureProgram} runs as many as there is time for, and replays
 * one by its seed.
 */
final class WorldTest {
  @Test
  void theSameSeedIsTheSameWorld() {
    World.Verdict once = new World(42).run();
    assertEquals(once, new World(42).run());
    assertNotEquals(once.trace(), new World(43).run().trace());
  }

  /** Seeds that once broke a promise stay here; see docs/testing.md for what each had found. */
  @ParameterizedTest
  @ValueSource(longs = {100, 117})
  void everyPromiseHolds(long seed) {
    World.Verdict verdict = new World(seed).run();
    assertTrue(verdict.doings().containsKey("operations ordered"), verdict::toString);
    assertFalse(verdict.faults().isEmpty(), verdict::toString);
    assertTrue(verdict.mostGuesses() <= verdict.setting().bound(), verdict::toString);
  }
}
