package dev.coffer.analysis.timing;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Optional;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Whatever the secret, the arithmetic takes the same branches, calls the same methods and touches
 * the same elements of the same arrays, in the same order: counted, not timed, so that a leak in
 * the program's own path is found on any machine. What processor and runtime make of that path is
 * for the timing program.
 */
@Tag("long")
final class ConstantPathTest {
  private static final int SECRETS = 7;

  private static Experiment group;

  @BeforeAll
  static void load() throws ReflectiveOperationException {
    group = TracingLoader.load("dev\\.coffer\\.protocol\\..*", GroupExperiment.class);
  }

  private static Trace trace(Experiment experiment, String work, long seed) throws Exception {
    // Once before: what a class does when it is first used is no part of the path.
    experiment.prepare(work, seed).run();
    Runnable prepared = experiment.prepare(work, seed);
    return Trace.of(prepared::run);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "multiply an element",
        "multiply the generator",
        "invert a scalar",
        "multiply scalars",
        "add scalars",
        "encode a scalar",
        "decode a scalar",
        "encode an element",
        "decode an element",
        "compare elements",
        "hash a code to the group",
        "agree on a key",
        "make a public key",
        "sign",
        "compare secrets",
        "make a share"
      })
  void aSecretDoesNotShowInThePathThatTheProgramTakes(String work) throws Exception {
    Trace first = trace(group, work, 0);
    assertTrue(first.length() > 5, work + " is traced");
    for (long seed = 1; seed < SECRETS; seed++) {
      assertEquals(
          Optional.empty(),
          first.difference(trace(group, work, seed)),
          work + " with secret " + seed);
    }
  }

  /** Up to the answer itself, which is what was asked for. */
  @Test
  void comparisonsTakeTheSamePathWhetherEqualOrNot() throws Exception {
    Trace other = trace(group, "compare elements", 1);
    Trace same = trace(group, "compare an element with itself", 1);
    assertEquals(other.calls(), same.calls());
    String only = other.difference(same).orElseThrow();
    assertTrue(only.contains("after Ristretto255.equal#"), only);
  }

  /** That the trace sees what is in variable time on purpose. */
  @Test
  void aMultiplicationInVariableTimeShows() throws Exception {
    Trace first = trace(group, "multiply in variable time", 5);
    assertTrue(first.difference(trace(group, "multiply in variable time", 6)).isPresent());
  }

  /** That the trace would show it. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "a comparison that stops early",
        "a branch on a secret bit",
        "a table read at a secret place",
        "a loop as long as the secret"
      })
  void aPlantedLeakShows(String work) throws Exception {
    Experiment planted = TracingLoader.load(".*\\.PlantedLeaks", PlantedLeaks.class);
    Trace first = trace(planted, work, 1);
    int different = 0;
    for (long seed = 2; seed < 2 + SECRETS; seed++) {
      different += first.difference(trace(planted, work, seed)).isPresent() ? 1 : 0;
    }
    assertTrue(different > SECRETS / 2, work + ": " + different);
  }
}
