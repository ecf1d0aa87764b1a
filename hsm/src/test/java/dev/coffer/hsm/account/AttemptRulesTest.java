package dev.coffer.hsm.account;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.coffer.protocol.account.HistoryItem;
import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.outcome.AttemptPayload;
import dev.coffer.protocol.outcome.OutcomeCode;
import dev.coffer.protocol.outcome.SuccessPayload;
import dev.coffer.protocol.request.Request;
import dev.coffer.protocol.request.SignedTexts;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Attempt, Success and Delete, row by row of PROTOCOL.md §5.3. */
final class AttemptRulesTest {
  private final Desk desk = new Desk();

  @Test
  void anAttemptIsCountedBeforeItIsEvaluated() throws Exception {
    Account.Active live = desk.enrol();
    Applied applied = desk.apply(desk.attempt());
    assertEquals(OutcomeCode.ACCEPTED, applied.code());
    assertEquals(Optional.of(live.nonce()), applied.evaluateUnder());
    assertEquals(1, applied.attemptNumber());
    assertEquals(9, desk.account.guessesLeft());
    assertEquals(1, desk.account.counters().failuresSinceSuccess());
    AttemptPayload payload = AttemptPayload.decode(applied.payload());
    assertEquals(live.registration().authKey(), payload.authKey());
    assertEquals(live.registration().wrappedKeyHash(), payload.wrappedKeyHash());
  }

  @Test
  void retriesInAnyOrderAreFreeAndKeepTheirNumber() {
    desk.enrol();
    List<Request.Attempt> attempts = new ArrayList<>();
    for (int i = 0; i < 10; i++) {
      attempts.add(desk.attempt());
      assertEquals(i + 1, desk.apply(attempts.get(i)).attemptNumber());
    }
    Account before = desk.account;
    for (int i = 9; i >= 0; i--) {
      Applied again = desk.apply(attempts.get(i));
      assertEquals(i + 1, again.attemptNumber());
      assertEquals(OutcomeCode.ACCEPTED, again.code());
      assertEquals(Optional.of(desk.active().nonce()), again.evaluateUnder());
    }
    assertEquals(before, desk.account);
  }

  @Test
  void theEleventhAttemptErasesTheSecretsForGood() {
    Account.Active live = desk.enrol();
    List<Request.Attempt> attempts = new ArrayList<>();
    for (int i = 0; i < 10; i++) {
      attempts.add(desk.attempt());
      desk.apply(attempts.get(i));
    }
    assertEquals(0, desk.account.guessesLeft());
    Applied last = desk.apply(desk.attempt());
    assertEquals(OutcomeCode.EXHAUSTED, last.code());
    assertEquals(Optional.empty(), last.evaluateUnder());
    assertEquals(10, last.attemptNumber());
    String plaintext = Bytes.wrap(AccountCodec.encode(desk.account)).hex();
    for (Bytes secret :
        List.of(
            live.nonce(),
            live.registration().authKey(),
            live.registration().ownerKey(),
            live.registration().wrappedKey())) {
      assertTrue(!plaintext.contains(secret.hex()), "secrets are erased");
    }
    // Not even what was granted once is granted again, nor does a late proof help.
    assertEquals(OutcomeCode.EXHAUSTED, desk.apply(attempts.get(0)).code());
    assertEquals(
        OutcomeCode.EXHAUSTED, desk.apply(desk.success(attempts.get(0), 1, 1, desk.auth)).code());
    assertEquals(OutcomeCode.EXHAUSTED, desk.apply(desk.delete(1, desk.owner)).code());
    assertInstanceOf(Account.Exhausted.class, desk.account);
  }

  @Test
  void aSmallerLimitIsKept() {
    desk.limit = 2;
    desk.enrol();
    desk.apply(desk.attempt());
    desk.apply(desk.attempt());
    assertEquals(OutcomeCode.EXHAUSTED, desk.apply(desk.attempt()).code());
  }

  @Test
  void successResetsTheCounterAndGivesTheRegistration() throws Exception {
    Account.Active live = desk.enrol();
    desk.apply(desk.attempt());
    Request.Attempt right = desk.attempt();
    desk.apply(right);
    Applied applied = desk.apply(desk.success(right, 2));
    assertEquals(OutcomeCode.ACCEPTED, applied.code());
    assertEquals(10, desk.account.guessesLeft());
    assertEquals(0, desk.account.counters().failuresSinceSuccess());
    assertEquals(2, desk.account.counters().attemptNumber());
    assertEquals(desk.k - 1, desk.account.counters().floorK());
    SuccessPayload payload = SuccessPayload.decode(applied.payload());
    assertEquals(live.registration(), payload.registration());
    assertEquals(HistoryItem.Kind.SUCCESS, payload.history().getLast().kind());
  }

