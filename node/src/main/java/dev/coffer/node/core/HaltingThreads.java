package dev.coffer.node.core;

import java.util.function.BooleanSupplier;

/**
 * Threads of which none dies unnoticed: a node without its applying or releasing thread would look
 * alive and do nothing, so whatever ends a thread unexpectedly ends the process.
 *
 * @param closed whether the node is being closed: then its threads end of what is closed already
 */
record HaltingThreads(NodeThreads threads, NodeHost host, BooleanSupplier closed)
    implements NodeThreads {
  private Runnable guarded(String name, Runnable what) {
    return () -> {
      try {
        what.run();
      } catch (RuntimeException e) {
        if (!closed.getAsBoolean()) {
          host.broken("its thread " + name, e);
        }
      }
    };
  }

  @Override
  public void start(String name, Runnable what) {
    threads.start(name, guarded(name, what));
  }

  @Override
  public void startLasting(String name, Runnable what) {
    threads.startLasting(name, guarded(name, what));
  }

  @Override
  public void sleep(long nanos) throws InterruptedException {
    threads.sleep(nanos);
  }

  @Override
  public <T> Mailbox<T> mailbox(int capacity) {
    return threads.mailbox(capacity);
  }
}
