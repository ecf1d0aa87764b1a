package dev.coffer.analysis.world;

import java.util.Set;
import java.util.TreeSet;

/**
 * What kind of world a seed makes.
 *
 * @param corrupted HSMs whose memory is rolled back
 * @param traitors those of them whose keys the hosts hold as well
 * @param hostile nodes whose hosts lie
 * @param forking hostile hosts may feed their own HSM what was never ordered
 * @param forgetting the order may lose what it has committed
 */
record Setting(
    long seed,
    int n,
    int q,
    int limit,
    int accounts,
    boolean replaceByLogin,
    Set<Integer> corrupted,
    Set<Integer> traitors,
    Set<Integer> hostile,
    boolean forking,
    boolean forgetting,
    int lossPermille,
    long micros) {
  static Setting of(long seed) {
    Chance chance = new Chance(seed ^ 0x5e77_1e55L);
    int n = chance.oneIn(3) ? 3 : 5;
    int t = n / 2 + 1;
    int q = chance.oneIn(3) ? t + 1 : t;
    int c = chance.oneIn(3) ? 1 + chance.below(t - 1) : 0;
    Set<Integer> hostile = some(chance, n, chance.oneIn(2) ? chance.below(n) + 1 : 0);
    boolean forking = !hostile.isEmpty() && chance.oneIn(c > 0 ? 2 : 3);
    boolean forgetting = chance.oneIn(6);
    Set<Integer> corrupted = some(chance, n, c);
    Set<Integer> traitors = new TreeSet<>(corrupted);
    traitors.removeIf(hsm -> chance.oneIn(3));
    return new Setting(
        seed,
        n,
        Math.min(q, n),
        2 + chance.below(2),
        1 + chance.below(3),
        chance.oneIn(2),
        corrupted,
        traitors,
        hostile,
        forking,
        forgetting,
        chance.oneIn(4) ? 0 : chance.below(80),
        6_000_000L + chance.below(9_000_000));
  }

  private static Set<Integer> some(Chance chance, int n, int count) {
    Set<Integer> some = new TreeSet<>();
    while (some.size() < count) {
      some.add(1 + chance.below(n));
    }
    return some;
  }

  int t() {
    return n / 2 + 1;
  }

  /** INV-2: different guesses at most, evaluated between two successes. */
  int bound() {
    int c = corrupted.size();
    return c <= 2 * q - n - 1 ? limit : limit * ((n - c) / (q - c));
  }

  /** Whether q HSMs can never certify two different entries at one k. */
  boolean oneChain() {
    return corrupted.size() <= 2 * q - n - 1;
  }
}
