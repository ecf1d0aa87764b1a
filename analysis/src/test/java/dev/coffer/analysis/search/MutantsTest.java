package dev.coffer.analysis.search;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** Every planted fault in the HSM's source is noticed by the search that its entry names. */
@Tag("long")
final class MutantsTest {
  /** One mutant alone: {@code -Dsearch.mutant=name}. */
  private static final String ONLY = System.getProperty("search.mutant", "");

  private static final int FEWEST = 57;

  @TestFactory
  Stream<DynamicTest> everyMutantIsCaught() {
    List<Mutant> mutants = Mutant.read("/search/mutants.txt");
    assertTrue(mutants.size() >= FEWEST, "no mutant was lost");
    return mutants.stream()
        .filter(mutant -> ONLY.isEmpty() || ONLY.equals(mutant.name()))
        .map(mutant -> DynamicTest.dynamicTest(mutant.name(), () -> isCaught(mutant)));
  }

  private static void isCaught(Mutant mutant) {
    String broken = run(mutant);
    String promise = broken.lines().findFirst().orElse("ALIVE");
    System.out.printf("%-45s %-20s %s%n", mutant.name(), mutant.suite(), promise);
    if (!ONLY.isEmpty()) {
      System.out.println(broken);
    }
    assertEquals(mutant.promise(), promise, mutant.suite() + " has to notice: " + mutant.why());
  }

  private static String run(Mutant mutant) {
    Map<String, String> sources = mutant.sources();
    return MutantLoader.load(sources, Suites.class).apply(mutant.suite());
  }

  /** The same searches, loaded the same way, find nothing in the code as it is. */
  @Test
  void theCodeAsItIsPassesTheSameSearches() {
    for (String suite : Suites.all().keySet()) {
      assertEquals("", MutantLoader.load(Map.of(), Suites.class).apply(suite), suite);
    }
  }
}
