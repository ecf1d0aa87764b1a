package dev.coffer.hsm.account;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.outcome.OutcomeCode;
import dev.coffer.protocol.request.Request;
import java.util.List;
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
    assertEquals(1, desk.active().counters().generation());
  }

  /** The edges of the check that keeps the work equal: s = ℓ is the least that is no number. */
  @Test
  void aProofWhoseNumberIsTheOrderItselfIsNone() {
    Desk desk = new Desk();
    desk.enrol();
    Request.Attempt attempt = desk.attempt();
    desk.apply(attempt);
    Request.Success good = desk.success(attempt, 1);
    Bytes order = Bytes.fromHex("edd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010");
    for (Bytes number : List.of(order, Bytes.zeros(32), Bytes.fromHex("ff".repeat(32)))) {
      Request.Success bad =
          new Request.Success(
              good.header(),
              good.id(),
              attempt.hash(),
              1,
              good.trailBefore(),
              1,
              good.proof().slice(0, 32).concat(number));
      assertEquals(OutcomeCode.NOT_PROVED, desk.judge(bad).code());
    }
    assertEquals(OutcomeCode.ACCEPTED, desk.judge(good).code());
  }

  /** No rule makes this record. If another version ever did, its owner must not believe in it. */
  @Test
  void aRegistrationThatIsNotThereWasNotStored() {
    Desk desk = new Desk();
    desk.apply(desk.start());
    Request.RegisterFinish finish = desk.finishByLogin();
    desk.apply(finish);
    desk.account = new Account.Absent(desk.account.counters());
    assertEquals(OutcomeCode.NOT_REGISTERED, desk.judge(finish).code());
  }
}
