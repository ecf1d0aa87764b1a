package dev.coffer.verification.torture;

import dev.coffer.protocol.outcome.OutcomeCode;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;

/** Histories that a sequential vault would have, with overlapping calls and lost answers. */
final class RandomHistory {
  private final SplittableRandom random;
  private final List<Call> calls = new ArrayList<>();
  private AccountModel account = AccountModel.ABSENT;
  private Optional<Call.Place> granted = Optional.empty();

  private RandomHistory(SplittableRandom random) {
    this.random = random;
  }

  /** One with {@code length} calls. */
  static List<Call> of(SplittableRandom random, int length) {
    RandomHistory history = new RandomHistory(random);
    for (int i = 0; i < length; i++) {
      history.next(i);
    }
    return history.calls;
  }

  private void next(int number) {
    // Each takes effect at 100 × its number; neighbours overlap.
    long at = 100L * number;
    long began = at - random.nextInt(1, 180);
    long ended = at + random.nextInt(1, 180);
    Call.Place place = new Call.Place(number + 1, 0);
    boolean lost = random.nextInt(12) == 0;
    Deed deed = deed(lost ? Optional.empty() : Optional.of(place));
    long seenK = random.nextInt(8) == 0 ? random.nextInt(number + 1) : number;
    Call sent = Call.sent(number, number % 3, deed, seenK, began);
    AccountModel.Step step =
        account.first(sent, AccountModel.Span.exactly(place), false).getFirst();
    if (!lost || random.nextBoolean()) {
      account = step.after();
    }
    if (lost) {
      calls.add(sent);
      return;
    }
    if (deed instanceof Deed.Start start) {
      boolean accepted = step.heard().code() == OutcomeCode.ACCEPTED;
      granted = accepted ? start.granted() : granted;
      deed = accepted ? deed : new Deed.Start(Optional.empty());
    }
    calls.add(Call.answered(sent, deed, ended, step.heard(), place));
  }

  private Deed deed(Optional<Call.Place> here) {
    int dice = random.nextInt(10);
    if (account.stage() != AccountModel.Stage.ACTIVE || dice == 0) {
      return granted.isPresent() && random.nextInt(3) > 0
          ? new Deed.Register(random.nextInt(4), random.nextInt(2, 6), granted.get())
          : new Deed.Start(here);
    }
    if (dice == 1) {
      return new Deed.Delete(account.generation());
    }
    if (dice < 5 && !account.open().isEmpty()) {
      AccountModel.Open open = account.open().get(random.nextInt(account.open().size()));
      return new Deed.Prove(
          open.guess(), open.number(), account.generation(), random.nextBoolean());
    }
    return new Deed.Guess(random.nextInt(4));
  }

  /** The same with one attempt number changed to one that was never given. */
  static List<Call> bent(List<Call> history, SplittableRandom random) {
    List<Integer> guesses = new ArrayList<>();
    for (Call call : history) {
      if (call.deed() instanceof Deed.Guess
          && call.heard().filter(h -> h.code() == OutcomeCode.ACCEPTED).isPresent()) {
        guesses.add(call.number());
      }
    }
    int chosen = guesses.get(random.nextInt(guesses.size()));
    List<Call> bent = new ArrayList<>(history);
    Call call = history.get(chosen);
    Heard heard = call.heard().orElseThrow();
    Heard other =
        new Heard(
            heard.code(),
            heard.generation(),
            heard.attemptNumber() + 1_000,
            heard.guessesLeft(),
            heard.opened());
    bent.set(
        chosen, Call.answered(call, call.deed(), call.ended(), other, call.place().orElseThrow()));
    return bent;
  }

  /** The same with one call whose word about STALE is turned round; empty if there is none. */
  static Optional<List<Call>> turned(List<Call> history, SplittableRandom random) {
    List<Call> candidates =
        history.stream()
            .filter(call -> call.deed() instanceof Deed.Guess && call.heard().isPresent())
            .filter(call ->
                call.heard().get().code() == OutcomeCode.ACCEPTED
                    || call.heard().get().code() == OutcomeCode.STALE)
            .toList();
    if (candidates.isEmpty()) {
      return Optional.empty();
    }
    Call call = candidates.get(random.nextInt(candidates.size()));
    Heard other =
        call.heard().orElseThrow().code() == OutcomeCode.STALE
            ? new Heard(OutcomeCode.ACCEPTED, 1, 1, 1, false)
            : Heard.refused(OutcomeCode.STALE);
    List<Call> turned = new ArrayList<>(history);
    turned.set(
        call.number(),
        Call.answered(call, call.deed(), call.ended(), other, call.place().orElseThrow()));
    return Optional.of(turned);
  }
}
