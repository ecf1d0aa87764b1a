package dev.coffer.node.fleet;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.coffer.client.Recovery;
import dev.coffer.protocol.codec.Limits;
import dev.coffer.protocol.codec.Rejected;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A node whose disk is lost, in part or whole, comes back as a full member. */
@Tag("long")
final class CatchUpTest {

  @TempDir Path home;

  private final FleetUser user = new FleetUser();

  private static long k(LoopbackFleet fleet, int node) {
    try {
      return fleet.hsm(node).position(0).values().k();
    } catch (Rejected e) {
      throw new IllegalStateException(e);
    }
  }

  private static boolean maySign(LoopbackFleet fleet, int node) {
    try {
      return fleet.hsm(node).position(0).maySign();
    } catch (Rejected e) {
      throw new IllegalStateException(e);
    }
  }

  private static void awaitMember(LoopbackFleet fleet, int node) throws InterruptedException {
    LoopbackFleet.await(
        "node " + node + " to vote, speak and keep up",
        60,
        () -> fleet.ready(node) && maySign(fleet, node) && k(fleet, node) >= k(fleet, 3));
  }

  @Test
  void aNodeThatLostItsStoreAndItsRaftLogComesBack() throws Exception {
    try (LoopbackFleet fleet = new LoopbackFleet(home, 3, 2)) {
      fleet.startAll();
      user.enrols(fleet::client);

      // The store is lost; the HSM stays where it was while the others go on.
      fleet.stop(1);
      fleet.hsm(1).kill();
      for (int i = 0; i < 6; i++) {
        user.recovers(fleet::client);
      }
      Folders.remove(fleet.home(1).resolve("store"));
      Scene scene = Scene.begins("the store is lost, and the HSM far behind");
      fleet.hsm(1).start();
      fleet.start(1);
      awaitMember(fleet, 1);
      scene.reaches("the node's full part");
      user.recovers(fleet::client);

      // The Raft log is lost: a new voter name, put in by the leader.
      fleet.stop(2);
      Folders.remove(fleet.home(2).resolve("raft"));
      user.recovers(fleet::client);
      scene = Scene.begins("the Raft log is lost");
      fleet.start(2);
      awaitMember(fleet, 2);
      scene.reaches("the node's full part");

      // Everything but the HSM and the TLS files is lost.
      fleet.stop(1);
      Folders.remove(fleet.home(1).resolve("raft"));
      Folders.remove(fleet.home(1).resolve("store"));
      Folders.remove(fleet.home(1).resolve("certificates"));
      Files.delete(fleet.home(1).resolve("voter.properties"));
      user.recovers(fleet::client);
      scene = Scene.begins("all is lost but the HSM");
      fleet.start(1);
      awaitMember(fleet, 1);
      scene.reaches("the node's full part");

      // Both returned voters count: without the third they are the majority.
      LoopbackFleet.await("the fleet to serve without node 3", 60, () -> servesWithoutThree(fleet));
      assertEquals(0, fleet.broken.size());
    }
  }

  /**
   * Its Raft log, which stays, then ends before the store that it fetches. It must take what the
   * leader orders next all the same: without the third node it is half of the majority.
   */
  @Test
  void aNodeThatLostItsStoreAloneCountsAsMuchAsBefore() throws Exception {
    try (LoopbackFleet fleet = new LoopbackFleet(home, 3, 2)) {
      fleet.startAll();
      user.enrols(fleet::client);
      // So far ahead of an empty store that the log alone does not lead its HSM back there.
      while (k(fleet, 1) <= Limits.RING) {
        user.recovers(fleet::client);
      }
      fleet.stop(1);
      user.recovers(fleet::client);
      Folders.remove(fleet.home(1).resolve("store"));
      Scene scene = Scene.begins("the store alone is lost");
      fleet.start(1);
      awaitMember(fleet, 1);
      scene.reaches("the node's full part");
      LoopbackFleet.await("the fleet to serve without node 3", 60, () -> servesWithoutThree(fleet));

      // And after a restart that nothing was lost before.
      fleet.stop(1);
      fleet.start(1);
      LoopbackFleet.await("the fleet to serve again", 60, () -> servesWithoutThree(fleet));
      assertEquals(0, fleet.broken.size());
    }
  }