  /** Two chains that part here: what is counted on one is not on the other. */
  @Test
  void aSuccessProvesNothingWhereOtherGuessesWereCountedBeforeItsAttempt() {
    desk.enrol();
    Account fork = desk.account;
    Request.Attempt right = desk.attempt();
    desk.apply(desk.attempt());
    desk.apply(right);
    Request.Success success = desk.success(right, 2);
    assertEquals(OutcomeCode.ACCEPTED, desk.judge(success).code());
    for (int before = 0; before < 4; before++) {
      desk.account = fork;
      for (int i = 0; i < before; i++) {
        desk.apply(desk.attempt());
      }
      assertEquals(before + 1, desk.apply(right).attemptNumber());
      assertEquals(OutcomeCode.NOT_PROVED, desk.apply(success).code());
      assertEquals(9 - before, desk.account.guessesLeft());
    }
    // Nor does the proof stand under another trail than it was given for.
    Request.Success moved =
        new Request.Success(
            success.header(),
            success.id(),
            success.attemptRequest(),
            4,
            desk.success(right, 4).trailBefore(),
            success.generation(),
            success.proof());
    assertEquals(OutcomeCode.NOT_PROVED, desk.judge(moved).code());
    assertEquals(OutcomeCode.ACCEPTED, desk.judge(desk.success(right, 4)).code());
  }

  @Test
  void whatWasCountedAfterTheAttemptStaysCounted() {
    desk.enrol();
    desk.apply(desk.attempt());
    Request.Attempt right = desk.attempt();
    desk.apply(right);
    Request.Attempt later = desk.attempt();
    desk.apply(later);
    desk.apply(desk.attempt());
    assertEquals(OutcomeCode.ACCEPTED, desk.apply(desk.success(right, 2)).code());
    assertEquals(8, desk.account.guessesLeft());
    assertEquals(2, desk.account.counters().failuresSinceSuccess());
    assertEquals(4, desk.account.counters().attemptNumber());
    // They are open as before: free again, under the numbers they had, and good for a success.
    Applied again = desk.apply(later);
    assertEquals(3, again.attemptNumber());
    assertEquals(OutcomeCode.ACCEPTED, again.code());
    assertEquals(8, desk.account.guessesLeft());
    assertEquals(OutcomeCode.ACCEPTED, desk.apply(desk.success(later, 3)).code());
    assertEquals(9, desk.account.guessesLeft());
    assertEquals(OutcomeCode.NOT_PROVED, desk.apply(desk.success(right, 2)).code());
  }

  @Test
  void theTrailNamesEveryAttemptThatWasEverCounted() {
    desk.enrol();
    Bytes trail = Bytes.zeros(32);
    for (int i = 0; i < 3; i++) {
      for (int j = 0; j < 3; j++) {
        Request.Attempt attempt = desk.attempt();
        Applied applied = desk.apply(attempt);
        assertEquals(trail, Desk.trailBefore(applied));
        assertEquals(trail, Desk.trailBefore(desk.apply(attempt)), "also when it is sent again");
        trail =
            SignedTexts.attemptTrail(
                trail,
                SignedTexts.attemptTag(
                    desk.subject,
                    desk.account.counters().generation(),
                    attempt.id(),
                    attempt.hash()));
        assertEquals(trail, desk.account.trail());
      }
      // Whatever ends a registration, the trail goes on.
      if (i == 0) {
        desk.apply(desk.start());
        desk.apply(desk.finishByOwner());
      } else if (i == 1) {
        desk.apply(desk.delete(2, desk.owner));
        assertEquals(trail, desk.account.trail());
        desk.enrol();
      }
    }
    desk.exhaust();
    assertEquals(desk.account.counters().trail(), desk.account.trail());
    assertEquals(9 + 7, desk.account.counters().attemptNumber());
    Bytes last = desk.account.trail();
    desk.enrol();
    assertEquals(last, Desk.trailBefore(desk.apply(desk.attempt())));
  }

