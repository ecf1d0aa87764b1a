package dev.coffer.notary.log;

import dev.coffer.protocol.codec.Bytes;
import dev.coffer.transparency.note.Note;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * Gathers the leaves that come while a round is under way into the next one, so that a disk that
 * forces a hundred times a second does not mean a hundred leaves a second. Thread-safe.
 */
public final class Sequencer implements AutoCloseable {
  private static final Logger LOG = Logger.getLogger(Sequencer.class.getName());
  private static final int WAITING_LEAVES_MAX = 4 * Stage.LEAVES_MAX;
  private static final long WAITING_OCTETS_MAX = 8L * Stage.SIZE_MAX;
  private static final int LEAF_OVERHEAD = 64;

  /** Where a leaf stands, under which checkpoint. */
  public record Sequenced(Placement placement, Note checkpoint) {}

  private record Waiting(Bytes leaf, CompletableFuture<Sequenced> answer) {}

  private final TiledLog log;
  private final Consumer<Note> onHead;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition more = lock.newCondition();
  private final ArrayDeque<Waiting> queue = new ArrayDeque<>();
  private final Thread thread;

  /** Size of the newest tree that was told of; only that thread uses it. */
  private long announced;

  private long octets;
  private boolean closing;

  /**
   * Starts its thread.
   *
   * @param onHead hears of every head of a larger tree, on that thread: it must not take long
   */
  public Sequencer(TiledLog log, Consumer<Note> onHead) {
    this.log = log;
    this.onHead = onHead;
    this.thread = Thread.ofPlatform().daemon().name("sequencer").start(this::run);
  }

  /**
   * Waits until the leaf, which was screened, is placed or refused.
   *
   * @return empty if too many wait already; nothing was done then
   * @throws IOException if the round failed, or did not end in time: the leaf may come into the log
   *     later, or not
   */
  public Optional<Sequenced> add(Bytes leaf, long timeoutMillis)
      throws IOException, InterruptedException {
    Waiting waiting = new Waiting(leaf, new CompletableFuture<>());
    lock.lock();
    try {
      if (closing) {
        throw new IOException("The log is being stopped.");
      }
      if (queue.size() >= WAITING_LEAVES_MAX || octets > WAITING_OCTETS_MAX) {
        return Optional.empty();
      }
      queue.add(waiting);
      octets += leaf.size();
      more.signal();
    } finally {
      lock.unlock();
    }
    try {
      return Optional.of(waiting.answer().get(timeoutMillis, TimeUnit.MILLISECONDS));
    } catch (TimeoutException e) {
      throw new IOException("The round took too long.", e);
    } catch (ExecutionException e) {
      throw new IOException("The round failed.", e.getCause());
    }
  }

  private void run() {
    for (List<Waiting> batch = take(); !batch.isEmpty(); batch = take()) {
      try {
        Round round = log.append(batch.stream().map(Waiting::leaf).toList());
        // Whoever sends a leaf that everybody can read gets its place, and no work by witnesses.
        long size = TiledLog.sizeOf(round.checkpoint());
        if (size > announced) {
          onHead.accept(round.checkpoint());
          announced = size;
        }
        for (int i = 0; i < batch.size(); i++) {
          batch
              .get(i)
              .answer()
              .complete(new Sequenced(round.placements().get(i), round.checkpoint()));
        }
      } catch (IOException | RuntimeException e) {
        LOG.log(Level.WARNING, "A round failed", e);
        if (e instanceof RuntimeException) {
          // Our own code is wrong: whoever reads the logs has to know before more is signed.
          log.halt("A fault of this program: " + e);
        }
        batch.forEach(waiting -> waiting.answer().completeExceptionally(e));
      }
    }
  }

  /** The next batch; empty when closing. */
  private List<Waiting> take() {
    lock.lock();
    try {
      while (queue.isEmpty() && !closing) {
        more.awaitUninterruptibly();
      }
      List<Waiting> batch = new ArrayList<>();
      long size = 0;
      while (!queue.isEmpty() && batch.size() < Stage.LEAVES_MAX) {
        size += queue.peek().leaf().size() + LEAF_OVERHEAD;
        if (size > Stage.SIZE_MAX) {
          break;
        }
        Waiting next = queue.remove();
        octets -= next.leaf().size();
        batch.add(next);
      }
      return batch;
    } finally {
      lock.unlock();
    }
  }

  /** Sequences what waits, then stops. The log stays open. */
  @Override
  public void close() {
    lock.lock();
    try {
      closing = true;
      more.signal();
    } finally {
      lock.unlock();
    }
    boolean interrupted = false;
    while (thread.isAlive()) {
      try {
        thread.join();
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
