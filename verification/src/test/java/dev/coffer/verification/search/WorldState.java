package dev.coffer.verification.search;

import dev.coffer.verification.search.LocalState.Kind;
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

  /** The statuses collected for each one's nonce, as a set. */
  final int[] pool;

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
    pool = new int[h];
    dirty = new boolean[h];
  }

  private WorldState(WorldState before) {
    at = before.at.clone();
    stated = before.stated.clone();
    evaluated = before.evaluated.clone();
    pool = before.pool.clone();
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

  /**
   * A name that equal states share. Where no HSM ever starts anew, nothing in a state names an HSM,
   * so states that differ by a permutation of HSMs share it too.
   */
  Key key(boolean starting) {
    if (!starting) {
      long[] parts = new long[at.length];
      for (int i = 0; i < parts.length; i++) {
        parts[i] = ((long) at[i].kind << 40) | ((long) stated[i] << 12) | evaluated[i];
      }
      Arrays.sort(parts);
      return new Key(parts);
    }
    long[] parts = new long[at.length * 2 + 1];
    for (int i = 0; i < at.length; i++) {
      parts[2 * i] = ((long) at[i].kind << 40) | ((long) stated[i] << 12) | evaluated[i];
      parts[2 * i + 1] = ((long) pool[i] << 1) | (dirty[i] ? 1 : 0);
    }
    parts[parts.length - 1] = ((long) restarts << 8) | rollbacks;
    return new Key(parts);
  }

  /** See {@link #key}. */
  static final class Key {
    private final long[] parts;
    private final int hash;

    private Key(long[] parts) {
      this.parts = parts;
      long mixed = 1;
      for (long part : parts) {
        mixed = (mixed ^ part) * 0x9E3779B97F4A7C15L;
        mixed ^= mixed >>> 29;
      }
      this.hash = Long.hashCode(mixed);
    }

    @Override
    public boolean equals(Object other) {
      return other instanceof Key that && Arrays.equals(parts, that.parts);
    }

    @Override
    public int hashCode() {
      return hash;
    }
  }
}
