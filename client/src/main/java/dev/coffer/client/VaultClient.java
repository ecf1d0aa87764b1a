package dev.coffer.client;

import dev.coffer.client.exchange.ChainProgress;
import dev.coffer.client.exchange.Memory;
import dev.coffer.client.exchange.OperationAborted;
import dev.coffer.client.exchange.PendingEnrolment;
import dev.coffer.client.exchange.PendingRecovery;
import dev.coffer.client.operation.ClientContext;
import dev.coffer.client.operation.Enroller;
import dev.coffer.client.operation.FleetSelection;
import dev.coffer.client.operation.Forgetter;
import dev.coffer.client.operation.Mover;
import dev.coffer.client.operation.MultiFleetRecovery;
import dev.coffer.client.operation.Session;
import dev.coffer.client.port.ClientMemory;
import dev.coffer.client.port.KeyStretching;
import dev.coffer.client.port.LoginProvider;
import dev.coffer.client.port.Pause;
import dev.coffer.client.port.VaultTransport;
import dev.coffer.client.secret.Argon2id;
import dev.coffer.client.secret.BackupSecret;
import dev.coffer.client.secret.RecoveryCode;
import dev.coffer.client.trust.Distrust;
import dev.coffer.client.trust.FleetTrust;
import dev.coffer.protocol.crypto.Randomness;
import dev.coffer.protocol.crypto.SecretBytes;
import dev.coffer.protocol.fleet.FleetId;
import dev.coffer.transparency.verify.Purpose;
import java.util.List;
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
  private final ClientContext context;

  /** Stretches codes with Argon2id; the rest is described with the other constructor. */
  public VaultClient(
      FleetTrust trust,
      VaultTransport transport,
      LoginProvider login,
      ClientMemory memory,
      Randomness randomness,
      Pause pause) {
    this(trust, transport, login, memory, randomness, pause, new Argon2id());
  }

  /**
   * @param trust decides which fleet to talk to, and carries what this app accepts and asks for
   * @param randomness the operating system's generator outside tests
   * @param pause waits between sendings
   * @param stretching Argon2id outside simulations: another one opens no registration made with it
   */
  public VaultClient(
      FleetTrust trust,
      VaultTransport transport,
      LoginProvider login,
      ClientMemory memory,
      Randomness randomness,
      Pause pause,
      KeyStretching stretching) {
    this.context =
        new ClientContext(
            trust, transport, login, new Memory(memory), randomness, pause, stretching);
  }

  /**
   * Registers K under the code. Repeating an unfinished call with the same code and K goes on with
   * the same request; it never starts another on a timeout (INV-8).
   *
   * <p>Goes to an active fleet. Where this device has a registration with a retiring one, that slot
   * is deleted once the new one is certified. Where another fleet has a registration that this
   * device does not know of, only the login's authority goes past it; and where another fleet
   * cannot be asked, the answer is to try again.
   *
   * @param code not destroyed
   * @param secret K, not destroyed
   * @param authority by what right a live registration is replaced; to change a code, the K itself
   */
  public synchronized Enrolment enrol(
      Slot slot, RecoveryCode code, BackupSecret secret, Authority authority) {
    try {
      FleetSelection selection = FleetSelection.begin(context, slot, Purpose.REGISTER);
      if (selection.active().isEmpty()) {
        return new Enrolment.Untrusted(selection.closed());
      }
      Enrolling enrolling = new Enrolling(code, secret, authority);
      if (!(authority instanceof Authority.Login) && occupied(selection, slot, enrolling)) {
        return new Enrolment.NotAuthorised(authority instanceof Authority.Owner);
      }
      Mover mover = new Mover(context, selection, slot);
      mover.beforeEnrolment();
      FleetId target = target(selection, slot);
      Session session = selection.to(target, Purpose.REGISTER);
      Enrolment enrolment = enrolling.at(session, context.login()).run();
      if (enrolment instanceof Enrolment.Enrolled) {
        mover.afterEnrolment(secret, target);
      }
      return enrolment;
    } catch (OperationAborted aborted) {
      return aborted.distrust().isPresent()
          ? new Enrolment.Untrusted(aborted.distrust().get())
          : new Enrolment.TryAgain(aborted.after(), aborted.cause());
    }
  }

  /** The active fleet that this device is registered with, or else the first. */
  private FleetId target(FleetSelection selection, Slot slot) throws OperationAborted {
    FleetId first = selection.active().get(0);
    return context
        .memory()
        .registered(context.subject(slot, first))
        .map(Memory.Registered::fleetId)
        .filter(selection.active()::contains)
        .orElse(first);
  }

  /**
   * Whether a registration is alive with another fleet: a new one elsewhere, which nothing there
   * could refuse, would stand in front of it. A K at hand is no right to that, either: it may be
   * one that was made for a registration which never came about. Only where this device knows the
   * registration it leaves the one for the other.
   *
   * @throws OperationAborted if a fleet that may have one cannot be asked
   */
  private boolean occupied(FleetSelection selection, Slot slot, Enrolling enrolling)
      throws OperationAborted {
    FleetId target = target(selection, slot);
    Optional<PendingEnrolment> begun = context.memory().enrolment(context.subject(slot, target));
    begun.ifPresent(PendingEnrolment::close);
    if (begun.isPresent() && begun.get().finish().isPresent()) {
      return false;
    }
    Optional<FleetId> own =
        enrolling.authority() instanceof Authority.Owner
            ? context
                .memory()
                .registered(context.subject(slot, target))
                .map(Memory.Registered::fleetId)
            : Optional.empty();
    for (FleetId fleet : selection.all()) {
      boolean asked = !fleet.equals(target) && !own.equals(Optional.of(fleet));
      if (asked && occupied(selection, fleet, enrolling)) {
        return true;
      }
    }
    return false;
  }

  private boolean occupied(FleetSelection selection, FleetId fleet, Enrolling enrolling)
      throws OperationAborted {
    try {
      return enrolling.at(selection.to(fleet, Purpose.RECOVER), context.login()).occupied();
    } catch (OperationAborted aborted) {
      if (aborted.distrust().filter(Distrust::ownPolicy).isPresent()) {
        // This app would never recover from there; it is not kept from beginning elsewhere.
        return false;
      }
      throw aborted;
    }
  }

  /** What an enrolment was called with. Holds references to secrets that redact themselves. */
  private record Enrolling(RecoveryCode code, BackupSecret secret, Authority authority) {
    private Enroller at(Session session, LoginProvider login) {
      return new Enroller(session, login, code, secret, authority);
    }

    @Override
    public String toString() {
      return "Enrolling[redacted]";
    }
  }

  /**
   * One guess. Repeating an unfinished call with the same code is the same guess and free (INV-8);
   * with another code it is another guess.
   *
   * <p>Asks every fleet of the vault in every case, active ones first and then retiring ones: one
   * where nothing is registered counts nothing, and one that somebody else with the login has got
   * to first keeps nobody from what another has. What is recovered from a retiring fleet is moved
   * to an active one, unless another code is registered there.
   *
   * @param code not destroyed
   */
  public synchronized Recovery recover(Slot slot, RecoveryCode code) {
    try {
      FleetSelection selection = FleetSelection.begin(context, slot, Purpose.RECOVER);
      try (MultiFleetRecovery recoveries = MultiFleetRecovery.everywhere(selection, code)) {
        recoveries.settle();
        Optional<Recovery.Recovered> recovered = recoveries.recovered();
        if (recovered.isPresent()) {
          return new Mover(context, selection, slot)
              .after(recovered.get().listed(selection.stale()), recoveries, code);
        }
        Optional<Recovery> verdict = recoveries.verdict();
        return verdict.isPresent() ? verdict.get() : nothing(selection, slot);
      }
    } catch (OperationAborted aborted) {
      return MultiFleetRecovery.ended(aborted);
    }
  }

  private Recovery nothing(FleetSelection selection, Slot slot) throws OperationAborted {
    List<FleetId> fleets = selection.all();
    if (fleets.isEmpty()) {
      return new Recovery.Untrusted(selection.closed());
    }
    FleetId now = fleets.get(0);
    Optional<FleetId> before =
        context.memory().registered(context.subject(slot, now)).map(Memory.Registered::fleetId);
    return before.isPresent() && !fleets.contains(before.get())
        ? new Recovery.Moved(before.get(), now)
        : new Recovery.NotRegistered();
  }

  /** Deletes the registration of a slot, with every fleet that may have one. */
  public synchronized Forgetting forget(Slot slot, Authority authority) {
    try {
      FleetSelection selection = FleetSelection.begin(context, slot, Purpose.RECOVER);
      if (selection.all().isEmpty()) {
        return new Forgetting.Untrusted(selection.closed());
      }
      Forgetting worst = new Forgetting.NotRegistered();
      for (FleetId fleet : selection.all()) {
        Session session = selection.to(fleet, Purpose.RECOVER);
        Forgetting one = new Forgetter(session, context.login(), authority).run();
        if (!(one instanceof Forgetting.NotRegistered)
            && (worst instanceof Forgetting.NotRegistered
                || !(one instanceof Forgetting.Forgotten))) {
          worst = one;
        }
      }
      return worst;
    } catch (OperationAborted aborted) {
      return aborted.distrust().isPresent()
          ? new Forgetting.Untrusted(aborted.distrust().get())
          : new Forgetting.TryAgain(aborted.after(), aborted.cause());
    }
  }

  /**
   * Whether a registration is alive in a slot, with any fleet of the vault. Asks by the start of a
   * registration, which counts no guess and changes nothing that is registered.
   */
  public synchronized Presence registered(Slot slot) {
    // Stands for a code that is never registered.
    try (SecretBytes random = SecretBytes.random(context.randomness(), RecoveryCode.PASSKEY_SIZE);
        BackupSecret secret = BackupSecret.generate(context.randomness())) {
      RecoveryCode code = RecoveryCode.ofPasskey(random);
      try {
        FleetSelection selection = FleetSelection.begin(context, slot, Purpose.RECOVER);
        if (selection.all().isEmpty()) {
          return new Presence.Untrusted(selection.closed());
        }
        Enrolling asking = new Enrolling(code, secret, Authority.none());
        for (FleetId fleet : selection.all()) {
          Session session = selection.to(fleet, Purpose.RECOVER);
          Optional<Presence.Registered> alive = asking.at(session, context.login()).alive();
          if (alive.isPresent()) {
            return alive.get();
          }
        }
        return new Presence.NotRegistered();
      } catch (OperationAborted aborted) {
        return aborted.distrust().isPresent()
            ? new Presence.Untrusted(aborted.distrust().get())
            : new Presence.TryAgain(aborted.after(), aborted.cause());
      } finally {
        code.destroy();
      }
    }
  }

  /** What can be known without an attempt. */
  public synchronized VaultStatus status(Slot slot) {
    try {
      FleetSelection selection = FleetSelection.begin(context, slot, Purpose.RECOVER);
      if (selection.all().isEmpty()) {
        return new VaultStatus.Untrusted(selection.closed());
      }
      Session session = selection.to(target(selection), Purpose.RECOVER);
      ChainProgress seen = session.fetcher().newest(session.trusted(), session.partition());
      OptionalLong generation = OptionalLong.empty();
      Optional<Memory.Registered> registered = context.memory().registered(session.subject());
      if (registered.isPresent()
          && registered.get().fleetId().equals(session.subject().fleetId())) {
        generation = OptionalLong.of(registered.get().generation());
      }
      return new VaultStatus.Known(session.trusted(), seen.k(), generation, unfinished(session));
    } catch (OperationAborted aborted) {
      return aborted.distrust().isPresent()
          ? new VaultStatus.Untrusted(aborted.distrust().get())
          : new VaultStatus.TryAgain(aborted.after(), aborted.cause());
    }
  }

  /** The fleet that answered, where it may be used at all. */
  private static FleetId target(FleetSelection selection) {
    return selection.here().orElse(selection.all().get(0));
  }

  private boolean unfinished(Session session) throws OperationAborted {
    Optional<PendingRecovery> recovery = context.memory().recovery(session.subject());
    recovery.ifPresent(PendingRecovery::close);
    Optional<PendingEnrolment> enrolment = context.memory().enrolment(session.subject());
    enrolment.ifPresent(PendingEnrolment::close);
    return recovery.isPresent() || enrolment.isPresent();
  }
}
