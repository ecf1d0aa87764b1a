package dev.coffer.verification.torture;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.coffer.protocol.outcome.OutcomeCode;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** The checker accepts what a vault may do, and refuses each way of breaking its word. */
class LinearizabilityCheckerTest {
  private static final int RIGHT = 1;
  private static final int WRONG = 2;
  private static final int LIMIT = 3;

  private final List<Call> calls = new ArrayList<>();

  private static Heard accepted(long generation, long number, int left, boolean opened) {
    return new Heard(OutcomeCode.ACCEPTED, generation, number, left, opened);
  }

  private int call(Deed deed, long began, long ended, Heard heard) {
    return call(deed, began, ended, heard, calls.size() + 1);
  }

  /** With the newest knowledge that there can be when it is the only one under way. */
  private int call(Deed deed, long began, long ended, Heard heard, long k) {
    return call(deed, k - 1, began, ended, heard, k);
  }

  private int call(Deed deed, long seenK, long began, long ended, Heard heard, long k) {
    int number = calls.size();
    Call sent = Call.sent(number, 0, deed, seenK, began);
    calls.add(Call.answered(sent, deed, ended, heard, new Call.Place(k, 0)));
    return number;
  }

  private int lost(Deed deed, long began) {
    int number = calls.size();
    calls.add(Call.sent(number, 0, deed, number, began));
    return number;
  }

  private void register(long at) {
    register(at, RIGHT, accepted(0, 0, 0, false), accepted(1, 0, LIMIT, false));
  }

  private Call.Place start(long at, Heard heard) {
    Call.Place here = new Call.Place(calls.size() + 1, 0);
    call(new Deed.Start(Optional.of(here)), at, at + 1, heard);
    return here;
  }

  private void register(long at, int code, Heard started, Heard finished) {
    Call.Place granted = start(at, started);
    call(new Deed.Register(code, LIMIT, granted), at + 2, at + 3, finished);
  }

  private int wrong(long at, long number, int left) {
    return call(new Deed.Guess(WRONG), at, at + 1, accepted(1, number, left, false));
  }

  private void fits() {
    assertInstanceOf(
        LinearizabilityChecker.Linearizable.class, LinearizabilityChecker.check(calls));
  }

  private void breaks() {
    assertInstanceOf(LinearizabilityChecker.Broken.class, LinearizabilityChecker.check(calls));
  }

  @Test
  void acceptsALifeFromRegistrationToExhaustionAndBack() {
    register(0);
    wrong(10, 1, 2);
    int guess = call(new Deed.Guess(RIGHT), 20, 21, accepted(1, 2, 1, true));
    call(new Deed.Prove(guess, 2, 1, true), 30, 31, accepted(1, 2, LIMIT, false));
    wrong(40, 3, 2);
    wrong(50, 4, 1);
    wrong(60, 5, 0);
    call(new Deed.Guess(RIGHT), 70, 71, Heard.refused(OutcomeCode.EXHAUSTED));
    call(new Deed.Guess(RIGHT), 80, 81, Heard.refused(OutcomeCode.EXHAUSTED));
    register(90, WRONG, accepted(1, 5, 0, false), accepted(2, 5, LIMIT, false));
    call(new Deed.Delete(2), 100, 101, accepted(2, 5, 0, false));
    call(new Deed.Guess(RIGHT), 110, 111, Heard.refused(OutcomeCode.NOT_REGISTERED));
    fits();
  }

  @Test
  void refusesALostRegistration() {
    register(0);
    call(new Deed.Guess(RIGHT), 10, 11, Heard.refused(OutcomeCode.NOT_REGISTERED));
    breaks();
  }

  @Test
  void refusesARegistrationThatDoesNotOpen() {
    register(0);
    call(new Deed.Guess(RIGHT), 10, 11, accepted(1, 1, 2, false));
    breaks();
  }

  @Test
  void refusesAGuessCountedTwice() {
    register(0);
    wrong(10, 1, 2);
    wrong(20, 3, 0);
    breaks();
  }

