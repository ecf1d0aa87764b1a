package dev.coffer.analysis.world;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.TreeMap;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * A few worlds of every kind; {@code TortureProgram} runs as many as there is time for, and replays
 * one by its seed.
 */
@Tag("long")
final class WorldTest {
  @Test
  void theSameSeedIsTheSameWorld() {
    World.Verdict once = new World(42).run();
    assertEquals(once, new World(42).run());
    assertNotEquals(once.trace(), new World(43).run().trace());
  }

  @Test
  void everyPromiseHolds() {
    Campaign campaign = new Campaign();
    LongStream.rangeClosed(1, 21).forEach(seed -> assertEquals("", campaign.run(seed)));
    // A simulation in which nothing happens would hold every promise too.
    atLeastOnce(
        campaign.faults(),
        "HSM killed",
        "HSM memory fails AFTER",
        "HSM memory fails BEFORE",
        "HSM memory rolled back",
        "attack: forged certificate",
        "attack: old operation",
        "bit rot",
        "fork",
        "leader changed",
        "lie to a client",
        "lie to a peer",
        "message lost",
        "app killed",
        "device's memory full",
        "message repeated",
        "node isolated",
        "node power cut",
        "power cut of all",
        "store fault",
        "store lost",
        "wire cut one way");
    atLeastOnce(
        campaign.doings(),
        "elections",
        "hand-overs",
        "outcomes EXHAUSTED",
        "outcomes NOT_AUTHORISED",
        "outcomes NOT_PROVED",
        "outcomes STALE",
        "recoveries",
        "registrations acknowledged",
        "synchronisations",
        "node's reply_asked",
        "node's synchronised",
        "wrong codes");
    assertTrue(campaign.ends().get("recovered") >= 12, campaign.ends()::toString);
  }

  private static void atLeastOnce(TreeMap<String, Long> counts, String... kinds) {
    for (String kind : List.of(kinds)) {
      assertTrue(counts.getOrDefault(kind, 0L) > 0, () -> "never: " + kind + " in " + counts);
    }
  }
}
