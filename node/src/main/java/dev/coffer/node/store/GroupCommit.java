package dev.coffer.node.store;

import dev.coffer.protocol.codec.Bytes;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Transactions that are visible at once and durable soon, in the order they came. While one group
 * is on its way to the disk the next one gathers; pages that several transactions changed are
 * written once. Since a group is atomic and groups go in order, a crash loses a suffix of
 * transactions and never part of one.
 *
 * <p>Thread-safe. The first fault of a background write is final: every later call throws it.
 */
final class GroupCommit {
  /** A group stops growing here: bounds the memory of one commit. */
  private static final int GROUP_OCTETS_MAX = 4 << 20;

  private record Transaction(long number, List<Slot.Patch> patches, Runnable onDurable) {
    int octets() {
      return patches.stream().mapToInt(patch -> 32 + patch.content().size()).sum();
    }
  }

  private record Pending(long number, Bytes content) {}

  private final JournaledSlots slots;
  private final Executor background;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition progress = lock.newCondition();
  private final ArrayDeque<Transaction> queue = new ArrayDeque<>();
  private final Map<Slot, Pending> pending = new ConcurrentHashMap<>();
  private long appended;
  private long durable;
  private boolean flushing;
  private Optional<StoreFault> fault = Optional.empty();

  /** {@code background} runs the commits, one at a time. */
  GroupCommit(JournaledSlots slots, Executor background) {
    this.slots = slots;
    this.background = background;
  }

  /**
   * Makes {@code patches} visible and queues them. {@code onDurable} runs once they are on disk,
   * before anyone who waits for them goes on.
   */
  long append(List<Slot.Patch> patches, Runnable onDurable) {
    boolean start;
    long number;
    lock.lock();
    try {
      throwFault();
      number = ++appended;
      for (Slot.Patch patch : patches) {
        pending.put(patch.slot(), new Pending(number, patch.content()));
      }
      queue.add(new Transaction(number, patches, onDurable));
      start = !flushing;
      flushing = true;
    } finally {
      lock.unlock();
    }
    if (start) {
      background.execute(this::flush);
    }
    return number;
  }

  /** The newest content of a slot, durable or not; see {@link JournaledSlots#read}. */
  Bytes read(Slot slot) {
    Pending newest = pending.get(slot);
    return newest != null ? newest.content() : slots.read(slot);
  }

  /** Returns once transaction {@code number} and all before it are durable. */
  void await(long number) {
    lock.lock();
    try {
      while (durable < number) {
        throwFault();
        progress.awaitUninterruptibly();
      }
    } finally {
      lock.unlock();
    }
  }

  /** Returns once everything appended before the call is durable. */
  void sync() {
    long newest;
    lock.lock();
    try {
      throwFault();
      newest = appended;
    } finally {
      lock.unlock();
    }
    await(newest);
  }

  private void throwFault() {
    if (fault.isPresent()) {
      throw fault.get();
    }
  }

  private void flush() {
    for (List<Transaction> group = take(); !group.isEmpty(); group = take()) {
      Map<Slot, Slot.Patch> merged = new LinkedHashMap<>();
      for (Transaction transaction : group) {
        transaction.patches().forEach(patch -> merged.put(patch.slot(), patch));
      }
      try {
        // A crash before this returns loses the whole group; after it, nothing of it.
        slots.commit(List.copyOf(merged.values()));
        group.forEach(transaction -> transaction.onDurable().run());
      } catch (StoreFault e) {
        fail(e);
        return;
      } catch (RuntimeException e) {
        fail(new StoreFault.Unavailable("background write", e));
        return;
      }
      landed(group, merged);
    }
  }

  private List<Transaction> take() {
    lock.lock();
    try {
      List<Transaction> group = new ArrayList<>();
      int octets = 0;
      while (!queue.isEmpty() && octets < GROUP_OCTETS_MAX) {
        octets += queue.peek().octets();
        group.add(queue.remove());
      }
      flushing = !group.isEmpty();
      return group;
    } finally {
      lock.unlock();
    }
  }

  private void landed(List<Transaction> group, Map<Slot, Slot.Patch> merged) {
    lock.lock();
    try {
      durable = group.get(group.size() - 1).number();
      for (Slot slot : merged.keySet()) {
        pending.computeIfPresent(slot, (same, value) -> value.number() <= durable ? null : value);
      }
      progress.signalAll();
    } finally {
      lock.unlock();
    }
  }

  private void fail(StoreFault e) {
    lock.lock();
    try {
      fault = Optional.of(e);
      progress.signalAll();
    } finally {
      lock.unlock();
    }
  }
}
