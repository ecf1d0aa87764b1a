package dev.coffer.verification.search;

import dev.coffer.hsm.account.Account;
import dev.coffer.hsm.harness.RecordBook;
import dev.coffer.protocol.request.Request;
import dev.coffer.protocol.request.SignedTexts;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;

/**
 * What one chain has come to with the one registration, in worlds where the user recovers.
 *
 * @param window the attempts counted since the last success, by entry
 * @param right the number of the user's right attempt, while it is open
 * @param resets successes that came true along this chain
 * @param idle whether the last entry changed nothing but the history. What follows it follows what
 *     was there before as well, so hosts gain nothing by going on from there
 */
record Progress(Set<Integer> window, Optional<Long> right, int resets, boolean idle) {
  static final Progress START = new Progress(Set.of(), Optional.empty(), 0, false);

  Progress {
    window = Set.copyOf(window);
  }

  /** After {@code entry} on top of {@code before}; the records are now those of {@code book}. */
  Progress next(FoundedWorld world, Place before, int entry, RecordBook book) {
    Account was = Records.of(world, before).account();
    Account is = Records.of(world, world.alice().subject(), book).account();
    Set<Integer> counted = new HashSet<>(window);
    int times = resets;
    if (was instanceof Account.Active live && is instanceof Account.Active next) {
      if (!next.lastSuccess().equals(live.lastSuccess())) {
        times++;
        counted.clear();
      } else if (next.standing().attemptNumber() > live.standing().attemptNumber()) {
        counted.add(entry);
      }
    }
    if (world.setting().strict()) {
      BrokenPromise.unless(times <= 1, "INV-2", "one success gave guesses back twice");
      BrokenPromise.unless(
          counted.size() <= world.setting().limit(),
          "INV-2",
          counted.size() + " attempts along one chain between successes");
    }
    boolean idle =
        AccountRules.withoutHistory(was).equals(AccountRules.withoutHistory(is)) && entry > 0;
    return new Progress(counted, right(world, is), times, idle);
  }

  private static Optional<Long> right(FoundedWorld world, Account account) {
    if (!(account instanceof Account.Active live)) {
      return Optional.empty();
    }
    Request.Attempt attempt =
        (Request.Attempt) world.orderable(world.right()).request().orElseThrow();
    int at =
        live.open()
            .indexOf(
                SignedTexts.attemptTag(
                    attempt.header().subject(),
                    live.standing().generation(),
                    attempt.id(),
                    attempt.hash()));
    return at < 0
        ? Optional.empty()
        : Optional.of(live.standing().attemptNumber() - live.open().size() + at + 1);
  }
}