  @Test
  void refusesAGuessNotCounted() {
    register(0);
    wrong(10, 1, 2);
    wrong(20, 1, 2);
    breaks();
  }

  @Test
  void refusesAnAnswerAfterTheLimit() {
    register(0);
    wrong(10, 1, 2);
    wrong(20, 2, 1);
    wrong(30, 3, 0);
    wrong(40, 4, 0);
    breaks();
  }

  @Test
  void refusesALifeAfterExhaustion() {
    register(0);
    wrong(10, 1, 2);
    wrong(20, 2, 1);
    wrong(30, 3, 0);
    call(new Deed.Guess(WRONG), 40, 41, Heard.refused(OutcomeCode.EXHAUSTED));
    wrong(50, 4, 2);
    breaks();
  }

  @Test
  void refusesAStaleRead() {
    register(0);
    wrong(10, 1, 2);
    wrong(20, 2, 1);
    // Answered from the state before the second guess, although that one was over.
    int guess = call(new Deed.Guess(RIGHT), 30, 31, accepted(1, 2, 1, true));
    assertEquals(4, guess);
    breaks();
  }

  @Test
  void refusesAResetWithoutAProof() {
    register(0);
    int guess = wrong(10, 1, 2);
    call(new Deed.Prove(guess, 1, 1, false), 20, 21, Heard.refused(OutcomeCode.NOT_PROVED));
    wrong(30, 2, 2);
    breaks();
  }

  @Test
  void refusesAnOldProofThatResetsAgain() {
    register(0);
    int guess = call(new Deed.Guess(RIGHT), 10, 11, accepted(1, 1, 2, true));
    call(new Deed.Prove(guess, 1, 1, true), 20, 21, accepted(1, 1, LIMIT, false));
    wrong(30, 2, 2);
    call(new Deed.Prove(guess, 1, 1, true), 40, 41, accepted(1, 1, LIMIT, false));
    breaks();
  }

  @Test
  void refusesADeletionThatDoesNotLast() {
    register(0);
    call(new Deed.Delete(1), 10, 11, accepted(1, 0, 0, false));
    wrong(20, 1, 2);
    breaks();
  }

  @Test
  void letsALostCallHaveItsEffectLateOrNever() {
    register(0);
    lost(new Deed.Guess(WRONG), 5);
    wrong(10, 1, 2);
    wrong(20, 3, 0);
    fits();
    calls.clear();
    register(0);
    lost(new Deed.Guess(WRONG), 5);
    wrong(10, 1, 2);
    wrong(20, 2, 1);
    fits();
  }

  @Test
  void aLostCallExplainsOneGuessAndNoMore() {
    register(0);
    lost(new Deed.Guess(WRONG), 5);
    wrong(10, 1, 2);
    wrong(20, 4, 0);
    breaks();
  }

  @Test
  void aLostCallHasNoEffectBeforeItWasSent() {
    register(0);
    wrong(10, 2, 1);
    lost(new Deed.Guess(WRONG), 15);
    breaks();
  }

  @Test
  void anAnswerMayTellOfWhatHappenedBetweenTheFirstArrivalAndTheLast() {
    register(0);
    // Counted as the first; its answer got lost; asked again after the second: no further count.
    call(new Deed.Guess(WRONG), 2, 10, 40, accepted(1, 1, 1, false), 4);
    call(new Deed.Guess(WRONG), 20, 21, accepted(1, 2, 1, false), 3);
    fits();
  }

  @Test
  void orderOfConcurrentCallsIsFreeAndOfOthersIsNot() {
    register(0);
    call(new Deed.Guess(WRONG), 2, 10, 30, accepted(1, 2, 1, false), 4);
    call(new Deed.Guess(WRONG), 11, 29, accepted(1, 1, 2, false), 3);
    fits();
    calls.clear();
    // The certified order is another one, and the answers say so.
    register(0);
    call(new Deed.Guess(WRONG), 10, 30, accepted(1, 2, 1, false), 3);
    call(new Deed.Guess(WRONG), 2, 11, 29, accepted(1, 1, 2, false), 4);
    breaks();
    calls.clear();
    register(0);
    call(new Deed.Guess(WRONG), 10, 20, accepted(1, 2, 1, false));
    call(new Deed.Guess(WRONG), 21, 29, accepted(1, 1, 2, false));
    breaks();
  }

