package dev.coffer.verification.search;

/**
 * How small a world is.
 *
 * @param n HSMs
 * @param q capture quorum
 * @param c corrupted HSMs, the last ones: the host holds their keys
 * @param limit guesses of the one registration
 * @param guesses different guesses the attacker has
 * @param ticks whether entries without any operation are made too
 * @param depth entries after the registration, on every fork
 * @param restarts of HSMs, memory kept, in all
 * @param rollbacks of HSMs' memories, in all
 * @param rollbacksAtOnce rolled-back HSMs that are silent still
 * @param eager whether hosts release at once whatever a certificate allows
 * @param strict whether every rule is asserted at once, or the promised bounds alone
 */
record Setting(
    int n,
    int q,
    int c,
    int limit,
    int guesses,
    boolean ticks,
    int depth,
    int restarts,
    int rollbacks,
    int rollbacksAtOnce,
    boolean eager,
    boolean strict) {
  static Setting of(int n, int q, int c) {
    return new Setting(n, q, c, 2, 3, false, 2, 0, 0, 0, false, true);
  }

  Setting guessing(int of, int from) {
    return new Setting(
        n, q, c, of, from, ticks, depth, restarts, rollbacks, rollbacksAtOnce, eager, strict);
  }

  Setting deep(int entries) {
    return new Setting(
        n,
        q,
        c,
        limit,
        guesses,
        ticks,
        entries,
        restarts,
        rollbacks,
        rollbacksAtOnce,
        eager,
        strict);
  }

  Setting ticking() {
    return new Setting(
        n, q, c, limit, guesses, true, depth, restarts, rollbacks, rollbacksAtOnce, eager, strict);
  }

  Setting restarting(int times) {
    return new Setting(
        n, q, c, limit, guesses, ticks, depth, times, rollbacks, rollbacksAtOnce, eager, strict);
  }

  Setting rollingBack(int times, int atOnce) {
    return new Setting(
        n, q, c, limit, guesses, ticks, depth, restarts, times, atOnce, eager, strict);
  }

  Setting releasingEagerly() {
    return new Setting(
        n, q, c, limit, guesses, ticks, depth, restarts, rollbacks, rollbacksAtOnce, true, strict);
  }

  Setting boundsOnly() {
    return new Setting(
        n, q, c, limit, guesses, ticks, depth, restarts, rollbacks, rollbacksAtOnce, eager, false);
  }

  int t() {
    return n / 2 + 1;
  }

  int honest() {
    return n - c;
  }

  /** Chains that hosts can keep alive side by side: what INV-2 multiplies the limit with. */
  int forks() {
    return (n - c) / (q - c);
  }

  /** The bound of INV-2. */
  int bound() {
    return limit * forks();
  }

  /** Does any HSM start anew in this world? */
  boolean starting() {
    return restarts + rollbacks > 0;
  }

  @Override
  public String toString() {
    return "n=%d q=%d c=%d limit=%d, %d guesses%s, depth %d%s%s%s"
        .formatted(
            n,
            q,
            c,
            limit,
            guesses,
            ticks ? " and ticks" : "",
            depth,
            restarts > 0 ? ", " + restarts + " restarts" : "",
            rollbacks > 0 ? ", " + rollbacks + " rollbacks, " + rollbacksAtOnce + " at once" : "",
            eager ? ", eager release" : "");
  }
}
