package dev.coffer.client;

import dev.coffer.client.Recovery.Recovered;
import dev.coffer.client.exchange.Halt;
import dev.coffer.client.exchange.Memory;
import dev.coffer.client.secret.BackupSecret;
import dev.coffer.client.secret.RecoveryCode;
import dev.coffer.protocol.account.Subject;
import dev.coffer.protocol.fleet.FleetId;
import dev.coffer.transparency.verify.Purpose;
import java.util.List;
import java.util.Optional;

/**
 * Moves a registration from a retiring fleet to an active one while code and K are at hand:
 * register there, verify the certified receipt, and only then delete the old slot. A crash or a
 * failure at any point leaves at least one registration that the code opens; the next success goes
 * on.
 *
 * <p>Hosts see that a move follows only a right code. What comes after a recovery (the restore)
 * tells them as much.
 */
final class Mover {
  private final Means means;
  private final Journey journey;
  private final Slot slot;

  Mover(Means means, Journey journey, Slot slot) {
    this.means = means;
    this.journey = journey;
    this.slot = slot;
  }

  /**
   * After a recovery.
   *
   * <p>Moves only where every active fleet has just certified that nothing is alive with it, and
   * only onto such a slot: what the code does not open there may be the user's newer code, or
   * somebody else's, and the old registration is then the one that is left.
   *
   * @return the same recovery, which says whether the move is done
   */
  Recovered after(Recovered recovered, Inquiry inquiry, RecoveryCode code) {
    FleetId from = inquiry.winner();
    List<FleetId> others =
        journey.active().stream().filter(fleet -> inquiry.opensOtherwise(fleet)).toList();
    Recovered told = others.isEmpty() ? recovered : recovered.besides(others);
    if (!journey.retiring().contains(from)) {
      afterEnrolment(recovered.secret(), from);
      return told;
    }
    if (journey.active().isEmpty()) {
      return told;
    }
    FleetId to = journey.active().get(0);
    boolean free = journey.active().stream().allMatch(inquiry::free);
    return told.moving(new Recovery.Move(from, to, free && moved(recovered, from, to, code)));
  }

  private boolean moved(Recovered recovered, FleetId from, FleetId to, RecoveryCode code) {
    try {
      // Stored first: a crash after the registration must not forget the slot that is left.
      means.memory().leave(means.subject(slot, from));
      // By nobody's right: if another device registers there at this moment, that one stays.
      Enrolment enrolment =
          new Enroller(
                  journey.to(to, Purpose.REGISTER),
                  means.login(),
                  code,
                  recovered.secret(),
                  Authority.none())
              .run();
      if (enrolment instanceof Enrolment.Enrolled) {
        leave(recovered.secret(), to);
        return true;
      }
    } catch (Halt later) {
      // K is in hand, and the code opens what it opened before: nothing is lost by waiting.
      return false;
    }
    return false;
  }

  /** Before a registration: what this device has with a retiring fleet is to be left. */
  void beforeEnrolment() throws Halt {
    Optional<FleetId> from = registeredWith();
    if (from.isPresent() && journey.retiring().contains(from.get())) {
      means.memory().leave(means.subject(slot, from.get()));
    }
  }

  /** After a registration at {@code now}. */
  void afterEnrolment(BackupSecret secret, FleetId now) {
    try {
      leave(secret, now);
    } catch (Halt later) {
      // The new registration is certified; the old slot goes with the next success.
      return;
    }
  }

  private Optional<FleetId> registeredWith() throws Halt {
    return means.memory().registered(anySubject()).map(Memory.Registered::fleetId);
  }

  /** Names in memory do not depend on the fleet here. */
  private Subject anySubject() {
    return means.subject(slot, journey.all().get(0));
  }

  private void leave(BackupSecret secret, FleetId now) throws Halt {
    Optional<FleetId> old = means.memory().leaving(anySubject());
    if (old.isEmpty() || old.get().equals(now)) {
      return;
    }
    if (!journey.retiring().contains(old.get())) {
      means.memory().left(anySubject());
      return;
    }
    Forgetting forgetting =
        new Forgetter(
                journey.to(old.get(), Purpose.RECOVER), means.login(), Authority.owner(secret))
            .run();
    if (!(forgetting instanceof Forgetting.TryAgain)) {
      means.memory().left(anySubject());
    }
  }
}
