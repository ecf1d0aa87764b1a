package dev.coffer.hsm.account;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.coffer.protocol.account.HistoryItem;
import dev.coffer.protocol.account.RegistrationId;
import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.crypto.Ed25519;
import dev.coffer.protocol.crypto.SecretBytes;
import dev.coffer.protocol.outcome.OutcomeCode;
import dev.coffer.protocol.outcome.StartPayload;
import dev.coffer.protocol.request.Authorisation;
import dev.coffer.protocol.request.Request;
import dev.coffer.protocol.request.SignedTexts;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** RegisterStart and RegisterFinish, row by row of PROTOCOL.md §5.3. */
final class RegisterRulesTest {
  private final Desk desk = new Desk();

  @Test
  void aStartGetsAFreshNonceAndLeavesTheLiveRecordAlone() {
    Account.Active live = desk.enrol();
    Applied first = desk.apply(desk.start());
    Applied second = desk.apply(desk.start());
    assertEquals(OutcomeCode.ACCEPTED, first.code());
    assertNotEquals(first.evaluateUnder(), second.evaluateUnder());
    assertNotEquals(Optional.of(live.nonce()), first.evaluateUnder());
    assertEquals(live.registration(), desk.active().registration());
    assertEquals(live.nonce(), desk.active().nonce());
    assertEquals(live.open(), desk.active().open());
  }

  @Test
  void theSameStartAgainGetsTheSameNonceAndItsFirstPlace() throws Exception {
    Request.RegisterStart start = desk.start();
    Applied first = desk.apply(start);
    Account before = desk.account;
    desk.k += 5;
    Applied again = desk.apply(start);
    assertEquals(first.evaluateUnder(), again.evaluateUnder());
    assertEquals(first.payload(), again.payload());
    assertEquals(new StartPayload(100, 100 % 7), StartPayload.decode(again.payload()));
    assertEquals(before, desk.account);
  }

  @Test
  void anotherRequestUnderTheSameIdStartsAnew() {
    RegistrationId id = new RegistrationId(desk.random());
    Applied first = desk.apply(desk.start(id, desk.k - 1));
    Applied other = desk.apply(desk.start(id, desk.k - 1));
    assertNotEquals(first.evaluateUnder(), other.evaluateUnder());
  }

  @Test
  void aFinishedRegistrationDoesNotStartAgain() {
    Account.Active live = desk.enrol();
    Applied again = desk.apply(desk.start(live.registration().id(), desk.k - 1));
    assertEquals(OutcomeCode.REGISTRATION_FINISHED, again.code());
    assertEquals(Optional.empty(), again.evaluateUnder());
  }

  @Test
  void startsOnOldOrInventedKnowledgeAreStale() {
    Account.Active live = desk.enrol();
    long floor = live.counters().floorK();
    RegistrationId id = new RegistrationId(desk.random());
    assertEquals(OutcomeCode.STALE, desk.judge(desk.start(id, floor - 1)).code());
    assertEquals(OutcomeCode.ACCEPTED, desk.judge(desk.start(id, floor)).code());
    assertEquals(OutcomeCode.ACCEPTED, desk.judge(desk.start(id, desk.k - 1)).code());
    assertEquals(OutcomeCode.STALE, desk.judge(desk.start(id, desk.k)).code());
    assertEquals(OutcomeCode.STALE, desk.judge(desk.start(id, Long.MAX_VALUE)).code());
  }

  @Test
  void aRefusalNeverMakesARecord() {
    desk.apply(desk.start(new RegistrationId(desk.random()), desk.k));
    assertEquals(Account.Absent.NEVER, desk.account);
  }

  @Test
  void finishNeedsItsOwnPendingStart() {
    desk.apply(desk.start());
    Request.RegisterFinish good = desk.finishByLogin();
    Request.RegisterFinish otherK =
        new Request.RegisterFinish(
            good.header(),
            good.k() + 1,
            good.position(),
            good.registration(),
            good.authorisation());
    Request.RegisterFinish otherPlace =
        new Request.RegisterFinish(
            good.header(),
            good.k(),
            good.position() + 1,
            good.registration(),
            good.authorisation());
    Request.RegisterFinish otherId =
        new Request.RegisterFinish(
            good.header(),
            good.k(),
            good.position(),
            desk.registration(new RegistrationId(desk.random())),
            good.authorisation());
    assertEquals(OutcomeCode.NOT_PENDING, desk.judge(otherK).code());
    assertEquals(OutcomeCode.NOT_PENDING, desk.judge(otherPlace).code());
    assertEquals(OutcomeCode.NOT_PENDING, desk.judge(otherId).code());
    desk.apply(desk.start());
    assertEquals(OutcomeCode.NOT_PENDING, desk.judge(good).code());
  }

  @Test
  void finishStoresEverythingInOneStep() {
    Account.Active live = desk.enrol();
    assertEquals(1, live.counters().generation());
    assertEquals(desk.k - 1, live.counters().floorK());
    assertEquals(Optional.empty(), live.counters().pending());
    assertEquals(10, live.guessesLeft());
    assertEquals(HistoryItem.Kind.REGISTERED, live.counters().history().getLast().kind());
  }

