package dev.coffer.analysis.world;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.coffer.analysis.search.Mutant;
import dev.coffer.analysis.search.MutantLoader;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The checkers bite: faults planted in HSM, host, client or order break a world. */
@Tag("long")
final class PlantedFaultsTest {
  /** One fault alone, with the story of its world: {@code -Dworld.fault=name}. */
  private static final String ONLY = System.getProperty("world.fault", "");

  @Test
  void everyPlantedFaultIsNoticed() {
    List<Mutant> faults = Mutant.read("/world/faults.txt");
    assertTrue(faults.size() >= 16, "no fault was lost");
    List<String> unnoticed = new ArrayList<>();
    for (Mutant fault : faults) {
      if (!ONLY.isEmpty() && !ONLY.equals(fault.name())) {
        continue;
      }
      String story = run(fault);
      System.out.printf("%-45s %s%n", fault.name(), story.lines().findFirst().orElse("UNNOTICED"));
      if (!ONLY.isEmpty()) {
        System.out.println(story);
      }
      // A fault that only makes the simulation fall over would show nothing.
      if (!story.contains(BrokenPromise.class.getSimpleName())) {
        unnoticed.add(fault.name() + ": " + fault.why());
      } else {
        String seed = story.substring(story.lastIndexOf('\n') + 1);
        assertEquals(
            "", asItIs(seed), fault.name() + ": the same world is whole without the fault");
      }
    }
    assertEquals(List.of(), unnoticed);
  }

  private static String run(Mutant fault) {
    return MutantLoader.load(fault.sources(), WorldRuns.class).apply(fault.suite());
  }

  /** Loaded the same way, the code as it is breaks nothing. */
  @Test
  void theCodeAsItIsBreaksNothing() {
    assertEquals("", asItIs("9"));
  }

  private static String asItIs(String seeds) {
    return MutantLoader.load(Map.of(), WorldRuns.class).apply(seeds);
  }
}
