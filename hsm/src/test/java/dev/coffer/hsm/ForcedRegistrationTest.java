package dev.coffer.hsm;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.coffer.hsm.harness.TestClient;
import dev.coffer.hsm.harness.TestFleet;
import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.codec.Rejected;
import dev.coffer.protocol.outcome.OutcomeCode;
import dev.coffer.protocol.request.Authorisation;
import dev.coffer.protocol.request.Request;
import dev.coffer.protocol.request.SignedTexts;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Suppressed replies (the analysis of WhatsApp's vault, CRYPTO 2023): hosts that withhold answers
 * make a user register the same code again and again, and a thief with the user's login spends each
 * registration's guesses. Every evaluation that the thief gets is counted here, over all of them.
 */
@Tag("long")
final class ForcedRegistrationTest {
  private static final Bytes SECRET = Bytes.fromHex("07".repeat(32));
  private static final String CODE = "123456";
  private static final int LIMIT = 10;

  private final TestFleet fleet = TestFleet.founded(3, 2);
  private final TestClient user = new TestClient(fleet, "alice", 1);

  /** The same account, another device: all that a stolen login gives. */
  private final TestClient thief = new TestClient(fleet, "alice", 2);

  private final Set<String> evaluated = new HashSet<>();
  private int tried;

  /** Tries another code; whether it was evaluated. */
  private boolean guess() throws Rejected {
    String code = "%06d".formatted(900_000 + tried++);
    TestClient.Answer answer = thief.guess(code);
    if (!answer.partials().isEmpty()) {
      evaluated.add(code);
    }
    return answer.outcome().guessesLeft() > 0;
  }

  /** Spends what there is, and stops short of the attempt that would erase the account. */
  private void spend() throws Rejected {
    while (guess()) {
      // There is one more.
    }
  }

  /** The user's next registration of the same code, of whose answer nothing will be seen. */
  private Request.RegisterFinish finish(boolean byOwner) throws Rejected {
    Request.RegisterStart start = user.start(user.registrationId(), CODE, fleet.k());
    fleet.tick();
    TestClient.Answer granted = user.ask(start);
    Request.RegisterFinish bare =
        user.finish(start, granted, CODE, SECRET, new Authorisation.None());
    if (!byOwner) {
      return user.byLogin(bare);
    }
    Bytes text = SignedTexts.ownerReplace(granted.outcome().generation(), bare);
    return user.authorised(bare, user.byOwner(SECRET, text));
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void forcedReplacementsGiveThreeLimitsInAllAndThenTheAccountEnds(boolean byOwner)
      throws Exception {
    user.enrol(CODE, SECRET);
    List<OutcomeCode> ends = new ArrayList<>();
    for (int round = 0; round < 3; round++) {
      spend();
      ends.add(user.ask(finish(byOwner)).code());
    }
    assertEquals(
        List.of(OutcomeCode.ACCEPTED, OutcomeCode.ACCEPTED, OutcomeCode.EXHAUSTED),
        ends,
        "judged before replacing");
    spend();
    assertEquals(3 * LIMIT, evaluated.size());
    TestClient.Answer late = thief.guess(CODE);
    assertTrue(late.partials().isEmpty());
    assertEquals(OutcomeCode.EXHAUSTED, late.code());
  }

  /**
   * Guesses spent between start and finish, and registrations that a guess interrupts, add none.
   */
  @Test
  void guessesInTheMiddleOfRegistrationsCountLikeAnyOther() throws Exception {
    user.enrol(CODE, SECRET);
    OutcomeCode end = OutcomeCode.ACCEPTED;
    for (int round = 0; end == OutcomeCode.ACCEPTED; round++) {
      for (int i = 0; i < LIMIT / 2; i++) {
        guess();
      }
      Request.RegisterFinish finish = finish(true);
      for (int i = 0; i < LIMIT / 2; i++) {
        guess();
      }
      end = user.ask(finish).code();
      assertTrue(round < 3, "it ends");
    }
    assertEquals(OutcomeCode.EXHAUSTED, end);
    assertEquals(3 * LIMIT, evaluated.size());
  }

  /**
   * The same request again, which is what a client sends that hears nothing, is no registration.
   */
  @Test
  void repeatedRequestsBuyNothingBetweenTheGuesses() throws Exception {
    Request.RegisterFinish stored = user.enrol(CODE, SECRET);
    for (int i = 0; i < 2 * LIMIT; i++) {
      if (i < LIMIT) {
        guess();
      }
      TestClient.Answer again = user.open(stored, fleet.order(user.admit(stored, 1 + i % 3)), 0);
      assertEquals(OutcomeCode.ACCEPTED, again.code());
      assertEquals(1, again.outcome().generation());
      assertEquals(Math.max(0, LIMIT - i - 1), again.outcome().guessesLeft());
    }
    assertEquals(LIMIT, evaluated.size());
  }

  /** Only the right code starts the count anew: INV-2 counts between two successes. */
  @Test
  void aSuccessOfTheUsersStartsTheCountAnew() throws Exception {
    user.enrol(CODE, SECRET);
    for (int i = 0; i < LIMIT - 1; i++) {
      guess();
    }
    assertEquals(OutcomeCode.ACCEPTED, user.recover(CODE).code());
    int before = evaluated.size();
    for (int round = 0; round < 5; round++) {
      spend();
      user.ask(finish(true));
    }
    assertEquals(LIMIT - 1, before);
    assertEquals(3 * LIMIT, evaluated.size() - before);
  }

  /**
   * Once the account is erased, the user sees it. Whoever enrols the same code over the tombstone
   * all the same gives one limit more each time, and no replacement in between: the failures stay.
   */
  @Test
  void overATombstoneEachEnrolmentGivesOneLimitAndIsSeen() throws Exception {
    user.enrol(CODE, SECRET);
    for (int round = 0; round < 3; round++) {
      spend();
      user.ask(finish(true));
    }
    for (int enrolment = 1; enrolment <= 3; enrolment++) {
      assertEquals(OutcomeCode.EXHAUSTED, user.ask(user.attempt(CODE, fleet.k())).code());
      assertEquals(OutcomeCode.ACCEPTED, user.ask(finish(false)).code());
      spend();
      assertEquals(OutcomeCode.EXHAUSTED, user.ask(finish(true)).code());
      assertEquals((3 + enrolment) * LIMIT, evaluated.size());
    }
  }

  /**
   * The worst that suppression can do: the user sees no verdict at all, loses the device each time,
   * and registers the same code anew from nothing but the login. Every second registration then
   * falls on a live record and ends it; so from the third on two registrations give one limit.
   */
  @Test
  void registeringBlindlyOverAndOverGivesOneLimitForTwoRegistrations() throws Exception {
    user.enrol(CODE, SECRET);
    for (int registrations = 1; registrations <= 9; registrations++) {
      spend();
      int most = registrations <= 3 ? registrations : 3 + (registrations - 3) / 2;
      assertEquals(most * LIMIT, evaluated.size(), "after " + registrations);
      user.ask(finish(false));
    }
  }

  /** What was made for the old registration is worth nothing with the next one. */
  @Test
  void attemptsKeptBackFromTheOldRegistrationAreStale() throws Exception {
    user.enrol(CODE, SECRET);
    List<Request.Attempt> kept = new ArrayList<>();
    for (int i = 0; i < LIMIT; i++) {
      kept.add(thief.attempt("%06d".formatted(i), fleet.k()));
    }
    for (Request.Attempt attempt : kept.subList(0, LIMIT / 2)) {
      assertEquals(3, thief.ask(attempt).partials().size());
    }
    assertEquals(OutcomeCode.ACCEPTED, user.ask(finish(true)).code());
    for (Request.Attempt attempt : kept) {
      TestClient.Answer answer = thief.ask(attempt);
      assertEquals(OutcomeCode.STALE, answer.code());
      assertTrue(answer.partials().isEmpty());
      assertEquals(LIMIT, answer.outcome().guessesLeft());
    }
  }
}
