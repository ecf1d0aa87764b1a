package dev.coffer.notary.log;

import dev.coffer.notary.http.Fetch;
import dev.coffer.notary.http.Metrics;
import dev.coffer.notary.http.WebAddress;
import dev.coffer.transparency.note.Note;
import dev.coffer.transparency.note.NoteSignature;
import dev.coffer.transparency.text.Refused;
import dev.coffer.transparency.tlog.Policy;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * Has every new head cosigned, publishes it once a quorum has, and has the newest one cosigned
 * again from time to time, changed or not: cosignatures are a log's only word on how fresh it is.
 *
 * <p>All witnesses are asked at once, about one head at a time; heads that come meanwhile are one
 * question, about the newest. A witness that is slow or gone holds nobody up but the quorum.
 * Thread-safe.
 */
public final class Cosigning implements AutoCloseable {
  private static final Logger LOG = Logger.getLogger(Cosigning.class.getName());

  /**
   * How soon a head is tried again that found no quorum: at first, and at most. Servers of one
   * machine start together, so a log's first question may find its witnesses not there yet.
   */
  private static final Duration RETRY_MIN = Duration.ofMillis(250);

  private static final Duration RETRY_MAX = Duration.ofSeconds(30);

  private final TiledLog log;
  private final Policy policy;
  private final List<WitnessLink> witnesses = new ArrayList<>();
  private final Fetch fetch;
  private final Duration patience;
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final ScheduledExecutorService timer;

  /** Guards everything below. */
  private final ReentrantLock lock = new ReentrantLock();

  private final Condition changed = lock.newCondition();
  private final Set<WitnessLink> busy = new HashSet<>();
  private Optional<Note> wanted = Optional.empty();
  private Optional<Question> question = Optional.empty();
  private Optional<Note> cosigned = Optional.empty();
  private OptionalLong quorumTime = OptionalLong.empty();
  private Duration retry = RETRY_MIN;
  private boolean running;
  private volatile boolean closed;

  /** One head that all witnesses are asked about. */
  private static final class Question {
    private final Note head;
    private Note gathered;
    private int open;
    private boolean quorum;

    Question(Note head, int open) {
      this.head = head;
      this.gathered = head;
      this.open = open;
    }
  }

