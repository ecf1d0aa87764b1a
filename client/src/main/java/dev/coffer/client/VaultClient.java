package dev.coffer.client;

import dev.coffer.client.exchange.Courier;
import dev.coffer.client.exchange.Gate;
import dev.coffer.client.exchange.Halt;
import dev.coffer.client.exchange.Memory;
import dev.coffer.client.exchange.PendingEnrolment;
import dev.coffer.client.exchange.PendingRecovery;
import dev.coffer.client.exchange.Seen;
import dev.coffer.client.port.ClientMemory;
import dev.coffer.client.port.LoginProvider;
import dev.coffer.client.port.Pause;
import dev.coffer.client.port.VaultTransport;
import dev.coffer.client.secret.BackupSecret;
import dev.coffer.client.secret.RecoveryCode;
import dev.coffer.client.trust.ClientPolicy;
import dev.coffer.client.trust.FleetTrust;
import dev.coffer.client.trust.TrustedFleet;
import dev.coffer.protocol.account.Subject;
import dev.coffer.protocol.crypto.Randomness;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * The vault, for one login. Registers K under a recovery code, brings it back, deletes it. Believes
 * no verdict that a quorum of HSMs has not signed for this very request (INV-5).
 *
 * <p>Calls block for as long as the network and Argon2id take; they are serialised. Thread-safe.
 * Two clients must not share one memory at the same time.
 */
public final class VaultClient {
  private final FleetTrust trust;
  private final ClientPolicy policy;
  private final VaultTransport transport;
  private final LoginProvider login;
  private final Memory memory;
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
    this.memory = new Memory(memory);
    this.randomness = randomness;
    this.pause = pause;
  }

  /**
   * Registers K under the code. Repeating an unfinished call with the same code and K goes on with
   * the same request; it never starts another on a timeout (INV-8).
   *
   * @param code not destroyed
   * @param secret K, not destroyed
   * @param authority by what right a live registration is replaced; to change a code, the K itself
   */
  public synchronized Enrolment enrol(
      Slot slot, RecoveryCode code, BackupSecret secret, Authority authority) {
    try {
      return new Enroller(session(slot), login, code, secret, authority).run();
    } catch (Halt halt) {
      return halt.distrust().isPresent()
          ? new Enrolment.Untrusted(halt.distrust().get())
          : new Enrolment.TryAgain(halt.after(), Cause.of(halt));
    }
  }

  /**
   * One guess. Repeating an unfinished call with the same code is the same guess and free (INV-8);
   * with another code it is another guess.
   *
   * @param code not destroyed
   */
  public synchronized Recovery recover(Slot slot, RecoveryCode code) {
    try (Recoverer recoverer = new Recoverer(session(slot), code)) {
      return recoverer.run();
    } catch (Halt halt) {
      return halt.distrust().isPresent()
          ? new Recovery.Untrusted(halt.distrust().get())
          : new Recovery.TryAgain(halt.after(), Cause.of(halt));
    }
  }

  /** Deletes the registration of a slot. */
  public synchronized Forgetting forget(Slot slot, Authority authority) {
    try {
      return new Forgetter(session(slot), login, authority).run();
    } catch (Halt halt) {
      return halt.distrust().isPresent()
          ? new Forgetting.Untrusted(halt.distrust().get())
          : new Forgetting.TryAgain(halt.after(), Cause.of(halt));
    }
  }

  /** What can be known without an attempt. */
  public synchronized VaultStatus status(Slot slot) {
    try {
      Session session = session(slot);
      Seen seen = session.gate().newest(session.trusted(), session.partition());
      OptionalLong generation = OptionalLong.empty();
      Optional<Memory.Registered> registered = memory.registered(session.subject());
      if (registered.isPresent()
          && registered.get().fleetId().equals(session.subject().fleetId())) {
        generation = OptionalLong.of(registered.get().generation());
      }
      return new VaultStatus.Known(session.trusted(), seen.k(), generation, unfinished(session));
    } catch (Halt halt) {
      return halt.distrust().isPresent()
          ? new VaultStatus.Untrusted(halt.distrust().get())
          : new VaultStatus.TryAgain(halt.after(), Cause.of(halt));
    }
  }

  private boolean unfinished(Session session) throws Halt {
    Optional<PendingRecovery> recovery = memory.recovery(session.subject());
    recovery.ifPresent(PendingRecovery::close);
    Optional<PendingEnrolment> enrolment = memory.enrolment(session.subject());
    enrolment.ifPresent(PendingEnrolment::close);
    return recovery.isPresent() || enrolment.isPresent();
  }

  private Session session(Slot slot) throws Halt {
    Gate gate = new Gate(trust, transport, memory);
    TrustedFleet trusted =
        gate.pass(t -> subject(slot, t).partition(t.fleet().settings().partitions()));
    return new Session(
        trusted,
        subject(slot, trusted),
        policy,
        gate,
        new Courier(transport, login, memory, randomness, pause)::exchange,
        memory,
        randomness);
  }

  private Subject subject(Slot slot, TrustedFleet trusted) {
    return slot.of(trusted.fleet().id(), login.tenant(), login.account());
  }
}