  @Test
  void believesStaleWhereTheRuleDemandsIt() {
    register(0);
    int guess = call(new Deed.Guess(RIGHT), 10, 11, accepted(1, 1, 2, true));
    call(new Deed.Prove(guess, 1, 1, true), 20, 21, accepted(1, 1, LIMIT, false));
    // Opened before the success, which stands at k = 4.
    call(new Deed.Guess(WRONG), 3, 30, 31, Heard.refused(OutcomeCode.STALE), 5);
    call(new Deed.Delete(1), 3, 40, 41, Heard.refused(OutcomeCode.STALE), 6);
    call(new Deed.Start(Optional.empty()), 3, 50, 51, Heard.refused(OutcomeCode.STALE), 7);
    call(new Deed.Guess(WRONG), 4, 60, 61, accepted(1, 2, 2, false), 8);
    fits();
  }

  @Test
  void refusesStaleWhereNothingDemandsIt() {
    register(0);
    wrong(10, 1, 2);
    call(new Deed.Guess(RIGHT), 3, 20, 21, Heard.refused(OutcomeCode.STALE), 4);
    breaks();
    calls.clear();
    register(0);
    call(new Deed.Delete(1), 2, 10, 11, Heard.refused(OutcomeCode.STALE), 3);
    breaks();
    calls.clear();
    call(new Deed.Start(Optional.empty()), 0, 10, 11, Heard.refused(OutcomeCode.STALE), 1);
    breaks();
    calls.clear();
    Call.Place granted = start(0, accepted(0, 0, 0, false));
    call(new Deed.Register(RIGHT, LIMIT, granted), 10, 11, Heard.refused(OutcomeCode.STALE));
    breaks();
  }

  @Test
  void refusesAnAnswerWhereTheRuleDemandsStale() {
    register(0);
    int guess = call(new Deed.Guess(RIGHT), 10, 11, accepted(1, 1, 2, true));
    call(new Deed.Prove(guess, 1, 1, true), 20, 21, accepted(1, 1, LIMIT, false));
    call(new Deed.Guess(WRONG), 3, 30, 31, accepted(1, 2, 2, false), 5);
    breaks();
    calls.clear();
    register(0);
    call(new Deed.Guess(WRONG), 3, 10, 11, accepted(1, 1, 2, false), 3);
    breaks();
  }

  @Test
  void aLostSuccessMovesTheFloorByItsPlaceAndNotFurther() {
    register(0);
    int guess = call(new Deed.Guess(RIGHT), 10, 11, accepted(1, 1, 2, true));
    lost(new Deed.Prove(guess, 1, 1, true), 20);
    wrong(30, 2, 2);
    int sound = calls.size();
    // The success lies somewhere between k = 4 and k = 5: what was seen at 3 was too old.
    call(new Deed.Guess(WRONG), 3, 40, 41, Heard.refused(OutcomeCode.STALE), 6);
    fits();
    calls.subList(sound, calls.size()).clear();
    call(new Deed.Guess(WRONG), 5, 40, 41, Heard.refused(OutcomeCode.STALE), 6);
    breaks();
    calls.subList(sound, calls.size()).clear();
    call(new Deed.Guess(WRONG), 3, 40, 41, accepted(1, 3, 1, false), 6);
    breaks();
  }

