package dev.coffer.node.core;

import java.util.Collection;
import org.jspecify.annotations.Nullable;

/**
 * A bounded queue between threads, first in, first out; see {@link NodeThreads}. With one place it
 * also serves as a signal that is not forgotten, and as a lock: who puts holds it until the
 * clearing. Thread-safe.
 */
public interface Mailbox<T> {
  /** Puts {@code one} in; waits while the mailbox is full. */
  void put(T one) throws InterruptedException;

  /** Puts {@code one} in unless the mailbox is full; returns whether it did. Does not wait. */
  boolean offer(T one);

  /** The oldest; waits while there is none. */
  T take() throws InterruptedException;

  /** The oldest; waits at most {@code nanos} for one, and returns null then. */
  @Nullable T poll(long nanos) throws InterruptedException;

  /** Moves at most {@code max} of the oldest to {@code to}. Does not wait. */
  void drainTo(Collection<? super T> to, int max);

  /** Throws away what is in it. Does not wait. */
  void clear();

  /** How many are in it. */
  int size();
}
