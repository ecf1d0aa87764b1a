package dev.coffer.analysis.world;

import java.util.Comparator;
import java.util.PriorityQueue;

/** Simulated time: what happens next, in one order. */
final class Loop {
  private record Event(long at, long number, Runnable what) {}

  private final PriorityQueue<Event> events =
      new PriorityQueue<>(Comparator.comparingLong(Event::at).thenComparingLong(Event::number));
  private long now;
  private long numbers;

  /** Microseconds since the beginning. */
  long now() {
    return now;
  }

  void after(long micros, Runnable what) {
    events.add(new Event(now + micros, numbers++, what));
  }

  /** Lets everything happen up to {@code time}. */
  void runUntil(long time) {
    while (!events.isEmpty() && events.peek().at() <= time) {
      Event event = events.remove();
      now = event.at();
      event.what().run();
    }
    now = time;
  }
}
