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
    Call sent = Call.unknown(number, number % 3, deed(), began);
    AccountModel.Step step = account.first(sent);
    boolean lost = random.nextInt(12) == 0;
    if (!lost || random.nextBoolean()) {
      account = step.after();
    }
    calls.add(
        lost
            ? sent
            : Call.answered(
                number,
                sent.device(),
                sent.deed(),
                began,
                ended,
                step.heard(),
                new Call.Place(number + 1, 0)));
  }

  private Deed deed() {
    int dice = random.nextInt(10);
    if (account.stage() != AccountModel.Stage.ACTIVE || dice == 0) {
      return new Deed.Register(random.nextInt(4), random.nextInt(2, 6));
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
        chosen,
        new Call(
            call.number(),
            call.device(),
            call.deed(),
            call.began(),
            call.ended(),
            Optional.of(other),
            call.place()));
    return bent;
  }
}
