package dev.coffer.hsm.process;

import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.codec.Rejected;
import dev.coffer.protocol.port.HsmAnswerer;
import dev.coffer.protocol.port.HsmFrames;
import dev.coffer.protocol.port.HsmFrames.Frame;
import dev.coffer.protocol.port.HsmMethod;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Answers frames on a Unix domain socket: one reading thread a connection, work in {@link Lanes}.
 * The octets of calls in work are bounded, so that a flood slows its sender instead of filling
 * memory.
 */
public final class FrameServer {
  /** Octets of bodies in work at a time, in KiB. */
  private static final int KIBIBYTES_MAX = 12 << 10;

  private final HsmAnswerer answerer;
  private final Failure failure;
  private final Lanes lanes = new Lanes(Runtime.getRuntime().availableProcessors());
  private final Semaphore budget = new Semaphore(KIBIBYTES_MAX);

  /** What happens when the core's own rules or its memory break: the process ends. */
  @FunctionalInterface
  public interface Failure {
    /** Does not return to normal work. */
    void stop(Throwable cause);
  }

  /** Answers with {@code answerer}. */
  public FrameServer(HsmAnswerer answerer, Failure failure) {
    this.answerer = answerer;
    this.failure = failure;
  }

  /** Listens at {@code socket}, runs {@code listening} once it does, and serves for ever. */
  public void serve(Path socket, Runnable listening) throws IOException {
    Files.deleteIfExists(socket);
    try (ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
      server.bind(UnixDomainSocketAddress.of(socket));
      listening.run();
      while (true) {
        SocketChannel channel = server.accept();
        Thread.ofPlatform().daemon().name("hsm-connection").start(() -> connection(channel));
      }
    }
  }

  private void connection(SocketChannel channel) {
    ReentrantLock writing = new ReentrantLock();
    try (channel) {
      for (Optional<Frame> call = HsmFrames.read(channel);
          call.isPresent();
          call = HsmFrames.read(channel)) {
        dispatch(channel, writing, call.get());
      }
    } catch (IOException | Rejected e) {
      // The host went away or does not speak our language; another connection may follow.
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void dispatch(SocketChannel channel, ReentrantLock writing, Frame call)
      throws Rejected, InterruptedException {
    HsmMethod method = HsmMethod.of(call.tag());
    int cost = 1 + (call.body().size() >> 10);
    budget.acquire(cost);
    lanes
        .of(method)
        .execute(() -> {
          try {
            answer(channel, writing, method, call);
          } finally {
            budget.release(cost);
          }
        });
  }

  private void answer(SocketChannel channel, ReentrantLock writing, HsmMethod method, Frame call) {
    Frame answer;
    try {
      Bytes result = answerer.answer(method, call.body());
      answer = new Frame(call.correlation(), HsmFrames.OK, result);
    } catch (Rejected e) {
      answer = new Frame(call.correlation(), HsmFrames.REJECTED, HsmFrames.encode(e));
    } catch (RuntimeException | Error e) {
      // A broken invariant or a failed memory: no answer, no further work.
      failure.stop(e);
      return;
    }
    writing.lock();
    try {
      HsmFrames.write(channel, answer);
    } catch (IOException e) {
      // The host went away: it asks again when it is back.
    } finally {
      writing.unlock();
    }
  }
}
