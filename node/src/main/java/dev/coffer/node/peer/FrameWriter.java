package dev.coffer.node.peer;

import java.io.BufferedOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;

/**
 * The sending half of a connection: a bounded queue that one thread empties. Many small frames
 * leave in one TLS record. A full queue refuses instead of blocking: what is lost is asked for
 * again.
 */
final class FrameWriter {
  private static final int QUEUE = 4096;
  private static final int BUFFER = 16 << 10;

  private final BlockingQueue<Frame> queue = new ArrayBlockingQueue<>(QUEUE);
  private final DataOutputStream out;

  FrameWriter(OutputStream out) {
    this.out = new DataOutputStream(new BufferedOutputStream(out, BUFFER));
  }

  boolean offer(Frame frame) {
    return queue.offer(frame);
  }

  /** Sends until interrupted or the connection breaks. */
  void run() throws IOException, InterruptedException {
    while (true) {
      Frame frame = queue.take();
      while (frame != null) {
        frame.write(out);
        frame = queue.poll();
      }
      out.flush();
    }
  }
}
