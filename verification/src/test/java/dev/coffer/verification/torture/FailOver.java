package dev.coffer.verification.torture;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.HdrHistogram.Histogram;

/**
 * Kills the leader, node and HSM, and measures until the first guess that was begun afterwards is
 * answered and verified. Guesses are begun by the clock, each by an account that waits for nothing
 * else. Before it is struck the fleet serves for a few seconds: what has not run yet is not
 * compiled, and fleets in the field have run for longer. One thread.
 */
final class FailOver {
  private static final int PROBES = 40;
  private static final long EVERY_MILLIS = 100;
  private static final int SERVED = 3;
  private static final int AT_ONCE = 8;
  private static final long PATIENCE_MILLIS = 20_000;

  private final FleetOfProcesses fleet;
  private final Vault vault;
  private final List<Account> accounts = new ArrayList<>();
  private final List<Device> devices = new ArrayList<>();

  /** Milliseconds; one value a round. */
  private final Histogram millis = new Histogram(3);

  FailOver(FleetOfProcesses fleet, Vault vault) {
    this.fleet = fleet;
    this.vault = vault;
  }

  /** Registers who is going to ask. */
  void prepare() throws InterruptedException {
    String run = vault.randomness().bytes(4).hex();
    try (ExecutorService threads = Executors.newFixedThreadPool(AT_ONCE)) {
      for (int i = 0; i < PROBES; i++) {
        Account account = new Account("fail-over-" + run + "-" + i, vault);
        Device device = new Device(vault, account, 0);
        accounts.add(account);
        devices.add(device);
        threads.execute(() -> register(account, device));
      }
    }
  }

  private void register(Account account, Device device) {
    try {
      while (account.code() == 0) {
        device.register(account.freshCode(), 10, Vault.deadline(PATIENCE_MILLIS));
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Whose histories are to be checked as well; nobody asks any more. */
  List<Account> accounts() {
    devices.forEach(Device::close);
    return List.copyOf(accounts);
  }

  /** All rounds so far. */
  Histogram millis() {
    return millis;
  }

  /**
   * One round, from a fleet that is whole; the killed node is started again. Returns milliseconds.
   *
   * @throws IOException if nobody leads although all nodes are there
   */
  long round() throws IOException, InterruptedException {
    if (!Waiting.until(() -> fleet.leader() != 0, PATIENCE_MILLIS)) {
      throw new IOException("nobody leads a fleet that is whole");
    }
    serve();
    int leader = fleet.leader();
    AtomicLong first = new AtomicLong(Long.MAX_VALUE);
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      fleet.node(leader).strike();
      long killed = System.nanoTime();
      for (int i = 0; i < devices.size() && first.get() == Long.MAX_VALUE; i++) {
        Account account = accounts.get(i);
        Device device = devices.get(i);
        threads.execute(() -> probe(account, device, first));
        Waiting.pass(EVERY_MILLIS);
      }
      fleet.node(leader).kill();
      threads.shutdown();
      Waiting.until(() -> first.get() < Long.MAX_VALUE, PATIENCE_MILLIS);
      Disks.Disk ignored = fleet.lookAtDisk(leader);
      fleet.node(leader).start();
      long took = TimeUnit.NANOSECONDS.toMillis(Math.min(first.get(), System.nanoTime()) - killed);
      millis.recordValue(took);
      return took;
    }
  }

  private void serve() throws InterruptedException {
    for (int pass = 0; pass < SERVED; pass++) {
      try (ExecutorService threads = Executors.newFixedThreadPool(AT_ONCE)) {
        for (int i = 0; i < devices.size(); i++) {
          Account account = accounts.get(i);
          Device device = devices.get(i);
          threads.execute(() -> probe(account, device, new AtomicLong(Long.MAX_VALUE)));
        }
      }
    }
  }

  private void probe(Account account, Device device, AtomicLong first) {
    try {
      long began = System.nanoTime();
      if (device.recover(account.code(), Vault.deadline(PATIENCE_MILLIS)).isPresent()) {
        device
            .guessAnswered()
            .filter(at -> at - began > 0)
            .ifPresent(at -> first.accumulateAndGet(at, Math::min));
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
