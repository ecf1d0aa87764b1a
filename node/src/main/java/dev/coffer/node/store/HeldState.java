package dev.coffer.node.store;

import dev.coffer.protocol.codec.Bytes;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * A past state of a partition: where it stood, and the old content of every slot written over
 * since. Guarded by the partition's monitor.
 */
final class HeldState {
  private final PartitionState state;
  private final long octetsMax;
  private final Map<Integer, TreePage> pages = new HashMap<>();
  private final Map<Integer, Bytes> records = new HashMap<>();
  private long octets;

  HeldState(PartitionState state, long octetsMax) {
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
  void absorb(HeldState later) {
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
