package dev.coffer.verification.torture;

import dev.coffer.protocol.outcome.OutcomeCode;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Decides whether the calls on one account can be put into one sequence that an {@link
 * AccountModel} would have answered in the same words, every call within the time from its sending
 * to its answer: Wing and Gong's search, with Lowe's memory of states already tried.
 *
 * <p>A call may have its effect earlier than the answer that the device saw, because the answer to
 * the first arrival can get lost and the request arrive again (INV-8); so effect and answer are two
 * steps. A call without an answer may have its effect at any time after it was sent, or never. A
 * refusal as STALE or NOT_PENDING depends on how old the device's knowledge was, which the model
 * leaves out: it is believed, and has no effect of its own.
 */
final class LinearizabilityChecker {
  /** Steps after which a history is given up as undecided. */
  private static final int STEPS_MAX = 4_000_000;

  private final List<Call> calls;
  private final Set<Node> tried = new HashSet<>();
  private int steps;
  private int furthest = -1;
  private Optional<Node> stuck = Optional.empty();

  /** How it ended. */
  sealed interface Verdict {}

  /** There is such a sequence; the account may have ended in any of these states. */
  record Linearizable(AccountModel end) implements Verdict {}

  /** There is none. */
  record Broken(String why) implements Verdict {}

  /** Too many possibilities. */
  record Undecided() implements Verdict {}

  /** Which calls had their effect, which were answered, and the account then. */
  private record Node(BitSet effect, BitSet answered, AccountModel account) {
    Node with(int call, boolean answer, AccountModel after) {
      BitSet effects = (BitSet) effect.clone();
      effects.set(call);
      BitSet answers = answered;
      if (answer) {
        answers = (BitSet) answered.clone();
        answers.set(call);
      }
      return new Node(effects, answers, after);
    }
  }

  private LinearizabilityChecker(List<Call> calls) {
    this.calls = List.copyOf(calls);
  }

  /** Judges all calls on one account. */
  static Verdict check(List<Call> calls) {
    return new LinearizabilityChecker(calls).search();
  }

  private Verdict search() {
    int answers = (int) calls.stream().filter(call -> call.heard().isPresent()).count();
    Deque<Node> open = new ArrayDeque<>();
    push(open, new Node(new BitSet(), new BitSet(), AccountModel.ABSENT));
    while (!open.isEmpty()) {
      Node node = open.pop();
      int done = node.answered.cardinality();
      if (done == answers) {
        return new Linearizable(node.account);
      }
      if (done > furthest) {
        furthest = done;
        stuck = Optional.of(node);
      }
      if (++steps > STEPS_MAX) {
        return new Undecided();
      }
      expand(node, open);
    }
    return new Broken(explain());
  }

  private void push(Deque<Node> open, Node node) {
    if (tried.add(node)) {
      open.push(node);
    }
  }

  /**
   * The next to take a step must have been sent before the first of the unanswered was answered.
   */
  private long horizon(Node node) {
    long horizon = Long.MAX_VALUE;
    for (int i = 0; i < calls.size(); i++) {
      if (calls.get(i).heard().isPresent() && !node.answered.get(i)) {
        horizon = Math.min(horizon, calls.get(i).ended());
      }
    }
    return horizon;
  }

  private void expand(Node node, Deque<Node> open) {
    long horizon = horizon(node);
    // The likeliest steps are pushed last and so taken first: answers in the order of their ends.
    for (int i = calls.size() - 1; i >= 0; i--) {
      Call call = calls.get(i);
      if (!node.answered.get(i) && call.began() < horizon) {
        silently(node, i, call, open);
      }
    }
    for (int i = calls.size() - 1; i >= 0; i--) {
      Call call = calls.get(i);
      if (!node.answered.get(i) && call.began() < horizon && call.heard().isPresent()) {
        answered(node, i, call, call.heard().get(), open);
      }
    }
  }

  /** The call has its effect, and nobody hears of it yet. */
  private void silently(Node node, int index, Call call, Deque<Node> open) {
    if (node.effect.get(index)) {
      return;
    }
    AccountModel after = node.account.first(call).after();
    if (!after.equals(node.account)) {
      push(open, node.with(index, false, after));
    }
  }

  private void answered(Node node, int index, Call call, Heard heard, Deque<Node> open) {
    if (heard.code() == OutcomeCode.STALE || heard.code() == OutcomeCode.NOT_PENDING) {
      push(open, node.with(index, true, node.account));
    } else if (node.effect.get(index)) {
      if (node.account.again(call).agrees(heard)) {
        push(open, node.with(index, true, node.account));
      }
    } else {
      AccountModel.Step step = node.account.first(call);
      if (step.heard().agrees(heard)) {
        push(open, node.with(index, true, step.after()));
      }
    }
  }

  private String explain() {
    Node node = stuck.orElseThrow();
    long horizon = horizon(node);
    List<String> lines = new ArrayList<>();
    lines.add(
        "no sequence explains more than "
            + node.answered.cardinality()
            + " answers; then the account is "
            + node.account);
    for (int i = 0; i < calls.size(); i++) {
      Call call = calls.get(i);
      if (!node.answered.get(i) && call.began() < horizon) {
        lines.add(
            "  next "
                + call
                + (node.effect.get(i)
                    ? " (had its effect; would be answered " + node.account.again(call) + ")"
                    : " (would be answered " + node.account.first(call).heard() + ")"));
      }
    }
    return String.join("\n", lines);
  }
}
