package dev.coffer.analysis.search;

/**
 * How small a world is.
 *
 * @param n HSMs
 * @param q capture quorum
 * @param c corrupted HSMs, the last ones: the host holds their keys
 * @param limit guesses of the one registration
 * @param guesses different guesses the attacker has
 * @param ticks whether entries without any operation are made too
 * @param recovering whether the user tries the right code once, so that hosts have an attempt and
 *     its success to insert on any chain
 * @param depth entries after the registration, on every fork
 * @param starts which HSMs start anew
 * @param manner how hosts behave, and what is asserted
 */
record Setting(
    int n,
    int q,
    int c,
    int limit,
    int guesses,
    boolean ticks,
    boolean recovering,
    int depth,
    Starts starts,
    Manner manner) {
  /**
   * HSMs that start anew.
   *
   * @param restarts of HSMs, memory kept, in all
   * @param rollbacks of HSMs' memories, in all
   * @param atOnce rolled-back HSMs that are silent still; each was rolled back when all that it had
   *     ever stated was certified, and counts no more once it speaks
   * @param counted HSMs, the last honest ones, to whose memories hosts do what they like: to any
   *     place where they have been, whatever they had stated. They count in INV-2's c; 0 if any
   *     HSM's memory may be rolled back, under the condition above
   */
  record Starts(int restarts, int rollbacks, int atOnce, int counted) {}

  /**
   * How hosts behave, and what is asserted.
   *
   * @param eager whether hosts release at once whatever a certificate allows
   * @param strict whether every rule is asserted at once, or the promised bounds alone
   * @param symmetric whether states that differ by a renaming of HSMs are one
   * @param offered fewest statements with which hosts dress up a certificate
   */
  record Manner(boolean eager, boolean strict, boolean symmetric, int offered) {}

  static Setting of(int n, int q, int c) {
    return new Setting(
        n, q, c, 2, 3, false, false, 2, new Starts(0, 0, 0, 0), new Manner(false, true, true, q));
  }

  Setting guessing(int of, int from) {
    return new Setting(n, q, c, of, from, ticks, recovering, depth, starts, manner);
  }

  Setting deep(int entries) {
    return new Setting(n, q, c, limit, guesses, ticks, recovering, entries, starts, manner);
  }

  Setting ticking() {
    return new Setting(n, q, c, limit, guesses, true, recovering, depth, starts, manner);
  }

  /** The user tries the right code once, and proves it to whoever certifies that. */
  Setting recoveringToo() {
    return new Setting(n, q, c, limit, guesses, ticks, true, depth, starts, manner);
  }

  private Setting with(Starts next) {
    return new Setting(n, q, c, limit, guesses, ticks, recovering, depth, next, manner);
  }

  private Setting with(Manner next) {
    return new Setting(n, q, c, limit, guesses, ticks, recovering, depth, starts, next);
  }

  Setting restarting(int times) {
    return with(new Starts(times, starts.rollbacks, starts.atOnce, starts.counted));
  }

  Setting rollingBack(int times, int atOnce) {
    return with(new Starts(starts.restarts, times, atOnce, 0));
  }

  /** Hosts put back the memories of {@code hsms} HSMs, {@code times} in all, whenever they like. */
  Setting rollingBackAtWill(int hsms, int times) {
    return with(new Starts(starts.restarts, times, 0, hsms));
  }

  Setting releasingEagerly() {
    return with(new Manner(true, manner.strict, manner.symmetric, manner.offered));
  }

  Setting boundsOnly() {
    return with(new Manner(manner.eager, false, manner.symmetric, manner.offered));
  }

  Setting withoutSymmetry() {
    return with(new Manner(manner.eager, manner.strict, false, manner.offered));
  }

  /** Certificates of a majority's statements are offered too, where q asks for more. */
  Setting offeringMajorities() {
    return with(new Manner(manner.eager, manner.strict, manner.symmetric, t()));
  }

  int t() {
    return n / 2 + 1;
  }

  int honest() {
    return n - c;
  }

  boolean eager() {
    return manner.eager;
  }

  boolean strict() {
    return manner.strict;
  }

  /**
   * Whether states are the same up to a renaming of HSMs. Where hosts tell statuses one by one, a
   * state names those that were heard.
   */
  boolean symmetric() {
    return manner.symmetric && (!starting() || manner.eager);
  }

  /** May hosts put back HSM {@code number}'s memory at will? */
  boolean atWill(int number) {
    return number > honest() - starts.counted && number <= honest();
  }

  /** The c of INV-2: HSMs that are corrupted, and those that are rolled back at will. */
  int bad() {
    return c + starts.counted;
  }

  /** Chains that hosts can keep alive side by side: what INV-2 multiplies the limit with. */
  int forks() {
    return (n - bad()) / (q - bad());
  }

  /**
   * The bound of INV-2 on wrong guesses. Where the user recovers once, the success gives back what
   * was counted up to its attempt, once for all chains that share it: the attempt that it is for is
   * one of the limit before it.
   */
  int bound() {
    return limit * forks() + (recovering ? limit - 1 : 0);
  }

  /** Does any HSM start anew in this world? */
  boolean starting() {
    return starts.restarts + starts.rollbacks > 0;
  }

  private String startsAsText() {
    String restarts = starts.restarts > 0 ? ", " + starts.restarts + " restarts" : "";
    if (starts.rollbacks == 0) {
      return restarts;
    }
    return restarts
        + (starts.counted > 0
            ? ", %d rollbacks at will of %d HSMs".formatted(starts.rollbacks, starts.counted)
            : ", %d rollbacks, %d at once".formatted(starts.rollbacks, starts.atOnce));
  }

  @Override
  public String toString() {
    return "n=%d q=%d c=%d limit=%d, %d guesses%s%s, depth %d%s%s%s"
        .formatted(
            n,
            q,
            c,
            limit,
            guesses,
            ticks ? " and ticks" : "",
            recovering ? ", a recovery" : "",
            depth,
            startsAsText(),
            manner.eager ? ", eager release" : "",
            manner.symmetric ? "" : ", without symmetry");
  }
}
