package dev.coffer.analysis.search;

import dev.coffer.hsm.account.Account;
import dev.coffer.hsm.harness.TestClient;
import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.codec.Invariant;
import dev.coffer.protocol.codec.Rejected;
import dev.coffer.protocol.outcome.OutcomeCode;
import dev.coffer.protocol.request.Request;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;

/**
 * Every sequence of operations on one account, along one chain or along several that hosts and
 * corrupted HSMs keep certified side by side: fresh guesses, right codes, registrations, deletions,
 * forgeries, and any of them inserted again at any time, on any chain. On a chain all HSMs compute
 * the same, so one real HSM suffices for each. After every operation the promises about accounts
 * are asserted.
 */
final class AccountWorld {
  private final AccountSetting setting;
  private final Setting fleet;
  private final FoundedWorld world;
  private final AccountBench bench;
  private final AccountOps ops;
  private final AccountRules rules;
  private final AccountLiveness liveness;
  private final EntriesOfTwo pairs;
  private final Bytes firstNonce;
  private final Set<String> seen = new HashSet<>();
  private final ArrayDeque<AccountState> open = new ArrayDeque<>();
  private final List<AccountState> explored = new ArrayList<>();
  private long steps;
  private int mostInWindow;
  private int mostFailures;
  private int mostInAll;
  private int mostSinceSuccess;

  /**
   * What a search found out.
   *
   * @param window most guesses between two successes, along one chain
   * @param failures the same over all registrations
   * @param inAll most attempts evaluated for the first registration, over all chains together
   * @param sinceSuccess most wrong guesses, over all chains together, first evaluated since a
   *     success had come true on any of them
   */
  record Found(
      AccountSetting setting,
      int states,
      long steps,
      int window,
      int failures,
      int inAll,
      int sinceSuccess) {
    @Override
    public String toString() {
      return ("%-85s %,9d states %,10d steps; most guesses between successes %d,"
              + " over all registrations %d, over all chains %d, since the last success %d")
          .formatted(setting, states, steps, window, failures, inAll, sinceSuccess);
    }
  }

  AccountWorld(AccountSetting setting) {
    this.setting = setting;
    this.fleet = setting.fleet();
    this.world = new FoundedWorld(fleet, true);
    this.bench = new AccountBench(world, fleet);
    this.ops = new AccountOps(world);
    this.rules = new AccountRules(world, setting);
    this.liveness = new AccountLiveness(setting, ops, bench, world.alice());
    this.pairs = new EntriesOfTwo(world, bench);
    this.firstNonce = Records.of(world, world.base()).liveNonce().orElseThrow();
  }

  /** Explores all states, or {@code most} of them. */
  Found explore(int most) {
    List<ChainAccount> chains = new ArrayList<>();
    for (int chain = 0; chain < setting.chains(); chain++) {
      chains.add(bench.start(chain));
    }
    visit(new AccountState(chains));
    while (!open.isEmpty()) {
      expand(open.poll());
      BrokenPromise.unless(seen.size() <= most, "size", "the search was cut short: " + setting);
    }
    for (AccountState state : setting.strict() ? explored : List.<AccountState>of()) {
      state.chains.forEach(chain -> goesOn(state, chain));
    }
    return new Found(
        setting, seen.size(), steps, mostInWindow, mostFailures, mostInAll, mostSinceSuccess);
  }

  /**
   * One schedule alone, for what a search takes minutes to come to: "0 guess" is a fresh wrong code
   * on the first chain, "1 right" the right one on the second, "1 success" what the user said when
   * they first saw that certified.
   */
  Found play(String... schedule) {
    AccountState state =
        new AccountState(IntStream.range(0, setting.chains()).mapToObj(bench::start).toList());
    for (String step : schedule) {
      ChainAccount chain = state.chains.get(step.charAt(0) - '0');
      AccountState now = state;
      AccountOp op =
          switch (step.substring(2)) {
            case "guess" -> ops.guess(state.count("guess") + 1, chain.k());
            case "right" -> known(now, "right").orElseGet(() -> ops.right(1, chain.k()));
            default -> known(now, "success").orElseThrow();
          };
      open.clear();
      order(state, chain, op);
      state = open.isEmpty() ? state : open.poll();
    }
    return new Found(
        setting, seen.size(), steps, mostInWindow, mostFailures, mostInAll, mostSinceSuccess);
  }

  private static Optional<AccountOp> known(AccountState state, String kind) {
    return state.ops.stream().filter(op -> op.label().startsWith(kind)).findFirst();
  }