  /** All that is its own but the HSM, which has gone on since the copy was made. */
  @Test
  void aHostThatIsPutBackFromAnOlderCopyCountsAsMuchAsBefore() throws Exception {
    List<String> own = List.of("raft", "store", "certificates", "voter.properties");
    try (LoopbackFleet fleet = new LoopbackFleet(home, 3, 2)) {
      fleet.startAll();
      user.enrols(fleet::client);
      awaitMember(fleet, 1);
      fleet.stop(1);
      for (String name : own) {
        Folders.copy(fleet.home(1).resolve(name), home.resolve("older").resolve(name));
      }
      long then = k(fleet, 1);
      fleet.start(1);
      while (k(fleet, 1) <= then + Limits.RING) {
        user.recovers(fleet::client);
      }
      fleet.stop(1);
      for (String name : own) {
        Folders.remove(fleet.home(1).resolve(name));
        Folders.copy(home.resolve("older").resolve(name), fleet.home(1).resolve(name));
      }
      Scene scene = Scene.begins("a host is put back from an older copy");
      fleet.start(1);
      awaitMember(fleet, 1);
      scene.reaches("the node's full part");
      LoopbackFleet.await("the fleet to serve without node 3", 60, () -> servesWithoutThree(fleet));
      assertEquals(0, fleet.broken.size(), fleet.broken.toString());
    }
  }

  /** Rot is met by the node that runs, and costs nobody anything. */
  @Test
  void whatTheDiskSpoiltIsFetchedAgainWhileTheFleetServes() throws Exception {
    try (LoopbackFleet fleet = new LoopbackFleet(home, 3, 2)) {
      fleet.startAll();
      user.enrols(fleet::client);
      user.recovers(fleet::client);
      // Twice: what is new is in the journal first, which would mend the rot at the next start.
      for (int start = 0; start < 2; start++) {
        fleet.stop(1);
        fleet.start(1);
      }
      awaitMember(fleet, 1);
      fleet.stop(1);
      spoil(fleet.home(1).resolve("store"));
      Scene scene = Scene.begins("the store is rotten");
      fleet.start(1);
      user.recovers(fleet::client);
      LoopbackFleet.await(
          "the store to be mended", 60, () -> metric(fleet, 1, "event=\"synchronised\"} 1.0"));
      assertTrue(metric(fleet, 1, "event=\"store_rotten\"} 1.0"));
      awaitMember(fleet, 1);
      scene.reaches("the node's full part");
      LoopbackFleet.await("the fleet to serve without node 3", 60, () -> servesWithoutThree(fleet));
      assertEquals(0, fleet.broken.size(), fleet.broken.toString());
    }
  }

  private static boolean metric(LoopbackFleet fleet, int node, String line) {
    try {
      return fleet.metrics(node).contains(line);
    } catch (IOException e) {
      return false;
    }
  }

  /** Spoils an octet of every page and every record. */
  private static void spoil(Path store) throws IOException {
    int spoilt = 0;
    try (Stream<Path> all = Files.walk(store)) {
      for (Path file : all.toList()) {
        String name = file.getFileName().toString();
        if (name.endsWith(".pages") || name.endsWith(".records")) {
          byte[] content = Files.readAllBytes(file);
          for (int at = 100; at < content.length; at += 512) {
            content[at] ^= 1;
          }
          Files.write(file, content);
          spoilt += content.length;
        }
      }
    }
    assertTrue(spoilt > 0, "there is something to spoil");
  }

  private boolean stoppedThree;

  private boolean servesWithoutThree(LoopbackFleet fleet) {
    if (!stoppedThree) {
      fleet.stop(3);
      stoppedThree = true;
    }
    try {
      return user.tries(fleet::client) instanceof Recovery.Recovered;
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }
}
