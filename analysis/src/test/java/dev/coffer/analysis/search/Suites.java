package dev.coffer.analysis.search;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
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
    }
  }

  /** All searches. */
  static Map<String, Supplier<Object>> all() {
    Map<String, Supplier<Object>> all = new LinkedHashMap<>();
    fork(all, "forks", Setting.of(3, 2, 0).guessing(2, 3).deep(2));
    fork(all, "forks-corrupted", Setting.of(3, 2, 1).guessing(1, 3).deep(2));
    fork(all, "larger-quorum", Setting.of(5, 4, 0).guessing(1, 2).deep(1));
    fork(
        all,
        "majorities-bound",
        Setting.of(5, 4, 2)
            .guessing(1, 2)
            .deep(1)
            .offeringMajorities()
            .releasingEagerly()
            .boundsOnly());
    fork(all, "window", Setting.of(3, 3, 0).guessing(1, 0).ticking().deep(9).releasingEagerly());
    fork(all, "restarts", Setting.of(3, 2, 0).guessing(1, 2).deep(1).restarting(1));
    fork(
        all,
        "restarts-bound",
        Setting.of(3, 2, 0).guessing(1, 2).deep(1).restarting(1).boundsOnly());
    fork(
        all,
        "rollbacks-bound",
        Setting.of(3, 3, 0)
            .guessing(1, 2)
            .deep(1)
            .rollingBack(3, 2)
            .releasingEagerly()
            .boundsOnly());
    fork(
        all,
        "rollbacks-beside-a-liar-bound",
        Setting.of(5, 4, 1)
            .guessing(1, 2)
            .deep(1)
            .rollingBack(2, 1)
            .releasingEagerly()
            .boundsOnly());
    fork(
        all,
        "corrupted-bound",
        Setting.of(3, 2, 1).guessing(1, 3).ticking().deep(3).releasingEagerly().boundsOnly());
    fork(
        all,
        "recoveries-corrupted",
        Setting.of(3, 2, 1).guessing(2, 2).recoveringToo().deep(4).releasingEagerly());
    account(all, "guesses", AccountSetting.guessing(2, 4).twins(1).hostileToo());
    account(all, "pairs", AccountSetting.guessing(2, 2).inPairs());
    account(all, "successes", AccountSetting.guessing(2, 3).recovering(2));
    account(all, "successes-bound", AccountSetting.guessing(2, 3).recovering(2).boundsOnly());
    account(all, "two-chains", AccountSetting.guessing(1, 2).recovering(1).on(2));
    account(
        all, "two-chains-bound", AccountSetting.guessing(1, 3).recovering(1).on(2).boundsOnly());
    savedUp(all, "saved-up-before", "0 guess", "0 right", "0 success", "1 guess", "1 right");
    savedUp(all, "saved-up-behind", "0 right", "0 success", "1 right", "1 guess");
    account(all, "replacements", AccountSetting.guessing(1, 4).starting(4));
    account(all, "hostile-registrations", AccountSetting.guessing(2, 1).starting(1).hostileToo());
    account(all, "dead-records", AccountSetting.guessing(1, 2).starting(1).hostileToo());
    account(all, "deletions", AccountSetting.guessing(1, 1).recovering(1).deleting());
    account(all, "late-registrations", AccountSetting.guessing(1, 0).recovering(1).starting(1));
    return all;
  }

  private static void account(
      Map<String, Supplier<Object>> all, String name, AccountSetting setting) {
    all.put(name, () -> new AccountWorld(setting).explore(MOST));
  }

  /**
   * The user recovers on one chain; the other, kept apart, has come to where the success is due.
   */
  private static void savedUp(Map<String, Supplier<Object>> all, String name, String... schedule) {
    List<String> whole = new ArrayList<>(List.of(schedule));
    whole.add("1 success");
    for (String step : List.of("1 guess", "0 guess")) {
      whole.addAll(Collections.nCopies(3, step));
    }
    AccountSetting setting = AccountSetting.guessing(2, 8).recovering(1).on(2).boundsOnly();
    all.put(name, () -> new AccountWorld(setting).play(whole.toArray(String[]::new)));
  }

  private static void fork(Map<String, Supplier<Object>> all, String name, Setting setting) {
    all.put(name, () -> new ForkWorld(setting).explore(MOST));
  }
}
