package dev.coffer.node.fleet;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.coffer.client.Recovery;
import dev.coffer.node.store.NodeStore;
import dev.coffer.node.store.StoreSettings;
import dev.coffer.protocol.codec.Limits;
import dev.coffer.protocol.codec.Rejected;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Nodes that could not serve say so, and why; those that could, say that. */
@Tag("long")
final class SayWhatIsTest {
  private static final Logger NODES = Logger.getLogger("dev.coffer.node.core");

  @TempDir Path home;

  private final FleetUser user = new FleetUser();
  private final List<String> said = Collections.synchronizedList(new ArrayList<>());
  private final Handler handler =
      new Handler() {
        @Override
        public void publish(LogRecord message) {
          said.add(message.getLevel() + " " + message.getMessage());
        }

        @Override
        public void flush() {}

        @Override
        public void close() {}
      };

  @BeforeEach
  void listen() {
    NODES.addHandler(handler);
  }

  @AfterEach
  void listenNoMore() {
    NODES.removeHandler(handler);
  }

  private long count(String part) {
    synchronized (said) {
      return said.stream().filter(line -> line.contains(part)).count();
    }
  }

  private static String text(LoopbackFleet fleet, int node, String path) {
    try {
      return FleetTest.get(fleet, node, path).text();
    } catch (IOException e) {
      return "";
    }
  }

  private static void awaitSaid(LoopbackFleet fleet, int node, String what)
      throws InterruptedException {
    LoopbackFleet.await(
        "node " + node + " to say: " + what, 60, () -> text(fleet, node, "/readyz").contains(what));
  }

  private static void stopAll(LoopbackFleet fleet) {
    for (int node = 1; node <= 3; node++) {
      fleet.stop(node);
      fleet.hsm(node).kill();
    }
  }

  private static void startAll(LoopbackFleet fleet) throws Exception {
    for (int node = 1; node <= 3; node++) {
      fleet.hsm(node).start();
    }
    fleet.startAll();
  }

  private static long k(LoopbackFleet fleet, int node) throws Rejected {
    return fleet.hsm(node).position(0).values().k();
  }

  private static long kOfStopped(LoopbackFleet fleet, int node) throws Exception {
    fleet.hsm(node).start();
    long k = k(fleet, node);
    fleet.hsm(node).kill();
    return k;
  }

  /** Up to which entry a stopped node's store holds the partition. */
  private static long stored(LoopbackFleet fleet, int node) {
    try (NodeStore store =
        NodeStore.open(
            fleet.config(node).storeDirectory(), fleet.fleet().id(), 1, StoreSettings.small())) {
      return store.partition(0).position().values().k();
    }
  }

  private static void copyHomes(LoopbackFleet fleet, Path to) throws IOException {
    for (int node = 1; node <= 3; node++) {
      Folders.copy(fleet.home(node), to.resolve("node-" + node));
    }
  }

  private static void putBack(LoopbackFleet fleet, Path from) throws IOException {
    for (int node = 1; node <= 3; node++) {
      Folders.remove(fleet.home(node));
      Folders.copy(from.resolve("node-" + node), fleet.home(node));
    }
  }

  /** While all run on one full disk, no node says that it would serve, and leadership rests. */
  @Test
  void nodesWithoutRoomSaySo() throws Exception {
    try (LoopbackFleet fleet = new LoopbackFleet(home, 3, 2)) {
      for (int node = 1; node <= 3; node++) {
        fleet.withLeastFree(node, 1 << 24);
      }
      fleet.startAll();
      for (int node = 1; node <= 3; node++) {
        awaitSaid(fleet, node, "takes no new operations, and no other can: free disk space");
        assertEquals(
            200, FleetTest.get(fleet, node, "/healthz").status(), "it comes back by itself");
        assertTrue(fleet.metrics(node).contains("coffer_serving 0.0"));
      }
      assertEquals(0, count("handing leadership over"), said.toString());

      // One with room is enough: it leads, and all three would serve.
      fleet.stop(2);
      fleet.withLeastFree(2, 1);
      fleet.start(2);
      for (int node = 1; node <= 3; node++) {
        awaitSaid(fleet, node, "ready");
      }
      user.enrols(fleet::client);
      assertTrue(fleet.metrics(1).contains("coffer_leader 2.0"));
    }
  }

