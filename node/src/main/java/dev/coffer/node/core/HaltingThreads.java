package dev.coffer.node.core;

import dev.coffer.node.store.StoreFault;
import dev.coffer.protocol.codec.Invariant;
import java.util.function.BiConsumer;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Threads of which none dies unnoticed. A node without its applying or releasing thread would look
 * alive and do nothing, so whatever ends a lasting thread unexpectedly ends the process; so does an
 * error or a broken invariant anywhere. A light thread that ends otherwise is logged: what it was
 * for is tried again, and no peer's answer must be able to end a node.
 *
 * @param closed whether the node is being closed: then its threads end of what is closed already
 */
record HaltingThreads(
    NodeThreads threads, BiConsumer<String, Throwable> broken, BooleanSupplier closed)
    implements NodeThreads {
  private static final Logger LOG = LoggerFactory.getLogger(HaltingThreads.class);

  private Runnable guarded(String name, Runnable what, boolean lasting) {
    return () -> {
      try {
        what.run();
      } catch (Invariant.Broken | StoreFault | Error e) {
        halt(name, e);
      } catch (RuntimeException e) {
        if (lasting) {
          halt(name, e);
        } else {
          LOG.warn("The thread {} ended early: {}", name, e.toString());
        }
      }
    };
  }

  private void halt(String name, Throwable cause) {
    if (!closed.getAsBoolean()) {
      broken.accept("its thread " + name, cause);
    }
  }

  @Override
  public void start(String name, Runnable what) {
    threads.start(name, guarded(name, what, false));
  }

  @Override
  public void startLasting(String name, Runnable what) {
    threads.startLasting(name, guarded(name, what, true));
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
