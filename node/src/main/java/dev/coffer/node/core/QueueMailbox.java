package dev.coffer.node.core;

import java.util.Collection;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A mailbox for real threads. */
record QueueMailbox<T>(BlockingQueue<T> queue) implements Mailbox<T> {
  @Override
  public void put(T one) throws InterruptedException {
    queue.put(one);
  }

  @Override
  public boolean offer(T one) {
    return queue.offer(one);
  }

  @Override
  public T take() throws InterruptedException {
    return queue.take();
  }

  @Override
  public @Nullable T poll(long nanos) throws InterruptedException {
    return queue.poll(nanos, TimeUnit.NANOSECONDS);
  }

  @Override
  public void drainTo(Collection<? super T> to, int max) {
    queue.drainTo(to, max);
  }

  @Override
  public void clear() {
    queue.clear();
  }

  @Override
  public int size() {
    return queue.size();
  }
}
