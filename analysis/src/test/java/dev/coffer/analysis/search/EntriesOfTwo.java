package dev.coffer.analysis.search;

import dev.coffer.hsm.account.Account;
import dev.coffer.hsm.account.AccountCounters;
import dev.coffer.hsm.harness.TestClient;
import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.codec.Rejected;
import dev.coffer.protocol.request.Request;
import java.util.List;
import java.util.Optional;

/**
 * Two operations in one entry come to what they come to in two, one after the other; that is why
 * entries of one operation are enough for the rest of the search. What may differ is what names a
 * place: k, and the nonce of a start.
 */
final class EntriesOfTwo {
  private final FoundedWorld world;
  private final AccountBench bench;
  private final AccountBench.Asked bobs;

  EntriesOfTwo(FoundedWorld world, AccountBench bench) {
    this.world = world;
    this.bench = bench;
    Request.Attempt guess = world.bob().attempt("guess", world.base().k());
    this.bobs = new AccountBench.Asked(world.bob(), guess, world.bob().admit(guess, 1));
  }

  private AccountBench.Asked alices(AccountOp op) {
    return new AccountBench.Asked(world.alice(), op.request(), op.item());
  }

  /** Records first: a guess that they do not count is what matters. */
  private static void sameRecord(String which, Account apart, Account together) {
    BrokenPromise.unless(
        placeless(apart).equals(placeless(together)),
        "INV-4",
        which + ": another record than in entries of their own");
  }

  /** Two operations on one account, of which {@code second} after {@code first} is known. */
  void check(
      ChainAccount at,
      AccountOp first,
      ChainAccount.Taken afterFirst,
      AccountOp second,
      ChainAccount.Taken afterBoth)
      throws Rejected {
    AccountBench.Ordered both = bench.order(at, List.of(alices(first), alices(second)));
    String which = first + " and " + second + " in one entry";
    sameRecord(which, afterBoth.after().account(), both.stand().record().account());
    same(which, afterFirst.answer(), both.answers().get(0));
    same(which, afterBoth.answer(), both.answers().get(1));
  }

  /** An operation beside another account's. */
  void besideAnother(ChainAccount at, AccountOp op, ChainAccount.Taken alone) throws Rejected {
    AccountBench.Ordered both = bench.order(at, List.of(bobs, alices(op)));
    String which = op + " beside another account's guess";
    sameRecord(which, alone.after().account(), both.stand().record().account());
    same(which, alone.answer(), both.answers().get(1));
    Records bob = Records.of(world, world.bob().subject(), both.stand().book());
    BrokenPromise.unless(
        bob.account().counters().attemptNumber() == 1
            && !both.answers().getFirst().partials().isEmpty(),
        "INV-4",
        which + ": the other account's guess is not counted once");
  }

  private static void same(String which, TestClient.Answer apart, TestClient.Answer together) {
    BrokenPromise.unless(
        apart.code() == together.code()
            && apart.outcome().attemptNumber() == together.outcome().attemptNumber()
            && apart.outcome().guessesLeft() == together.outcome().guessesLeft()
            && apart.outcome().generation() == together.outcome().generation()
            && apart.partials().size() == together.partials().size(),
        "INV-8",
        which + ": " + together.code() + " where apart it is " + apart.code());
  }

  /** An account without what names a place. */
  private static Account placeless(Account account) {
    AccountCounters s = account.counters();
    Optional<AccountCounters.Pending> pending =
        s.pending().map(p -> new AccountCounters.Pending(p.id(), p.request(), Bytes.EMPTY, 0, 0));
    return account.with(
        new AccountCounters(
            s.generation(),
            s.attemptNumber(),
            s.trail(),
            0,
            s.failuresSinceSuccess(),
            s.lastRegistration(),
            pending,
            List.of()));
  }
}
