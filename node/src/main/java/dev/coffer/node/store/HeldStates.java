package dev.coffer.node.store;

import dev.coffer.protocol.chain.Certificate;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The states of a partition that are held still: at most two certified ones for peers, and one that
 * waits for its certificate, which comes some entries later. Guarded by the partition's monitor.
 */
final class HeldStates {
  private static final int CERTIFIED_MAX = 2;

  /** A state and the certificate over it. */
  record Certified(HeldState state, Certificate certificate) {}

  private final long octetsMax;
  private final ArrayDeque<Certified> certified = new ArrayDeque<>();
  private final List<HeldState> others = new ArrayList<>();
  private Optional<HeldState> waiting = Optional.empty();

  /** Each state may set {@code octetsMax} of old content aside. */
  HeldStates(long octetsMax) {
    this.octetsMax = octetsMax;
  }

  /** All states that old content must be kept for. */
  List<HeldState> all() {
    others.removeIf(HeldState::gone);
    certified.removeIf(held -> held.state().gone());
    waiting = waiting.filter(held -> !held.gone());
    List<HeldState> all = new ArrayList<>(others);
    certified.forEach(held -> all.add(held.state()));
    waiting.ifPresent(all::add);
    return all;
  }

  /** Holds {@code state} for whoever calls, who releases it. */
  HeldState hold(PartitionState state) {
    HeldState held = new HeldState(state, octetsMax);
    others.add(held);
    return held;
  }

  /** Holds {@code state} until its certificate comes, unless another one waits already. */
  void await(PartitionState state) {
    if (waiting.isEmpty() || waiting.get().gone()) {
      waiting = Optional.of(new HeldState(state, octetsMax));
    }
    state.certificate().ifPresent(this::certify);
  }

  /** A certificate has come. */
  void certify(Certificate certificate) {
    if (waiting.isEmpty() || certificate.values().k() < waiting.get().k()) {
      return;
    }
    HeldState held = waiting.get();
    waiting = Optional.empty();
    if (!certificate.values().equals(held.state().position().values()) || held.gone()) {
      held.release();
      return;
    }
    certified.addLast(new Certified(held, certificate));
    if (certified.size() > CERTIFIED_MAX) {
      certified.removeFirst().state().release();
    }
  }

  /** The newest certified one. */
  Optional<Certified> newest() {
    return Optional.ofNullable(certified.peekLast()).filter(held -> !held.state().gone());
  }

  /** The certified one at {@code k}. */
  Optional<Certified> at(long k) {
    return certified.stream()
        .filter(held -> held.state().k() == k && !held.state().gone())
        .findFirst();
  }

  /** Lets all of them go. */
  void clear() {
    all().forEach(HeldState::release);
    certified.clear();
    others.clear();
    waiting = Optional.empty();
  }
}
