package dev.coffer.analysis.search;

import dev.coffer.hsm.account.Account;
import dev.coffer.hsm.account.AccountCounters;
import dev.coffer.hsm.harness.TestClient;
import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.codec.Rejected;
import dev.coffer.protocol.group.Ristretto255;
import dev.coffer.protocol.group.RistrettoScalar;
import dev.coffer.protocol.oprf.Oprf;
import dev.coffer.protocol.outcome.OutcomeCode;
import dev.coffer.protocol.request.Request;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** The promises about one account, asserted over one operation: before, outcome, after. */
final class AccountRules {
  private final FoundedWorld world;
  private final AccountSetting setting;

  AccountRules(FoundedWorld world, AccountSetting setting) {
    this.world = world;
    this.setting = setting;
  }

  private void unless(boolean holds, String promise, String what) {
    BrokenPromise.unless(holds || (!setting.strict() && !promise.equals("INV-2")), promise, what);
  }

  void check(ChainAccount before, AccountOp op, TestClient.Answer answer, ChainAccount after)
      throws Rejected {
    OutcomeCode code = answer.code();
    neverBack(before.account().counters(), after.account().counters());
    switch (op.request()) {
      case Request.Attempt attempt -> attempt(before, op, answer, after);
      case Request.RegisterStart start -> start(start, answer, after);
      case Request.RegisterFinish finish -> finish(before, op, finish, code, after);
      case Request.Success success -> success(before, op, answer, after);
      case Request.Delete delete -> {
        unless(!accepted(code) || op.genuine(), "authority", "deleted without the owner's proof");
        if (accepted(code)) {
          boolean again = before.account() instanceof Account.Deleted;
          unless(
              again || delete.header().seenK() >= before.account().counters().floorK(),
              "INV-7",
              "a stale deletion came true");
          unless(after.account() instanceof Account.Deleted, "INV-7", "deleted, and it is not");
          after.window.clear();
          after.done.add(op.id());
        }
      }
    }
    if (!accepted(code) && code != OutcomeCode.EXHAUSTED) {
      unless(
          withoutHistory(before.account()).equals(withoutHistory(after.account())),
          "INV-7",
          "a refusal changed the record");
    }
    unless(
        !(before.account() instanceof Account.Exhausted)
            || after.account() instanceof Account.Exhausted
            || op.request() instanceof Request.RegisterFinish,
        "INV-6",
        "an exhausted account came back");
    tombstones(before, after);
    unless(
        after.account().counters().failuresSinceSuccess() >= after.failures.size(),
        "INV-2",
        "failures since the last success were forgotten");
  }

  private static boolean accepted(OutcomeCode code) {
    return AccountWorld.accepted(code);
  }

  private void neverBack(AccountCounters before, AccountCounters after) {
    unless(
        after.generation() >= before.generation()
            && after.attemptNumber() >= before.attemptNumber()
            && after.floorK() >= before.floorK(),
        "INV-7",
        "generation, attempt number or floor decreased");
  }

  static Account withoutHistory(Account account) {
    AccountCounters s = account.counters();
    return account.with(
        new AccountCounters(
            s.generation(),
            s.attemptNumber(),
            s.trail(),
            s.floorK(),
            s.failuresSinceSuccess(),
            s.lastRegistration(),
            s.pending(),
            List.of()));
  }

  /** Is the one partial result in {@code answer} under the share of {@code nonce}? */
  private boolean under(int chain, Bytes nonce, Request request, TestClient.Answer answer)
      throws Rejected {
    RistrettoScalar share =
        world.member(chain + 1).keys().share(setting.fleet().n(), chain + 1, nonce);
    Bytes element = request.blinded().orElseThrow();
    return Oprf.RISTRETTO255
        .evaluate(share, Ristretto255.GROUP.decode(element))
        .encode()
        .equals(answer.partials().getFirst().element().encode());
  }

  private void attempt(
      ChainAccount before, AccountOp op, TestClient.Answer answer, ChainAccount after)
      throws Rejected {
    boolean open = before.openAt(op) >= 0;
    Bytes element = op.request().blinded().orElseThrow();
    long seen = op.request().header().seenK();
    // Too old, or made on knowledge that this chain has yet to come to.
    boolean stale = seen < before.account().counters().floorK() || seen > before.k();
    boolean counted =
        after.account().counters().attemptNumber() > before.account().counters().attemptNumber();
    unless(
        accepted(answer.code()) == !answer.partials().isEmpty(),
        "INV-4",
        "evaluated although refused");
    unless(open || !stale || !accepted(answer.code()), "INV-7", "a stale attempt was evaluated");
    unless(!open || !counted, "INV-8", "a retry burned a guess");
    if (open) {
      unless(
          accepted(answer.code())
              && before.counted.getOrDefault(op.id(), -1L) == answer.outcome().attemptNumber()
              && after.account().guessesLeft() == before.account().guessesLeft(),
          "INV-8",
          "a retry was not free, or got another number");
    }
    if (counted) {
      unless(!after.counted.containsKey(op.id()), "INV-7", "an old attempt burned a guess again");
      after.counted(op.id(), answer.outcome().attemptNumber());
    }
    if (!accepted(answer.code())) {
      boolean used =
          before.account() instanceof Account.Active live && live.used() >= setting.limit();
      unless(
          !used || stale || after.account() instanceof Account.Exhausted,
          "INV-6",
          "the guess after the last one did not exhaust the account");
      return;
    }
    Bytes nonce = after.record.liveNonce().orElseThrow();
    unless(under(after.chain, nonce, op.request(), answer), "INV-3", "evaluated under another key");
    after.evaluated(nonce, element);
    after.window.add(element);
    after.failures.add(element);
    unless(
        after.window.size() <= setting.limit(),
        "INV-2",
        after.window.size() + " guesses between two successes, limit " + setting.limit());
    unless(
        after.failures.size() < 4 * setting.limit(),
        "INV-2",
        after.failures.size() + " guesses over all replacements, limit " + setting.limit());
    unless(
        after.account() instanceof Account.Active live && live.used() >= after.window.size(),
        "INV-4",
        "a guess was evaluated that the record does not count");
  }

