package dev.coffer.verification.fuzz;

import dev.coffer.node.fleet.LoopbackFleet;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryMXBean;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.stream.Stream;

/**
 * Sees from inside what a server in this process does not tell its clients: faults of the program
 * in its log, sockets and memory that do not come back.
 */
final class ServerWatch implements AutoCloseable {
  /** Sockets come and go a little by themselves. */
  private static final long SOCKETS_SLACK = 24;

  private static final long HEAP_SLACK = 32L << 20;

  /** What outlives every limit of the servers, of which 60 seconds is the longest, is a leak. */
  private static final int SECONDS = 100;

  // Held for as long as the watch: the runtime forgets loggers that nobody holds.
  private final Logger ours = Logger.getLogger("dev.coffer");
  private final AtomicReference<String> fault = new AtomicReference<>();
  private final long sockets;
  private final long heap;

  private final Handler handler =
      new Handler() {
        @Override
        public void publish(LogRecord said) {
          if (said.getLevel().intValue() >= Level.SEVERE.intValue()) {
            String thrown = said.getThrown() == null ? "" : ": " + said.getThrown();
            fault.compareAndSet(null, said.getMessage() + thrown);
          }
        }

        @Override
        public void flush() {}

        @Override
        public void close() {}
      };

  ServerWatch() {
    ours.addHandler(handler);
    // Warnings of what hostile peers and clients sent would fill the output.
    ours.setUseParentHandlers(false);
    this.sockets = openSockets();
    this.heap = liveHeap();
  }

  /** Sockets alone: the runtime opens libraries whenever it needs another class. */
  private static long openSockets() {
    Path all = Path.of("/proc/self/fd");
    if (!Files.isDirectory(all)) {
      return 0;
    }
    try (Stream<Path> open = Files.list(all)) {
      return open.filter(ServerWatch::isSocket).count();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static boolean isSocket(Path descriptor) {
    try {
      return Files.readSymbolicLink(descriptor).toString().startsWith("socket:");
    } catch (IOException closedMeanwhile) {
      return false;
    }
  }

  private static long liveHeap() {
    MemoryMXBean memory = ManagementFactory.getMemoryMXBean();
    memory.gc();
    return memory.getHeapMemoryUsage().getUsed();
  }

  /** Told of something that must not happen. */
  void broken(String what) {
    fault.compareAndSet(null, what);
  }

  /** Throws if the server has met a fault of its own. */
  void check() {
    String what = fault.getAndSet(null);
    if (what != null) {
      throw new AssertionError("the server met a fault of its own: " + what);
    }
  }

  /** Waits until {@code rested}, and that nothing is held that was not held before. */
  void rested(BooleanSupplier rested) throws InterruptedException {
    LoopbackFleet.await("requests that are over to be given back", SECONDS, rested);
    LoopbackFleet.await(
        "sockets to be given back", SECONDS, () -> openSockets() <= sockets + SOCKETS_SLACK);
    LoopbackFleet.await("memory to be given back", SECONDS, () -> liveHeap() <= heap + HEAP_SLACK);
    check();
  }

  @Override
  public void close() {
    ours.removeHandler(handler);
    ours.setUseParentHandlers(true);
  }
}
