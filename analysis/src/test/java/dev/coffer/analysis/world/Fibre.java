package dev.coffer.analysis.world;

import java.util.concurrent.locks.LockSupport;

/**
 * One thread of a simulated process. It runs only while it has the baton, which it gets from the
 * simulator and gives back whenever it waits: so one thread runs at a time, and always the same one
 * on the same seed.
 */
final class Fibre {
  /** The process of this thread has been killed. An error, so that nobody takes it for trouble. */
  static final class Killed extends Error {
    private static final long serialVersionUID = 1L;

    Killed() {
      super("killed", null, false, false);
    }
  }

  private final Thread thread;
  private Thread giver = Thread.currentThread();
  private volatile boolean baton;
  private boolean started;
  private boolean ended;
  private boolean killed;
  private long waits;
  private boolean waiting;
  private Throwable failure;

  Fibre(String name, Runnable what) {
    this.thread = Thread.ofVirtual().name(name).unstarted(() -> run(what));
  }

  private void run(Runnable what) {
    try {
      what.run();
    } catch (Killed e) {
      // As intended.
    } catch (Throwable e) {
      failure = e;
    } finally {
      ended = true;
      baton = false;
      LockSupport.unpark(giver);
    }
  }

  /** Lets it go on until it waits again or ends. Throws what its code did not catch. */
  void go() {
    if (ended) {
      return;
    }
    giver = Thread.currentThread();
    baton = true;
    if (started) {
      LockSupport.unpark(thread);
    } else {
      started = true;
      thread.start();
    }
    while (baton) {
      LockSupport.park(this);
    }
    if (failure instanceof BrokenPromise promise) {
      throw promise;
    }
    if (failure != null) {
      throw new IllegalStateException(
          "thread " + thread.getName() + " of a node has died of " + failure, failure);
    }
  }

  /** Names the wait that comes next, for {@link #wake}. */
  long nextWait() {
    waiting = true;
    return ++waits;
  }

  /** Ends that wait, unless it has ended already. */
  void wake(long wait) {
    if (waiting && wait == waits && !killed) {
      waiting = false;
      go();
    }
  }

  /** On its own thread: gives the baton back until it is woken. */
  void pause() {
    baton = false;
    LockSupport.unpark(giver);
    while (!baton) {
      LockSupport.park(this);
    }
    if (killed) {
      throw new Killed();
    }
  }

  /** Ends it where it waits. */
  void kill() {
    killed = true;
    if (started) {
      go();
    }
    ended = true;
  }

  boolean ended() {
    return ended;
  }
}
