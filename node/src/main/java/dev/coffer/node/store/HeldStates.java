package dev.coffer.node.store;

import dev.coffer.protocol.chain.Certificate;
import dev.coffer.protocol.codec.Limits;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The past states of a partition that can still be read: the newest certified one, at most two that
 * peers read, and those that others hold. Guarded by the partition's monitor.
 *
 * <p>The newest certified state is kept whether anybody asks or not. Once entries come after it, it
 * exists nowhere else, and where those cannot be certified without the very HSM whose host has lost
 * its store, that host could never be helped: neither could the fleet, although q HSMs live. So
 * what each entry writes over is kept once, until a later entry is certified.
 */
final class HeldStates {
  private static final int SHOWN_MAX = 2;

  /** An HSM captures no further beyond its newest certificate: more is a store that catches up. */
  private static final int UNDOING_MAX = Limits.RING + 1;

  /** A state and the certificate over it. */
  record Certified(HeldState state, Certificate certificate) {}

  private record Latest(PartitionState state, Certificate certificate) {
    long k() {
      return certificate.values().k();
    }
  }

  private final long octetsMax;
  private final ArrayDeque<Certified> shown = new ArrayDeque<>();
  private final List<HeldState> others = new ArrayList<>();

  /** What each entry after the newest certificate has written over, oldest first. */
  private final ArrayDeque<HeldState> undoing = new ArrayDeque<>();

  private long undoingOctets;
  private Optional<Latest> latest = Optional.empty();

  /** Each state may set {@code octetsMax} of old content aside. */
  HeldStates(long octetsMax) {
    this.octetsMax = octetsMax;
  }

  /** The states that what is written over next must be kept for. */
  List<HeldState> before(PartitionState state) {
    others.removeIf(HeldState::gone);
    shown.removeIf(held -> held.state().gone());
    List<HeldState> all = new ArrayList<>(others);
    shown.forEach(held -> all.add(held.state()));
    HeldState undo = new HeldState(state, octetsMax);
    undoing.addLast(undo);
    all.add(undo);
    return all;
  }

  /** All has been kept that {@link #before} wanted. */
  void kept() {
    HeldState newest = undoing.getLast();
    if (newest.gone()) {
      forgetLatest();
      return;
    }
    undoingOctets += newest.octets();
    while (undoing.size() > UNDOING_MAX || undoingOctets > octetsMax) {
      forgetOldest();
    }
  }

  private void forgetOldest() {
    HeldState oldest = undoing.removeFirst();
    undoingOctets -= oldest.octets();
    latest = latest.filter(state -> state.k() > oldest.k());
  }

  /** Holds {@code state} for whoever calls, who releases it. */
  HeldState hold(PartitionState state) {
    HeldState held = new HeldState(state, octetsMax);
    others.add(held);
    return held;
  }

  /** A certificate has come, or is known, while the partition stands at {@code now}. */
  void certify(Certificate certificate, PartitionState now) {
    Optional<PartitionState> certified =
        undoing.stream()
            .map(HeldState::state)
            .filter(state -> state.position().values().equals(certificate.values()))
            .findFirst()
            .or(() ->
                Optional.of(now)
                    .filter(state -> state.position().values().equals(certificate.values())));
    if (certified.isPresent()) {
      latest = Optional.of(new Latest(certified.get(), certificate));
      while (!undoing.isEmpty() && undoing.getFirst().k() < certificate.values().k()) {
        forgetOldest();
      }
    }
  }

  /**
   * The certified one that peers read; the newest takes its place if that one is gone, or before
   * {@code atLeast}, or before {@code fresh}. Empty if even the newest is before {@code atLeast}.
   */
  Optional<Certified> show(long atLeast, long fresh) {
    long wanted = Math.max(atLeast, fresh);
    Optional<Certified> now = newestShown();
    long k = now.map(held -> held.state().k()).orElse(-1L);
    if (k < wanted) {
      latest.filter(state -> state.k() >= atLeast && state.k() > k).ifPresent(this::show);
    }
    return newestShown().filter(held -> held.state().k() >= atLeast);
  }

  private void show(Latest certified) {
    HeldState state = new HeldState(certified.state(), octetsMax);
    undoing.forEach(state::absorb);
    shown.addLast(new Certified(state, certified.certificate()));
    if (shown.size() > SHOWN_MAX) {
      shown.removeFirst().state().release();
    }
  }

  private Optional<Certified> newestShown() {
    return Optional.ofNullable(shown.peekLast()).filter(held -> !held.state().gone());
  }

  /** The one at {@code k} that peers read. */
  Optional<Certified> at(long k) {
    return shown.stream().filter(held -> held.state().k() == k && !held.state().gone()).findFirst();
  }

  /** Lets all of them go. */
  void clear() {
    others.forEach(HeldState::release);
    shown.forEach(held -> held.state().release());
    others.clear();
    shown.clear();
    forgetLatest();
  }

  private void forgetLatest() {
    undoing.clear();
    undoingOctets = 0;
    latest = Optional.empty();
  }
}