  @Test
  void aFinishHeldBackDoesNotComeTrueAfterASuccess() {
    desk.enrol();
    desk.apply(desk.start());
    Request.RegisterFinish heldBack = desk.finishByOwner();
    Request.Attempt attempt = desk.attempt();
    desk.apply(attempt);
    desk.apply(desk.success(attempt, 1));
    Account.Active before = desk.active();
    assertEquals(OutcomeCode.STALE, desk.apply(heldBack).code());
    assertEquals(before, desk.active().with(before.counters()));
    // The pending start itself is as good as ever: said again on newer knowledge, it finishes.
    assertEquals(OutcomeCode.ACCEPTED, desk.apply(desk.finishByOwner()).code());
  }

  @Test
  void theSameFinishAgainChangesNothing() {
    desk.apply(desk.start());
    Request.RegisterFinish finish = desk.finishByLogin();
    desk.apply(finish);
    desk.apply(desk.attempt());
    Account before = desk.account;
    Applied again = desk.apply(finish);
    assertEquals(OutcomeCode.ACCEPTED, again.code());
    assertEquals(before, desk.account);
  }

  @Test
  void whatWasStoredAndIsNoMoreIsNotClaimedToBe() {
    desk.apply(desk.start());
    Request.RegisterFinish finish = desk.finishByLogin();
    desk.apply(finish);
    desk.exhaust();
    assertEquals(OutcomeCode.EXHAUSTED, desk.apply(finish).code());
    Desk other = new Desk();
    other.apply(other.start());
    Request.RegisterFinish stored = other.finishByLogin();
    other.apply(stored);
    other.apply(other.delete(1, other.owner));
    assertEquals(OutcomeCode.NOT_REGISTERED, other.apply(stored).code());
    assertInstanceOf(Account.Deleted.class, other.account);
  }

  @Test
  void theLimitIsCappedByTheFleet() {
    Desk strict = new Desk(true, false, 5);
    strict.apply(strict.start());
    strict.limit = 6;
    assertEquals(OutcomeCode.NOT_ACCEPTABLE, strict.apply(strict.finishByLogin()).code());
    strict.limit = 5;
    assertEquals(OutcomeCode.ACCEPTED, strict.apply(strict.finishByLogin()).code());
  }

  @Test
  void replacingTakesTheOldOwnersKey() {
    desk.enrol();
    desk.apply(desk.attempt());
    desk.apply(desk.start());
    Bytes oldNonce = desk.active().nonce();
    assertEquals(
        OutcomeCode.NOT_AUTHORISED, desk.judge(desk.finish(new Authorisation.None())).code());
    Request.RegisterFinish other = desk.finish(new Authorisation.None());
    Bytes text = SignedTexts.ownerReplace(1, other);
    try (SecretBytes stranger = SecretBytes.copyOf(desk.random())) {
      Authorisation forged = new Authorisation.Owner(Ed25519.sign(stranger, text));
      assertEquals(OutcomeCode.NOT_AUTHORISED, desk.judge(Desk.with(other, forged)).code());
    }
    Applied replaced = desk.apply(desk.finishByOwner());
    assertEquals(OutcomeCode.ACCEPTED, replaced.code());
    Account.Active live = desk.active();
    assertEquals(2, live.counters().generation());
    assertEquals(1, live.counters().attemptNumber());
    assertEquals(1, live.counters().failuresSinceSuccess());
    assertEquals(0, live.used());
    assertNotEquals(oldNonce, live.nonce());
    assertEquals(false, live.replacedWithoutProof());
    assertEquals(HistoryItem.Kind.REPLACED, live.counters().history().getLast().kind());
  }

  @Test
  void anOwnersWordIsForOneRegistrationOnly() {
    desk.enrol();
    desk.apply(desk.start());
    Request.RegisterFinish signed = desk.finishByOwner();
    Request.RegisterFinish moved =
        new Request.RegisterFinish(
            signed.header(),
            signed.k(),
            signed.position(),
            desk.registration(signed.registration().id()),
            signed.authorisation());
    assertEquals(OutcomeCode.NOT_AUTHORISED, desk.judge(moved).code());
  }

  @Test
  void aLoginReplacesWhereAllowedAndOnlyWhatItWasGivenFor() {
    desk.enrol();
    desk.apply(desk.start());
    Request.RegisterFinish bare = desk.finish(new Authorisation.None());
    Request.RegisterFinish other = desk.finish(new Authorisation.None());
    Authorisation forBare = desk.login(bare);
    assertEquals(OutcomeCode.NOT_AUTHORISED, desk.judge(Desk.with(other, forBare)).code());
    Applied replaced = desk.apply(Desk.with(bare, forBare));
    assertEquals(OutcomeCode.ACCEPTED, replaced.code());
    assertTrue(desk.active().replacedWithoutProof());
    assertEquals(
        HistoryItem.Kind.REPLACED_WITHOUT_PROOF,
        desk.active().counters().history().getLast().kind());

    Desk strict = new Desk(false, false);
    strict.enrol();
    strict.apply(strict.start());
    Request.RegisterFinish wanted = strict.finish(new Authorisation.None());
    assertEquals(
        OutcomeCode.NOT_AUTHORISED, strict.judge(Desk.with(wanted, strict.login(wanted))).code());
  }

