package dev.coffer.hsm.account;

import dev.coffer.protocol.account.HistoryItem;
import dev.coffer.protocol.account.RegistrationId;
import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.codec.Limits;
import dev.coffer.protocol.request.RequestHash;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What an account keeps through all its states. Generation, attempt number and floor never decrease
 * (INV-7): that is why deletion and exhaustion keep this.
 *
 * @param generation registrations stored so far
 * @param attemptNumber attempts counted so far
 * @param floorK k of the last Success, RegisterFinish or Delete: requests made on older knowledge
 *     are stale
 * @param failuresSinceSuccess attempts counted since the last success, over all replacements
 */
public record Standing(
    long generation,
    long attemptNumber,
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
  public static final Standing NONE =
      new Standing(0, 0, 0, 0, Optional.empty(), Optional.empty(), List.of());

  /** The registration stored last, and the request that stored it: what makes its retry free. */
  public record Finished(RegistrationId id, RequestHash request) {}

  /** A registration that was started: its nonce ν' and where it was evaluated. */
  public record Pending(RegistrationId id, RequestHash request, Bytes nonce, long k, int position) {
    @Override
    public String toString() {
      return "Pending[redacted]";
    }
  }

  public Standing {
    history = List.copyOf(history);
  }

  /** The STALE rule: old requests inserted again burn nothing, invented ones neither. */
  boolean stale(long seenK, long k) {
    return seenK < floorK || seenK >= k;
  }

  Standing withPending(Optional<Pending> next) {
    return new Standing(
        generation, attemptNumber, floorK, failuresSinceSuccess, lastRegistration, next, history);
  }

  Standing withFloor(long k) {
    return new Standing(
        generation, attemptNumber, k, failuresSinceSuccess, lastRegistration, pending, history);
  }

  Standing withFailures(int failures) {
    return new Standing(
        generation, attemptNumber, floorK, failures, lastRegistration, pending, history);
  }

  Standing counted() {
    return new Standing(
        generation,
        attemptNumber + 1,
        floorK,
        Math.min(failuresSinceSuccess + 1, FAILURES_MAX),
        lastRegistration,
        pending,
        history);
  }

  Standing registered(Finished finished, long k) {
    return new Standing(
        generation + 1,
        attemptNumber,
        k,
        failuresSinceSuccess,
        Optional.of(finished),
        Optional.empty(),
        history);
  }

  /**
   * Adds an event, dropping the oldest beyond eight. Of refusals only the newest is kept: hosts can
   * cause them at will, and must not be able to push real attempts out of the user's sight.
   */
  Standing remember(HistoryItem.Kind kind, long k) {
    List<HistoryItem> items = new ArrayList<>(history);
    if (kind == HistoryItem.Kind.REFUSED) {
      items.removeIf(item -> item.kind() == HistoryItem.Kind.REFUSED);
    }
    items.add(new HistoryItem(kind, k, attemptNumber));
    List<HistoryItem> newest =
        items.subList(Math.max(0, items.size() - Limits.HISTORY), items.size());
    return new Standing(
        generation, attemptNumber, floorK, failuresSinceSuccess, lastRegistration, pending, newest);
  }
}
