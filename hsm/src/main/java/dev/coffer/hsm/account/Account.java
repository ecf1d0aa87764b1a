package dev.coffer.hsm.account;

import dev.coffer.protocol.account.Registration;
import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.codec.Invariant;
import dev.coffer.protocol.codec.Limits;
import dev.coffer.protocol.request.RequestHash;
import java.util.List;

/** An account's record, opened (PROTOCOL.md §11.2). Immutable. Its four states, and no fifth. */
public sealed interface Account {
  /** What every state keeps. */
  AccountCounters counters();

  /** This state with other counters. */
  default Account with(AccountCounters next) {
    return switch (this) {
      case Absent never -> new Absent(next);
      case Active live -> live.with(next, live.open());
      case Exhausted dead -> new Exhausted(next);
      case Deleted dead -> new Deleted(next, dead.request());
    };
  }

  /** Guesses left; 0 where nothing is registered. */
  default int guessesLeft() {
    return this instanceof Active active ? active.registration().limit() - active.used() : 0;
  }

  /** The newest trail: that of the attempt counted last. */
  default Bytes trail() {
    return this instanceof Active active ? active.trailBefore(active.used()) : counters().trail();
  }

  /** H(registration); zeros where nothing is registered. */
  default Bytes registrationHash() {
    return this instanceof Active active
        ? active.registration().hash()
        : Bytes.zeros(Limits.DIGEST);
  }

  /** Never registered; perhaps started. */
  record Absent(AccountCounters counters) implements Account {
    /**
     * The account nobody has touched: it has no record in the tree. It stands here and not in the
     * interface, since two threads that met both classes first would wait for each other.
     */
    public static final Account NEVER = new Absent(AccountCounters.NONE);
  }

  /**
   * Registered.
   *
   * @param nonce ν, under which every HSM derives its share of the record's OPRF key
   * @param replacedWithoutProof whether this registration, or one that it goes back to by owners'
   *     proofs, took another's place with the login alone
   * @param open the trails of the attempts counted since the one that succeeded last, or since the
   *     registration, in order; their number is {@link #used}
   */
  record Active(
      AccountCounters counters,
      Bytes nonce,
      Registration registration,
      boolean replacedWithoutProof,
      List<Bytes> open)
      implements Account {
    public Active {
      open = List.copyOf(open);
      Invariant.check(open.size() <= registration.limit(), "no more attempts than the limit");
    }

    /** Guesses used: the size of {@code open}, so that counter and trails cannot disagree. */
    public int used() {
      return open.size();
    }

    /** The attempt number at {@code place} among the open ones; -1 is the last before them. */
    long numberAt(int place) {
      return counters.attemptNumber() - open.size() + place + 1;
    }

    /** The trail before the open attempt at {@code place}, or before the next to be counted. */
    Bytes trailBefore(int place) {
      return place == 0 ? counters.trail() : open.get(place - 1);
    }

    Active with(AccountCounters next, List<Bytes> nextOpen) {
      return new Active(next, nonce, registration, replacedWithoutProof, nextOpen);
    }

    @Override
    public String toString() {
      return "Active[redacted]";
    }
  }

  /** The guesses ran out: secrets erased, for good (INV-6). */
  record Exhausted(AccountCounters counters) implements Account {}

  /** Deleted by {@code request}. */
  record Deleted(AccountCounters counters, RequestHash request) implements Account {}
}
