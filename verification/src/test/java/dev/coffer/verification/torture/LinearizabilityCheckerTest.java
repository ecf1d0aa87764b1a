package dev.coffer.verification.torture;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import dev.coffer.protocol.outcome.OutcomeCode;
import java.util.ArrayList;
import java.util.List;
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
    int number = calls.size();
    calls.add(Call.answered(number, 0, deed, began, ended, heard, new Call.Place(number + 1, 0)));
    return number;
  }

  private int lost(Deed deed, long began) {
    calls.add(Call.unknown(calls.size(), 0, deed, began));
    return calls.size() - 1;
  }

  private void register(long at) {
    call(new Deed.Register(RIGHT, LIMIT), at, at + 1, accepted(1, 0, LIMIT, false));
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
    call(new Deed.Register(WRONG, LIMIT), 90, 91, accepted(2, 5, LIMIT, false));
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
    assertEquals(3, guess);
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
    call(new Deed.Guess(WRONG), 10, 40, accepted(1, 1, 1, false));
    wrong(20, 2, 1);
    fits();
  }

  @Test
  void orderOfConcurrentCallsIsFreeAndOfOthersIsNot() {
    register(0);
    call(new Deed.Guess(WRONG), 10, 30, accepted(1, 2, 1, false));
    call(new Deed.Guess(WRONG), 11, 29, accepted(1, 1, 2, false));
    fits();
    calls.clear();
    register(0);
    call(new Deed.Guess(WRONG), 10, 20, accepted(1, 2, 1, false));
    call(new Deed.Guess(WRONG), 21, 29, accepted(1, 1, 2, false));
    breaks();
  }

  @Test
  void placesFollowTheClock() {
    register(0);
    wrong(10, 1, 2);
    assertEquals(List.of(), PlacesChecker.misplaced(calls));
    calls.add(
        Call.answered(
            2, 0, new Deed.Guess(WRONG), 20, 21, accepted(1, 2, 1, false), new Call.Place(2, 0)));
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
    }
    assertEquals(200, refused);
  }
}