  private void start(Request.RegisterStart start, TestClient.Answer answer, ChainAccount after)
      throws Rejected {
    if (!accepted(answer.code())) {
      return;
    }
    Bytes nonce = after.account().counters().pending().orElseThrow().nonce();
    Optional<Bytes> live = after.record.liveNonce();
    unless(
        live.isEmpty() || !under(after.chain, live.get(), start, answer),
        "INV-2",
        "a registration evaluates under the live key: an oracle that counts nothing");
    unless(
        under(after.chain, nonce, start, answer),
        "INV-3",
        "a start is evaluated under another key");
    Bytes other = after.started.putIfAbsent(nonce, start.blindedElement());
    unless(
        other == null || other.equals(start.blindedElement()),
        "INV-2",
        "two elements evaluated under the nonce of one start");
  }

  private void finish(
      ChainAccount before,
      AccountOp op,
      Request.RegisterFinish finish,
      OutcomeCode code,
      ChainAccount after) {
    if (!accepted(code) || before.done.contains(op.id())) {
      return;
    }
    unless(finish.registration().limit() <= setting.limit(), "INV-2", "a limit above the fleet's");
    unless(op.genuine(), "authority", "stored what nobody with the right to had asked for: " + op);
    unless(
        finish.header().seenK() >= before.account().counters().floorK(),
        "INV-7",
        "a stale registration was stored");
    unless(
        after.account().counters().generation() == before.account().counters().generation() + 1,
        "INV-7",
        "a new registration without a new generation");
    unless(
        after.account() instanceof Account.Active live && live.used() == 0,
        "INV-8",
        "a new registration begins with guesses used");
    after.window.clear();
    after.done.add(op.id());
  }

  private void success(
      ChainAccount before, AccountOp op, TestClient.Answer answer, ChainAccount after) {
    if (!accepted(answer.code())) {
      unless(answer.payload().size() == 0, "INV-5", "a refused success handed something out");
      return;
    }
    unless(op.genuine(), "INV-2", "a success without the proof that the code was right");
    boolean again = !after.done.add(op.id());
    if (!again) {
      unless(
          before.openAt(op.attempt().orElseThrow()) >= 0, "INV-7", "a success of no open attempt");
      Bytes proved = op.attempt().orElseThrow().request().blinded().orElseThrow();
      upTo(proved, after.window);
      upTo(proved, after.failures);
      unless(
          answer.outcome().guessesLeft() == setting.limit() - after.window.size(),
          "INV-2",
          "a success gives back guesses that were counted after its attempt, or too few");
    } else {
      unless(
          before.account().guessesLeft() == after.account().guessesLeft(),
          "INV-2",
          "the same success gave guesses back twice");
    }
  }

  /** Takes away {@code last} and what stands before it. */
  private static void upTo(Bytes last, Set<Bytes> attempts) {
    boolean later = !attempts.contains(last);
    for (Bytes attempt : List.copyOf(attempts)) {
      if (!later) {
        attempts.remove(attempt);
      }
      later |= attempt.equals(last);
    }
  }

  /** What must hold of all chains together once one has moved. */
  void checkAcross(AccountState state, ChainAccount moved) {
    for (ChainAccount other : state.chains) {
      if (other.chain == moved.chain) {
        continue;
      }
      moved.started.forEach((nonce, element) -> {
        Bytes there = other.started.get(nonce);
        unless(
            there == null || there.equals(element),
            "INV-2",
            "two chains evaluate two elements under the nonce of one start");
        boolean live =
            other.evaluated.containsKey(nonce) || other.liveNonce().equals(Optional.of(nonce));
        unless(
            there != null || !live,
            "INV-2",
            "one chain's start is evaluated under another's live key");
      });
    }
  }

  /** Of an account that is exhausted or deleted nothing secret is left (INV-6). */
  private void tombstones(ChainAccount before, ChainAccount after) {
    boolean dead =
        after.account() instanceof Account.Exhausted || after.account() instanceof Account.Deleted;
    if (!dead || !(before.account() instanceof Account.Active live)) {
      return;
    }
    // Whatever is registered from here on guards other secrets: the bound over all replacements of
    // these ends, though the record goes on counting.
    after.failures.clear();
    unless(
        !after.record.contains(live.nonce())
            && !after.record.contains(live.registration().authKey())
            && !after.record.contains(live.registration().wrappedKey()),
        "INV-6",
        "the secrets of a dead account are still in its record");
  }
}
