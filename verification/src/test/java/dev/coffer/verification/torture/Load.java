package dev.coffer.verification.torture;

import dev.coffer.client.exchange.OperationAborted;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;

/**
 * Accounts with two devices each that register, guess right and wrong, prove, delete, give up half
 * way, and do it at the same time. Thread-safe.
 */
final class Load implements AutoCloseable {
  /**
   * Calls of one account: enough for its guesses to run out and start again, few enough to check.
   */
  private static final int LIFE = 60;

  private static final int DEVICES = 2;
  private static final long PATIENCE_MILLIS = 60_000;

  private final Vault vault;
  private final String run;
  private final int accounts;
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final List<Account> all = new CopyOnWriteArrayList<>();
  private volatile boolean over;

  Load(Vault vault, int accounts, SplittableRandom random) {
    this.vault = vault;
    this.accounts = accounts;
    this.run = vault.randomness().bytes(4).hex();
    for (int i = 0; i < accounts; i++) {
      int place = i;
      SplittableRandom own = random.split();
      threads.execute(() -> lives(place, own));
    }
  }

  /** Every account that ever was. */
  List<Account> accounts() {
    return List.copyOf(all);
  }

  private void lives(int place, SplittableRandom random) {
    try {
      for (int life = 0; !over; life++) {
        Account account = new Account("torture-" + run + "-" + place + "-" + life, vault);
        all.add(account);
        List<Thread> devices = new ArrayList<>();
        for (int i = 0; i < DEVICES; i++) {
          Device device = new Device(vault, account, i);
          SplittableRandom own = random.split();
          devices.add(Thread.startVirtualThread(() -> live(account, device, own)));
        }
        for (Thread device : devices) {
          device.join();
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void live(Account account, Device device, SplittableRandom random) {
    try (device) {
      while (!over && account.calls().size() < LIFE) {
        Waiting.pass(random.nextInt(20, 20 * accounts));
        try {
          act(account, device, random);
        } catch (OperationAborted nothingSent) {
          Waiting.pass(200);
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (RuntimeException e) {
      vault.fault("a device of " + account.name() + " failed: " + e);
    }
  }

  private void act(Account account, Device device, SplittableRandom random)
      throws InterruptedException, OperationAborted {
    // A device that crashes: its call may have its effect or not, and goes on if it is repeated.
    boolean crashes = random.nextInt(8) == 0;
    boolean repeats = random.nextInt(2) == 0;
    int dice = random.nextInt(100);
    if (account.code() == 0 || dice < 8) {
      int code = account.freshCode();
      int limit = random.nextInt(2, 11);
      device.dying(crashes);
      if (device.register(code, limit, deadline()).isEmpty() && repeats) {
        device.register(code, limit, deadline());
      }
    } else if (dice < 11) {
      device.delete(deadline());
    } else {
      // Codes below zero are nobody's.
      int code = dice < 60 ? account.code() : -account.freshCode();
      device.dying(crashes);
      if (device.recover(code, deadline()).isEmpty() && repeats) {
        device.recover(code, deadline());
      }
    }
    device.dying(false);
  }

  private static long deadline() {
    return Vault.deadline(PATIENCE_MILLIS);
  }

  /** No new calls; returns when all have ended. */
  boolean end(long millis) throws InterruptedException {
    over = true;
    threads.shutdown();
    return threads.awaitTermination(millis, TimeUnit.MILLISECONDS);
  }

  @Override
  public void close() {
    over = true;
    threads.shutdownNow();
  }
}
