package dev.coffer.analysis.world;

import dev.coffer.node.core.Mailbox;
import dev.coffer.node.core.NodeClock;
import dev.coffer.node.core.NodeThreads;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/**
 * A node's process from its start to its end: its threads, which run one at a time and at moments
 * that follow from the seed, and its clock, which runs a little fast or slow.
 */
final class Life implements NodeThreads, NodeClock {
  /** Clocks differ by one in twenty at most. */
  private static final int DRIFT_PERCENT = 5;

  /** How long a thread that could go on may take to do so, in microseconds. */
  private static final int SLOTH = 60;

  private final World world;
  private final double rate;
  private final long origin;
  private final List<Fibre> fibres = new ArrayList<>();
  private boolean over;

  Life(World world) {
    this.world = world;
    Chance chance = world.chance();
    this.rate = 1 + (chance.below(2 * DRIFT_PERCENT + 1) - DRIFT_PERCENT) / 100.0;
    this.origin = 1_000_000_000L * chance.below(1_000);
  }

  @Override
  public long nanos() {
    return origin + (long) (world.loop().now() * 1_000 * rate);
  }

  @Override
  public Instant now() {
    return Instant.EPOCH.plusNanos(nanos());
  }

  @Override
  public void start(String name, Runnable what) {
    if (over) {
      return;
    }
    Fibre fibre = new Fibre(name, what);
    fibres.removeIf(Fibre::ended);
    fibres.add(fibre);
    world.loop().after(sloth(), () -> world.baton(fibre, over ? () -> {} : fibre::go));
  }

  @Override
  public void startLasting(String name, Runnable what) {
    start(name, what);
  }

  private int sloth() {
    return world.chance().below(SLOTH);
  }

  private void alive() {
    if (over) {
      throw new Fibre.Killed();
    }
  }

  /** The thread that runs now, which must be one of this process. */
  private Fibre mine() {
    alive();
    Fibre running = world.running();
    if (running == null) {
      throw new IllegalStateException("somebody who must not wait waits");
    }
    return running;
  }

  @Override
  public void sleep(long nanos) {
    Fibre fibre = mine();
    wakeAfter(fibre, fibre.nextWait(), nanos);
    fibre.pause();
  }

  private void wakeAfter(Fibre fibre, long wait, long nanos) {
    long micros = 1 + (long) (nanos / 1_000 / rate);
    world.loop().after(micros + sloth(), () -> world.baton(fibre, () -> fibre.wake(wait)));
  }

  /** Lets other threads run for some microseconds, as a call to another process does. */
  void elsewhere(int micros) {
    if (world.running() != null) {
      sleep(1_000L * world.chance().below(micros));
    }
  }

  @Override
  public <T> Mailbox<T> mailbox(int capacity) {
    return new SimulatedMailbox<>(this, capacity);
  }

  /** A thread that waits for something to happen. */
  record Waiter(Fibre fibre, long number) {}

  /** Waits until woken, or for at most {@code nanos} if that is positive. */
  void await(List<Waiter> among, long nanos) {
    Fibre fibre = mine();
    long wait = fibre.nextWait();
    among.add(new Waiter(fibre, wait));
    if (nanos > 0) {
      wakeAfter(fibre, wait, nanos);
    }
    fibre.pause();
  }

  void wake(List<Waiter> some) {
    for (Waiter waiter : some) {
      world
          .loop()
          .after(
              sloth(),
              () -> world.baton(waiter.fibre(), () -> waiter.fibre().wake(waiter.number())));
    }
    some.clear();
  }

  /** Ends the process at once: its threads do nothing any more. */
  void end() {
    if (!over) {
      over = true;
      world.loop().after(0, this::reap);
    }
  }

  /** Lets the threads of an ended process unwind. */
  void reap() {
    over = true;
    List<Fibre> all = List.copyOf(fibres);
    fibres.clear();
    all.forEach(fibre -> world.baton(fibre, fibre::kill));
  }

  boolean over() {
    return over;
  }
}
