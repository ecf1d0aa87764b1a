package dev.coffer.analysis.timing;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import dev.coffer.analysis.search.Mutant;
import dev.coffer.analysis.search.MutantLoader;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * An HSM does the same work whether a code was right, wrong or too late, or the account locked,
 * deleted or unknown (INV-10): counted method by method on a real core, not timed.
 */
@Tag("long")
final class AnswerPathTest {
  private static final String TRACED =
      "dev\\.coffer\\.(protocol\\..*|hsm\\.(account|chain|seal)\\..*|hsm\\.HsmCore.*)";

  /** Verifying certificates and proofs takes a time that depends on their octets, as it may. */
  private static final String PUBLIC =
      "(CompletedPoint|EdwardsPoint|FieldElement|SignedDigits)\\..*";

  /** Whether there is a partial result to hand out, once it has been computed either way. */
  private static final String LAST_STEP = "HeldReply\\.lambda\\$evaluate.*";

  /** All that costs a microsecond or more, but for single hashes. */
  private static final String HEAVY =
      "(Aead|Hkdf|PointMultiplication|BasePoint|Montgomery|X25519|Hpke)\\..*"
          + "|Hashes\\.hmac.*|Ed25519\\.verify\\(\\)|Ed25519\\$SigningKey\\.sign\\(\\)"
          + "|EdwardsEncoding\\.isSmallOrder\\(\\)|Proofs\\.holds\\(\\)";

  private static final List<String> ATTEMPTS =
      List.of("right code", "wrong code", "stale", "locked", "deleted", "unknown");
  private static final List<String> PROOFS =
      List.of(
          "right proof",
          "wrong proof",
          "proof for a locked account",
          "proof for a deleted account",
          "proof for an unknown account");

  private final Map<String, Map<String, Integer>> calls = new HashMap<>();

  private void run(Experiment answers) throws Exception {
    for (int round = 0; round < 2; round++) {
      // Only the second round counts: what a class does when it is first used is no answer's work.
      for (List<String> kind : List.of(ATTEMPTS, PROOFS)) {
        for (String name : kind) {
          for (String phase : List.of("capture ", "release ")) {
            Runnable prepared = answers.prepare(phase + name, round);
            calls.put(phase + name, Trace.of(prepared::run).calls());
          }
        }
      }
    }
  }

  private Map<String, Integer> except(String work, String pattern) {
    Map<String, Integer> left = new TreeMap<>(calls.get(work));
    left.keySet().removeIf(name -> name.matches(pattern));
    return left;
  }

  private Map<String, Integer> only(String work, String pattern) {
    Map<String, Integer> left = new TreeMap<>(calls.get(work));
    left.keySet().removeIf(name -> !name.matches(pattern));
    return left;
  }

  @Test
  void everyAnswerTakesTheSameWork() throws Exception {
    run(TracingLoader.load(TRACED, AnswerExperiment.class));
    for (List<String> kind : List.of(ATTEMPTS, PROOFS)) {
      String first = kind.getFirst();
      for (String other : kind) {
        assertEquals(
            except("release " + first, PUBLIC + "|" + LAST_STEP),
            except("release " + other, PUBLIC + "|" + LAST_STEP),
            "release: " + other);
        if (!other.contains("unknown")) {
          // Where nothing was ever registered there is no record to open and to seal: hosts, who
          // hold the records, know that.
          assertEquals(
              only("capture " + first, HEAVY),
              only("capture " + other, HEAVY),
              "capture: " + other);
        }
      }
    }
    Map<String, Integer> release = calls.get("release unknown");
    assertEquals(1, release.get("PointMultiplication.multiply()"), "evaluated under a decoy");
    assertEquals(1, calls.get("capture proof for an unknown account").get("Proofs.holds()"));
    for (String proof : PROOFS.subList(0, 2)) {
      assertEquals(1, calls.get("capture " + proof).get("SuccessPayload.encode()"), proof);
    }
  }

  /** An HSM that saves itself the work nobody will see the result of. */
  @Test
  void workThatIsSavedShows() throws Exception {
    Map<String, byte[]> changed = new HashMap<>();
    for (Mutant leak : Mutant.read("/timing/leaks.txt")) {
      changed.putAll(MutantLoader.compile(leak.sources()));
    }
    run(TracingLoader.load(TRACED, AnswerExperiment.class, changed));
    assertNotEquals(
        except("release wrong code", PUBLIC + "|" + LAST_STEP),
        except("release locked", PUBLIC + "|" + LAST_STEP));
    assertNotEquals(
        only("capture wrong proof", HEAVY), only("capture proof for a locked account", HEAVY));
    assertFalse(calls.get("capture wrong proof").containsKey("SuccessPayload.encode()"));
  }
}
