package dev.coffer.lab.bench;

import dev.coffer.cli.ExitCode;
import dev.coffer.cli.Failure;
import dev.coffer.cli.Session;
import dev.coffer.client.port.VaultTransport;
import dev.coffer.lab.local.DevelopmentIssuer;
import dev.coffer.lab.local.LocalFleet;
import dev.coffer.protocol.chain.Certificate;
import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.codec.Rejected;
import dev.coffer.protocol.outcome.FleetDelivery;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.HdrHistogram.ConcurrentHistogram;
import org.HdrHistogram.Histogram;

/** Keeps a number of accounts recovering and measures what it takes. Not thread-safe. */
public final class RecoveryBench {
  private static final int SENDINGS_MAX = 40;
  private static final Duration AGAIN = Duration.ofMillis(100);

  private final Session session;
  private final LocalFleet fleet;
  private final BenchOptions options;
  private final Histogram requests = new ConcurrentHistogram(3);
  private final Histogram complete = new ConcurrentHistogram(3);
  private final AtomicLong recoveries = new AtomicLong();
  private final AtomicLong failures = new AtomicLong();
  private volatile boolean measuring;
  private volatile boolean over;

  /** Against a fleet that runs. */
  public RecoveryBench(Session session, LocalFleet fleet, BenchOptions options) {
    this.session = session;
    this.fleet = fleet;
    this.options = options;
  }

