package dev.coffer.node.fleet;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A process that stands still is as dead as one that was killed: the system accepts connections for
 * it, and it never answers. Real processes, stopped by SIGSTOP.
 */
@Tag("long")
final class StalledLeaderTest {

  /** What a client that has no limit of its own for silence would wait at one node alone. */
  private static final long SILENCE_MILLIS = 20_000;

  @TempDir Path home;

  private final FleetUser user = new FleetUser();

  @Test
  void theFleetServesWhileItsLeaderStandsStill() throws Exception {
    try (ProcessFleet fleet = new ProcessFleet(home, 3, 2)) {
      for (int node = 1; node <= 3; node++) {
        fleet.spawn(node);
      }
      for (int node = 1; node <= 3; node++) {
        fleet.awaitReady(node);
      }
      user.enrols(fleet::client);
      user.recovers(fleet::client);
      List<Long> took = new ArrayList<>();
      for (int round = 0; round < 3; round++) {
        int leader = fleet.leader();
        List<ProcessHandle> still = family(fleet.process(leader));
        signal("STOP", still);
        long stopped = System.nanoTime();
        user.recovers(fleet::client);
        took.add(TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - stopped));
        signal("CONT", still);
        LoopbackFleet.await("node " + leader + " to go on", 60, () -> fleet.ready(leader));
      }
      System.out.println("first recovery after the leader stood still, in ms: " + took);
      assertTrue(took.stream().allMatch(millis -> millis < SILENCE_MILLIS), took.toString());
    }
  }

  private static List<ProcessHandle> family(Process node) {
    return Stream.concat(Stream.of(node.toHandle()), node.descendants()).toList();
  }

  private static void signal(String name, List<ProcessHandle> processes) throws Exception {
    List<String> command = new ArrayList<>(List.of("kill", "-" + name));
    processes.forEach(process -> command.add(Long.toString(process.pid())));
    assertEquals(0, new ProcessBuilder(command).start().waitFor());
  }
}
