package dev.coffer.client;

import dev.coffer.client.exchange.Halt;
import dev.coffer.client.exchange.Memory;
import dev.coffer.client.exchange.PendingEnrolment;
import dev.coffer.client.exchange.PendingRecovery;
import dev.coffer.client.exchange.Seen;
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
  private final Means means;

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
    this.means =
        new Means(trust, transport, login, new Memory(memory), randomness, pause, stretching);
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
      Journey journey = Journey.begin(means, slot, Purpose.REGISTER);
      if (journey.active().isEmpty()) {
        return new Enrolment.Untrusted(journey.closed());
      }
      Enrolling enrolling = new Enrolling(code, secret, authority);
      if (!(authority instanceof Authority.Login) && occupied(journey, slot, enrolling)) {
        return new Enrolment.NotAuthorised(authority instanceof Authority.Owner);
      }
      Mover mover = new Mover(means, journey, slot);
      mover.beforeEnrolment();
      FleetId target = target(journey, slot);
      Session session = journey.to(target, Purpose.REGISTER);
      Enrolment enrolment = enrolling.at(session, means.login()).run();
      if (enrolment instanceof Enrolment.Enrolled) {
        mover.afterEnrolment(secret, target);
      }
      return enrolment;
    } catch (Halt halt) {
      return halt.distrust().isPresent()
          ? new Enrolment.Untrusted(halt.distrust().get())
          : new Enrolment.TryAgain(halt.after(), Cause.of(halt));
    }
  }

  /** The active fleet that this device is registered with, or else the first. */
  private FleetId target(Journey journey, Slot slot) throws Halt {
    FleetId first = journey.active().get(0);
    return means
        .memory()
        .registered(means.subject(slot, first))
        .map(Memory.Registered::fleetId)
        .filter(journey.active()::contains)
        .orElse(first);
  }

  /**
   * Whether a registration is alive with another fleet: a new one elsewhere, which nothing there
   * could refuse, would stand in front of it. A K at hand is no right to that, either: it may be
   * one that was made for a registration which never came about. Only where this device knows the
   * registration it leaves the one for the other.
   *
   * @throws Halt if a fleet that may have one cannot be asked
   */
  private boolean occupied(Journey journey, Slot slot, Enrolling enrolling) throws Halt {
    FleetId target = target(journey, slot);
    Optional<PendingEnrolment> begun = means.memory().enrolment(means.subject(slot, target));
    begun.ifPresent(PendingEnrolment::close);
    if (begun.isPresent() && begun.get().finish().isPresent()) {
      return false;
    }
    Optional<FleetId> own =
        enrolling.authority() instanceof Authority.Owner
            ? means.memory().registered(means.subject(slot, target)).map(Memory.Registered::fleetId)
            : Optional.empty();
    for (FleetId fleet : journey.all()) {
      boolean asked = !fleet.equals(target) && !own.equals(Optional.of(fleet));
      if (asked && occupied(journey, fleet, enrolling)) {
        return true;
      }
    }
    return false;
  }

  private boolean occupied(Journey journey, FleetId fleet, Enrolling enrolling) throws Halt {
    try {
      return enrolling.at(journey.to(fleet, Purpose.RECOVER), means.login()).occupied();
    } catch (Halt halt) {
      if (halt.distrust().filter(Distrust::ownPolicy).isPresent()) {
        // This app would never recover from there; it is not kept from beginning elsewhere.
        return false;
      }
      throw halt;
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
      Journey journey = Journey.begin(means, slot, Purpose.RECOVER);
      try (Inquiry inquiry = Inquiry.everywhere(journey, code)) {
        inquiry.settle();
        Optional<Recovery.Recovered> recovered = inquiry.recovered();
        if (recovered.isPresent()) {
          return new Mover(means, journey, slot).after(recovered.get(), inquiry, code);
        }
        Optional<Recovery> verdict = inquiry.verdict();
        return verdict.isPresent() ? verdict.get() : nothing(journey, slot);
      }
    } catch (Halt halt) {
      return Inquiry.ended(halt);
    }
  }

  private Recovery nothing(Journey journey, Slot slot) throws Halt {
    List<FleetId> fleets = journey.all();
    if (fleets.isEmpty()) {
      return new Recovery.Untrusted(journey.closed());
    }
    FleetId now = fleets.get(0);
    Optional<FleetId> before =
        means.memory().registered(means.subject(slot, now)).map(Memory.Registered::fleetId);
    return before.isPresent() && !fleets.contains(before.get())
        ? new Recovery.Moved(before.get(), now)
        : new Recovery.NotRegistered();
  }

  /** Deletes the registration of a slot, with every fleet that may have one. */
  public synchronized Forgetting forget(Slot slot, Authority authority) {
    try {
      Journey journey = Journey.begin(means, slot, Purpose.RECOVER);
      Forgetting worst = new Forgetting.NotRegistered();
      for (FleetId fleet : journey.all()) {
        Session session = journey.to(fleet, Purpose.RECOVER);
        Forgetting one = new Forgetter(session, means.login(), authority).run();
        if (!(one instanceof Forgetting.NotRegistered)
            && (worst instanceof Forgetting.NotRegistered
                || !(one instanceof Forgetting.Forgotten))) {
          worst = one;
        }
      }
      return worst;
    } catch (Halt halt) {
      return halt.distrust().isPresent()
          ? new Forgetting.Untrusted(halt.distrust().get())
          : new Forgetting.TryAgain(halt.after(), Cause.of(halt));
    }
  }

  /** What can be known without an attempt. */
  public synchronized VaultStatus status(Slot slot) {
    try {
      Journey journey = Journey.begin(means, slot, Purpose.RECOVER);
      if (journey.all().isEmpty()) {
        return new VaultStatus.Untrusted(journey.closed());
      }
      Session session = journey.to(target(journey), Purpose.RECOVER);
      Seen seen = session.gate().newest(session.trusted(), session.partition());
      OptionalLong generation = OptionalLong.empty();
      Optional<Memory.Registered> registered = means.memory().registered(session.subject());
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

  /** The fleet that answered, where it may be used at all. */
  private static FleetId target(Journey journey) {
    return journey.here().orElse(journey.all().get(0));
  }

  private boolean unfinished(Session session) throws Halt {
    Optional<PendingRecovery> recovery = means.memory().recovery(session.subject());
    recovery.ifPresent(PendingRecovery::close);
    Optional<PendingEnrolment> enrolment = means.memory().enrolment(session.subject());
    enrolment.ifPresent(PendingEnrolment::close);
    return recovery.isPresent() || enrolment.isPresent();
  }
}
