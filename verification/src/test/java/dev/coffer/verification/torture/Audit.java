package dev.coffer.verification.torture;

import dev.coffer.client.Recovery;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;

/**
 * The reckoning, when everything is whole again: every account is asked for what it has, by a new
 * device, as part of its history; then every history is judged.
 */
final class Audit {
  private static final int AT_ONCE = 12;
  private static final long PATIENCE_MILLIS = 180_000;

  private final Vault vault;
  private final List<Account> accounts;
  private final AtomicInteger recovered = new AtomicInteger();
  private final AtomicInteger active = new AtomicInteger();
  private final AtomicInteger exhausted = new AtomicInteger();
  private final AtomicInteger gone = new AtomicInteger();
  private final AtomicInteger undecided = new AtomicInteger();
  private final LongAdder calls = new LongAdder();
  private final LongAdder unknown = new LongAdder();
  private final List<String> broken = new ArrayList<>();

  Audit(Vault vault, List<Account> accounts) {
    this.vault = vault;
    this.accounts = List.copyOf(accounts);
  }

  /**
   * What came out.
   *
   * @param accounts asked for what they have
   * @param recovered opened with their own code
   * @param active registered at the end, by the model
   * @param calls in all histories
   * @param unknown calls among them without an answer
   * @param undecided histories with too many possibilities to judge
   * @param broken what no sequential vault would have done
   */
  record Result(
      int accounts,
      int recovered,
      int active,
      int exhausted,
      int gone,
      long calls,
      long unknown,
      int undecided,
      List<String> broken) {}

  Result run() throws InterruptedException {
    try (ExecutorService threads = Executors.newFixedThreadPool(AT_ONCE)) {
      accounts.forEach(account -> threads.execute(() -> ask(account)));
    }
    try (ExecutorService threads = Executors.newFixedThreadPool(2)) {
      accounts.forEach(account -> threads.execute(() -> judge(account)));
    }
    List<Call> all = accounts.stream().flatMap(account -> account.calls().stream()).toList();
    broken.addAll(PlacesChecker.misplaced(all));
    broken.addAll(vault.places().faults());
    broken.addAll(vault.faults());
    return new Result(
        accounts.size(),
        recovered.get(),
        active.get(),
        exhausted.get(),
        gone.get(),
        calls.sum(),
        unknown.sum(),
        undecided.get(),
        List.copyOf(broken));
  }

  /** Tries the codes that may be in force, the newest first, until one opens. */
  private void ask(Account account) {
    try (Device auditor = new Device(vault, account, 9)) {
      List<Integer> codes = account.possibleCodes();
      for (int code : codes.subList(0, Math.min(3, codes.size()))) {
        Optional<Recovery> verdict = auditor.recover(code, Vault.deadline(PATIENCE_MILLIS));
        if (verdict.isEmpty()) {
          vault.fault("the whole fleet did not answer " + account.name());
          return;
        }
        if (!(verdict.get() instanceof Recovery.WrongCode)) {
          recovered.addAndGet(verdict.get() instanceof Recovery.Recovered ? 1 : 0);
          return;
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void judge(Account account) {
    List<Call> history = account.calls();
    calls.add(history.size());
    unknown.add(history.stream().filter(call -> call.heard().isEmpty()).count());
    switch (LinearizabilityChecker.check(history)) {
      case LinearizabilityChecker.Linearizable sound -> {
        switch (sound.end().stage()) {
          case ACTIVE -> active.incrementAndGet();
          case EXHAUSTED -> exhausted.incrementAndGet();
          case ABSENT, DELETED -> gone.incrementAndGet();
        }
      }
      case LinearizabilityChecker.Undecided open -> undecided.incrementAndGet();
      case LinearizabilityChecker.Broken why -> {
        synchronized (broken) {
          StringBuilder told = new StringBuilder(account.name()).append(": ").append(why.why());
          history.forEach(call -> told.append("\n    ").append(call));
          broken.add(told.toString());
        }
      }
    }
  }
}