  /**
   * Registers the accounts, warms up, measures.
   *
   * @param warming called when the accounts are registered
   * @param measured called when warming up is over
   */
  public BenchResult run(Runnable warming, Runnable measured)
      throws Failure, IOException, InterruptedException {
    // The platform's client keeps five connections to a node unless told; each client keeps its own
    // here.
    System.setProperty("http.maxConnections", Integer.toString(Math.max(64, options.clients())));
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
        DevelopmentIssuer issuer =
            DevelopmentIssuer.open(fleet.directory().resolve("issuer"), session.clock())) {
      VaultTransport transport = fleet.address().transport();
      BlockingQueue<BenchAccount> accounts =
          new LinkedBlockingQueue<>(register(transport, issuer, threads));
      warming.run();
      if (options.rate() > 0) {
        threads.execute(() -> begin(accounts, transport, threads));
      } else {
        for (BenchAccount account : List.copyOf(accounts)) {
          threads.execute(() -> repeat(account, transport));
        }
      }
      session.pause().await(Duration.ofSeconds(options.warmup()));
      measured.run();
      BenchResult result = measure();
      over = true;
      return result;
    }
  }

  private BenchResult measure() throws InterruptedException {
    Duration fleetBefore = fleet.cpu();
    Duration ownBefore = ownCpu();
    long began = System.nanoTime();
    measuring = true;
    session.pause().await(Duration.ofSeconds(options.seconds()));
    measuring = false;
    Duration elapsed = Duration.ofNanos(System.nanoTime() - began);
    return new BenchResult(
        options,
        fleet.size(),
        elapsed,
        recoveries.get(),
        failures.get(),
        fleet.cpu().minus(fleetBefore),
        ownCpu().minus(ownBefore),
        requests.copy(),
        complete.copy());
  }

  private static Duration ownCpu() {
    return ProcessHandle.current().info().totalCpuDuration().orElse(Duration.ZERO);
  }

  private List<BenchAccount> register(
      VaultTransport transport, DevelopmentIssuer issuer, ExecutorService threads)
      throws Failure, IOException, InterruptedException {
    List<Certificate> certificates = bundle(transport);
    String run = session.randomness().bytes(6).hex();
    List<BenchAccount> accounts = new ArrayList<>();
    List<Exception> troubles = new ArrayList<>();
    Semaphore atOnce = new Semaphore(32);
    for (int i = 0; i < options.clients(); i++) {
      BenchAccount account = account(issuer, "bench-" + run + "-" + i, i);
      certificates.stream()
          .map(Certificate::values)
          .filter(values -> values.partition() == account.partition())
          .forEach(values -> account.seen(values.k()));
      accounts.add(account);
      atOnce.acquire();
      threads.execute(() -> {
        try {
          account.register((message, index) -> carry(transport, message, index));
        } catch (IOException | Rejected | InterruptedException e) {
          synchronized (troubles) {
            troubles.add(e);
          }
        } finally {
          atOnce.release();
        }
      });
    }
    atOnce.acquire(32);
    if (!troubles.isEmpty()) {
      throw new Failure(
          ExitCode.TRY_AGAIN,
          "The accounts of the benchmark could not be registered ("
              + troubles.getFirst().getMessage()
              + ").",
          "See coffer status, then run it again.");
    }
    return accounts;
  }

  private BenchAccount account(DevelopmentIssuer issuer, String name, int first) throws Failure {
    try {
      return new BenchAccount(fleet.fleet(), issuer, name, first, session.randomness());
    } catch (Rejected e) {
      throw new Failure(
          ExitCode.UNTRUSTED,
          "The fleet has a key that cannot be used.",
          "Found another with coffer up.");
    }
  }

  private static List<Certificate> bundle(VaultTransport transport) throws Failure {
    try {
      if (transport.bundle(0) instanceof VaultTransport.Answered answered) {
        return FleetDelivery.decode(answered.body()).certificates();
      }
    } catch (Rejected e) {
      throw new Failure(
          ExitCode.UNTRUSTED, "The fleet's bundle cannot be read.", "See coffer status.");
    }
    throw new Failure(ExitCode.TRY_AGAIN, "The fleet does not answer.", "Start it with coffer up.");
  }

  /** Sends until there is an answer: repetition is free. Time for it counts. */
  private static Bytes carry(VaultTransport transport, Bytes message, int index)
      throws IOException {
    for (int turn = 0; turn < SENDINGS_MAX; turn++) {
      VaultTransport.Sent sent =
          transport.post(message, index, VaultTransport.Replies.QUORUM, turn);
      if (sent instanceof VaultTransport.Answered answered) {
        return answered.body();
      }
      if (sent instanceof VaultTransport.Refused || sent instanceof VaultTransport.LoginInvalid) {
        throw new IOException("the fleet refused the message");
      }
      LockSupport.parkNanos(AGAIN.toNanos());
    }
    throw new IOException("the fleet did not answer");
  }

  private void repeat(BenchAccount account, VaultTransport transport) {
    while (!over) {
      recover(account, transport, System.nanoTime());
    }
  }

  /**
   * Begins recoveries by the clock; one that finds no free account waits, and its latency says so.
   */
  private void begin(
      BlockingQueue<BenchAccount> accounts, VaultTransport transport, ExecutorService threads) {
    long between = TimeUnit.SECONDS.toNanos(1) / options.rate();
    long due = System.nanoTime();
    while (!over) {
      due += between;
      long wait = due - System.nanoTime();
      if (wait > 0) {
        LockSupport.parkNanos(wait);
      }
      long intended = due;
      try {
        threads.execute(() -> recoverOne(accounts, transport, intended));
      } catch (RejectedExecutionException e) {
        return; // it was over while this thread waited
      }
    }
  }

  private void recoverOne(
      BlockingQueue<BenchAccount> accounts, VaultTransport transport, long due) {
    try {
      BenchAccount account = accounts.take();
      try {
        recover(account, transport, due);
      } finally {
        accounts.add(account);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void recover(BenchAccount account, VaultTransport transport, long due) {
    BenchAccount.Carrier timed =
        (message, index) -> {
          long sent = System.nanoTime();
          Bytes answer = carry(transport, message, index);
          record(requests, sent);
          return answer;
        };
    try {
      account.success(account.attempt(timed), timed);
      record(complete, due);
      if (measuring) {
        recoveries.incrementAndGet();
      }
    } catch (IOException | Rejected | RuntimeException e) {
      if (measuring) {
        failures.incrementAndGet();
      }
      LockSupport.parkNanos(AGAIN.toNanos());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void record(Histogram histogram, long began) {
    if (measuring) {
      histogram.recordValue(TimeUnit.NANOSECONDS.toMicros(System.nanoTime() - began));
    }
  }
}
