package dev.coffer.backup.object;

import dev.coffer.backup.BackupException;
import dev.coffer.backup.BackupException.Reason;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicReference;

/**
 * Runs tasks on somebody's executor, a few at a time, and remembers the first failure. Submitting
 * and awaiting belong to one thread.
 */
public final class ParallelWork {
  /** A task that may fail as a backup does. */
  @FunctionalInterface
  public interface Task {
    void run() throws BackupException;
  }

  private final Executor executor;
  private final int tasksMax;
  private final Semaphore free;
  private final AtomicReference<Throwable> failure = new AtomicReference<>();

  public ParallelWork(Executor executor, int tasksMax) {
    this.executor = executor;
    this.tasksMax = tasksMax;
    this.free = new Semaphore(tasksMax);
  }

  /**
   * Starts {@code task}, after waiting while too many are under way; throws what an earlier one
   * failed with.
   */
  public void submit(Task task) throws BackupException {
    acquire(1);
    boolean handedOver = false;
    try {
      throwFailure();
      executor.execute(() -> run(task));
      handedOver = true;
    } catch (RejectedExecutionException e) {
      throw new BackupException(
          Reason.INTERRUPTED, "The work was stopped; run the same command again to continue.", e);
    } finally {
      if (!handedOver) {
        free.release();
      }
    }
  }

  private void run(Task task) {
    try {
      if (failure.get() == null) {
        task.run();
      }
    } catch (BackupException | RuntimeException | Error e) {
      failure.compareAndSet(null, e);
    } finally {
      free.release();
    }
  }

  /** Waits for all tasks; throws what the first failing one failed with. */
  public void await() throws BackupException {
    acquire(tasksMax);
    free.release(tasksMax);
    throwFailure();
  }

  /** Waits for all tasks whatever they do, so that none outlives a failed operation. */
  public void settle() {
    failure.compareAndSet(
        null,
        new BackupException(Reason.INTERRUPTED, "The work was stopped; run it again to continue."));
    free.acquireUninterruptibly(tasksMax);
    free.release(tasksMax);
  }

  private void acquire(int permits) throws BackupException {
    try {
      free.acquire(permits);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new BackupException(
          Reason.INTERRUPTED, "The work was stopped; run the same command again to continue.", e);
    }
  }

  private void throwFailure() throws BackupException {
    Throwable first = failure.get();
    if (first instanceof BackupException e) {
      throw e;
    } else if (first instanceof RuntimeException e) {
      throw e;
    } else if (first instanceof Error e) {
      throw e;
    }
  }
}
