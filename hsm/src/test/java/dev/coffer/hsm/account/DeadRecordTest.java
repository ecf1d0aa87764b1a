package dev.coffer.hsm.account;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.coffer.hsm.seal.OperationSeal;
import dev.coffer.protocol.account.Subject;
import dev.coffer.protocol.codec.Rejected;
import dev.coffer.protocol.codec.RejectionCode;
import dev.coffer.protocol.outcome.OutcomeCode;
import dev.coffer.protocol.request.Authorisation;
import dev.coffer.protocol.request.Request;
import dev.coffer.protocol.request.RequestHeader;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/**
 * One corrupted HSM admits what it likes: it alone checks logins of attempts and starts. It must
 * not be able to register where no registration is alive (docs/decisions/0005).
 */
final class DeadRecordTest {
  private static final int ABSENT = 0;
  private static final int EXHAUSTED = 1;
  private static final int DELETED = 2;

  /** A record in which nothing is alive, and a start pending on it; no setting allows a login. */
  private static Desk dead(int state) {
    Desk desk = new Desk(false, false);
    if (state != ABSENT) {
      desk.enrol();
    }
    if (state == EXHAUSTED) {
      desk.exhaust();
    } else if (state == DELETED) {
      desk.apply(desk.delete(1, desk.owner));
    }
    desk.apply(desk.start());
    return desk;
  }

  @Test
  void nobodyRegistersWithoutALoginForThisVeryRequest() {
    for (int state : List.of(ABSENT, EXHAUSTED, DELETED)) {
      Desk desk = dead(state);
      Account before = desk.account;
      Request.RegisterFinish bare = desk.finish(new Authorisation.None());
      Authorisation borrowed = desk.login(desk.finish(new Authorisation.None()));
      for (Request.RegisterFinish bad :
          List.of(bare, desk.finishByOwner(), Desk.with(bare, borrowed))) {
        Applied refused = desk.judge(bad);
        assertEquals(OutcomeCode.NOT_AUTHORISED, refused.code());
        assertEquals(before.getClass(), refused.account().getClass());
        assertEquals(before.counters().pending(), refused.account().counters().pending());
      }
      assertEquals(OutcomeCode.ACCEPTED, desk.apply(Desk.with(bare, desk.login(bare))).code());
      assertEquals(OutcomeCode.ACCEPTED, desk.apply(Desk.with(bare, desk.login(bare))).code());
    }
  }

  @Test
  void anAccountThatOneHsmExhaustedGoesBackToItsUserAndNobodyElse() {
    Desk desk = new Desk(false, false);
    desk.enrol();
    desk.exhaust();
    desk.apply(desk.start());
    assertEquals(
        OutcomeCode.NOT_AUTHORISED, desk.apply(desk.finish(new Authorisation.None())).code());
    assertInstanceOf(Account.Exhausted.class, desk.account);
    desk.apply(desk.start());
    assertEquals(OutcomeCode.ACCEPTED, desk.apply(desk.finishByLogin()).code());
    assertEquals(2, desk.active().counters().generation());
  }

  @Test
  void aPendingStartDoesNotOutliveTheStateItBeganIn() {
    // What a client was told at the start, alive or not, decides whose word it brings at the
    // finish.
    Desk exhausted = new Desk(false, false);
    exhausted.limit = 1;
    exhausted.enrol();
    exhausted.apply(exhausted.start());
    Request.RegisterFinish overLive = exhausted.finishByOwner();
    exhausted.exhaust();
    assertEquals(OutcomeCode.NOT_PENDING, exhausted.judge(overLive).code());

    Desk deleted = new Desk(false, false);
    deleted.enrol();
    deleted.apply(deleted.start());
    deleted.apply(deleted.delete(1, deleted.owner));
    assertEquals(Optional.empty(), deleted.account.counters().pending());

    Desk revived = dead(DELETED);
    revived.apply(revived.finishByLogin());
    assertEquals(Optional.empty(), revived.account.counters().pending());
  }

  @Test
  void noRecordIsMadeForATenantWithoutAnIssuer() {
    Desk desk = new Desk();
    Subject foreign = new Subject(desk.fleet.id(), "nobody", "alice", "code");
    RequestHeader header = new RequestHeader(foreign, desk.k - 1, desk.header(0).encapsulations());
    Request.Delete request = new Request.Delete(header, 1, new Authorisation.None());
    assertEquals(
        RejectionCode.WRONG_ADDRESSEE,
        assertThrows(Rejected.class, () -> OperationSeal.check(desk.fleet, request)).code());
  }
}
