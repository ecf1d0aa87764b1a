package dev.coffer.node.fleet;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What does not pass stops a partition once and for all to see; what passes does not. */
@Tag("long")
final class StoppedPartitionTest {
  private static final Logger PARTITIONS = Logger.getLogger("dev.coffer.node.core.PartitionHealth");

  @TempDir Path home;

  private final List<LogRecord> severe = Collections.synchronizedList(new ArrayList<>());
  private final Handler handler =
      new Handler() {
        @Override
        public void publish(LogRecord message) {
          if (message.getLevel().equals(Level.SEVERE)) {
            severe.add(message);
          }
        }

        @Override
        public void flush() {}

        @Override
        public void close() {}
      };

  @BeforeEach
  void listen() {
    PARTITIONS.addHandler(handler);
  }

  @AfterEach
  void listenNoMore() {
    PARTITIONS.removeHandler(handler);
  }

  private static int status(LoopbackFleet fleet, int node, String path) {
    try {
      return FleetTest.get(fleet, node, path).status();
    } catch (IOException e) {
      return 0;
    }
  }

  private static void awaitReady(LoopbackFleet fleet, int node) throws InterruptedException {
    LoopbackFleet.await("node " + node, 30, () -> status(fleet, node, "/readyz") == 200);
  }

  /** Node 1 says that and why it stands still, says so once, and the others go on. */
  private void assertStopped(LoopbackFleet fleet, String why, String event) throws Exception {
    LoopbackFleet.await("a stop", 30, () -> status(fleet, 1, "/healthz") == 503);
    assertTrue(FleetTest.get(fleet, 1, "/healthz").text().contains(why));
    assertEquals(503, status(fleet, 1, "/readyz"));
    assertTrue(FleetTest.get(fleet, 1, "/readyz").text().contains(why));
    // It looks after its HSM ten times a second: had it said so each time, it would show by now.
    LoopbackFleet.await("the others", 30, () -> status(fleet, 2, "/readyz") == 200);
    String metrics = fleet.metrics(1);
    assertTrue(metrics.contains("coffer_stopped 1.0"), metrics);
    assertTrue(metrics.contains(event), metrics);
    assertEquals(1, severe.size(), severe.toString());
    assertEquals(200, status(fleet, 3, "/healthz"));
    assertTrue(fleet.broken.isEmpty(), "the process goes on, so that it can be asked");
  }

  @Test
  void aFaultOfTheProgramIsNoAbsenceOfTheHsm() throws Exception {
    try (LoopbackFleet fleet = new LoopbackFleet(home, 3, 2)) {
      fleet.startAll();
      awaitReady(fleet, 1);
      fleet.hsm(1).breakWith(new IllegalStateException("planted"));
      assertStopped(fleet, "a fault of this program", "chain_fault");
      assertEquals("planted", severe.get(0).getThrown().getMessage());
    }
  }

  @Test
  void anHsmWithoutItsMemoryIsNotAskedForEver() throws Exception {
    try (LoopbackFleet fleet = new LoopbackFleet(home, 3, 2)) {
      fleet.startAll();
      awaitReady(fleet, 1);
      fleet.hsm(1).wipe();
      assertStopped(fleet, "the HSM is of no fleet", "chain_stopped");
    }
  }

  @Test
  void anHsmThatIsAwayIsWaitedFor() throws Exception {
    try (LoopbackFleet fleet = new LoopbackFleet(home, 3, 2)) {
      fleet.startAll();
      awaitReady(fleet, 1);
      fleet.hsm(1).kill();
      LoopbackFleet.await("calls in vain", 30, () -> fleet.hsm(1).missed() > 20);
      assertEquals(200, status(fleet, 1, "/healthz"));
      fleet.hsm(1).start();
      awaitReady(fleet, 1);
      assertEquals(List.of(), severe);
    }
  }
}
