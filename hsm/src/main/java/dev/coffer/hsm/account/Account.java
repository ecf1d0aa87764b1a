package dev.coffer.hsm.account;

import dev.coffer.protocol.account.Registration;
import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.codec.Invariant;
import dev.coffer.protocol.codec.Limits;
import dev.coffer.protocol.request.RequestHash;
import java.util.List;
import java.util.Optional;

/** An account's record, opened (PROTOCOL.md §11.2). Immutable. Its four states, and no fifth. */
public sealed interface Account {
  /** What every state keeps. */
  Standing standing();

  /** This state with another standing. */
  Account with(Standing standing);

  /** Guesses left; 0 where nothing is registered. */
  default int guessesLeft() {
    return this instanceof Active active ? active.registration().limit() - active.used() : 0;
  }

  /** H(registration); zeros where nothing is registered. */
  default Bytes registrationHash() {
    return this instanceof Active active
        ? active.registration().hash()
        : Bytes.zeros(Limits.DIGEST);
  }

  /** Never registered; perhaps started. */
  record Absent(Standing standing) implements Account {
    /**
     * The account nobody has touched: it has no record in the tree. It stands here and not in the
     * interface, since two threads that met both classes first would wait for each other.
     */
    public static final Account NEVER = new Absent(Standing.NONE);

    @Override
    public Account with(Standing next) {
      return new Absent(next);
    }
  }

  /**
   * Registered.
   *
   * @param nonce ν, under which every HSM derives its share of the record's OPRF key
   * @param replacedWithoutProof whether this registration, or one that it goes back to by owners'
   *     proofs, took another's place with the login alone
   * @param open the tags of the attempts counted since the last success or registration, in order;
   *     their number is {@link #used}
   */
  record Active(
      Standing standing,
      Bytes nonce,
      Registration registration,
      boolean replacedWithoutProof,
      List<Bytes> open,
      Optional<LastSuccess> lastSuccess)
      implements Account {
    public Active {
      open = List.copyOf(open);
      Invariant.check(open.size() <= registration.limit(), "no more attempts than the limit");
    }

    /** Guesses used: the size of {@code open}, so that counter and tags cannot disagree. */
    public int used() {
      return open.size();
    }

    /** The attempt number of the open attempt with that tag. */
    Optional<Long> numberOf(Bytes tag) {
      int at = open.indexOf(tag);
      return at < 0
          ? Optional.empty()
          : Optional.of(standing.attemptNumber() - open.size() + at + 1);
    }

    @Override
    public Active with(Standing next) {
      return new Active(next, nonce, registration, replacedWithoutProof, open, lastSuccess);
    }

    Active withOpen(List<Bytes> next) {
      return new Active(standing, nonce, registration, replacedWithoutProof, next, lastSuccess);
    }

    @Override
    public String toString() {
      return "Active[redacted]";
    }
  }

  /** The attempt that succeeded last, so that the same success again gets the same answer. */
  record LastSuccess(Bytes tag, long attemptNumber) {}

  /** The guesses ran out: secrets erased, for good (INV-6). */
  record Exhausted(Standing standing) implements Account {
    @Override
    public Account with(Standing next) {
      return new Exhausted(next);
    }
  }

  /** Deleted by {@code request}. */
  record Deleted(Standing standing, RequestHash request) implements Account {
    @Override
    public Account with(Standing next) {
      return new Deleted(next, request);
    }
  }
}