  private Account.Active stolenByLogin() {
    desk.enrol();
    desk.apply(desk.start());
    Request.RegisterFinish bare = desk.finish(new Authorisation.None());
    desk.apply(Desk.with(bare, desk.login(bare)));
    return desk.active();
  }

  @Test
  void aThiefCannotWashOffThatALoginWasEnough() {
    assertTrue(stolenByLogin().replacedWithoutProof());
    // By the word of the K that the thief registered.
    desk.apply(desk.start());
    assertEquals(OutcomeCode.ACCEPTED, desk.apply(desk.finishByOwner()).code());
    assertEquals(3, desk.active().counters().generation());
    assertTrue(desk.active().replacedWithoutProof());
    // By a success with the thief's own code.
    Request.Attempt attempt = desk.attempt();
    desk.apply(attempt);
    long number = desk.active().counters().attemptNumber();
    assertEquals(OutcomeCode.ACCEPTED, desk.apply(desk.success(attempt, number)).code());
    assertTrue(desk.active().replacedWithoutProof());
    // By deleting it first.
    assertEquals(OutcomeCode.ACCEPTED, desk.apply(desk.delete(3, desk.owner)).code());
    desk.apply(desk.start());
    desk.apply(desk.finishByLogin());
    assertTrue(desk.active().replacedWithoutProof());
  }

  @Test
  void exhaustingFirstDoesNotHideThatALoginWasEnough() {
    desk.enrol();
    desk.exhaust();
    desk.apply(desk.start());
    desk.apply(desk.finishByLogin());
    assertTrue(desk.active().replacedWithoutProof());
    desk.apply(desk.start());
    desk.apply(desk.finishByOwner());
    assertTrue(desk.active().replacedWithoutProof());
  }

  @Test
  void anOwnersReplacementsRaiseNoAlarm() {
    assertEquals(false, desk.enrol().replacedWithoutProof());
    for (int i = 0; i < 3; i++) {
      desk.apply(desk.start());
      desk.apply(desk.finishByOwner());
      assertEquals(false, desk.active().replacedWithoutProof());
    }
  }

  @Test
  void replacingBuysNoMoreThanThreeTimesTheLimit() {
    desk.limit = 3;
    desk.enrol();
    for (int round = 0; round < 3; round++) {
      for (int i = 0; i < 3; i++) {
        assertEquals(OutcomeCode.ACCEPTED, desk.apply(desk.attempt()).code());
      }
      desk.apply(desk.start());
      Request.RegisterFinish finish = desk.finishByOwner();
      Applied applied = desk.apply(finish);
      boolean last = round == 2;
      assertEquals(last ? OutcomeCode.EXHAUSTED : OutcomeCode.ACCEPTED, applied.code());
      if (last) {
        assertInstanceOf(Account.Exhausted.class, desk.account);
        // Sent again, the request that found the account exhausted must not register it.
        assertEquals(OutcomeCode.NOT_PENDING, desk.apply(finish).code());
        assertInstanceOf(Account.Exhausted.class, desk.account);
      }
    }
  }

  @Test
  void anUnauthorisedReplacementCannotExhaust() {
    desk.limit = 1;
    desk.enrol();
    for (int i = 0; i < 3; i++) {
      desk.apply(desk.attempt());
      desk.apply(desk.start());
      if (i < 2) {
        desk.apply(desk.finishByOwner());
      }
    }
    assertEquals(3, desk.active().counters().failuresSinceSuccess());
    assertEquals(
        OutcomeCode.NOT_AUTHORISED, desk.apply(desk.finish(new Authorisation.None())).code());
    assertInstanceOf(Account.Active.class, desk.account);
  }

  @Test
  void afterExhaustionAndDeletionRegisteringTakesALoginAndCountsOn() {
    desk.enrol();
    desk.exhaust();
    long attempts = desk.account.counters().attemptNumber();
    assertEquals(10, attempts);
    desk.apply(desk.start());
    desk.apply(desk.finishByLogin());
    assertEquals(2, desk.active().counters().generation());
    assertEquals(attempts, desk.active().counters().attemptNumber());
    assertEquals(10, desk.active().guessesLeft());
    desk.apply(desk.attempt());
    desk.apply(desk.delete(2, desk.owner));
    desk.apply(desk.start());
    desk.apply(desk.finishByLogin());
    assertEquals(3, desk.active().counters().generation());
    assertEquals(11, desk.active().counters().attemptNumber());
    assertEquals(11, desk.active().counters().failuresSinceSuccess());
  }
}