  /** HSMs that answer where they stand and capture nothing: only an operation shows it. */
  @Test
  void whatOnlyAnOperationShowsIsSaidAfterOne() throws Exception {
    try (LoopbackFleet fleet = new LoopbackFleet(home, 3, 2)) {
      fleet.startAll();
      awaitSaid(fleet, 1, "ready");
      user.enrols(fleet::client);
      fleet.hsm(1).fill(true);
      fleet.hsm(2).fill(true);
      fleet.hsm(3).fill(true);
      Recovery end = user.tries(fleet::client);
      assertInstanceOf(Recovery.TryAgain.class, end);
      LoopbackFleet.await(
          "a node to doubt",
          30,
          () ->
              Stream.of(1, 2, 3)
                  .anyMatch(
                      node -> text(fleet, node, "/readyz").contains("not certified in time")));
      fleet.hsm(1).fill(false);
      fleet.hsm(2).fill(false);
      fleet.hsm(3).fill(false);
      for (int node = 1; node <= 3; node++) {
        awaitSaid(fleet, node, "ready");
      }
      user.recovers(fleet::client);
    }
  }

  /** An HSM put back from another history of the same fleet: said once, and the others go on. */
  @Test
  void anHsmOnAnotherChainIsSaidOnce() throws Exception {
    try (LoopbackFleet fleet = new LoopbackFleet(home, 3, 2)) {
      startAll(fleet);
      user.enrols(fleet::client);
      stopAll(fleet);
      Path before = home.resolve("before");
      copyHomes(fleet, before);
      startAll(fleet);
      user.recovers(fleet::client);
      stopAll(fleet);
      long second = Math.max(kOfStopped(fleet, 2), kOfStopped(fleet, 3));
      long stored = stored(fleet, 1);
      Path after = home.resolve("after");
      copyHomes(fleet, after);

      // Another history, longer than that one by less than what an HSM remembers of its own.
      long one;
      do {
        putBack(fleet, before);
        startAll(fleet);
        do {
          user.recovers(fleet::client);
          one = k(fleet, 1);
        } while (one <= Math.max(second, stored) + 1);
        stopAll(fleet);
        one = kOfStopped(fleet, 1);
      } while (one >= stored + Limits.RING);
      Path other = home.resolve("other-history");
      Folders.copy(fleet.home(1).resolve("hsm"), other);
      putBack(fleet, after);
      Folders.remove(fleet.home(1).resolve("hsm"));
      Folders.copy(other, fleet.home(1).resolve("hsm"));
      said.clear();
      startAll(fleet);
      LoopbackFleet.await(
          "node 1 to stop", 60, () -> text(fleet, 1, "/healthz").contains("another chain"));
      String why = text(fleet, 1, "/readyz");
      assertTrue(why.contains("stands on another chain than HSMs 2, 3"), why);
      assertEquals(503, FleetTest.get(fleet, 1, "/healthz").status());
      String metrics = fleet.metrics(1);
      assertTrue(metrics.contains("coffer_stopped 1.0"), metrics);
      assertTrue(metrics.contains("coffer_serving 0.0"), metrics);
      assertTrue(metrics.contains("coffer_events_total{event=\"fork_heard\"} 2"), metrics);
      // What a stopped partition is told from here on would wait in it for the end of a process.
      fleet.stop(1);
      awaitSaid(fleet, 2, "ready");
      user.recovers(fleet::client);
      assertEquals(1, count("has stopped"), said.toString());
      assertEquals(0, count("WARNING The HSM does not"), said.toString());
      // Two by node 1's HSM; at most one by each of the others, of HSM 1.
      assertTrue(count("stands on another chain in partition") <= 4, said.toString());
      assertEquals(200, FleetTest.get(fleet, 3, "/healthz").status());
      assertFalse(fleet.metrics(3).contains("coffer_stopped 1.0"));
    }
  }
}
