package dev.coffer.verification.torture;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.coffer.verification.cli.HsmProgram;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A minute of what {@code ./coffer torture} does for as long as one likes. */
class ShortTortureTest {
  private static final long SEED = Long.getLong("coffer.torture.seed", 7);

  @Test
  @Timeout(value = 40, unit = TimeUnit.MINUTES)
  void keepsEveryPromiseThroughAHandfulOfFaults() throws Exception {
    Optional<String> unavailable = Hosts.unavailable();
    unavailable.ifPresent(why -> System.out.println("Torture SKIPPED: " + why));
    Assumptions.assumeTrue(unavailable.isEmpty(), () -> "skipped: " + unavailable.orElse(""));
    HsmProgram.locate();
    FleetOfProcesses.JavaProgram java =
        new FleetOfProcesses.JavaProgram(
            Path.of(System.getProperty("coffer.hsm.image"), "bin", "coffer-hsm"),
            System.getProperty("java.class.path"),
            List.of("-XX:TieredStopAtLevel=1"));
    List<FaultKind> kinds =
        List.of(
            FaultKind.KILL_LEADER, FaultKind.CUT_ONE_WAY, FaultKind.LOSE_RAFT, FaultKind.POWER_CUT);
    Torture.Plan plan = new Torture.Plan(10, kinds.size(), SEED, kinds, 0, 4);
    System.out.println("Torture with seed " + SEED + " (coffer.torture.seed)");
    try (Torture torture = Torture.found(plan, java, System.out::println)) {
      TortureResult result = torture.run();
      assertTrue(result.kept(), () -> String.join("\n", result.lines()));
      assertEquals(kinds.size(), result.injected().size());
    }
  }
}
