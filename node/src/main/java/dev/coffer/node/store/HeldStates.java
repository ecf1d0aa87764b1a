package dev.coffer.node.store;

import dev.coffer.protocol.chain.Certificate;
import dev.coffer.protocol.codec.Limits;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;

/**
 * The states of a partition that are held still: those whose certificates have not come, the newest
 * certified one, and at most two that peers read. Guarded by the partition's monitor.
 *
 * <p>The newest certified state is held whether anybody asks or not. Once the entries after it are
 * here it exists nowhere else, and where they cannot be certified without the very HSM whose host
 * has lost its store, that host could never be helped: neither could the fleet, although q HSMs
 * live.
 */
final class HeldStates {
  private static final int SHOWN_MAX = 2;

  /** As many as an HSM captures beyond its newest certificate, and the certified one. */
  private static final int WAITING_MAX = Limits.RING + 1;

  /** A state and the certificate over it. */
  record Certified(HeldState state, Certificate certificate) {}

  private final long octetsMax;
  private final ArrayDeque<HeldState> waiting = new ArrayDeque<>();
  private final ArrayDeque<Certified> shown = new ArrayDeque<>();
  private final List<HeldState> others = new ArrayList<>();
  private Optional<Certified> latest = Optional.empty();

  /** Each state may set {@code octetsMax} of old content aside. */
  HeldStates(long octetsMax) {
    this.octetsMax = octetsMax;
  }

  /** All states that old content must be kept for. */
  List<HeldState> all() {
    others.removeIf(HeldState::gone);
    waiting.removeIf(HeldState::gone);
    shown.removeIf(held -> held.state().gone());
    latest = latest.filter(held -> !held.state().gone());
    List<HeldState> all = new ArrayList<>(others);
    all.addAll(waiting);
    shown.forEach(held -> all.add(held.state()));
    latest.filter(held -> !shown.contains(held)).ifPresent(held -> all.add(held.state()));
    return all;
  }

  /** Holds {@code state} for whoever calls, who releases it. */
  HeldState hold(PartitionState state) {
    HeldState held = new HeldState(state, octetsMax);
    others.add(held);
    return held;
  }

  /** The partition has come to {@code state}, which is held until its certificate comes. */
  void follow(PartitionState state) {
    waiting.addLast(new HeldState(state, octetsMax));
    if (waiting.size() > WAITING_MAX) {
      waiting.removeFirst().release();
    }
  }

  /** A certificate has come: what waited for it or for an older one waits no more. */
  void certify(Certificate certificate) {
    Iterator<HeldState> each = waiting.iterator();
    while (each.hasNext()) {
      HeldState held = each.next();
      if (held.k() > certificate.values().k()) {
        return;
      }
      each.remove();
      if (certificate.values().equals(held.state().position().values()) && !held.gone()) {
        latest.filter(old -> !shown.contains(old)).ifPresent(old -> old.state().release());
        latest = Optional.of(new Certified(held, certificate));
      } else {
        held.release();
      }
    }
  }

  /**
   * The certified one that peers read; the newest takes its place if that one is gone, or before
   * {@code atLeast}, or before {@code fresh}. Empty if even the newest is before {@code atLeast}.
   */
  Optional<Certified> show(long atLeast, long fresh) {
    long wanted = Math.max(atLeast, fresh);
    if (newestShown().filter(held -> held.state().k() >= wanted).isEmpty()) {
      latest
          .filter(held -> !held.state().gone() && held.state().k() >= atLeast)
          .filter(held -> !shown.contains(held))
          .ifPresent(shown::addLast);
      if (shown.size() > SHOWN_MAX) {
        shown.removeFirst().state().release();
      }
    }
    return newestShown().filter(held -> held.state().k() >= atLeast);
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
    all().forEach(HeldState::release);
    waiting.clear();
    shown.clear();
    others.clear();
    latest = Optional.empty();
  }
}
