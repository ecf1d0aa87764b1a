package dev.coffer.node.hsm;

import dev.coffer.files.ChildEnvironment;
import java.io.BufferedReader;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Keeps one HSM process running: starts it, restarts it when it dies or hangs, and ends it with the
 * node, since it ends itself when its standard input does. After every start the HSM is silent
 * until it has heard others: the {@link Watcher} sees to that.
 *
 * <p>Thread-safe.
 */
public final class HsmSupervisor implements AutoCloseable {
  private static final Logger LOG = System.getLogger(HsmSupervisor.class.getName());
  private static final Duration PAUSE_MIN = Duration.ofMillis(100);
  private static final Duration PAUSE_MAX = Duration.ofSeconds(5);

  private final HsmCommand command;
  private final Watcher watcher;
  private final HsmLink link = new HsmLink();
  private final RemoteHsm hsm;
  private final CountDownLatch closed = new CountDownLatch(1);
  private volatile Optional<Process> process = Optional.empty();

  /** What happens around the HSM's life; called on a thread of the supervisor. */
  @FunctionalInterface
  public interface Watcher {
    /** The HSM runs, for the first time or again: challenge it and let it hear. */
    void started(RemoteHsm hsm);

    /** It has ended. Calls throw {@link HsmUnavailable} until it runs again. */
    default void stopped() {}
  }

  private HsmSupervisor(HsmCommand command, Watcher watcher) {
    this.command = command;
    this.watcher = watcher;
    this.hsm = new RemoteHsm(link);
  }

  /**
   * Starts the HSM and returns once it can be called.
   *
   * @throws IOException if it does not start, with the last sentence that it said itself
   */
  public static HsmSupervisor start(HsmCommand command, Watcher watcher) throws IOException {
    HsmSupervisor supervisor = new HsmSupervisor(command, watcher);
    try {
      supervisor.spawn();
    } catch (IOException e) {
      supervisor.close();
      throw e;
    }
    Thread.ofVirtual().name("hsm-supervisor").start(supervisor::keep);
    supervisor.announce();
    return supervisor;
  }

  /** The HSM, across all its restarts. */
  public RemoteHsm hsm() {
    return hsm;
  }

  /** Ends the HSM as a power cut does. It is started again. */
  void kill() {
    process.ifPresent(Process::destroyForcibly);
  }

  private void announce() {
    try {
      watcher.started(hsm);
    } catch (RuntimeException e) {
      // The HSM may have died again meanwhile; keeping it running must not end with the watcher.
      LOG.log(Level.WARNING, "the HSM started, but its first calls failed", e);
    }
  }

  private void spawn() throws IOException {
    ProcessBuilder builder = new ProcessBuilder(command.line()).redirectErrorStream(true);
    ChildEnvironment.clean(builder.environment(), ChildEnvironment.HSM);
    Process child = builder.start();
    process = Optional.of(child);
    try {
      awaitReady(child);
      // An HSM that hangs is worse than a dead one: the fleet would wait for it again and again.
      link.connect(
          HsmConnection.open(command.socket(), command.callDeadline(), child::destroyForcibly));
    } catch (IOException e) {
      child.destroyForcibly();
      throw e;
    }
  }

  private void awaitReady(Process child) throws IOException {
    CompletableFuture<Optional<String>> lastWords = new CompletableFuture<>();
    Thread.ofVirtual().name("hsm-output").start(() -> drain(child, lastWords));
    try {
      Optional<String> said =
          lastWords.get(command.startDeadline().toMillis(), TimeUnit.MILLISECONDS);
      if (said.isPresent()) {
        throw new IOException(
            "The HSM in " + command.home() + " ended before it was ready: " + said.get());
      }
    } catch (TimeoutException | ExecutionException e) {
      throw new IOException(
          "The HSM was not ready in time: try again, or look at its home " + command.home(), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while the HSM started", e);
    }
  }

  /**
   * Reads on after the line, so that the child never blocks on a full pipe. What it says goes to
   * the log.
   *
   * @param lastWords completed empty when the HSM is ready; with its last sentence if it ends first
   */
  private static void drain(Process child, CompletableFuture<Optional<String>> lastWords) {
    String said = "it said nothing";
    try (BufferedReader lines = child.inputReader(StandardCharsets.UTF_8)) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        if (line.equals("ready")) {
          lastWords.complete(Optional.empty());
        } else {
          LOG.log(Level.WARNING, "The HSM says: {0}", line);
          // An indented line belongs to a stack trace of the runtime.
          said = line.startsWith(" ") || line.startsWith("\t") ? said : line;
        }
      }
    } catch (IOException e) {
      LOG.log(Level.DEBUG, "the HSM's output ended", e);
    }
    lastWords.complete(Optional.of(said));
  }

  private void keep() {
    Duration pause = PAUSE_MIN;
    while (closed.getCount() > 0) {
      try {
        int status = process.orElseThrow().waitFor();
        link.disconnect();
        if (closed.getCount() == 0) {
          return;
        }
        LOG.log(Level.WARNING, "the HSM ended with status {0}; it is started again", status);
        watcher.stopped();
        if (closed.await(pause.toMillis(), TimeUnit.MILLISECONDS)) {
          return;
        }
        spawn();
        pause = PAUSE_MIN;
        announce();
      } catch (IOException e) {
        LOG.log(Level.ERROR, "the HSM does not start: " + e.getMessage());
        pause = pause.multipliedBy(2).compareTo(PAUSE_MAX) < 0 ? pause.multipliedBy(2) : PAUSE_MAX;
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return;
      }
    }
  }

  /** Ends the HSM: closes its standard input, and kills it if it stays. */
  @Override
  public void close() {
    closed.countDown();
    link.disconnect();
    process.ifPresent(HsmSupervisor::end);
  }

  private static void end(Process child) {
    try {
      child.getOutputStream().close();
      if (!child.waitFor(2, TimeUnit.SECONDS)) {
        child.destroyForcibly();
      }
    } catch (IOException e) {
      child.destroyForcibly();
    } catch (InterruptedException e) {
      child.destroyForcibly();
      Thread.currentThread().interrupt();
    }
  }
}
