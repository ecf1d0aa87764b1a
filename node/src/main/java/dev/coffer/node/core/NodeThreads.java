package dev.coffer.node.core;

import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.TimeUnit;

/**
 * The port through which threads start and wait. Whatever in a node's logic blocks does so here or
 * in a call of another port, so that a simulation can decide who goes on and when. Thread-safe.
 */
public interface NodeThreads {
  /** Starts a light thread; names are for whoever reads a thread dump. */
  void start(String name, Runnable what);

  /** Starts a thread that works for as long as the node lives, and does not keep it alive. */
  void startLasting(String name, Runnable what);

  /** Waits. */
  void sleep(long nanos) throws InterruptedException;

  /** An empty mailbox for {@code capacity} things, at least 1. */
  <T> Mailbox<T> mailbox(int capacity);

  /** The machine's threads: virtual ones but for those that last. */
  static NodeThreads system() {
    return new NodeThreads() {
      @Override
      public void start(String name, Runnable what) {
        Thread.ofVirtual().name(name).start(what);
      }

      @Override
      public void startLasting(String name, Runnable what) {
        Thread.ofPlatform().daemon().name(name).start(what);
      }

      @Override
      public void sleep(long nanos) throws InterruptedException {
        TimeUnit.NANOSECONDS.sleep(nanos);
      }

      @Override
      public <T> Mailbox<T> mailbox(int capacity) {
        return new QueueMailbox<>(new ArrayBlockingQueue<>(capacity));
      }
    };
  }
}
