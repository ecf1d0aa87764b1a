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
  /** Whose key it is. */
  static final String ACCOUNT = "bob@example.com";

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

  private static Recovery recovery(Clients fleet, ClientMemory device, String code)
      throws Exception {
    return fleet.client(ACCOUNT, device).recover(Slot.CODE, RecoveryCode.typed(code.toCharArray()));
  }

  /** Tries once to bring it back. */
  Recovery tries(Clients fleet) throws Exception {
    return recovery(fleet, LoopbackFleet.memory(), CODE);
  }

  /** The verdict on a code; all tries for it are one attempt of one device. */
  Recovery verdict(Clients fleet, String code) throws Exception {
    ClientMemory device = LoopbackFleet.memory();
    Recovery end;
    do {
      end = recovery(fleet, device, code);
    } while (end instanceof Recovery.TryAgain && !Thread.currentThread().isInterrupted());
    return end;
  }

  /** Brings that very key back. */
  void recovers(Clients fleet) throws Exception {
    Recovery end = verdict(fleet, CODE);
    assertTrue(assertInstanceOf(Recovery.Recovered.class, end).secret().sameAs(secret));
  }
}
