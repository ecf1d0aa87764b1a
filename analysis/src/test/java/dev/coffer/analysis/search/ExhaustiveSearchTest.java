package dev.coffer.analysis.search;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The bounds of INV-2, and INV-3 to INV-8 as far as chains are concerned, over every schedule of
 * small worlds. Each line names how many states it must come to at least, so that the search cannot
 * shrink unnoticed, and that the bound is reached as well as kept.
 */
@Tag("long")
final class ExhaustiveSearchTest {
  /** The worlds that take minutes: {@code -Dsearch.long=true}. */
  private static final boolean LONG = Boolean.getBoolean("search.long");

  /** States at which a search gives up. */
  private static final int MOST = Integer.getInteger("search.most", 5_000_000);

  private static Arguments world(Setting setting, int fewest) {
    return Arguments.of(setting, fewest);
  }

  static Stream<Arguments> worlds() {
    return Stream.of(
        world(Setting.of(3, 2, 0).guessing(1, 3).deep(2), 3_498),
        world(Setting.of(3, 2, 0).guessing(2, 3).deep(3).releasingEagerly(), 18_000),
        world(Setting.of(3, 2, 1).guessing(1, 3).deep(2), 900),
        world(Setting.of(3, 2, 1).guessing(1, 3).ticking().deep(3).releasingEagerly(), 2_000),
        world(Setting.of(3, 2, 1).guessing(2, 5).deep(3).releasingEagerly(), 900),
        world(Setting.of(3, 3, 1).guessing(2, 3).deep(3).releasingEagerly(), 400),
        world(Setting.of(3, 3, 1).guessing(3, 4).deep(4).releasingEagerly(), 10_900),
        world(Setting.of(5, 3, 0).guessing(1, 3).deep(2).releasingEagerly(), 15_000),
        world(Setting.of(5, 3, 1).guessing(1, 3).deep(2).releasingEagerly(), 4_300),
        world(Setting.of(5, 3, 1).guessing(2, 5).deep(2).releasingEagerly(), 16_800),
        world(Setting.of(5, 3, 2).guessing(1, 4).deep(2).releasingEagerly(), 900),
        world(Setting.of(5, 3, 2).guessing(2, 7).deep(2).releasingEagerly(), 1_000),
        world(Setting.of(5, 3, 0).guessing(1, 3).deep(2), 250_000),
        world(Setting.of(5, 3, 1).guessing(1, 3).deep(2), 90_000),
        world(Setting.of(5, 3, 2).guessing(1, 4).deep(2), 96_000),
        world(Setting.of(5, 4, 0).guessing(1, 2).deep(2).releasingEagerly(), 1_000),
        world(Setting.of(5, 4, 1).guessing(2, 3).deep(3).releasingEagerly(), 236_000),
        world(Setting.of(5, 4, 2).guessing(2, 3).deep(3).releasingEagerly(), 18_000),
        world(Setting.of(5, 4, 2).guessing(1, 2).deep(2).offeringMajorities(), 1_700),
        world(Setting.of(7, 5, 2).guessing(1, 2).deep(2).releasingEagerly(), 2_400),
        world(Setting.of(3, 3, 0).guessing(1, 0).ticking().deep(9).releasingEagerly(), 3_800));
  }

  /** Worlds where the user recovers, so that an attempt and its success lie at hand. */
  static Stream<Arguments> recoveries() {
    return Stream.of(
        world(
            Setting.of(3, 2, 0).guessing(1, 2).recoveringToo().deep(4).releasingEagerly(), 63_000),
        world(Setting.of(3, 2, 1).guessing(1, 3).recoveringToo().deep(4).releasingEagerly(), 3_400),
        world(
            Setting.of(3, 3, 1).guessing(2, 4).recoveringToo().deep(6).releasingEagerly(), 35_000));
  }

  /** Worlds where HSMs start anew, on their own memory or on an old one. */
  static Stream<Arguments> starts() {
    return Stream.of(
        world(Setting.of(3, 2, 0).guessing(1, 2).deep(1).restarting(1), 2_500),
        world(Setting.of(3, 2, 0).guessing(1, 2).deep(2).restarting(2).releasingEagerly(), 59_000),
        world(Setting.of(3, 2, 0).guessing(2, 3).deep(2).restarting(1).releasingEagerly(), 14_000),
        world(Setting.of(3, 2, 1).guessing(1, 3).deep(2).restarting(1).releasingEagerly(), 700),
        world(Setting.of(5, 3, 0).guessing(1, 2).deep(1).restarting(2).releasingEagerly(), 3_900),
        world(Setting.of(5, 3, 0).guessing(1, 2).deep(2).restarting(1).releasingEagerly(), 338_000),
        world(Setting.of(5, 3, 1).guessing(1, 3).deep(2).restarting(1).releasingEagerly(), 368_000),
        world(Setting.of(5, 3, 2).guessing(1, 4).deep(2).restarting(1).releasingEagerly(), 40_000),
        world(Setting.of(7, 5, 2).guessing(1, 2).deep(1).restarting(1).releasingEagerly(), 370),
        world(
            Setting.of(3, 3, 0).guessing(1, 2).deep(2).rollingBack(3, 2).releasingEagerly(),
            91_000),
        world(Setting.of(3, 3, 0).guessing(1, 2).deep(1).rollingBack(3, 2), 280_000),
        world(Setting.of(3, 3, 1).guessing(1, 2).deep(2).rollingBack(3, 1).releasingEagerly(), 770),
        world(
            Setting.of(5, 4, 0).guessing(1, 2).deep(1).rollingBack(3, 2).releasingEagerly(), 3_000),
        world(
            Setting.of(5, 4, 1).guessing(1, 2).deep(2).rollingBack(2, 1).releasingEagerly(),
            50_000),
        world(
            Setting.of(7, 5, 1).guessing(1, 2).deep(1).rollingBack(2, 1).releasingEagerly(), 610));
  }

