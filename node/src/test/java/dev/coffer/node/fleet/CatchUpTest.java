package dev.coffer.node.fleet;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.coffer.client.Authority;
import dev.coffer.client.Enrolment;
import dev.coffer.client.Recovery;
import dev.coffer.client.Slot;
import dev.coffer.client.VaultClient;
import dev.coffer.client.secret.BackupSecret;
import dev.coffer.client.secret.RecoveryCode;
import dev.coffer.protocol.codec.Limits;
import dev.coffer.protocol.codec.Rejected;
import dev.coffer.protocol.crypto.Randomness;
import dev.coffer.protocol.crypto.SecretBytes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A node whose disk is lost, in part or whole, comes back as a full member. */
@Timeout(180)
@Tag("long")
final class CatchUpTest {
  private static final String CODE = "246810";

  @TempDir Path home;

  private final BackupSecret secret = BackupSecret.of(SecretBytes.random(Randomness.system(), 32));

  private static VaultClient client(LoopbackFleet fleet) throws IOException {
    return fleet.client("bob", LoopbackFleet.memory());
  }

  /** Tries until the class's time is over: on a busy machine a leader may be away for longer. */
  private void assertEnrols(LoopbackFleet fleet) throws Exception {
    Enrolment end;
    do {
      end =
          client(fleet)
              .enrol(Slot.CODE, RecoveryCode.typed(CODE.toCharArray()), secret, Authority.none());
    } while (end instanceof Enrolment.TryAgain);
    assertInstanceOf(Enrolment.Enrolled.class, end);
  }

  private void assertRecovers(LoopbackFleet fleet) throws Exception {
    Recovery end;
    do {
      end = client(fleet).recover(Slot.CODE, RecoveryCode.typed(CODE.toCharArray()));
    } while (end instanceof Recovery.TryAgain);
    assertTrue(assertInstanceOf(Recovery.Recovered.class, end).secret().sameAs(secret));
  }

  private static void remove(Path folder) throws IOException {
    try (Stream<Path> all = Files.walk(folder)) {
      for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(path);
      }
    }
  }

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
      assertEnrols(fleet);

      // The store is lost; the HSM stays where it was while the others go on.
      fleet.stop(1);
      fleet.hsm(1).kill();
      for (int i = 0; i < 6; i++) {
        assertRecovers(fleet);
      }
      remove(fleet.home(1).resolve("store"));
      fleet.hsm(1).start();
      fleet.start(1);
      awaitMember(fleet, 1);
      assertRecovers(fleet);

      // The Raft log is lost: a new voter name, put in by the leader.
      fleet.stop(2);
      remove(fleet.home(2).resolve("raft"));
      assertRecovers(fleet);
      fleet.start(2);
      awaitMember(fleet, 2);

      // Everything but the HSM and the TLS files is lost.
      fleet.stop(1);
      remove(fleet.home(1).resolve("raft"));
      remove(fleet.home(1).resolve("store"));
      remove(fleet.home(1).resolve("certificates"));
      Files.delete(fleet.home(1).resolve("voter.properties"));
      assertRecovers(fleet);
      fleet.start(1);
      awaitMember(fleet, 1);

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
      assertEnrols(fleet);
      // So far ahead of an empty store that the log alone does not lead its HSM back there.
      while (k(fleet, 1) <= Limits.RING) {
        assertRecovers(fleet);
      }
      fleet.stop(1);
      assertRecovers(fleet);
      remove(fleet.home(1).resolve("store"));
      fleet.start(1);
      awaitMember(fleet, 1);
      LoopbackFleet.await("the fleet to serve without node 3", 60, () -> servesWithoutThree(fleet));

      // And after a restart that nothing was lost before.
      fleet.stop(1);
      fleet.start(1);
      LoopbackFleet.await("the fleet to serve again", 60, () -> servesWithoutThree(fleet));
      assertEquals(0, fleet.broken.size());
    }
  }

  /** Rot is met by the node that runs, and costs nobody anything. */
  @Test
  void whatTheDiskSpoiltIsFetchedAgainWhileTheFleetServes() throws Exception {
    try (LoopbackFleet fleet = new LoopbackFleet(home, 3, 2)) {
      fleet.startAll();
      assertEnrols(fleet);
      assertRecovers(fleet);
      // Twice: what is new is in the journal first, which would mend the rot at the next start.
      for (int start = 0; start < 2; start++) {
        fleet.stop(1);
        fleet.start(1);
      }
      awaitMember(fleet, 1);
      fleet.stop(1);
      spoil(fleet.home(1).resolve("store"));
      fleet.start(1);
      assertRecovers(fleet);
      LoopbackFleet.await(
          "the store to be mended", 60, () -> metric(fleet, 1, "event=\"synchronised\"} 1.0"));
      assertTrue(metric(fleet, 1, "event=\"store_rotten\"} 1.0"));
      awaitMember(fleet, 1);
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
      Recovery end = client(fleet).recover(Slot.CODE, RecoveryCode.typed(CODE.toCharArray()));
      return end instanceof Recovery.Recovered;
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }
}
