package dev.coffer.node.fleet;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.coffer.client.Authority;
import dev.coffer.client.Enrolment;
import dev.coffer.client.Recovery;
import dev.coffer.client.Slot;
import dev.coffer.client.secret.BackupSecret;
import dev.coffer.client.secret.RecoveryCode;
import dev.coffer.protocol.crypto.Randomness;
import dev.coffer.protocol.crypto.SecretBytes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.apache.ratis.util.AtomicFileOutputStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The order comes back from what a majority lost at once (docs/testing/healing.md). */
@Timeout(240)
@Tag("long")
final class HealingTest {
  private static final String CODE = "161803";

  @TempDir Path home;

  private final BackupSecret secret = BackupSecret.of(SecretBytes.random(Randomness.system(), 32));

  private void enrol(LoopbackFleet fleet) throws Exception {
    Enrolment end;
    do {
      end =
          fleet
              .client("dora", LoopbackFleet.memory())
              .enrol(Slot.CODE, RecoveryCode.typed(CODE.toCharArray()), secret, Authority.none());
    } while (end instanceof Enrolment.TryAgain);
    assertInstanceOf(Enrolment.Enrolled.class, end);
  }

  private void assertRecovers(LoopbackFleet fleet) throws Exception {
    Recovery end;
    do {
      end =
          fleet
              .client("dora", LoopbackFleet.memory())
              .recover(Slot.CODE, RecoveryCode.typed(CODE.toCharArray()));
    } while (end instanceof Recovery.TryAgain);
    assertTrue(assertInstanceOf(Recovery.Recovered.class, end).secret().sameAs(secret));
  }

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

  @Test
  void theTermsOfTwoNodesAreTornByAFullDisk() throws Exception {
    try (LoopbackFleet fleet = new LoopbackFleet(home, 3, 2)) {
      fleet.startAll();
      enrol(fleet);
      for (int node = 1; node <= 3; node++) {
        fleet.stop(node);
      }
      tearTerm(fleet.home(1).resolve("raft"));
      tearTerm(fleet.home(2).resolve("raft"));
      // The third stays away: the two have to be a majority by themselves, under their old names.
      fleet.start(1);
      fleet.start(2);
      assertRecovers(fleet);
      assertTrue(marker(fleet, 1).contains("incarnation=1\n"), "no new name");
      assertTrue(marker(fleet, 2).contains("incarnation=1\n"), "no new name");
      fleet.start(3);
      LoopbackFleet.await("node 3", 60, () -> fleet.ready(3));
      assertRecovers(fleet);
      assertEquals(0, fleet.broken.size());
    }
  }
}
