package dev.coffer.analysis.search;

/**
 * How small a world of one account is.
 *
 * @param chains that hosts keep certified side by side, each by one honest HSM and the corrupted
 *     ones: 1, 2 or 3
 * @param limit of every registration, and the fleet's maximum
 * @param guesses wrong guesses in all
 * @param twins attempts that reuse another's id for another code
 * @param rights attempts with the right code, each with its Success
 * @param starts registrations that the thief of a login starts
 * @param hostile whether forged, stolen and excessive requests are inserted too
 * @param deletes whether the user deletes the registration
 * @param pairs whether every two operations are tried in one entry, too
 * @param strict whether every rule is asserted at once, or the bound of INV-2 alone
 */
record AccountSetting(
    int chains,
    int limit,
    int guesses,
    int twins,
    int rights,
    int starts,
    boolean hostile,
    boolean deletes,
    boolean pairs,
    boolean strict) {
  static AccountSetting guessing(int limit, int guesses) {
    return new AccountSetting(1, limit, guesses, 0, 0, 0, false, false, false, true);
  }

  AccountSetting on(int chainsSideBySide) {
    return new AccountSetting(
        chainsSideBySide, limit, guesses, twins, rights, starts, hostile, deletes, pairs, strict);
  }

  AccountSetting twins(int of) {
    return new AccountSetting(
        chains, limit, guesses, of, rights, starts, hostile, deletes, pairs, strict);
  }

  AccountSetting recovering(int times) {
    return new AccountSetting(
        chains, limit, guesses, twins, times, starts, hostile, deletes, pairs, strict);
  }

  AccountSetting starting(int times) {
    return new AccountSetting(
        chains, limit, guesses, twins, rights, times, hostile, deletes, pairs, strict);
  }

  AccountSetting hostileToo() {
    return new AccountSetting(
        chains, limit, guesses, twins, rights, starts, true, deletes, pairs, strict);
  }

  AccountSetting deleting() {
    return new AccountSetting(
        chains, limit, guesses, twins, rights, starts, hostile, true, pairs, strict);
  }

  AccountSetting inPairs() {
    return new AccountSetting(
        chains, limit, guesses, twins, rights, starts, hostile, deletes, true, strict);
  }

  AccountSetting boundsOnly() {
    return new AccountSetting(
        chains, limit, guesses, twins, rights, starts, hostile, deletes, pairs, false);
  }

  /** The smallest fleet in which hosts can keep that many chains certified. */
  Setting fleet() {
    return chains > 2
        ? Setting.of(5, 3, 2).guessing(limit, 0)
        : Setting.of(3, 2, 1).guessing(limit, 0);
  }

  @Override
  public String toString() {
    return "%d chains, limit %d, %d guesses, %d twins, %d right codes, %d starts%s%s%s"
        .formatted(
            chains,
            limit,
            guesses,
            twins,
            rights,
            starts,
            hostile ? ", hostile" : "",
            deletes ? ", deletions" : "",
            pairs ? ", pairs" : "");
  }
}