  private void visit(AccountState state) {
    int inAll = state.evaluated(firstNonce);
    BrokenPromise.unless(
        inAll <= setting.limit() * setting.chains() * (1 + state.successes.size()),
        "INV-2",
        inAll + " guesses evaluated over all chains, " + state.successes.size() + " successes");
    BrokenPromise.unless(
        setting.starts() > 0 || state.since.size() <= setting.limit() * setting.chains(),
        "INV-2",
        state.since.size() + " guesses over all chains since the last success");
    if (!seen.add(state.key())) {
      return;
    }
    open.add(state);
    explored.add(state);
    for (ChainAccount chain : state.chains) {
      mostInWindow = Math.max(mostInWindow, chain.window.size());
      mostFailures = Math.max(mostFailures, chain.failures.size());
    }
    mostInAll = Math.max(mostInAll, inAll);
    mostSinceSuccess = Math.max(mostSinceSuccess, state.since.size());
  }

  private void expand(AccountState state) {
    for (ChainAccount chain : state.chains) {
      onceEach(state, chain);
      for (AccountOp again : List.copyOf(state.ops)) {
        order(state, chain, again);
      }
      guesses(state, chain);
      registrations(state, chain);
      if (setting.deletes()) {
        deletions(state, chain);
      }
      tick(state, chain);
    }
  }

  /** What needs no more than one try for each account on each chain. */
  private void onceEach(AccountState state, ChainAccount chain) {
    if (chain.tried) {
      return;
    }
    chain.tried = true;
    attempted(
        state,
        "an entry of two",
        () -> {
          if (!state.ops.isEmpty()) {
            bench.misplaced(chain, state.ops.getFirst());
          }
          List<AccountOp> candidates = setting.pairs() ? candidates(state, chain) : List.of();
          for (AccountOp first : candidates) {
            ChainAccount.Taken taken = take(chain, first);
            pairs.besideAnother(chain, first, taken);
            for (AccountOp second : candidates) {
              pairs.check(chain, first, taken, second, take(taken.after(), second));
            }
          }
        });
  }

  /** What may share an entry: whatever there is, two fresh guesses, and a start. */
  private List<AccountOp> candidates(AccountState state, ChainAccount chain) {
    List<AccountOp> candidates = new ArrayList<>(state.ops);
    long guesses = state.count("guess");
    candidates.add(ops.guess(guesses + 1, chain.k()));
    candidates.add(ops.guess(guesses + 2, chain.k()));
    candidates.add(ops.start(state.count("start") + 1, chain.k()));
    return candidates.stream().distinct().toList();
  }

  /** Last of all, so that a promise is named before its consequences. */
  private void goesOn(AccountState state, ChainAccount chain) {
    if (!chain.goesOn) {
      chain.goesOn = true;
      attempted(state, "the user comes back", () -> liveness.check(chain));
    }
  }

  /** Something that happens after {@code state}; it must neither break a promise nor be refused. */
  private interface Attempted {
    void run() throws Rejected;
  }

  private void attempted(AccountState state, String what, Attempted step) {
    try {
      step.run();
    } catch (BrokenPromise broken) {
      throw reported(state, what, broken);
    } catch (Invariant.Broken fault) {
      throw reported(state, what, stopped(fault));
    } catch (Rejected e) {
      throw reported(state, what, new BrokenPromise("liveness", "an honest step was refused"));
    }
  }

  private static BrokenPromise stopped(Invariant.Broken fault) {
    return new BrokenPromise("stop", "an HSM stops itself: " + fault.getMessage());
  }

  private BrokenPromise reported(AccountState state, String last, BrokenPromise broken) {
    List<String> schedule = new ArrayList<>(List.of(last));
    for (Optional<AccountState> at = Optional.of(state);
        at.isPresent() && at.get().from.isPresent();
        at = at.get().from) {
      schedule.addFirst(at.get().step);
    }
    return broken.after(setting.toString(), schedule);
  }

  private void guesses(AccountState state, ChainAccount chain) {
    long guesses = state.count("guess");
    if (guesses < setting.guesses()) {
      order(state, chain, ops.guess(guesses + 1, chain.k()));
    }
    if (state.count("twin") < setting.twins()) {
      for (AccountOp other : List.copyOf(state.ops)) {
        if (other.label().startsWith("guess") && other.isAttempt()) {
          order(state, chain, ops.twin(other));
        }
      }
    }
    long rights = state.count("right");
    if (rights < setting.rights()) {
      order(state, chain, ops.right(rights + 1, chain.k()));
    }
    if (setting.hostile() && state.count("forged success") == 0) {
      for (AccountOp attempt : List.copyOf(state.ops)) {
        if (attempt.label().startsWith("guess") && chain.counted.containsKey(attempt.id())) {
          order(state, chain, ops.forgedSuccess(attempt, chain));
        }
      }
    }
  }