  /** Worlds where hosts roll memories back at will, beside corrupted HSMs or without any. */
  static Stream<Arguments> rollbacksAtWill() {
    return Stream.of(
        world(
            Setting.of(3, 2, 0).guessing(1, 3).deep(1).rollingBackAtWill(1, 3).releasingEagerly(),
            4_200),
        world(
            Setting.of(3, 3, 0).guessing(1, 2).deep(2).rollingBackAtWill(1, 2).releasingEagerly(),
            77_000),
        world(
            Setting.of(3, 3, 1).guessing(1, 2).deep(2).rollingBackAtWill(1, 2).releasingEagerly(),
            10_600),
        world(
            Setting.of(5, 3, 0).guessing(1, 3).deep(1).rollingBackAtWill(1, 2).releasingEagerly(),
            11_000),
        world(
            Setting.of(5, 3, 1).guessing(1, 4).deep(1).rollingBackAtWill(1, 2).releasingEagerly(),
            8_900),
        world(
            Setting.of(5, 4, 0).guessing(1, 2).deep(1).rollingBackAtWill(2, 2).releasingEagerly(),
            20_700),
        world(
            Setting.of(5, 4, 1).guessing(1, 2).deep(1).rollingBackAtWill(1, 3).releasingEagerly(),
            2_400),
        world(
            Setting.of(7, 5, 1).guessing(1, 2).deep(1).rollingBackAtWill(1, 2).releasingEagerly(),
            5_200));
  }

  static Stream<Arguments> longWorlds() {
    return Stream.of(
        world(Setting.of(3, 2, 0).guessing(2, 3).deep(3), 660_000),
        world(Setting.of(3, 2, 0).guessing(3, 4).deep(4).releasingEagerly(), 4_700_000),
        world(Setting.of(3, 2, 1).guessing(1, 3).ticking().deep(3), 246_000),
        world(Setting.of(3, 2, 1).guessing(3, 7).deep(4).releasingEagerly(), 25_000),
        world(
            Setting.of(3, 2, 1).guessing(2, 7).recoveringToo().deep(5).releasingEagerly(), 96_000),
        world(
            Setting.of(3, 3, 1).guessing(1, 3).deep(2).rollingBackAtWill(1, 3).releasingEagerly(),
            570_000),
        world(
            Setting.of(5, 4, 1).guessing(1, 2).deep(2).rollingBackAtWill(1, 2).releasingEagerly(),
            1_100_000));
  }

  @ParameterizedTest
  @MethodSource({"worlds", "recoveries", "starts", "rollbacksAtWill"})
  void everyScheduleKeepsThePromises(Setting setting, int fewest) {
    search(setting, fewest);
  }

  @ParameterizedTest
  @MethodSource("longWorlds")
  void everyScheduleOfLargerWorldsKeepsThePromises(Setting setting, int fewest) {
    assumeTrue(LONG, "-Dsearch.long=true runs the worlds that take minutes");
    search(setting, fewest);
  }

  private static ForkWorld.Found search(Setting setting, int fewest) {
    ForkWorld.Found found = new ForkWorld(setting).explore(MOST);
    System.out.println(found);
    assertTrue(found.complete(), "the search was cut short");
    assertTrue(found.states() >= fewest, "the search has shrunk");
    if (setting.guesses() > 0) {
      assertTrue(setting.guesses() > setting.bound(), "a guess more than allowed is at hand");
      assertEquals(setting.bound(), found.guesses(), "INV-2's bound is exact: hosts do reach it");
    }
    return found;
  }

  static Stream<Setting> worldsWithoutSymmetry() {
    return Stream.of(
        Setting.of(3, 2, 0).guessing(1, 2).deep(2),
        Setting.of(3, 2, 0).guessing(1, 2).deep(2).restarting(1).releasingEagerly(),
        Setting.of(3, 3, 0).guessing(1, 2).deep(1).rollingBackAtWill(1, 2).releasingEagerly());
  }

