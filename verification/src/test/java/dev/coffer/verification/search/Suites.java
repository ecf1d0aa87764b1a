package dev.coffer.verification.search;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * The searches by name, small enough to run against every mutant. A function of JDK types alone,
 * because a mutant's test runs in a class loader of its own.
 */
public final class Suites implements Function<String, String> {
  private static final int MOST = 2_000_000;

  /** Which promise was broken, a line break, and how; empty if all held. */
  @Override
  public String apply(String suite) {
    try {
      Supplier<Object> search = all().get(suite);
      if (search == null) {
        throw new IllegalArgumentException("no such search: " + suite);
      }
      System.out.println(suite + ": " + search.get());
      return "";
    } catch (BrokenPromise broken) {
      return broken.promise() + "\n" + broken.getMessage();
    } catch (AssertionError refused) {
      return "INV-5\n" + refused.getMessage();
    }
  }

  /** All searches. */
  static Map<String, Supplier<Object>> all() {
    Map<String, Supplier<Object>> all = new LinkedHashMap<>();
    fork(all, "forks", Setting.of(3, 2, 0).guessing(2, 3).deep(2));
    fork(all, "forks-corrupted", Setting.of(3, 2, 1).guessing(1, 3).deep(2));
    fork(all, "larger-quorum", Setting.of(5, 4, 0).guessing(1, 2).deep(1));
    fork(all, "window", Setting.of(3, 3, 0).guessing(1, 0).ticking().deep(9).releasingEagerly());
    fork(all, "restarts", Setting.of(3, 2, 0).guessing(1, 2).deep(1).restarting(1));
    fork(
        all,
        "restarts-bound",
        Setting.of(3, 2, 0).guessing(1, 2).deep(1).restarting(1).boundsOnly());
    fork(
        all,
        "rollbacks-bound",
        Setting.of(3, 3, 0).guessing(1, 2).deep(1).rollingBack(3, 2).boundsOnly());
    fork(
        all,
        "corrupted-bound",
        Setting.of(3, 2, 1).guessing(1, 3).ticking().deep(3).releasingEagerly().boundsOnly());
    account(all, "guesses", new AccountSetting(2, 4, 1, 0, 0, true, false, true));
    account(all, "successes", new AccountSetting(2, 3, 0, 2, 0, false, false, true));
    account(all, "successes-bound", new AccountSetting(2, 3, 0, 2, 0, false, false, false));
    account(all, "replacements", new AccountSetting(1, 4, 0, 0, 4, false, false, true));
    account(all, "hostile-registrations", new AccountSetting(2, 1, 0, 0, 1, true, false, true));
    account(all, "dead-records", new AccountSetting(1, 2, 0, 0, 1, true, false, true));
    account(all, "deletions", new AccountSetting(1, 1, 0, 1, 0, false, true, true));
    account(all, "late-registrations", new AccountSetting(1, 0, 0, 1, 1, false, false, true));
    return all;
  }

  private static void account(
      Map<String, Supplier<Object>> all, String name, AccountSetting setting) {
    all.put(name, () -> new AccountWorld(setting).explore());
  }

  private static void fork(Map<String, Supplier<Object>> all, String name, Setting setting) {
    all.put(name, () -> new ForkWorld(setting).explore(MOST));
  }
}