  private void registrations(AccountState state, ChainAccount chain) {
    long starts = state.count("start");
    if (starts < setting.starts()) {
      order(state, chain, ops.start(starts + 1, chain.k()));
    }
    boolean pending = chain.account().counters().pending().isPresent();
    for (AccountOp started : List.copyOf(state.ops)) {
      if (!pending || !(started.request() instanceof Request.RegisterStart start)) {
        continue;
      }
      if (setting.hostile() && state.count("other element") == 0) {
        order(state, chain, ops.otherElement(started, chain.k()));
      }
      var place = chain.account().counters().pending().orElseThrow();
      if (place.id().equals(start.id())) {
        finishes(
            state,
            chain,
            new AccountOps.Granted(start, place.k(), place.position(), chain.k(), setting.limit()));
      }
    }
  }

  private void finishes(AccountState state, ChainAccount chain, AccountOps.Granted granted) {
    if (state.count("finish") < setting.starts()) {
      AccountOp finish = ops.finish(state.count("finish") + 1, granted);
      order(state, chain, finish);
      if (setting.rights() > 0) {
        visit(state.withholding(finish));
      }
    }
    if (!setting.hostile() || state.count("bad finish") > 0) {
      return;
    }
    order(state, chain, ops.finishByAnothersLogin(granted));
    order(state, chain, ops.finishUnauthorised(granted));
    order(state, chain, ops.finishByForeignOwner(granted));
    if (setting.limit() < 10) {
      order(state, chain, ops.finishWithTooHighALimit(granted));
    }
  }

  private void deletions(AccountState state, ChainAccount chain) {
    long generation = chain.account().counters().generation();
    if (state.count("bad delete") == 0) {
      order(state, chain, ops.deleteByLogin(chain.k(), generation));
      order(state, chain, ops.deleteUnauthorised(chain.k(), generation));
    }
    if (state.count("delete") == 0
        && chain.account() instanceof Account.Active live
        && live.registration().wrappedKey().equals(FoundedWorld.SECRET)) {
      AccountOp delete = ops.delete(chain.k(), generation);
      order(state, chain, delete);
      visit(state.withholding(delete));
    }
  }

  /** A chain that is behind what clients know of others grows until their requests count there. */
  private void tick(AccountState state, ChainAccount chain) {
    long newest = state.ops.stream().mapToLong(op -> op.request().header().seenK()).max().orElse(0);
    if (newest <= chain.k()) {
      return;
    }
    attempted(state, "grow", () -> visit(state.with(grown(chain, newest), "grow")));
  }

  private ChainAccount grown(ChainAccount chain, long k) throws Rejected {
    ChainAccount known = chain.grown.get(k);
    if (known == null) {
      known = bench.tickTo(chain, k);
      chain.grown.put(k, known);
    }
    return known;
  }

  /** Has one operation ordered on one chain and released, and asserts everything about it. */
  private void order(AccountState state, ChainAccount chain, AccountOp op) {
    steps++;
    attempted(
        state,
        op.label(),
        () -> {
          ChainAccount after = take(chain, op).after();
          rules.checkAcross(state, after);
          AccountState next = state.with(after, op);
          if (after.account() instanceof Account.Active
              && op.label().startsWith("right")
              && after.counted.containsKey(op.id())
              && after.openAt(op) >= 0
              && after.account().counters().generation() == 1) {
            // The client signs once it has verified the certified outcome of this very attempt.
            AccountOp success = ops.success(op, after);
            if (!next.ops.contains(success)) {
              next.ops.add(success);
            }
          }
          visit(next);
        });
  }

  /** What comes of {@code op} there: remembered, or tried on the real HSM and checked. */
  private ChainAccount.Taken take(ChainAccount chain, AccountOp op) throws Rejected {
    ChainAccount.Taken known = chain.taken.get(op.id());
    if (known != null) {
      return known;
    }
    bench.pester(chain, op);
    AccountBench.Ordered ordered =
        bench.order(chain, List.of(new AccountBench.Asked(world.alice(), op.request(), op.item())));
    ChainAccount after = chain.next(ordered.stand());
    TestClient.Answer answer = ordered.answers().getFirst();
    rules.check(chain, op, answer, after);
    ChainAccount.Taken taken = new ChainAccount.Taken(after, answer);
    chain.taken.put(op.id(), taken);
    return taken;
  }

  /** Whether {@code code} lets anything happen. */
  static boolean accepted(OutcomeCode code) {
    return code == OutcomeCode.ACCEPTED;
  }
}
