package dev.coffer.analysis.world;

import dev.coffer.protocol.account.AttemptId;
import dev.coffer.protocol.account.HistoryItem;
import dev.coffer.protocol.account.Registration;
import dev.coffer.protocol.account.RegistrationId;
import dev.coffer.protocol.account.Subject;
import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.request.RequestHash;
import dev.coffer.protocol.request.SignedTexts;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * An account as the design's table of rules has it (PROTOCOL.md §5.3), without any cryptography but
 * the trail's.
 *
 * @param trail of all attempts ever counted
 * @param unproven whether the registration, or one that it goes back to by owners' proofs, took the
 *     place of another without its owner
 */
record ModelAccount(
    State state,
    long generation,
    long attempts,
    Bytes trail,
    long floor,
    int failures,
    Optional<RegistrationId> lastId,
    Optional<RequestHash> lastFinish,
    Optional<Pending> pending,
    Optional<Registration> registration,
    List<Guess> open,
    Optional<Guess> lastSuccess,
    Optional<RequestHash> deletedBy,
    boolean unproven,
    List<HistoryItem> history) {
  enum State {
    ABSENT,
    ACTIVE,
    EXHAUSTED,
    DELETED
  }

  /** A started registration. */
  record Pending(RegistrationId id, RequestHash request, long k, int position) {}

  /**
   * A counted attempt.
   *
   * @param before the account's trail before it
   */
  record Guess(AttemptId id, RequestHash request, long number, Bytes before) {
    boolean same(AttemptId otherId, RequestHash otherRequest) {
      return id.equals(otherId) && request.equals(otherRequest);
    }
  }

  static final ModelAccount NEVER =
      new ModelAccount(
          State.ABSENT,
          0,
          0,
          Bytes.zeros(32),
          0,
          0,
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          List.of(),
          Optional.empty(),
          Optional.empty(),
          false,
          List.of());

  private static final int HISTORY = 8;

  /** With one event more; of refusals only the newest is kept. */
  ModelAccount remembering(HistoryItem.Kind kind, long k) {
    List<HistoryItem> events = new ArrayList<>(history);
    if (kind == HistoryItem.Kind.REFUSED) {
      events.removeIf(event -> event.kind() == HistoryItem.Kind.REFUSED);
    }
    events.add(new HistoryItem(kind, k, attempts));
    List<HistoryItem> newest = events.subList(Math.max(0, events.size() - HISTORY), events.size());
    return new ModelAccount(
        state,
        generation,
        attempts,
        trail,
        floor,
        failures,
        lastId,
        lastFinish,
        pending,
        registration,
        open,
        lastSuccess,
        deletedBy,
        unproven,
        List.copyOf(newest));
  }

  boolean stale(long seenK, long k) {
    return seenK < floor || seenK >= k;
  }

  int guessesLeft() {
    return registration.map(r -> r.limit() - open.size()).orElse(0);
  }

  Bytes registrationHash() {
    return registration.map(Registration::hash).orElse(Bytes.zeros(32));
  }

  ModelAccount started(Pending next) {
    return new ModelAccount(
        state,
        generation,
        attempts,
        trail,
        floor,
        failures,
        lastId,
        lastFinish,
        Optional.of(next),
        registration,
        open,
        lastSuccess,
        deletedBy,
        unproven,
        history);
  }

  /** Once an owner has not been asked, it stays said: only the very first needs nobody. */
  ModelAccount registered(Registration next, RequestHash finish, long k, boolean byOwner) {
    boolean gap = state != State.ABSENT && (unproven || !byOwner);
    return new ModelAccount(
        State.ACTIVE,
        generation + 1,
        attempts,
        trail,
        k,
        failures,
        Optional.of(next.id()),
        Optional.of(finish),
        Optional.empty(),
        Optional.of(next),
        List.of(),
        Optional.empty(),
        Optional.empty(),
        gap,
        history);
  }

  ModelAccount guessed(Subject subject, AttemptId id, RequestHash request) {
    List<Guess> next = new ArrayList<>(open);
    next.add(new Guess(id, request, attempts + 1, trail));
    return new ModelAccount(
        state,
        generation,
        attempts + 1,
        SignedTexts.attemptTrail(trail, SignedTexts.attemptTag(subject, generation, id, request)),
        floor,
        failures + 1,
        lastId,
        lastFinish,
        pending,
        registration,
        List.copyOf(next),
        lastSuccess,
        deletedBy,
        unproven,
        history);
  }

  /** Gives back that guess and those before it; what was counted since stays counted. */
  ModelAccount succeeded(Guess guess, long k) {
    List<Guess> since = List.copyOf(open.subList(open.indexOf(guess) + 1, open.size()));
    return new ModelAccount(
        state,
        generation,
        attempts,
        trail,
        k,
        since.size(),
        lastId,
        lastFinish,
        pending,
        registration,
        since,
        Optional.of(guess),
        deletedBy,
        unproven,
        history);
  }

  ModelAccount dead(State how, long floorK, Optional<RequestHash> by) {
    return new ModelAccount(
        how,
        generation,
        attempts,
        trail,
        floorK,
        failures,
        lastId,
        lastFinish,
        Optional.empty(),
        Optional.empty(),
        List.of(),
        Optional.empty(),
        by,
        true,
        history);
  }
}
