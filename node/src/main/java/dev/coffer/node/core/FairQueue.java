package dev.coffer.node.core;

import dev.coffer.protocol.account.TreeKey;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What waits for the next entries, in a line for each record: an entry takes one of each line in
 * turn, and at most a share of one line, so that no account displaces another however much it
 * sends. A line keeps its order. Thread-safe; one thread waits and cuts.
 */
final class FairQueue<T> {
  private final int capacity;
  private final int lineMax;
  private final int share;

  /** A signal: something was put in. */
  private final Mailbox<Boolean> news;

  private final Map<TreeKey, Deque<T>> lines = new HashMap<>();

  /** The lines in which something waits, the one whose turn it is first. */
  private final Deque<TreeKey> turns = new ArrayDeque<>();

  private int size;

  /** What the next entry could take. */
  private int due;

  /**
   * @param capacity all that may wait; while half of it does, a line may hold a share and no more,
   *     so that few lines cannot keep others out
   * @param lineMax what may wait in one line
   * @param share what one entry takes from one line at most
   * @param news a signal of its own, with one place
   */
  FairQueue(int capacity, int lineMax, int share, Mailbox<Boolean> news) {
    this.capacity = capacity;
    this.lineMax = lineMax;
    this.share = share;
    this.news = news;
  }

  /** Puts {@code one} at the end of its line, unless there is no room for it; does not wait. */
  synchronized boolean offer(TreeKey key, T one) {
    Deque<T> line = lines.get(key);
    int before = line == null ? 0 : line.size();
    int allowed = size < capacity / 2 ? lineMax : share;
    if (size >= capacity || before >= allowed) {
      return false;
    }
    if (line == null) {
      line = new ArrayDeque<>();
      lines.put(key, line);
      turns.add(key);
    }
    line.add(one);
    size++;
    due += before < share ? 1 : 0;
    news.offer(true);
    return true;
  }

  /** Waits until something is there. */
  void await() throws InterruptedException {
    while (size() == 0) {
      news.take();
    }
  }

  /** Takes what makes up the next entry: at most {@code max}, from each line its share. */
  synchronized List<T> cut(int max) {
    List<T> taken = new ArrayList<>();
    for (int round = 0; round < share && taken.size() < max; round++) {
      for (int waiting = turns.size(); waiting > 0 && taken.size() < max; waiting--) {
        take(turns.remove(), taken);
      }
    }
    due = lines.values().stream().mapToInt(line -> Math.min(line.size(), share)).sum();
    return taken;
  }

  private void take(TreeKey key, List<T> taken) {
    Deque<T> line = lines.getOrDefault(key, new ArrayDeque<>());
    taken.add(line.remove());
    size--;
    if (line.isEmpty()) {
      lines.remove(key);
    } else {
      turns.add(key);
    }
  }

  /** How much the next entry could take, were there no limit to it. */
  synchronized int due() {
    return due;
  }

  synchronized int size() {
    return size;
  }

  /** Throws away what waits. */
  synchronized void clear() {
    lines.clear();
    turns.clear();
    size = 0;
    due = 0;
  }
}
