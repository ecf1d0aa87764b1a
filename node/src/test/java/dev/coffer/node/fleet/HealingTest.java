package dev.coffer.node.fleet;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.coffer.client.Recovery;
import dev.coffer.node.order.VoterIdentity;
import dev.coffer.protocol.codec.Limits;
import dev.coffer.protocol.codec.Rejected;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.ratis.util.AtomicFileOutputStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The order comes back from what a majority lost at once (docs/testing/healing.md). */
@Tag("long")
final class HealingTest {
  /** No store keeps more entries as they were. */
  private static final int ENTRIES_KEPT = 64;

  @TempDir Path home;

  private final FleetUser user = new FleetUser();

  /** As the engine does where the disk takes its draft's name and none of its octets. */
  private static void tearTerm(Path raft) throws IOException {
    List<Path> files;
    try (Stream<Path> all = Files.walk(raft)) {
      files = all.filter(path -> path.endsWith("raft-meta")).toList();
    }
    assertEquals(1, files.size());
    try (AtomicFileOutputStream ignored = new AtomicFileOutputStream(files.getFirst().toFile())) {
      // Nothing could be written.
    }
    assertEquals(0, Files.size(files.getFirst()));
  }

  private static String marker(LoopbackFleet fleet, int node) throws IOException {
    return Files.readString(fleet.home(node).resolve("voter.properties"));
  }

  private static long k(LoopbackFleet fleet, int node) {
    try {
      return fleet.hsm(node).position(0).values().k();
    } catch (Rejected e) {
      throw new IllegalStateException("an HSM that is asked where it stands", e);
    }
  }

  private static void stopAll(LoopbackFleet fleet) {
    for (int node = 1; node <= 3; node++) {
      fleet.stop(node);
    }
  }

  /**
   * Stops all three when node 3's log has whatever an HSM has captured: without node 1 nothing
   * counts that it lacks, and what is recovered then comes after all that counted before.
   */
  private void stopAllOnceTheThirdHasAll(LoopbackFleet fleet) throws Exception {
    fleet.stop(1);
    user.recovers(fleet::client);
    fleet.stop(2);
    fleet.stop(3);
  }

  private static int newestNode(LoopbackFleet fleet) {
    return IntStream.rangeClosed(1, 3)
        .boxed()
        .max(Comparator.comparingLong(node -> k(fleet, node)))
        .orElseThrow();
  }

  /** Starts these at once; returns why those did not start that did not. */
  private static Map<Integer, String> start(LoopbackFleet fleet, int... nodes) throws Exception {
    Map<Integer, String> failed = new ConcurrentHashMap<>();
    List<Thread> starting = new ArrayList<>();
    for (int node : nodes) {
      starting.add(
          Thread.ofPlatform()
              .start(() -> {
                try {
                  fleet.start(node);
                } catch (Exception e) {
                  failed.put(node, String.valueOf(e.getMessage()));
                }
              }));
    }
    for (Thread thread : starting) {
      thread.join();
    }
    return failed;
  }

  /** As coffer node rebuild-order does. */
  private static void rebuild(LoopbackFleet fleet, long number, int... nodes) throws IOException {
    List<Integer> founders = Arrays.stream(nodes).boxed().toList();
    for (int node : nodes) {
      VoterIdentity.turnTo(
          fleet.config(node).raftMarker(),
          fleet.config(node).raftDirectory(),
          fleet.fleet().id(),
          number,
          founders);
    }
  }

  private void assertAllServe(LoopbackFleet fleet, Scene scene) throws Exception {
    user.recovers(fleet::client);
    scene.reaches("the first recovery");
    for (int node = 1; node <= 3; node++) {
      int one = node;
      LoopbackFleet.await("node " + node, 60, () -> fleet.ready(one));
    }
    // None of the three is there in name alone: each is half of a majority.
    for (int away = 1; away <= 3; away++) {
      int one = away;
      fleet.stop(away);
      user.recovers(fleet::client);
      fleet.start(away);
      LoopbackFleet.await("node " + away, 60, () -> fleet.ready(one));
    }
    assertEquals(0, fleet.broken.size());
  }

