package dev.coffer.hsm.account;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import dev.coffer.protocol.outcome.OutcomeCode;
import dev.coffer.protocol.request.Request;
import org.junit.jupiter.api.Test;

/**
 * An owner's proof that was admitted and never ordered. A corrupted admitting HSM has read it, and
 * can seal it again under any header: it must not outlive what the user did since (INV-7).
 */
final class HeldBackProofTest {
  private final Desk desk = new Desk(false, false);

  private void userGoesOn() {
    Request.Attempt attempt = desk.attempt();
    long number = desk.apply(attempt).attemptNumber();
    assertEquals(OutcomeCode.ACCEPTED, desk.apply(desk.success(attempt, number)).code());
  }

  @Test
  void aDeletionIsNotMadeFreshByANewerHeader() {
    desk.enrol();
    Request.Delete held = desk.delete(1, desk.owner);
    userGoesOn();
    assertEquals(OutcomeCode.STALE, desk.judge(held).code());
    Request.Delete renewed =
        new Request.Delete(desk.header(desk.k - 1), held.generation(), held.authorisation());
    assertEquals(OutcomeCode.NOT_AUTHORISED, desk.apply(renewed).code());
    assertInstanceOf(Account.Active.class, desk.account);
  }

  @Test
  void aReplacementIsNotMadeFreshByANewerHeader() {
    desk.enrol();
    desk.apply(desk.start());
    Request.RegisterFinish held = desk.finishByOwner();
    userGoesOn();
    assertEquals(OutcomeCode.STALE, desk.judge(held).code());
    Request.RegisterFinish renewed =
        new Request.RegisterFinish(
            desk.header(desk.k - 1),
            held.k(),
            held.position(),
            held.registration(),
            held.authorisation());
    assertEquals(OutcomeCode.NOT_AUTHORISED, desk.apply(renewed).code());
    assertEquals(1, desk.active().standing().generation());
  }
}
