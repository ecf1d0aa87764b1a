package dev.coffer.analysis.search;

import dev.coffer.hsm.account.Account;
import dev.coffer.hsm.harness.RecordBook;
import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.request.Request;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What one chain has come to with the one registration, in worlds where the user recovers.
 *
 * @param window the attempts counted since the one that succeeded last, by entry and in order
 * @param right the user's right attempt, while it is open
 * @param resets successes that came true along this chain
 * @param idle whether the last entry changed nothing but the history. What follows it follows what
 *     was there before as well, so hosts gain nothing by going on from there
 */
record Progress(List<Integer> window, Optional<Right> right, int resets, boolean idle) {
  static final Progress START = new Progress(List.of(), Optional.empty(), 0, false);

  /** What the client of the right attempt is told. */
  record Right(long number, Bytes trailBefore) {}

  Progress {
    window = List.copyOf(window);
  }

  /** After {@code entry} on top of {@code before}; the records are now those of {@code book}. */
  Progress next(FoundedWorld world, Place before, int entry, RecordBook book) {
    Account was = Records.of(world, before).account();
    Account is = Records.of(world, world.alice().subject(), book).account();
    List<Integer> counted = new ArrayList<>(window);
    int times = resets;
    if (was instanceof Account.Active live && is instanceof Account.Active next) {
      if (!next.counters().trail().equals(live.counters().trail())) {
        times++;
        counted.subList(0, counted.indexOf(world.right()) + 1).clear();
      } else if (next.counters().attemptNumber() > live.counters().attemptNumber()) {
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

  private static Optional<Right> right(FoundedWorld world, Account account) {
    if (!(account instanceof Account.Active live)) {
      return Optional.empty();
    }
    Request.Attempt attempt =
        (Request.Attempt) world.orderable(world.right()).request().orElseThrow();
    for (int place = 0; place < live.used(); place++) {
      if (Records.trail(live, place, attempt).equals(live.open().get(place))) {
        long number = live.counters().attemptNumber() - live.used() + place + 1;
        return Optional.of(new Right(number, Records.trailBefore(live, place)));
      }
    }
    return Optional.empty();
  }
}