  @Test
  void theRaftLogsOfAMajorityAreGone() throws Exception {
    try (LoopbackFleet fleet = new LoopbackFleet(home, 3, 2)) {
      fleet.startAll();
      user.enrols(fleet::client);
      // The third is behind the others: what it lacks it has to take from their stores.
      fleet.stop(3);
      user.recovers(fleet::client);
      stopAll(fleet);
      long newest = Math.max(k(fleet, 1), k(fleet, 2));
      assertTrue(k(fleet, 3) < newest);
      Folders.remove(fleet.home(1).resolve("raft"));
      Folders.remove(fleet.home(2).resolve("raft"));

      Map<Integer, String> failed = start(fleet, 1, 2, 3);
      assertEquals(Set.of(1, 2), failed.keySet(), failed.toString());
      failed.values().forEach(why -> assertTrue(why.contains("coffer node rebuild-order"), why));

      stopAll(fleet);
      rebuild(fleet, 1_000, 1, 2, 3);
      Scene scene = Scene.begins("theRaftLogsOfAMajorityAreGone");
      assertEquals(Map.of(), start(fleet, 1, 2, 3));
      assertTrue(k(fleet, 3) >= newest);
      assertAllServe(fleet, scene);
      // And once more, from a rebuilt order to the next.
      stopAll(fleet);
      // Elections have been in terms beyond this, so it does not begin behind all that was taken.
      rebuild(fleet, 1_001, 1, 2, 3);
      failed = start(fleet, 1, 2, 3);
      assertEquals(Set.of(1, 2, 3), failed.keySet());
      failed.values().forEach(why -> assertTrue(why.endsWith("with a higher number."), why));
      rebuild(fleet, 2_000, 1, 2, 3);
      scene = Scene.begins("theRaftLogsOfAMajorityAreGone");
      assertEquals(Map.of(), start(fleet, 1, 2, 3));
      assertAllServe(fleet, scene);
    }
  }

  @Test
  void storesAndRaftLogsOfAMajorityAreGone() throws Exception {
    try (LoopbackFleet fleet = new LoopbackFleet(home, 3, 2)) {
      fleet.startAll();
      user.enrols(fleet::client);
      while (k(fleet, 3) <= 2 * Limits.RING) {
        user.recovers(fleet::client);
      }
      stopAllOnceTheThirdHasAll(fleet);
      for (int node = 1; node <= 2; node++) {
        Folders.remove(fleet.home(node).resolve("raft"));
        Folders.remove(fleet.home(node).resolve("store"));
        Folders.remove(fleet.home(node).resolve("certificates"));
      }
      rebuild(fleet, 1_000, 1, 2, 3);
      Scene scene = Scene.begins("storesAndRaftLogsOfAMajorityAreGone");
      assertEquals(Map.of(), start(fleet, 1, 2, 3));
      assertAllServe(fleet, scene);
    }
  }

  /**
   * As under load: the newest state has no certificate yet, no leader gathers one, and a founder is
   * behind by more than its HSM captures beyond a certificate, or than stores keep entries.
   */
  @ParameterizedTest
  @ValueSource(ints = {Limits.RING + 4, ENTRIES_KEPT})
  void theNewestStateIsNotCertifiedAndAFounderIsFarBehind(int behind) throws Exception {
    try (LoopbackFleet fleet = new LoopbackFleet(home, 3, 2)) {
      fleet.startAll();
      user.enrols(fleet::client);
      fleet.stop(3);
      while (k(fleet, 1) <= k(fleet, 3) + behind) {
        user.recovers(fleet::client);
      }
      fleet.hsm(2).fill(true);
      long certified = Math.max(k(fleet, 1), k(fleet, 2));
      Thread asking =
          Thread.startVirtualThread(() -> {
            try {
              Recovery ignored = user.tries(fleet::client);
            } catch (Exception e) {
              // The fleet is stopped meanwhile.
            }
          });
      LoopbackFleet.await("an entry without a quorum", 60, () -> k(fleet, 1) > certified);
      fleet.stop(1);
      // An engine whose state machine still applies does not close.
      fleet.hsm(2).fill(false);
      fleet.stop(2);
      asking.interrupt();
      asking.join();
      Folders.remove(fleet.home(1).resolve("raft"));
      Folders.remove(fleet.home(2).resolve("raft"));
      rebuild(fleet, 1_000, 1, 2, 3);
      Scene scene = Scene.begins("theNewestStateIsNotCertifiedAndAFounderIsFarBehind");
      assertEquals(Map.of(), start(fleet, 1, 2, 3));
      assertTrue(k(fleet, 3) > certified);
      assertAllServe(fleet, scene);
    }
  }

  /** Their Raft logs are whole, so nothing has to be founded anew. */
  @Test
  void theStoresOfAMajorityAreGone() throws Exception {
    try (LoopbackFleet fleet = new LoopbackFleet(home, 3, 2)) {
      fleet.startAll();
      user.enrols(fleet::client);
      while (k(fleet, 3) <= 2 * Limits.RING) {
        user.recovers(fleet::client);
      }
      stopAll(fleet);
      Folders.remove(fleet.home(1).resolve("store"));
      Folders.remove(fleet.home(2).resolve("store"));
      Scene scene = Scene.begins("theStoresOfAMajorityAreGone");
      assertEquals(Map.of(), start(fleet, 1, 2, 3));
      assertAllServe(fleet, scene);
    }
  }

