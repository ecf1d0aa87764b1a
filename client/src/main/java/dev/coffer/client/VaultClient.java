package dev.coffer.client;

import dev.coffer.client.port.ClientMemory;
import dev.coffer.client.port.LoginProvider;
import dev.coffer.client.port.Pause;
import dev.coffer.client.port.VaultTransport;
import dev.coffer.client.secret.BackupSecret;
import dev.coffer.client.secret.RecoveryCode;
import dev.coffer.client.trust.ClientPolicy;
import dev.coffer.client.trust.FleetTrust;
import dev.coffer.protocol.crypto.Randomness;

/**
 * The vault, for one login. Registers K under a recovery code, brings it back, deletes it. Believes
 * no verdict that a quorum of HSMs has not signed for this very request (INV-5).
 *
 * <p>Calls block for as long as the network and Argon2id take; they are serialised. Thread-safe.
 */
public final class VaultClient {
  private final FleetTrust trust;
  private final ClientPolicy policy;
  private final VaultTransport transport;
  private final LoginProvider login;
  private final ClientMemory memory;
  private final Randomness randomness;
  private final Pause pause;

  /**
   * @param trust decides which fleet to talk to
   * @param policy what this app accepts and asks for
   * @param randomness the operating system's generator outside tests
   * @param pause waits between sendings
   */
  public VaultClient(
      FleetTrust trust,
      ClientPolicy policy,
      VaultTransport transport,
      LoginProvider login,
      ClientMemory memory,
      Randomness randomness,
      Pause pause) {
    this.trust = trust;
    this.policy = policy;
    this.transport = transport;
    this.login = login;
    this.memory = memory;
    this.randomness = randomness;
    this.pause = pause;
  }

  /**
   * Registers K under the code. Repeating an unfinished call with the same code goes on with the
   * same request; it never starts another on a timeout (INV-8).
   *
   * @param code not destroyed
   * @param secret K, not destroyed
   * @param authority by what right a live registration is replaced; to change a code, the K itself
   */
  public synchronized Enrolment enrol(
      Slot slot, RecoveryCode code, BackupSecret secret, Authority authority) {
    throw new UnsupportedOperationException();
  }

  /**
   * One guess. Repeating an unfinished call with the same code is the same guess and free (INV-8);
   * with another code it is another guess.
   *
   * @param code not destroyed
   */
  public synchronized Recovery recover(Slot slot, RecoveryCode code) {
    throw new UnsupportedOperationException();
  }

  /** Deletes the registration of a slot. */
  public synchronized Forgetting forget(Slot slot, Authority authority) {
    throw new UnsupportedOperationException();
  }

  /** What can be known without an attempt. */
  public synchronized VaultStatus status(Slot slot) {
    throw new UnsupportedOperationException();
  }
}
