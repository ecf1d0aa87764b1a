package dev.coffer.hsm.account;

import dev.coffer.protocol.account.HistoryItem;
import dev.coffer.protocol.account.RegistrationId;
import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.codec.Limits;
import dev.coffer.protocol.request.RequestHash;
import dev.coffer.protocol.request.SignedTexts;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What an account keeps through all its states. Generation, attempt number and floor never decrease
 * (INV-7): that is why deletion and exhaustion keep this. One method for each event.
 *
 * @param generation registrations stored so far
 * @param attemptNumber attempts counted so far
 * @param trail names every counted attempt that is no longer open, in order: {@link
 *     SignedTexts#attemptTrail} of the last of them, 32 octets, zeros before the first
 * @param floorK k of the last Success, RegisterFinish or Delete: requests made on older knowledge
 *     are stale
 * @param failuresSinceSuccess attempts counted since the one that succeeded last, over all
 *     replacements
 */
public record AccountCounters(
    long generation,
    long attemptNumber,
    Bytes trail,
    long floorK,
    int failuresSinceSuccess,
    Optional<Finished> lastRegistration,
    Optional<Pending> pending,
    List<HistoryItem> history) {
  /**
   * Where the count of failures stops: far above three times any limit, and what its two octets
   * hold. Deleting and registering again must not let anyone count until a record no longer fits.
   */
  static final int FAILURES_MAX = 0xffff;

  /** Of an account that never was. */
  public static final AccountCounters NONE =
      new AccountCounters(
          0, 0, Bytes.zeros(Limits.DIGEST), 0, 0, Optional.empty(), Optional.empty(), List.of());

  /** The registration stored last, and the request that stored it: what makes its retry free. */
  public record Finished(RegistrationId id, RequestHash request) {}

  /** A registration that was started: its nonce ν' and where it was evaluated. */
  public record Pending(RegistrationId id, RequestHash request, Bytes nonce, long k, int position) {
    @Override
    public String toString() {
      return "Pending[redacted]";
    }
  }

  public AccountCounters {
    history = List.copyOf(history);
  }

  /** The STALE rule: old requests inserted again burn nothing, invented ones neither. */
  boolean stale(long seenK, long k) {
    return seenK < floorK || seenK >= k;
  }

  /** A start was granted. */
  AccountCounters started(Pending start) {
    return with(trail, floorK, failuresSinceSuccess, Optional.of(start), history);
  }

  /** One more attempt is open. */
  AccountCounters counted(long k) {
    return new AccountCounters(
        generation,
        attemptNumber + 1,
        trail,
        floorK,
        Math.min(failuresSinceSuccess + 1, FAILURES_MAX),
        lastRegistration,
        pending,
        remembering(HistoryItem.Kind.ATTEMPT, k, attemptNumber + 1));
  }

  /** A registration was stored; no attempt is open, so {@code next} is the newest trail. */
  AccountCounters registered(Finished finished, Bytes next, HistoryItem.Kind kind, long k) {
    return new AccountCounters(
        generation + 1,
        attemptNumber,
        next,
        k,
        failuresSinceSuccess,
        Optional.of(finished),
        Optional.empty(),
        remembering(kind, k, attemptNumber));
  }

  /** The attempt that led to trail {@code next} succeeded; {@code since} were counted after it. */
  AccountCounters succeeded(Bytes next, int since, long k) {
    return with(next, k, since, pending, remembering(HistoryItem.Kind.SUCCESS, k, attemptNumber));
  }

  /** The guesses ran out, and a pending start with them. */
  AccountCounters exhausted(Bytes next, long k) {
    List<HistoryItem> events = remembering(HistoryItem.Kind.EXHAUSTED, k, attemptNumber);
    return with(next, floorK, failuresSinceSuccess, Optional.empty(), events);
  }

  /** Deleted, and a pending start with it. */
  AccountCounters deleted(Bytes next, long k) {
    List<HistoryItem> events = remembering(HistoryItem.Kind.DELETED, k, attemptNumber);
    return with(next, k, failuresSinceSuccess, Optional.empty(), events);
  }

  /** A refusal changes nothing else. */
  AccountCounters refused(long k) {
    List<HistoryItem> events = remembering(HistoryItem.Kind.REFUSED, k, attemptNumber);
    return with(trail, floorK, failuresSinceSuccess, pending, events);
  }

  private AccountCounters with(
      Bytes last, long floor, int failures, Optional<Pending> start, List<HistoryItem> events) {
    return new AccountCounters(
        generation, attemptNumber, last, floor, failures, lastRegistration, start, events);
  }

  /**
   * The history with one event more, without the oldest beyond eight. Of refusals only the newest
   * is kept: hosts can cause them at will, and must not be able to push real attempts out of the
   * user's sight.
   */
  private List<HistoryItem> remembering(HistoryItem.Kind kind, long k, long number) {
    List<HistoryItem> items = new ArrayList<>(history);
    if (kind == HistoryItem.Kind.REFUSED) {
      items.removeIf(item -> item.kind() == HistoryItem.Kind.REFUSED);
    }
    items.add(new HistoryItem(kind, k, number));
    return items.subList(Math.max(0, items.size() - Limits.HISTORY), items.size());
  }
}