  /** As after a power cut that took the newest transactions of every store. */
  @Test
  void whatOnlyHsmsAndOneLogHaveIsNotLost() throws Exception {
    try (LoopbackFleet fleet = new LoopbackFleet(home, 3, 2)) {
      fleet.startAll();
      user.enrols(fleet::client);
      stopAll(fleet);
      long before = k(fleet, newestNode(fleet));
      for (int node = 1; node <= 3; node++) {
        Folders.copy(fleet.home(node).resolve("store"), home.resolve("old-" + node));
      }
      fleet.startAll();
      stopAllOnceTheThirdHasAll(fleet);
      long newest = k(fleet, newestNode(fleet));
      assertTrue(newest > before && newest < before + Limits.RING, "within reach of the stores");
      for (int node = 1; node <= 3; node++) {
        Folders.remove(fleet.home(node).resolve("store"));
        Folders.copy(home.resolve("old-" + node), fleet.home(node).resolve("store"));
      }
      Folders.remove(fleet.home(1).resolve("raft"));
      Folders.remove(fleet.home(2).resolve("raft"));
      rebuild(fleet, 1_000, 1, 2, 3);
      Scene scene = Scene.begins("whatOnlyHsmsAndOneLogHaveIsNotLost");
      assertEquals(Map.of(), start(fleet, 1, 2, 3));
      assertTrue(k(fleet, 1) >= newest);
      assertAllServe(fleet, scene);
    }
  }

  @Test
  void aNodeThatWasAwayWhileTheOrderWasRebuiltIsLetIn() throws Exception {
    try (LoopbackFleet fleet = new LoopbackFleet(home, 3, 2)) {
      fleet.startAll();
      user.enrols(fleet::client);
      stopAll(fleet);
      rebuild(fleet, 1_000, 1, 2);
      // It knows nothing of that, and takes part in the old order until it hears of the new one.
      fleet.start(3);
      assertEquals(Map.of(), start(fleet, 1, 2));
      user.recovers(fleet::client);
      LoopbackFleet.await("node 3 to end", 60, () -> !fleet.broken.isEmpty());
      assertEquals(Set.of("3an order that the other nodes have rebuilt"), fleet.broken.keySet());
      fleet.stop(3);
      fleet.broken.clear();
      Scene scene = Scene.begins("aNodeThatWasAwayWhileTheOrderWasRebuiltIsLetIn");
      fleet.start(3);
      assertAllServe(fleet, scene);
    }
  }

  @Test
  void allHostsAreRolledBackAndTheHsmsAreNot() throws Exception {
    List<String> kept = List.of("raft", "store", "certificates");
    try (LoopbackFleet fleet = new LoopbackFleet(home, 3, 2)) {
      fleet.startAll();
      user.enrols(fleet::client);
      stopAll(fleet);
      for (int node = 1; node <= 3; node++) {
        for (String name : kept) {
          Folders.copy(fleet.home(node).resolve(name), home.resolve("old-" + node).resolve(name));
        }
      }
      fleet.startAll();
      while (k(fleet, 1) <= 3 * Limits.RING) {
        user.recovers(fleet::client);
      }
      stopAll(fleet);
      Path newest = fleet.home(newestNode(fleet)).resolve("store");
      Folders.copy(newest, home.resolve("newer"));
      for (int node = 1; node <= 3; node++) {
        for (String name : kept) {
          Folders.remove(fleet.home(node).resolve(name));
          Folders.copy(home.resolve("old-" + node).resolve(name), fleet.home(node).resolve(name));
        }
      }
      Map<Integer, String> failed = start(fleet, 1, 2, 3);
      assertEquals(Set.of(1, 2, 3), failed.keySet());
      failed
          .values()
          .forEach(why -> assertTrue(why.startsWith("The HSMs are ahead of every store"), why));

      // The newest store, in the place of any node's.
      Folders.remove(fleet.home(2).resolve("store"));
      Folders.copy(home.resolve("newer"), fleet.home(2).resolve("store"));
      rebuild(fleet, 1_000, 1, 2, 3);
      Scene scene = Scene.begins("allHostsAreRolledBackAndTheHsmsAreNot");
      assertEquals(Map.of(), start(fleet, 1, 2, 3));
      assertAllServe(fleet, scene);
    }
  }

  @Test
  void theTermsOfTwoNodesAreTornByAFullDisk() throws Exception {
    try (LoopbackFleet fleet = new LoopbackFleet(home, 3, 2)) {
      fleet.startAll();
      user.enrols(fleet::client);
      stopAll(fleet);
      tearTerm(fleet.home(1).resolve("raft"));
      tearTerm(fleet.home(2).resolve("raft"));
      // The third stays away: the two have to be a majority by themselves, under their old names.
      fleet.start(1);
      fleet.start(2);
      user.recovers(fleet::client);
      assertTrue(marker(fleet, 1).contains("incarnation=1\n"), "no new name");
      assertTrue(marker(fleet, 2).contains("incarnation=1\n"), "no new name");
      fleet.start(3);
      LoopbackFleet.await("node 3", 60, () -> fleet.ready(3));
      user.recovers(fleet::client);
      assertEquals(0, fleet.broken.size());
    }
  }
}
