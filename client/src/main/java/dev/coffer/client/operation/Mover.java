package dev.coffer.client.operation;

import dev.coffer.client.Authority;
import dev.coffer.client.Enrolment;
import dev.coffer.client.Forgetting;
import dev.coffer.client.Recovery;
import dev.coffer.client.Recovery.Recovered;
import dev.coffer.client.Slot;
import dev.coffer.client.exchange.Memory;
import dev.coffer.client.exchange.OperationAborted;
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
public final class Mover {
  private final ClientContext context;
  private final FleetSelection selection;
  private final Slot slot;

  public Mover(ClientContext context, FleetSelection selection, Slot slot) {
    this.context = context;
    this.selection = selection;
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
  public Recovered after(Recovered recovered, MultiFleetRecovery recoveries, RecoveryCode code) {
    FleetId from = recoveries.winner();
    List<FleetId> others =
        selection.active().stream().filter(fleet -> recoveries.opensOtherwise(fleet)).toList();
    Recovered told = others.isEmpty() ? recovered : recovered.besides(others);
    if (!selection.retiring().contains(from)) {
      afterEnrolment(recovered.secret(), from);
      return told;
    }
    if (selection.active().isEmpty()) {
      return told;
    }
    FleetId to = selection.active().get(0);
    boolean free = selection.active().stream().allMatch(recoveries::free);
    return told.moving(new Recovery.Move(from, to, free && moved(recovered, from, to, code)));
  }

  private boolean moved(Recovered recovered, FleetId from, FleetId to, RecoveryCode code) {
    try {
      // Stored first: a crash after the registration must not forget the slot that is left.
      context.memory().leave(context.subject(slot, from));
      // By nobody's right: if another device registers there at this moment, that one stays.
      Enrolment enrolment =
          new Enroller(
                  selection.to(to, Purpose.REGISTER),
                  context.login(),
                  code,
                  recovered.secret(),
                  Authority.none())
              .run();
      if (enrolment instanceof Enrolment.Enrolled) {
        leave(recovered.secret(), to);
        return true;
      }
    } catch (OperationAborted later) {
      // K is in hand, and the code opens what it opened before: nothing is lost by waiting.
      return false;
    }
    return false;
  }

  /** Before a registration: what this device has with a retiring fleet is to be left. */
  public void beforeEnrolment() throws OperationAborted {
    Optional<FleetId> from = registeredWith();
    if (from.isPresent() && selection.retiring().contains(from.get())) {
      context.memory().leave(context.subject(slot, from.get()));
    }
  }

  /** After a registration at {@code now}. */
  public void afterEnrolment(BackupSecret secret, FleetId now) {
    try {
      leave(secret, now);
    } catch (OperationAborted later) {
      // The new registration is certified; the old slot goes with the next success.
      return;
    }
  }

  private Optional<FleetId> registeredWith() throws OperationAborted {
    return context.memory().registered(anySubject()).map(Memory.Registered::fleetId);
  }

  /** Names in memory do not depend on the fleet here. */
  private Subject anySubject() {
    return context.subject(slot, selection.all().get(0));
  }

  private void leave(BackupSecret secret, FleetId now) throws OperationAborted {
    Optional<FleetId> old = context.memory().leaving(anySubject());
    if (old.isEmpty() || old.get().equals(now)) {
      return;
    }
    if (!selection.retiring().contains(old.get())) {
      context.memory().left(anySubject());
      return;
    }
    Forgetting forgetting =
        new Forgetter(
                selection.to(old.get(), Purpose.RECOVER), context.login(), Authority.owner(secret))
            .run();
    if (!(forgetting instanceof Forgetting.TryAgain)) {
      context.memory().left(anySubject());
    }
  }
}
