package dev.coffer.verification.torture;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.coffer.verification.cli.HsmProgram;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Two minutes of what {@code ./coffer torture} does for as long as one likes. */
@Tag("long")
@Tag("soak")
class ShortTortureTest {
  private static final long SEED = Long.getLong("coffer.torture.seed", 7);

  /** One of each family that takes seconds and not minutes. */
  private static final Set<FaultKind> KINDS =
      EnumSet.of(
          FaultKind.KILL_LEADER,
          FaultKind.CUT_ONE_WAY,
          FaultKind.DISK_FULL,
          FaultKind.CLOCK_AHEAD,
          FaultKind.POWER_CUT,
          FaultKind.POWER_CUT_BEFORE_COMMIT);

  /** What is not tried here, and why. */
  private static List<String> leftOut() {
    Set<FaultKind> impossible = EnumSet.allOf(FaultKind.class);
    Faults.possible().forEach(impossible::remove);
    List<String> lines = new ArrayList<>();
    if (!impossible.isEmpty()) {
      lines.add("Torture leaves out, for want of libfaketime: " + words(impossible));
    }
    Set<FaultKind> others = EnumSet.complementOf(EnumSet.copyOf(KINDS));
    others.removeAll(impossible);
    lines.add("Torture leaves to ./coffer torture, for want of time: " + words(others));
    return lines;
  }

  private static String words(Set<FaultKind> kinds) {
    return kinds.stream().map(FaultKind::words).collect(Collectors.joining(", "));
  }

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
    List<FaultKind> kinds = new ArrayList<>(KINDS);
    kinds.retainAll(Faults.possible());
    leftOut().forEach(System.out::println);
    Torture.Plan plan = new Torture.Plan(20, kinds.size(), SEED, kinds, 0, 10);
    System.out.println("Torture with seed " + SEED + " (coffer.torture.seed)");
    try (Torture torture = Torture.found(plan, java, System.out::println)) {
      TortureResult result = torture.run();
      assertTrue(result.kept(), () -> String.join("\n", result.lines()));
      assertEquals(kinds.size(), result.injected().size());
    }
  }
}
