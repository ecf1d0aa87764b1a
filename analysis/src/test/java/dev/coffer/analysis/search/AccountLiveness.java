package dev.coffer.analysis.search;

import dev.coffer.hsm.account.Account;
import dev.coffer.hsm.harness.TestClient;
import dev.coffer.protocol.codec.Rejected;
import dev.coffer.protocol.outcome.OutcomeCode;
import dev.coffer.protocol.outcome.StartPayload;
import dev.coffer.protocol.outcome.SuccessPayload;
import dev.coffer.protocol.request.Request;
import java.util.List;

/**
 * Hosts are honest from here on: the rightful user gets in with the code while guesses are left,
 * and with the login gets a new code registered whatever has become of the account. THREAT_MODEL
 * names the one detour: after too many failures the account is exhausted first.
 */
final class AccountLiveness {
  /** A number that no operation of the search has. */
  private static final int LATER = 99;

  private static final int FAILURES_FACTOR = 3;

  private final AccountSetting setting;
  private final AccountOps ops;
  private final AccountBench bench;
  private final TestClient alice;

  AccountLiveness(AccountSetting setting, AccountOps ops, AccountBench bench, TestClient alice) {
    this.setting = setting;
    this.ops = ops;
    this.bench = bench;
    this.alice = alice;
  }

  /** A chain, and what the newest operation on it came to. */
  private record Step(ChainAccount after, TestClient.Answer answer) {}

  void check(ChainAccount from) throws Rejected {
    if (from.account() instanceof Account.Active live
        && live.registration().wrappedKey().equals(FoundedWorld.SECRET)
        && live.guessesLeft() > 0) {
      recovers(from);
    }
    registers(from);
  }

  private Step ask(ChainAccount at, AccountOp op) throws Rejected {
    AccountBench.Ordered ordered =
        bench.order(at, List.of(new AccountBench.Asked(alice, op.request(), op.item())));
    return new Step(at.next(ordered.stand()), ordered.answers().getFirst());
  }

  private static void unless(boolean holds, String what) {
    BrokenPromise.unless(holds, "liveness", what);
  }

  private void recovers(ChainAccount from) throws Rejected {
    AccountOp attempt = ops.right(LATER, from.k());
    Step tried = ask(from, attempt);
    unless(tried.answer().code() == OutcomeCode.ACCEPTED, "the right code is not evaluated");
    tried.after().counted(attempt.id(), tried.answer().outcome().attemptNumber());
    Step proved = ask(tried.after(), ops.success(attempt, tried.after()));
    unless(proved.answer().code() == OutcomeCode.ACCEPTED, "the right code is not believed");
    unless(
        SuccessPayload.decode(proved.answer().payload())
            .registration()
            .wrappedKey()
            .equals(FoundedWorld.SECRET),
        "the right code gives back something else");
    unless(
        proved.after().account().guessesLeft() == setting.limit(),
        "a success does not give the guesses back");
  }

  private void registers(ChainAccount from) throws Rejected {
    boolean tooMany =
        from.account() instanceof Account.Active live
            && live.counters().failuresSinceSuccess()
                >= FAILURES_FACTOR * live.registration().limit();
    ChainAccount at = from;
    if (tooMany) {
      Step refused = finished(from, LATER);
      unless(
          refused.answer().code() == OutcomeCode.EXHAUSTED,
          "replaced after too many failures, or refused otherwise");
      at = refused.after();
    }
    Step stored = finished(at, LATER + 1);
    unless(stored.answer().code() == OutcomeCode.ACCEPTED, "no new code can be registered");
    AccountOp attempt = ops.right(LATER + 1, stored.after().k());
    Step tried = ask(stored.after(), attempt);
    unless(tried.answer().code() == OutcomeCode.ACCEPTED, "a new registration evaluates nothing");
    tried.after().counted(attempt.id(), tried.answer().outcome().attemptNumber());
    Step proved = ask(tried.after(), ops.laterSuccess(attempt, tried.after()));
    unless(proved.answer().code() == OutcomeCode.ACCEPTED, "the new code is not believed");
  }

  /** A start and its finish, both fresh, by the login. */
  private Step finished(ChainAccount from, int number) throws Rejected {
    AccountOp start = ops.start(number, from.k());
    Step granted = ask(from, start);
    unless(granted.answer().code() == OutcomeCode.ACCEPTED, "no registration can be started");
    StartPayload place = StartPayload.decode(granted.answer().payload());
    return ask(
        granted.after(),
        ops.finish(
            number,
            new AccountOps.Granted(
                (Request.RegisterStart) start.request(),
                place.k(),
                place.position(),
                granted.after().k(),
                setting.limit())));
  }
}
