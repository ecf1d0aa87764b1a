package dev.coffer.verification.search;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The bounds of INV-2, and INV-3 to INV-8 as far as chains are concerned, over every schedule of
 * small worlds. Each line names how many states it must come to at least, so that the search cannot
 * shrink unnoticed, and that the bound is reached as well as kept.
 */
final class ExhaustiveSearchTest {
  /** The worlds that take minutes: {@code -Dsearch.long=true}. */
  private static final boolean LONG = Boolean.getBoolean("search.long");

  private static Arguments world(Setting setting, int fewest) {
    return Arguments.of(setting, fewest);
  }

  static Stream<Arguments> worlds() {
    return Stream.of(
        world(Setting.of(3, 2, 0).guessing(2, 3).deep(2), 3_498),
        world(Setting.of(3, 2, 0).guessing(2, 3).deep(3).releasingEagerly(), 18_000),
        world(Setting.of(3, 2, 1).guessing(1, 3).deep(2), 900),
        world(Setting.of(3, 2, 1).guessing(1, 3).ticking().deep(3).releasingEagerly(), 2_000),
        world(Setting.of(3, 2, 1).guessing(2, 5).deep(3).releasingEagerly(), 900),
        world(Setting.of(3, 3, 1).guessing(2, 3).deep(3).releasingEagerly(), 400),
        world(Setting.of(5, 3, 0).guessing(1, 3).deep(2).releasingEagerly(), 15_000),
        world(Setting.of(5, 3, 1).guessing(1, 3).deep(2).releasingEagerly(), 4_300),
        world(Setting.of(5, 3, 1).guessing(2, 5).deep(2).releasingEagerly(), 16_800),
        world(Setting.of(5, 3, 2).guessing(1, 4).deep(2).releasingEagerly(), 900),
        world(Setting.of(5, 3, 2).guessing(2, 7).deep(2).releasingEagerly(), 1_000),
        world(Setting.of(5, 4, 0).guessing(2, 3).deep(2).releasingEagerly(), 6_800),
        world(Setting.of(5, 4, 1).guessing(2, 3).deep(2).releasingEagerly(), 1_900),
        world(Setting.of(5, 4, 2).guessing(2, 3).deep(3).releasingEagerly(), 18_000),
        world(Setting.of(7, 5, 2).guessing(1, 2).deep(2).releasingEagerly(), 2_400),
        world(Setting.of(3, 3, 0).guessing(1, 0).ticking().deep(9).releasingEagerly(), 3_800),
        world(Setting.of(3, 2, 0).guessing(1, 2).deep(1).restarting(1), 2_500),
        world(Setting.of(3, 2, 0).guessing(2, 3).deep(2).restarting(1).releasingEagerly(), 80_000),
        world(Setting.of(3, 2, 1).guessing(1, 3).deep(2).restarting(1).releasingEagerly(), 1_400),
        world(Setting.of(3, 3, 0).guessing(1, 2).deep(1).rollingBack(3, 2), 280_000));
  }

  static Stream<Arguments> longWorlds() {
    return Stream.of(
        world(Setting.of(3, 2, 0).guessing(2, 3).deep(3), 660_000),
        world(Setting.of(3, 2, 1).guessing(1, 3).ticking().deep(3), 246_000),
        world(Setting.of(5, 3, 0).guessing(1, 3).deep(2), 250_000),
        world(Setting.of(5, 3, 1).guessing(1, 3).deep(2), 90_000),
        world(Setting.of(5, 3, 2).guessing(1, 4).deep(2), 96_000),
        world(
            Setting.of(3, 3, 0).guessing(1, 2).deep(2).rollingBack(3, 2).releasingEagerly(),
            540_000));
  }

  @ParameterizedTest
  @MethodSource("worlds")
  void everyScheduleKeepsThePromises(Setting setting, int fewest) {
    search(setting, fewest);
  }

  @ParameterizedTest
  @MethodSource("longWorlds")
  void everyScheduleOfLargerWorldsKeepsThePromises(Setting setting, int fewest) {
    assumeTrue(LONG, "-Dsearch.long=true runs the worlds that take minutes");
    search(setting, fewest);
  }

  private static void search(Setting setting, int fewest) {
    ForkWorld.Found found =
        new ForkWorld(setting).explore(Integer.getInteger("search.most", 5_000_000));
    System.out.println(found);
    assertTrue(found.states() >= fewest, "the search has shrunk");
    assertTrue(found.complete(), "the search was cut short");
    if (setting.depth() * setting.forks() > setting.bound()
        && setting.guesses() > setting.bound()) {
      assertEquals(setting.bound(), found.guesses(), "INV-2's bound is exact: hosts do reach it");
    }
  }

  static Stream<Arguments> accounts() {
    return Stream.of(
        Arguments.of(new AccountSetting(2, 4, 1, 0, 0, true, false, true), 29),
        Arguments.of(new AccountSetting(3, 4, 1, 1, 0, true, false, true), 440),
        Arguments.of(new AccountSetting(2, 3, 0, 2, 0, true, false, true), 210),
        Arguments.of(new AccountSetting(1, 4, 0, 0, 4, false, false, true), 530),
        Arguments.of(new AccountSetting(2, 1, 0, 0, 1, true, false, true), 95),
        Arguments.of(new AccountSetting(2, 2, 0, 1, 0, false, true, true), 210));
  }

  static Stream<Arguments> longAccounts() {
    return Stream.of(
        Arguments.of(new AccountSetting(2, 2, 1, 1, 2, false, false, true), 600),
        Arguments.of(new AccountSetting(1, 2, 0, 1, 1, false, true, true), 760));
  }

  @ParameterizedTest
  @MethodSource("accounts")
  void everySequenceOfOperationsKeepsThePromises(AccountSetting setting, int fewest) {
    account(setting, fewest);
  }

  @ParameterizedTest
  @MethodSource("longAccounts")
  void everySequenceOfMoreOperationsKeepsThePromises(AccountSetting setting, int fewest) {
    assumeTrue(LONG, "-Dsearch.long=true runs the worlds that take minutes");
    account(setting, fewest);
  }

  private static void account(AccountSetting setting, int fewest) {
    AccountWorld.Found found = new AccountWorld(setting).explore();
    System.out.println(found);
    assertTrue(found.states() >= fewest, "the search has shrunk");
    assertEquals(
        Math.min(setting.limit(), setting.guesses()), found.window(), "the limit is reached");
  }

  /** What INV-2 says in numbers (1-system). */
  @Test
  void theBoundsAreThoseThatAreStated() {
    assertEquals(10, Setting.of(5, 3, 0).guessing(10, 0).bound());
    assertEquals(20, Setting.of(5, 3, 1).guessing(10, 0).bound());
    assertEquals(30, Setting.of(5, 3, 2).guessing(10, 0).bound());
    assertEquals(10, Setting.of(5, 4, 2).guessing(10, 0).bound());
    assertEquals(10, Setting.of(7, 5, 2).guessing(10, 0).bound());
  }
}