  @Test
  void theSameSuccessAgainAnswersTheSameAndResetsNothing() throws Exception {
    desk.enrol();
    Request.Attempt right = desk.attempt();
    desk.apply(right);
    Request.Success success = desk.success(right, 1);
    desk.apply(success);
    desk.apply(desk.attempt());
    desk.apply(desk.attempt());
    Account before = desk.account;
    Applied again = desk.apply(success);
    assertEquals(OutcomeCode.ACCEPTED, again.code());
    assertEquals(
        desk.active().registration(), SuccessPayload.decode(again.payload()).registration());
    assertEquals(before, desk.account);
    assertEquals(8, desk.account.guessesLeft());
  }

  @Test
  void oldAttemptsAndSuccessesInsertedAgainBurnAndResetNothing() {
    desk.enrol();
    Request.Attempt first = desk.attempt();
    desk.apply(first);
    Request.Success firstSuccess = desk.success(first, 1);
    desk.apply(firstSuccess);
    Request.Attempt second = desk.attempt();
    desk.apply(second);
    desk.apply(desk.success(second, 2));
    desk.apply(desk.attempt());
    Account.Active before = desk.active();
    assertEquals(OutcomeCode.STALE, desk.apply(first).code());
    assertEquals(OutcomeCode.STALE, desk.apply(second).code());
    assertEquals(OutcomeCode.NOT_PROVED, desk.apply(firstSuccess).code());
    assertEquals(before.open(), desk.active().open());
    assertEquals(9, desk.account.guessesLeft());
    assertEquals(before.counters().floorK(), desk.account.counters().floorK());
    assertEquals(before.counters().trail(), desk.active().counters().trail());
  }

  @Test
  void attemptsOnOldOrInventedKnowledgeAreStaleAndUncounted() {
    long floor = desk.enrol().counters().floorK();
    assertEquals(OutcomeCode.STALE, desk.judge(desk.attempt(floor - 1)).code());
    assertEquals(OutcomeCode.STALE, desk.judge(desk.attempt(0)).code());
    assertEquals(OutcomeCode.STALE, desk.judge(desk.attempt(desk.k)).code());
    assertEquals(OutcomeCode.ACCEPTED, desk.judge(desk.attempt(floor)).code());
    Applied stale = desk.apply(desk.attempt(desk.k));
    assertEquals(Optional.empty(), stale.evaluateUnder());
    assertEquals(10, desk.account.guessesLeft());
  }

  @Test
  void aProofIsForOneAttemptOfOneNumberAndGeneration() {
    desk.enrol();
    Request.Attempt one = desk.attempt();
    Request.Attempt two = desk.attempt();
    desk.apply(one);
    desk.apply(two);
    for (Request.Success bad :
        List.of(
            desk.success(one, 2),
            desk.success(two, 1),
            desk.success(two, 3),
            desk.success(one, 1, 0, desk.auth),
            desk.success(one, 1, 2, desk.auth),
            desk.success(one, 1, 1, desk.owner),
            desk.success(desk.attempt(), 1))) {
      assertEquals(OutcomeCode.NOT_PROVED, desk.judge(bad).code());
    }
    assertEquals(OutcomeCode.ACCEPTED, desk.judge(desk.success(one, 1)).code());
  }

  @Test
  void aClaimedGenerationMustBeTheSignedOne() {
    desk.enrol();
    Request.Attempt attempt = desk.attempt();
    desk.apply(attempt);
    Request.Success good = desk.success(attempt, 1);
    Request.Success relabelled =
        new Request.Success(
            good.header(),
            good.id(),
            good.attemptRequest(),
            good.attemptNumber(),
            good.trailBefore(),
            good.generation() + 1,
            good.proof());
    assertEquals(OutcomeCode.NOT_PROVED, desk.judge(relabelled).code());
  }

  @Test
  void randomProofsAreRefusedWhateverTheirTopBits() {
    desk.enrol();
    Request.Attempt attempt = desk.attempt();
    desk.apply(attempt);
    Request.Success good = desk.success(attempt, 1);
    for (int i = 0; i < 64; i++) {
      Bytes proof = desk.random().concat(desk.random());
      Request.Success bad =
          new Request.Success(
              good.header(),
              good.id(),
              good.attemptRequest(),
              1,
              good.trailBefore(),
              good.generation(),
              proof);
      assertEquals(OutcomeCode.NOT_PROVED, desk.judge(bad).code());
    }
    // A second encoding of the right proof, s + ℓ, is not a proof either.
    Request.Success malleated =
        new Request.Success(
            good.header(),
            good.id(),
            good.attemptRequest(),
            1,
            good.trailBefore(),
            1,
            addOrder(good.proof()));
    assertEquals(OutcomeCode.NOT_PROVED, desk.judge(malleated).code());
  }

