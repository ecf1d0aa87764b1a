package dev.coffer.verification.torture;

import dev.coffer.protocol.outcome.OutcomeCode;
import dev.coffer.verification.torture.AccountModel.Span;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Decides whether the calls on one account can be put into one sequence that an {@link
 * AccountModel} would have answered in the same words, every call within the time from its sending
 * to its answer: Wing and Gong's search, with Lowe's memory of states already tried. The answers
 * have to stand in that sequence as they stand in the certified order.
 *
 * <p>A call may have its effect earlier than the answer that the device saw, because the answer to
 * the first arrival can get lost and the request arrive again (INV-8); so effect and answer are two
 * steps. A call without an answer may have its effect at any time after it was sent, or never.
 *
 * <p>STALE is judged by the rule itself: demanded where floor ≤ seenK < k does not hold, forbidden
 * where it does. Of a success, registration or deletion whose first answer got lost the k is not
 * known, but only that it lies between the two answers around it; for a seenK in that range both
 * are believed, and either narrows the range. NOT_PENDING is believed, besides where the start is
 * known to be over, if another start of the account may have arrived since, perhaps for a second
 * time, that was opened at or above the floor. A start's effect is looked at only where its answer
 * tells the place.
 */
final class LinearizabilityChecker {
  /** Steps after which a history is given up as undecided. */
  private static final int STEPS_MAX = 4_000_000;

  private final List<Call> calls;
  private final List<Event> events = new ArrayList<>();
  private final long[] horizons;
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

  /**
   * What is known to have happened at a place.
   *
   * @param answer whether the device's answer was given there; otherwise its start was granted
   *     there, and answered later
   */
  private record Event(Call.Place place, int index, boolean answer) {}

  /** Which calls had their effect, how many events have happened, and the account then. */
  private record Node(BitSet effect, int events, AccountModel account) {
    Node silently(int call, AccountModel after) {
      BitSet effects = (BitSet) effect.clone();
      effects.set(call);
      return new Node(effects, events, after);
    }

    Node next(int call, AccountModel after) {
      BitSet effects = effect;
      if (!effect.get(call)) {
        effects = (BitSet) effect.clone();
        effects.set(call);
      }
      return new Node(effects, events + 1, after);
    }
  }

  private LinearizabilityChecker(List<Call> calls) {
    this.calls = List.copyOf(calls);
    for (int i = 0; i < calls.size(); i++) {
      int index = i;
      calls.get(i).place().ifPresent(place -> events.add(new Event(place, index, true)));
      grantedEarlier(calls.get(i)).ifPresent(place -> events.add(new Event(place, index, false)));
    }
    events.sort(Comparator.comparing(Event::place));
    horizons = new long[events.size() + 1];
    horizons[events.size()] = Long.MAX_VALUE;
    for (int i = events.size() - 1; i >= 0; i--) {
      horizons[i] = Math.min(horizons[i + 1], calls.get(events.get(i).index).ended());
    }
  }

  private static Optional<Call.Place> grantedEarlier(Call call) {
    return call.deed() instanceof Deed.Start start
        ? start.granted().filter(place -> !call.place().equals(Optional.of(place)))
        : Optional.empty();
  }

  /** Judges all calls on one account. */
  static Verdict check(List<Call> calls) {
    return new LinearizabilityChecker(calls).search();
  }

  private Verdict search() {
    Deque<Node> open = new ArrayDeque<>();
    push(open, new Node(new BitSet(), 0, AccountModel.ABSENT));
    while (!open.isEmpty()) {
      Node node = open.pop();
      if (node.events == events.size()) {
        return new Linearizable(node.account);
      }
      if (node.events > furthest) {
        furthest = node.events;
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

  /** The likeliest step is pushed last and so taken first: what is known to have happened next. */
  private void expand(Node node, Deque<Node> open) {
    for (int i = calls.size() - 1; i >= 0; i--) {
      silently(node, i, open);
    }
    Event event = events.get(node.events);
    Call call = calls.get(event.index);
    // What was sent after the answer to something that stands behind it is out of place.
    if (call.began() < horizons[node.events]) {
      happened(node, event, call).forEach(after -> push(open, node.next(event.index, after)));
    }
  }

  /** The call has its effect, and nobody hears of it yet. */
  private void silently(Node node, int index, Deque<Node> open) {
    Call call = calls.get(index);
    boolean over = call.place().isPresent() && call.place().get().before(last(node));
    if (node.effect.get(index)
        || over
        || call.began() >= horizons[node.events]
        || call.deed() instanceof Deed.Start) {
      return;
    }
    // Its entry lies above all that were certified before it was sent.
    Span between =
        new Span(Math.max(last(node).k(), call.seenK() + 1), events.get(node.events).place().k());
    if (between.low() > between.high()) {
      return;
    }
    for (AccountModel.Step step : node.account.first(call, between, disturbed(node, call))) {
      if (!step.after().withFloor(node.account.floor()).equals(node.account)
          && step.heard().code() != OutcomeCode.NOT_PENDING) {
        push(open, node.silently(index, step.after()));
      }
    }
  }

  private Call.Place last(Node node) {
    return node.events == 0 ? new Call.Place(0, 0) : events.get(node.events - 1).place();
  }

  /** The states that the account may be in once this has happened; none if it cannot have. */
  private List<AccountModel> happened(Node node, Event event, Call call) {
    Span at = Span.exactly(event.place);
    if (node.effect.get(event.index)) {
      boolean agrees = node.account.again(call, at).agrees(call.heard().orElseThrow());
      return agrees ? List.of(node.account) : List.of();
    }
    return node.account.first(call, at, disturbed(node, call)).stream()
        .filter(step ->
            event.answer
                ? step.heard().agrees(call.heard().orElseThrow())
                : step.heard().code() == OutcomeCode.ACCEPTED)
        .map(AccountModel.Step::after)
        .toList();
  }

  /** Whether another start may have ended the one that this call finishes. */
  private boolean disturbed(Node node, Call call) {
    if (!(call.deed() instanceof Deed.Register register) || node.account.pending().isEmpty()) {
      return false;
    }
    long floor = node.account.pending().get().floorLow();
    return calls.stream()
        .anyMatch(other ->
            other.deed() instanceof Deed.Start start
                && !start.granted().equals(Optional.of(register.granted()))
                && other.began() < call.ended()
                && other.seenK() >= floor);
  }

  private String explain() {
    Node node = stuck.orElseThrow();
    Event event = events.get(node.events);
    Call call = calls.get(event.index);
    Span at = Span.exactly(event.place);
    return "no sequence explains more than "
        + node.events
        + " answers in their certified order; then the account is "
        + node.account
        + "\n  next "
        + call
        + (node.effect.get(event.index)
            ? " (had its effect; would be answered " + node.account.again(call, at) + ")"
            : " (would be answered " + node.account.first(call, at, disturbed(node, call)) + ")");
  }
}
