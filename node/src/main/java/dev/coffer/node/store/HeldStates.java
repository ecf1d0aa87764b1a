package dev.coffer.node.store;

import dev.coffer.node.store.tree.TreePage;
import dev.coffer.protocol.chain.Certificate;
import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.codec.Limits;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The past states of a partition that can still be read: the newest certified one, at most two that
 * peers read. Guarded by the partition's monitor.
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

  /**
   * A past state of a partition: where it stood, and the old content of every slot written over
   * since.
   */
  static final class Held {
    private final PartitionState state;
    private final long octetsMax;
    private final Map<Integer, TreePage> pages = new HashMap<>();
    private final Map<Integer, Bytes> records = new HashMap<>();
    private long octets;

    private Held(PartitionState state, long octetsMax) {
      this.state = state;
      this.octetsMax = octetsMax;
    }

    PartitionState state() {
      return state;
    }

    long k() {
      return state.position().values().k();
    }

    /** Whether too much was written over. */
    boolean gone() {
      return octets > octetsMax;
    }

    void release() {
      octets = Long.MAX_VALUE;
      pages.clear();
      records.clear();
    }

    /** A page is about to be written over. */
    void keepPage(int slot, TreePage old) {
      if (!gone() && slot < state.nextPage() && pages.putIfAbsent(slot, old) == null) {
        grow(old.heapOctets());
      }
    }

    boolean needsRecord(int slot) {
      return !gone() && slot < state.nextRecord() && !records.containsKey(slot);
    }

    /** A record is about to be written over. */
    void keepRecord(int slot, Bytes old) {
      records.put(slot, old);
      grow(old.size());
    }

    /** What a later state has set aside since: older content stays. */
    void absorb(Held later) {
      if (later.gone()) {
        release();
      }
      later.pages.forEach(this::keepPage);
      later.records.forEach((slot, old) -> {
        if (needsRecord(slot)) {
          keepRecord(slot, old);
        }
      });
    }

    long octets() {
      return octets;
    }

    private void grow(int by) {
      octets += by + 100;
      if (gone()) {
        release();
      }
    }

    Optional<TreePage> page(int slot) {
      return Optional.ofNullable(pages.get(slot));
    }

    Optional<Bytes> record(int slot) {
      return Optional.ofNullable(records.get(slot));
    }
  }

  /** A state and the certificate over it. */
  record Certified(Held state, Certificate certificate) {}

  private record Latest(PartitionState state, Certificate certificate) {
    long k() {
      return certificate.values().k();
    }
  }

  private final long octetsMax;
  private final ArrayDeque<Certified> shown = new ArrayDeque<>();

  /** What each entry after the newest certificate has written over, oldest first. */
  private final ArrayDeque<Held> undoing = new ArrayDeque<>();

  private long undoingOctets;
  private Optional<Latest> latest = Optional.empty();

  /** Each state may set {@code octetsMax} of old content aside. */
  HeldStates(long octetsMax) {
    this.octetsMax = octetsMax;
  }

  /** The states that what is written over next must be kept for. */
  List<Held> before(PartitionState state) {
    shown.removeIf(held -> held.state().gone());
    List<Held> all = new ArrayList<>();
    shown.forEach(held -> all.add(held.state()));
    Held undo = new Held(state, octetsMax);
    undoing.addLast(undo);
    all.add(undo);
    return all;
  }

  /** All has been kept that {@link #before} wanted. */
  void kept() {
    Held newest = undoing.getLast();
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
    Held oldest = undoing.removeFirst();
    undoingOctets -= oldest.octets();
    latest = latest.filter(state -> state.k() > oldest.k());
  }

  /** A certificate has come, or is known, while the partition stands at {@code now}. */
  void certify(Certificate certificate, PartitionState now) {
    Optional<PartitionState> certified =
        undoing.stream()
            .map(Held::state)
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
   * The order went on to where {@code now} is without an entry: whoever fetches this state has to
   * go on from there, and not from where the order may have nothing any more.
   */
  void advanced(PartitionState now) {
    long k = now.position().values().k();
    latest = latest.map(state -> state.k() == k ? new Latest(now, state.certificate()) : state);
    shown.stream().filter(held -> held.state().k() == k).forEach(held -> held.state().release());
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
    Held state = new Held(certified.state(), octetsMax);
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
    shown.forEach(held -> held.state().release());
    shown.clear();
    forgetLatest();
  }

  private void forgetLatest() {
    undoing.clear();
    undoingOctets = 0;
    latest = Optional.empty();
  }
}