  private static Bytes addOrder(Bytes signature) {
    Bytes order = Bytes.fromHex("edd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010");
    byte[] sum = signature.toByteArray();
    int carry = 0;
    for (int i = 0; i < 32; i++) {
      int digit = signature.at(32 + i) + order.at(i) + carry;
      sum[32 + i] = (byte) digit;
      carry = digit >>> 8;
    }
    return Bytes.wrap(sum);
  }

  @Test
  void deletionTakesTheOwnerOrAnAllowedLogin() {
    desk.enrol();
    assertEquals(OutcomeCode.NOT_AUTHORISED, desk.judge(desk.delete(1, desk.auth)).code());
    assertEquals(OutcomeCode.NOT_AUTHORISED, desk.judge(desk.delete(2, desk.owner)).code());
    assertEquals(OutcomeCode.NOT_AUTHORISED, desk.judge(desk.deleteByLogin(1)).code());
    Request.Delete delete = desk.delete(1, desk.owner);
    assertEquals(OutcomeCode.ACCEPTED, desk.apply(delete).code());
    assertInstanceOf(Account.Deleted.class, desk.account);
    assertEquals(OutcomeCode.ACCEPTED, desk.apply(delete).code());
    assertEquals(OutcomeCode.NOT_REGISTERED, desk.apply(desk.delete(1, desk.owner)).code());
    assertEquals(OutcomeCode.NOT_REGISTERED, desk.apply(desk.attempt()).code());

    Desk lenient = new Desk(true, true);
    lenient.enrol();
    assertEquals(OutcomeCode.NOT_AUTHORISED, lenient.judge(lenient.deleteByLogin(2)).code());
    assertEquals(OutcomeCode.ACCEPTED, lenient.apply(lenient.deleteByLogin(1)).code());
  }

  @Test
  void anOldDeletionDoesNotHitANewRegistration() {
    desk.enrol();
    Request.Delete delete = desk.delete(1, desk.owner);
    desk.apply(delete);
    desk.enrol();
    assertEquals(OutcomeCode.NOT_AUTHORISED, desk.apply(delete).code());
    assertInstanceOf(Account.Active.class, desk.account);
  }

  @Test
  void aDeletionHeldBackDoesNotOutliveASuccess() {
    Desk lenient = new Desk(true, true);
    lenient.enrol();
    Request.Delete byOwner = lenient.delete(1, lenient.owner);
    Request.Delete byLogin = lenient.deleteByLogin(1);
    Request.Attempt attempt = lenient.attempt();
    lenient.apply(attempt);
    lenient.apply(lenient.success(attempt, 1));
    assertEquals(OutcomeCode.STALE, lenient.apply(byOwner).code());
    assertEquals(OutcomeCode.STALE, lenient.apply(byLogin).code());
    assertInstanceOf(Account.Active.class, lenient.account);
    assertEquals(OutcomeCode.ACCEPTED, lenient.apply(lenient.delete(1, lenient.owner)).code());
  }

  @Test
  void refusalsChangeTheHistoryAloneAndCannotPushEventsOut() {
    desk.enrol();
    for (int i = 0; i < 5; i++) {
      desk.apply(desk.attempt());
    }
    List<HistoryItem> events = desk.account.counters().history();
    for (int i = 0; i < 50; i++) {
      Account.Active before = desk.active();
      desk.apply(desk.attempt(desk.k));
      Account.Active after = desk.active();
      assertEquals(before, after.with(before.counters()));
      assertEquals(before.counters().attemptNumber(), after.counters().attemptNumber());
    }
    List<HistoryItem> now = desk.account.counters().history();
    assertEquals(events, now.subList(0, events.size()));
    assertEquals(events.size() + 1, now.size());
  }

  @Test
  void nothingIsRegisteredNothingIsRecovered() {
    assertEquals(OutcomeCode.NOT_REGISTERED, desk.apply(desk.attempt()).code());
    assertEquals(OutcomeCode.NOT_REGISTERED, desk.apply(desk.success(desk.attempt(), 1)).code());
    assertEquals(OutcomeCode.NOT_REGISTERED, desk.apply(desk.delete(0, desk.owner)).code());
    assertEquals(Account.Absent.NEVER, desk.account);
    desk.apply(desk.start());
    assertEquals(OutcomeCode.NOT_REGISTERED, desk.apply(desk.attempt()).code());
    assertInstanceOf(Account.Absent.class, desk.account);
  }
}
