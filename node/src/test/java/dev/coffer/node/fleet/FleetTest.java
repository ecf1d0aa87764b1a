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
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Three nodes end to end. */
final class FleetTest {
  @TempDir Path home;

  @Test
  void aSecretIsEnrolledAndRecovered() throws Exception {
    try (LoopbackFleet fleet = new LoopbackFleet(home, 3, 2)) {
      long began = System.nanoTime();
      fleet.startAll();
      System.out.println("started " + (System.nanoTime() - began) / 1_000_000);
      BackupSecret secret = BackupSecret.of(SecretBytes.random(Randomness.system(), 32));
      Enrolment enrolment =
          fleet
              .client("alice", LoopbackFleet.memory())
              .enrol(
                  Slot.CODE, RecoveryCode.typed("123456".toCharArray()), secret, Authority.none());
      assertInstanceOf(Enrolment.Enrolled.class, enrolment);
      System.out.println("enrolled " + (System.nanoTime() - began) / 1_000_000);
      for (int i = 0; i < 20; i++) {
        long start = System.nanoTime();
        Recovery recovery =
            fleet
                .client("alice", LoopbackFleet.memory())
                .recover(Slot.CODE, RecoveryCode.typed("123456".toCharArray()));
        Recovery.Recovered recovered = assertInstanceOf(Recovery.Recovered.class, recovery);
        System.out.println("recovered " + (System.nanoTime() - start) / 1_000_000);
        assertTrue(recovered.secret().sameAs(secret));
      }
      assertEquals(0, fleet.broken.size());
    }
  }
}
