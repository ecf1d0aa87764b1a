package dev.coffer.analysis.world;

import dev.coffer.node.core.Mailbox;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.List;

/** A mailbox between threads of one simulated process. */
final class SimulatedMailbox<T> implements Mailbox<T> {
  private final Life life;
  private final int capacity;
  private final Deque<T> content = new ArrayDeque<>();
  private final List<Life.Waiter> takers = new ArrayList<>();
  private final List<Life.Waiter> putters = new ArrayList<>();

  SimulatedMailbox(Life life, int capacity) {
    this.life = life;
    this.capacity = capacity;
  }

  @Override
  public void put(T one) {
    while (!offer(one)) {
      life.await(putters, 0);
    }
  }

  @Override
  public boolean offer(T one) {
    if (content.size() == capacity) {
      return false;
    }
    content.add(one);
    life.wake(takers);
    return true;
  }

  @Override
  public T take() {
    while (content.isEmpty()) {
      life.await(takers, 0);
    }
    return removed();
  }

  private T removed() {
    life.wake(putters);
    return content.remove();
  }

  @Override
  public T poll(long nanos) {
    long until = life.nanos() + nanos;
    while (content.isEmpty()) {
      long left = until - life.nanos();
      if (left <= 0) {
        return null;
      }
      life.await(takers, left);
    }
    return removed();
  }

  @Override
  public void drainTo(Collection<? super T> to, int max) {
    for (int i = 0; i < max && !content.isEmpty(); i++) {
      to.add(removed());
    }
  }

  @Override
  public void clear() {
    content.clear();
    life.wake(putters);
  }

  @Override
  public int size() {
    return content.size();
  }
}