  @Test
  void believesNotPendingOnlyWhereTheStartIsOver() {
    Call.Place granted = start(0, accepted(0, 0, 0, false));
    Deed.Register finish = new Deed.Register(RIGHT, LIMIT, granted);
    call(finish, 10, 11, Heard.refused(OutcomeCode.NOT_PENDING));
    breaks();
    calls.clear();
    start(0, accepted(0, 0, 0, false));
    Call.Place other = start(10, accepted(0, 0, 0, false));
    int sound = calls.size();
    call(finish, 20, 21, Heard.refused(OutcomeCode.NOT_PENDING));
    call(new Deed.Register(WRONG, LIMIT, other), 30, 31, accepted(1, 0, LIMIT, false));
    fits();
    calls.subList(sound, calls.size()).clear();
    call(finish, 20, 21, accepted(1, 0, LIMIT, false));
    breaks();
  }

  @Test
  void aStartWithoutAnswerExplainsNotPendingOnceItIsNotTooOld() {
    register(0);
    lost(new Deed.Start(Optional.empty()), 5);
    Call.Place granted = start(10, accepted(1, 0, LIMIT, false));
    Deed.Register finish = new Deed.Register(WRONG, LIMIT, granted);
    int sound = calls.size();
    call(finish, 20, 21, Heard.refused(OutcomeCode.NOT_PENDING));
    fits();
    calls.subList(sound, calls.size()).clear();
    calls.set(2, Call.sent(2, 0, new Deed.Start(Optional.empty()), 1, 5));
    // Opened before the registration at k = 2, it would have been refused as STALE itself.
    call(finish, 20, 21, Heard.refused(OutcomeCode.NOT_PENDING));
    breaks();
  }

  @Test
  void aStartMayBeAnsweredAfterItWasGranted() {
    Call.Place granted = new Call.Place(1, 0);
    Deed.Start start = new Deed.Start(Optional.of(granted));
    call(start, 0, 0, 30, accepted(0, 0, 0, false), 3);
    call(new Deed.Register(RIGHT, LIMIT, granted), 40, 41, accepted(1, 0, LIMIT, false), 4);
    fits();
    Call.Place between = new Call.Place(2, 0);
    calls.add(
        Call.answered(
            Call.sent(2, 1, new Deed.Start(Optional.of(between)), 0, 1),
            new Deed.Start(Optional.of(between)),
            29,
            accepted(0, 0, 0, false),
            between));
    breaks();
  }

  @Test
  void placesFollowTheClock() {
    register(0);
    wrong(10, 1, 2);
    assertEquals(List.of(), PlacesChecker.misplaced(calls));
    call(new Deed.Guess(WRONG), 20, 21, accepted(1, 2, 1, false), 3);
    assertEquals(1, PlacesChecker.misplaced(calls).size());
  }

  @Test
  void oneHeadAtOneK() {
    PlacesChecker places = new PlacesChecker();
    places.certified(1, "a");
    places.certified(1, "a");
    places.certified(2, "b");
    assertEquals(List.of(), places.faults());
    places.certified(2, "c");
    assertEquals(1, places.faults().size());
  }

  /**
   * Whatever a sequential vault says, several devices at once, is accepted; one word changed is
   * not.
   */
  @Test
  void acceptsRandomHistoriesAndRefusesThemWithOneNumberChanged() {
    SplittableRandom random = new SplittableRandom(20_261);
    int refused = 0;
    int turnedDown = 0;
    for (int round = 0; round < 200; round++) {
      List<Call> history = RandomHistory.of(random.split(), 40);
      assertInstanceOf(
          LinearizabilityChecker.Linearizable.class,
          LinearizabilityChecker.check(history),
          () -> "" + history);
      List<Call> bent = RandomHistory.bent(history, random.split());
      if (LinearizabilityChecker.check(bent) instanceof LinearizabilityChecker.Broken) {
        refused++;
      }
      Optional<List<Call>> turned = RandomHistory.turned(history, random.split());
      if (turned.isPresent()
          && LinearizabilityChecker.check(turned.get()) instanceof LinearizabilityChecker.Broken) {
        turnedDown++;
      }
    }
    assertEquals(200, refused);
    // The rest hide behind a call whose answer got lost.
    assertTrue(turnedDown > 150, "turned down " + turnedDown);
  }
}