  private Cosigning(TiledLog log, Policy policy, Duration patience) {
    this.log = log;
    this.policy = policy;
    this.patience = patience;
    this.fetch = new Fetch(patience);
    this.timer =
        Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().daemon().name("cosigning").factory());
  }

  /**
   * Starts by having the log's newest head cosigned.
   *
   * @param policy whose first log is this one
   * @param again how often to ask when nothing changes
   * @param patience how long one witness may take
   * @throws IOException if the policy does not fit the log
   */
  public static Cosigning start(TiledLog log, Policy policy, Duration again, Duration patience)
      throws IOException {
    Cosigning cosigning = new Cosigning(log, policy, patience);
    try {
      cosigning.connect();
      cosigning.seek(log.head());
    } catch (IOException e) {
      cosigning.close();
      throw e;
    }
    cosigning.every(again);
    return cosigning;
  }

  private void connect() throws IOException {
    if (policy.logs().stream().noneMatch(known -> known.key().equals(log.verifier()))) {
      throw new IOException("The policy does not name this log's key: correct it.");
    }
    for (Policy.Witness witness : policy.witnesses()) {
      if (witness.url().isEmpty()) {
        throw new IOException(
            "The policy names the witness " + witness.name() + " without an address: add it.");
      }
      URI address = address(witness.name(), witness.url().get());
      witnesses.add(new WitnessLink(witness.key(), log.verifier(), address, fetch));
    }
  }

  private static URI address(String witness, String text) throws IOException {
    return WebAddress.parse(text)
        .orElseThrow(() ->
            new IOException(
                "The policy's address of the witness "
                    + witness
                    + " is none: give it as http://host or https://host/path."));
  }

  private void every(Duration period) {
    var ignored =
        timer.scheduleWithFixedDelay(
            this::seekNewest, period.toMillis(), period.toMillis(), TimeUnit.MILLISECONDS);
  }

  private void seekNewest() {
    try {
      seek(log.head());
    } catch (IOException | RuntimeException e) {
      // A schedule ends with what is thrown out of it.
      LOG.log(Level.WARNING, "The newest head is not to be had", e);
    }
  }

  /** Has a head cosigned, changed or not. Returns at once. */
  public void seek(Note head) {
    lock.lock();
    try {
      wanted = Optional.of(head);
      if (!running && !closed) {
        running = true;
        threads.execute(this::run);
      }
    } finally {
      lock.unlock();
    }
  }

  private void run() {
    try {
      for (Optional<Question> next = next(); next.isPresent(); next = next()) {
        if (!waitFor(next.get())) {
          LOG.warning("No quorum of witnesses cosigned the newest head; trying again soon");
          var ignored = timer.schedule(this::seekNewest, longerRetry(), TimeUnit.MILLISECONDS);
        }
      }
    } catch (InterruptedException | RejectedExecutionException e) {
      LOG.log(Level.FINE, "Stopping", e);
    }
  }

  private long longerRetry() {
    lock.lock();
    try {
      long now = retry.toMillis();
      retry = Duration.ofMillis(Math.min(2 * now, RETRY_MAX.toMillis()));
      return now;
    } finally {
      lock.unlock();
    }
  }

  /** Puts the next question to everyone who is not still busy with an earlier one. */
  private Optional<Question> next() {
    lock.lock();
    try {
      running = wanted.isPresent() && !closed;
      if (!running) {
        return Optional.empty();
      }
      Question next = new Question(wanted.get(), witnesses.size());
      wanted = Optional.empty();
      question = Optional.of(next);
      // With a quorum of nobody this is all there is to do.
      publishIfQuorum(next);
      for (WitnessLink witness : witnesses) {
        if (busy.add(witness)) {
          threads.execute(() -> work(witness, next));
        }
      }
      return Optional.of(next);
    } finally {
      lock.unlock();
    }
  }

  /** Whether the question found its quorum before everyone had answered, or time was up. */
  private boolean waitFor(Question asked) throws InterruptedException {
    long nanos = 2 * patience.toNanos();
    lock.lock();
    try {
      while (!asked.quorum && asked.open > 0 && nanos > 0) {
        nanos = changed.awaitNanos(nanos);
      }
      return asked.quorum;
    } finally {
      lock.unlock();
    }
  }

  /** One witness's thread: who was slow goes on with the newest question. */
  private void work(WitnessLink witness, Question first) {
    Question asked = first;
    for (boolean more = true; more; ) {
      Optional<NoteSignature> line = ask(witness, asked.head);
      lock.lock();
      try {
        asked.open--;
        if (line.isPresent()) {
          asked.gathered = asked.gathered.with(line.get());
          publishIfQuorum(asked);
        }
        changed.signalAll();
        more = !closed && question.isPresent() && question.get() != asked;
        if (more) {
          asked = question.get();
        } else {
          busy.remove(witness);
        }
      } finally {
        lock.unlock();
      }
    }
  }

  private Optional<NoteSignature> ask(WitnessLink witness, Note head) {
    try {
      return Optional.of(witness.ask(head, log.files()));
    } catch (LogHalted e) {
      log.halt(String.valueOf(e.getMessage()));
    } catch (IOException e) {
      LOG.log(
          closed ? Level.FINE : Level.WARNING,
          "No cosignature by " + witness.key().name() + ": " + e.getMessage());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (RuntimeException e) {
      // Otherwise this witness would count as busy for ever.
      LOG.log(Level.SEVERE, "A fault of this program, met with " + witness.key().name(), e);
    }
    return Optional.empty();
  }

  /** Called with the lock held. A line that comes after the quorum is published, too. */
  private void publishIfQuorum(Question asked) {
    try {
      OptionalLong time = policy.checkWitnesses(asked.gathered);
      log.publish(asked.gathered);
      asked.quorum = true;
      retry = RETRY_MIN;
      if (cosigned.isEmpty()
          || TiledLog.sizeOf(cosigned.get()) <= TiledLog.sizeOf(asked.gathered)) {
        cosigned = Optional.of(asked.gathered);
        quorumTime = time;
      }
      changed.signalAll();
    } catch (Refused e) {
      LOG.log(Level.FINE, "No quorum yet: {0}", e.what());
    } catch (IOException e) {
      LOG.log(Level.WARNING, "A cosigned checkpoint could not be published", e);
    }
  }

  /**
   * Waits for a checkpoint that a quorum cosigned.
   *
   * @param size of the smallest tree that will do
   * @return empty if there is none in time
   */
  public Optional<Note> await(long size, long timeoutMillis) throws InterruptedException {
    long nanos = TimeUnit.MILLISECONDS.toNanos(timeoutMillis);
    lock.lock();
    try {
      while (cosigned.isEmpty() || TiledLog.sizeOf(cosigned.get()) < size) {
        if (nanos <= 0 || closed) {
          return Optional.empty();
        }
        nanos = changed.awaitNanos(nanos);
      }
      return cosigned;
    } finally {
      lock.unlock();
    }
  }

  /** Adds when each witness cosigned last, how often it failed, and how fresh the log is. */
  void measure(Metrics out) {
    lock.lock();
    try {
      cosigned.ifPresent(note ->
          out.gauge(
              "coffer_log_published_size",
              "Leaves under the checkpoint that a quorum cosigned",
              TiledLog.sizeOf(note)));
      quorumTime.ifPresent(time ->
          out.gauge(
              "coffer_log_checkpoint_seconds",
              "Since when a quorum of witnesses stands behind it",
              time));
    } finally {
      lock.unlock();
    }
    for (WitnessLink witness : witnesses) {
      out.gauge(
          "coffer_log_cosigned_seconds",
          "When a witness cosigned last, by its own clock; 0 if not since the start",
          "witness",
          witness.key().name().value(),
          witness.cosignedAt());
    }
    for (WitnessLink witness : witnesses) {
      out.counter(
          "coffer_log_witness_failures_total",
          "Questions to a witness that brought no cosignature",
          "witness",
          witness.key().name().value(),
          witness.failures());
    }
  }

  /** Stops asking. */
  @Override
  public void close() {
    lock.lock();
    try {
      closed = true;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
    timer.shutdownNow();
    fetch.close();
    threads.shutdownNow();
  }
}
