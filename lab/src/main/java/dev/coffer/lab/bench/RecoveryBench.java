package dev.coffer.lab.bench;

import dev.coffer.cli.ExitCode;
import dev.coffer.cli.Failure;
import dev.coffer.cli.Session;
import dev.coffer.client.port.VaultTransport;
import dev.coffer.lab.local.DevelopmentIssuer;
import dev.coffer.lab.local.LocalFleet;
import dev.coffer.protocol.codec.Bytes;
import java.io.IOException;
import java.net.InetAddress;
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
  private static final int ADDRESSES = 16;
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
      BlockingQueue<BenchAccount> accounts =
          new LinkedBlockingQueue<>(register(transports(), issuer, threads));
      warming.run();
      if (options.rate() > 0) {
        threads.execute(() -> begin(accounts, threads));
      } else {
        for (int i = 0; i < options.clients(); i++) {
          threads.execute(() -> repeat(accounts));
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

  /**
   * From so many addresses that no limit of one stands in the way; from one where there are none.
   */
  private List<VaultTransport> transports() throws IOException {
    List<VaultTransport> transports = new ArrayList<>();
    for (int i = 1; i <= ADDRESSES; i++) {
      InetAddress source = InetAddress.getByAddress(new byte[] {127, 0, 67, (byte) i});
      if (!SourceSockets.lent(source)) {
        return List.of(new Timed(fleet.address().transport()));
      }
      transports.add(
          new Timed(
              fleet.address().transport(new SourceSockets(fleet.address().sockets(), source))));
    }
    return transports;
  }

  private List<BenchAccount> register(
      List<VaultTransport> transports, DevelopmentIssuer issuer, ExecutorService threads)
      throws Failure, InterruptedException {
    String run = session.randomness().bytes(6).hex();
    List<BenchAccount> accounts = new ArrayList<>();
    List<Exception> troubles = new ArrayList<>();
    Semaphore atOnce = new Semaphore(32);
    for (int i = 0; i < options.accounts(); i++) {
      BenchAccount account =
          new BenchAccount(
              fleet.fleet().id(),
              transports.get(i % transports.size()),
              issuer,
              "bench-" + run + "-" + i,
              session.randomness(),
              session.pause());
      accounts.add(account);
      atOnce.acquire();
      threads.execute(() -> {
        try {
          account.register();
        } catch (IOException | InterruptedException | RuntimeException e) {
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

  /** What each sending takes that is answered. */
  private final class Timed implements VaultTransport {
    private final VaultTransport inner;

    private Timed(VaultTransport inner) {
      this.inner = inner;
    }

    @Override
    public Sent post(Bytes message, int admittingIndex, Replies replies, int turn) {
      long sent = System.nanoTime();
      Sent answer = inner.post(message, admittingIndex, replies, turn);
      if (answer instanceof Answered) {
        record(requests, sent);
      }
      return answer;
    }

    @Override
    public Sent bundle(int turn) {
      return inner.bundle(turn);
    }
  }

  private void repeat(BlockingQueue<BenchAccount> accounts) {
    while (!over) {
      recoverOne(accounts, System.nanoTime());
    }
  }

  /**
   * Begins recoveries by the clock; one that finds no free account waits, and its latency says so.
   */
  private void begin(BlockingQueue<BenchAccount> accounts, ExecutorService threads) {
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
        threads.execute(() -> recoverOne(accounts, intended));
      } catch (RejectedExecutionException e) {
        return; // it was over while this thread waited
      }
    }
  }

  private void recoverOne(BlockingQueue<BenchAccount> accounts, long due) {
    try {
      BenchAccount account = accounts.take();
      try {
        recover(account, due);
      } finally {
        accounts.add(account);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void recover(BenchAccount account, long due) {
    try {
      account.recover();
      record(complete, due);
      if (measuring) {
        recoveries.incrementAndGet();
      }
    } catch (IOException | RuntimeException e) {
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
