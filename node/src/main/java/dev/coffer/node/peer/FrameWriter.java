package dev.coffer.node.peer;

import java.io.BufferedOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The sending half of a connection: a bounded queue that one thread empties. Many small frames
 * leave in one TLS record. A full queue refuses instead of blocking: what is lost is asked for
 * again.
 */
final class FrameWriter {
  private static final int QUEUE = 4096;
  private static final int BUFFER = 16 << 10;

  /** Octets that may wait; one frame always may. */
  private static final long WAITING_MAX = 16 << 20;

  private final BlockingQueue<Frame> queue = new ArrayBlockingQueue<>(QUEUE);
  private final AtomicLong waiting = new AtomicLong();
  private final DataOutputStream out;

  FrameWriter(OutputStream out) {
    this.out = new DataOutputStream(new BufferedOutputStream(out, BUFFER));
  }

  boolean offer(Frame frame) {
    long size = frame.body().size();
    if (waiting.get() > 0 && waiting.get() + size > WAITING_MAX) {
      return false;
    }
    waiting.addAndGet(size);
    if (queue.offer(frame)) {
      return true;
    }
    waiting.addAndGet(-size);
    return false;
  }

  /** Sends until interrupted or the connection breaks. */
  void run() throws IOException, InterruptedException {
    while (true) {
      Frame frame = queue.take();
      while (frame != null) {
        waiting.addAndGet(-frame.body().size());
        frame.write(out);
        frame = queue.poll();
      }
      out.flush();
    }
  }
}
