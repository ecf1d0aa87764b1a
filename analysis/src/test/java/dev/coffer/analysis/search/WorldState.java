package dev.coffer.analysis.search;

import dev.coffer.analysis.search.LocalState.Kind;
import java.util.Arrays;

/**
 * Everything at one moment: the honest HSMs, and what the host has got out of them so far, which it
 * never forgets. Immutable once explored; indices are those of the HSMs less one.
 */
final class WorldState {
  final LocalState[] at;

  /** The places each has stated, as a set of {@link Sets}. */
  final int[] stated;

  /** The guesses each has evaluated, bit by bit. */
  final int[] evaluated;

  /**
   * The statuses collected for each one's nonce: at {@code i * h + j} the places, as a set, at
   * which j has said to stand.
   */
  final int[] pool;

  /** The places where each has been whose memory hosts put back at will, as a set. */
  final int[] been;

  /** Rolled back, and silent since. */
  final boolean[] dirty;

  int restarts;
  int rollbacks;

  WorldState from;
  Kind stepKind;
  int stepHsm;
  int stepWhat;

  WorldState(LocalState[] start) {
    int h = start.length;
    at = start;
    stated = new int[h];
    evaluated = new int[h];
    pool = new int[h * h];
    been = new int[h];
    dirty = new boolean[h];
  }

  private WorldState(WorldState before) {
    at = before.at.clone();
    stated = before.stated.clone();
    evaluated = before.evaluated.clone();
    pool = before.pool.clone();
    been = before.been.clone();
    dirty = before.dirty.clone();
    restarts = before.restarts;
    rollbacks = before.rollbacks;
  }

  /** A copy to be changed by one step. */
  WorldState next(Kind kind, int hsm, int what) {
    WorldState next = new WorldState(this);
    next.from = this;
    next.stepKind = kind;
    next.stepHsm = hsm;
    next.stepWhat = what;
    return next;
  }

  /** Whatever was collected over HSM {@code i}'s nonce is worth nothing any more. */
  void forgetStatuses(int i) {
    Arrays.fill(pool, i * at.length, (i + 1) * at.length, 0);
  }

  /** Guesses that at least {@code others} honest HSMs have evaluated. */
  int evaluatedBy(int others) {
    int[] counts = new int[Integer.SIZE];
    for (int mask : evaluated) {
      for (int guess = 1; guess < counts.length; guess++) {
        counts[guess] += (mask >>> guess) & 1;
      }
    }
    return (int) Arrays.stream(counts, 1, counts.length).filter(n -> n >= others).count();
  }

  /** Guesses that any honest HSM has evaluated. */
  int evaluatedByAny() {
    int any = 0;
    for (int mask : evaluated) {
      any |= mask;
    }
    return Integer.bitCount(any);
  }
}
