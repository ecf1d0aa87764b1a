package dev.coffer.node.fleet;

import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.coffer.client.Authority;
import dev.coffer.client.Enrolment;
import dev.coffer.client.Recovery;
import dev.coffer.client.Slot;
import dev.coffer.client.VaultClient;
import dev.coffer.client.port.ClientMemory;
import dev.coffer.client.secret.BackupSecret;
import dev.coffer.client.secret.RecoveryCode;
import dev.coffer.protocol.crypto.Randomness;
import dev.coffer.protocol.crypto.SecretBytes;

/**
 * Someone with a new device at every call, who tries until there is a verdict or the test's time is
 * over: on a busy machine a leader may be away for long.
 */
final class FleetUser {
  private static final String ACCOUNT = "bob";
  private static final String CODE = "246810";

  private final BackupSecret secret = BackupSecret.of(SecretBytes.random(Randomness.system(), 32));

  /** A fleet's clients. */
  @FunctionalInterface
  interface Clients {
    VaultClient client(String account, ClientMemory memory) throws Exception;
  }

  /** Registers a key. */
  void enrols(Clients fleet) throws Exception {
    Enrolment end;
    do {
      end =
          fleet
              .client(ACCOUNT, LoopbackFleet.memory())
              .enrol(Slot.CODE, RecoveryCode.typed(CODE.toCharArray()), secret, Authority.none());
    } while (end instanceof Enrolment.TryAgain && !Thread.currentThread().isInterrupted());
    assertInstanceOf(Enrolment.Enrolled.class, end);
  }

  /** Tries once to bring it back. */
  Recovery tries(Clients fleet) throws Exception {
    return fleet
        .client(ACCOUNT, LoopbackFleet.memory())
        .recover(Slot.CODE, RecoveryCode.typed(CODE.toCharArray()));
  }

  /** Brings that very key back. */
  void recovers(Clients fleet) throws Exception {
    Recovery end;
    do {
      end = tries(fleet);
    } while (end instanceof Recovery.TryAgain && !Thread.currentThread().isInterrupted());
    assertTrue(assertInstanceOf(Recovery.Recovered.class, end).secret().sameAs(secret));
  }
}
