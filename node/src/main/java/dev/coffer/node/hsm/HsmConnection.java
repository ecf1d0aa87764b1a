package dev.coffer.node.hsm;

import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.codec.Limits;
import dev.coffer.protocol.codec.Rejected;
import dev.coffer.protocol.port.HsmFrames;
import dev.coffer.protocol.port.HsmFrames.Frame;
import dev.coffer.protocol.port.HsmMethod;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;

/**
 * One connection to an HSM: many calls in flight, each with its correlation number and its
 * deadline. Thread-safe. Once broken it stays broken; {@link HsmLink} holds the next one.
 */
final class HsmConnection implements AutoCloseable {
  /**
   * So many deadlines pass without one answer, be it late, before the HSM counts as hung: killing
   * one that is merely slow makes a busy host busier.
   */
  private static final int MISSES_MAX = 4;

  private final SocketChannel channel;
  private final Duration deadline;
  private final Runnable hung;
  private final AtomicInteger misses = new AtomicInteger();
  private final AtomicLong correlations = new AtomicLong();
  private final Map<Long, CompletableFuture<Frame>> waiting = new ConcurrentHashMap<>();
  private final ReentrantLock writing = new ReentrantLock();
  private volatile boolean broken;

  private HsmConnection(SocketChannel channel, Duration deadline, Runnable hung) {
    this.channel = channel;
    this.deadline = deadline;
    this.hung = hung;
  }

  /**
   * Connects; calls then have {@code deadline} each, and {@code hung} runs when the HSM has missed
   * {@value #MISSES_MAX} in a row.
   */
  static HsmConnection open(Path socket, Duration deadline, Runnable hung) throws IOException {
    SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX);
    try {
      channel.connect(UnixDomainSocketAddress.of(socket));
    } catch (IOException e) {
      channel.close();
      throw e;
    }
    HsmConnection connection = new HsmConnection(channel, deadline, hung);
    Thread.ofVirtual().name("hsm-answers").start(connection::read);
    return connection;
  }

  private void read() {
    try {
      for (Optional<Frame> answer = HsmFrames.read(channel);
          answer.isPresent();
          answer = HsmFrames.read(channel)) {
        misses.set(0);
        CompletableFuture<Frame> call = waiting.remove(answer.get().correlation());
        if (call != null) {
          call.complete(answer.get());
        }
      }
      fail(new HsmUnavailable("it closed the connection"));
    } catch (IOException e) {
      fail(new HsmUnavailable("the connection broke", e));
    } catch (Rejected e) {
      fail(new HsmUnavailable("it does not speak our language", e));
      // It would not notice, and nobody would open another connection.
      if (misses.incrementAndGet() >= MISSES_MAX) {
        hung.run();
      }
    }
  }

  private void fail(HsmUnavailable why) {
    broken = true;
    close();
    waiting.values().forEach(call -> call.completeExceptionally(why));
    waiting.clear();
  }

  boolean broken() {
    return broken;
  }

  /** One call and its answer. */
  Bytes call(HsmMethod method, Bytes body) throws Rejected {
    if (body.size() > Limits.FRAME_MAX - 16) {
      throw new IllegalArgumentException("a call to the HSM is larger than a frame");
    }
    long correlation = correlations.incrementAndGet();
    CompletableFuture<Frame> answer = new CompletableFuture<>();
    waiting.put(correlation, answer);
    try {
      send(new Frame(correlation, method.number(), body));
      return result(answer.get(deadline.toMillis(), TimeUnit.MILLISECONDS));
    } catch (TimeoutException e) {
      if (misses.incrementAndGet() >= MISSES_MAX) {
        hung.run();
      }
      throw new HsmUnavailable("no answer within the deadline", e);
    } catch (ExecutionException e) {
      throw new HsmUnavailable("the connection broke", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new HsmUnavailable("the caller was interrupted", e);
    } finally {
      waiting.remove(correlation);
    }
  }

  private void send(Frame frame) {
    writing.lock();
    try {
      if (broken) {
        throw new HsmUnavailable("not connected");
      }
      HsmFrames.write(channel, frame);
    } catch (IOException e) {
      HsmUnavailable why = new HsmUnavailable("the connection broke", e);
      fail(why);
      throw why;
    } finally {
      writing.unlock();
    }
  }

  private static Bytes result(Frame answer) throws Rejected {
    if (answer.tag() == HsmFrames.OK) {
      return answer.body();
    }
    throw HsmFrames.decodeRejected(answer.body());
  }

  /** Ends the connection; calls in flight end with {@link HsmUnavailable}. */
  @Override
  public void close() {
    try {
      channel.close();
    } catch (IOException e) {
      // Closed is what it is now, one way or the other.
    }
  }
}