  /**
   * Merging states that differ by a renaming of HSMs loses none, and offering one of them what no
   * HSM may go along with speaks for the others: where neither is done, there are as many states up
   * to renaming, and nothing is found.
   */
  @ParameterizedTest
  @MethodSource("worldsWithoutSymmetry")
  void symmetryHidesNothing(Setting setting) {
    ForkWorld.Found merged = search(setting, 1);
    ForkWorld.Found plain = search(setting.withoutSymmetry(), merged.states() + 1);
    assertEquals(merged.states(), plain.shapes());
    assertEquals(merged.forks(), plain.forks());
  }

  static Stream<Arguments> accounts() {
    return Stream.of(
        account(AccountSetting.guessing(2, 4).twins(1).hostileToo(), 34),
        account(AccountSetting.guessing(3, 4).twins(1).recovering(1).hostileToo(), 450),
        account(AccountSetting.guessing(2, 3).recovering(2).hostileToo(), 210),
        account(AccountSetting.guessing(1, 4).starting(4), 1_500),
        account(AccountSetting.guessing(2, 1).starting(1).hostileToo(), 190),
        account(AccountSetting.guessing(2, 2).recovering(1).deleting(), 310),
        account(AccountSetting.guessing(2, 3).twins(1).recovering(1).inPairs(), 55),
        account(AccountSetting.guessing(1, 1).recovering(1).starting(1).inPairs(), 47),
        account(AccountSetting.guessing(1, 0).recovering(1).deleting().inPairs(), 47));
  }

  /** Hosts keep several chains certified, and insert on each what was made for any of them. */
  static Stream<Arguments> chainsSideBySide() {
    return Stream.of(
        account(AccountSetting.guessing(2, 3).recovering(1).on(2), 1_400),
        account(AccountSetting.guessing(1, 2).recovering(2).on(2), 770),
        account(AccountSetting.guessing(1, 1).recovering(1).starting(1).on(2), 1_900),
        account(AccountSetting.guessing(1, 1).recovering(1).deleting().on(2), 2_700),
        account(AccountSetting.guessing(1, 3).recovering(1).on(3), 4_000));
  }

  static Stream<Arguments> longAccounts() {
    return Stream.of(
        account(AccountSetting.guessing(2, 6).recovering(1).on(2), 14_300),
        account(AccountSetting.guessing(2, 3).recovering(2).on(2), 43_000),
        account(AccountSetting.guessing(2, 2).twins(1).recovering(1).starting(2), 2_100),
        account(AccountSetting.guessing(1, 2).recovering(1).starting(1).deleting(), 1_500),
        account(AccountSetting.guessing(1, 2).recovering(1).starting(1).on(2), 7_700),
        account(AccountSetting.guessing(1, 2).starting(2).on(2), 10_600));
  }

  private static Arguments account(AccountSetting setting, int fewest) {
    return Arguments.of(setting, fewest);
  }

  @ParameterizedTest
  @MethodSource({"accounts", "chainsSideBySide"})
  void everySequenceOfOperationsKeepsThePromises(AccountSetting setting, int fewest) {
    searchAccount(setting, fewest);
  }

  @ParameterizedTest
  @MethodSource("longAccounts")
  void everySequenceOfMoreOperationsKeepsThePromises(AccountSetting setting, int fewest) {
    assumeTrue(LONG, "-Dsearch.long=true runs the worlds that take minutes");
    searchAccount(setting, fewest);
  }

  private static void searchAccount(AccountSetting setting, int fewest) {
    AccountWorld.Found found = new AccountWorld(setting).explore(MOST);
    System.out.println(found);
    assertTrue(found.states() >= fewest, "the search has shrunk");
    int attempts = setting.guesses() + setting.rights();
    assertEquals(Math.min(setting.limit(), attempts), found.window(), "the limit is reached");
  }

  /**
   * A chain that hosts keep apart until the user has recovered on another saves them no guesses up:
   * the success gives back what its client saw counted, wherever they insert it. The limit on each
   * chain is all there is, and it is reached.
   */
  @Test
  void guessesSavedUpOnAnotherChainBuyNothing() {
    AccountSetting setting = AccountSetting.guessing(2, 5).recovering(1).on(2);
    AccountWorld.Found found = new AccountWorld(setting).explore(MOST);
    System.out.println(found);
    assertEquals(2 * 2, found.sinceSuccess());
  }

  /** What INV-2 says in numbers (ARCHITECTURE.md). */
  @Test
  void theBoundsAreThoseThatAreStated() {
    assertEquals(10, Setting.of(5, 3, 0).guessing(10, 0).bound());
    assertEquals(20, Setting.of(5, 3, 1).guessing(10, 0).bound());
    assertEquals(30, Setting.of(5, 3, 2).guessing(10, 0).bound());
    assertEquals(10, Setting.of(5, 4, 2).guessing(10, 0).bound());
    assertEquals(10, Setting.of(7, 5, 2).guessing(10, 0).bound());
  }
}
