package dev.coffer.analysis.search;

import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.request.Request;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** An account on every chain, and the operations that hosts have got hold of by then. */
final class AccountState {
  final List<ChainAccount> chains;
  final List<AccountOp> ops;

  /** Wrong guesses first evaluated since a success last came true for the first time. */
  final Set<Integer> since;

  /** Successes that came true somewhere. */
  final Set<Integer> successes;

  Optional<AccountState> from = Optional.empty();
  String step = "";

  AccountState(List<ChainAccount> chains) {
    this(chains, List.of(), Set.of(), Set.of());
  }

  private AccountState(
      List<ChainAccount> chains, List<AccountOp> ops, Set<Integer> since, Set<Integer> successes) {
    this.chains = List.copyOf(chains);
    this.ops = new ArrayList<>(ops);
    this.since = new HashSet<>(since);
    this.successes = new HashSet<>(successes);
  }

  /** The same with one chain moved on. */
  AccountState with(ChainAccount moved, String how) {
    List<ChainAccount> next = new ArrayList<>(chains);
    next.set(moved.chain, moved);
    AccountState state = new AccountState(next, ops, since, successes);
    state.from = Optional.of(this);
    state.step = chains.size() > 1 ? how + ", on chain " + (moved.chain + 1) : how;
    return state;
  }

  /** {@code op} was ordered on the chain of {@code moved}, which is after it. */
  AccountState with(ChainAccount moved, AccountOp op) {
    AccountState state = with(moved, op.label());
    if (!state.ops.contains(op)) {
      state.ops.add(op);
    }
    boolean before = chains.stream().anyMatch(chain -> chain.counted.containsKey(op.id()));
    if (op.label().startsWith("guess") && !before && moved.counted.containsKey(op.id())) {
      state.since.add(op.id());
    }
    if (op.request() instanceof Request.Success
        && moved.done.contains(op.id())
        && state.successes.add(op.id())) {
      state.since.clear();
    }
    return state;
  }

  /** The same, but for one operation that a client has made and the host keeps back. */
  AccountState withholding(AccountOp op) {
    AccountState next = new AccountState(chains, ops, since, successes);
    next.ops.add(op);
    next.from = Optional.of(this);
    next.step = op.label() + ", kept back";
    return next;
  }

  long count(String kind) {
    return ops.stream().filter(op -> op.label().startsWith(kind)).count();
  }

  /** Attempts evaluated on any chain under the nonce that all chains began with. */
  int evaluated(Bytes nonce) {
    Set<Bytes> all = new HashSet<>();
    chains.forEach(chain -> all.addAll(chain.evaluated.getOrDefault(nonce, Set.of())));
    return all.size();
  }

  /**
   * A name shared by states that behave alike: k itself, who is who among like operations, which
   * chain is which, and the history, which no rule reads, are left out.
   */
  String key() {
    String best = "";
    for (List<ChainAccount> order : orders(chains)) {
      StringBuilder key = new StringBuilder();
      order.forEach(chain -> key.append(chain.summary()).append('|'));
      ops.stream()
          .map(op -> describe(op, order))
          .sorted()
          .forEach(text -> key.append(';').append(text));
      String name = key.toString();
      best = best.isEmpty() || name.compareTo(best) < 0 ? name : best;
    }
    return best;
  }

  private String describe(AccountOp op, List<ChainAccount> order) {
    StringBuilder text = new StringBuilder(op.label().replaceAll("\\d", ""));
    order.forEach(chain -> text.append(chain.describe(op)).append('|'));
    if (order.size() > 1 && op.isAttempt()) {
      // Which attempts were counted before which decides what a success gives back elsewhere.
      order.forEach(chain -> text.append(chain.sequence.get(op.id())).append('|'));
      ops.stream()
          .filter(success -> success.request() instanceof Request.Success)
          .forEach(success -> text.append(success.sequence().get(op.id())).append('|'));
    }
    return text.append(since.contains(op.id()) ? "s" : "")
        .append(successes.contains(op.id()) ? "t" : "")
        .toString();
  }

  private static List<List<ChainAccount>> orders(List<ChainAccount> chains) {
    if (chains.size() < 2) {
      return List.of(chains);
    }
    List<List<ChainAccount>> orders = new ArrayList<>();
    for (ChainAccount first : chains) {
      List<ChainAccount> rest = new ArrayList<>(chains);
      rest.remove(first);
      for (List<ChainAccount> order : orders(rest)) {
        List<ChainAccount> whole = new ArrayList<>(List.of(first));
        whole.addAll(order);
        orders.add(whole);
      }
    }
    return orders;
  }
}
