package dev.coffer.client.fleet;

import dev.coffer.protocol.account.HistoryItem;
import dev.coffer.protocol.account.Registration;
import dev.coffer.protocol.account.Subject;
import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.crypto.Ed25519;
import dev.coffer.protocol.outcome.AttemptPayload;
import dev.coffer.protocol.outcome.OutcomeCode;
import dev.coffer.protocol.outcome.StartPayload;
import dev.coffer.protocol.outcome.SuccessPayload;
import dev.coffer.protocol.request.Authorisation;
import dev.coffer.protocol.request.Request;
import dev.coffer.protocol.request.SignedTexts;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * One account's record under the rules of PROTOCOL.md §5.3, as far as one honest client needs them.
 */
final class MiniRecord {
  /** What an operation gives: nu and element are present where a partial result is granted. */
  record Result(
      OutcomeCode code, long attemptNumber, Bytes payload, Optional<Bytes> nu, Bytes element) {}

  record Pending(Bytes regId, Bytes request, Bytes nu, long k, int position) {}

  long generation;
  long attemptNumber;
  long floorK;
  int used;
  boolean exhausted;
  boolean withoutProof;
  Optional<Registration> registration = Optional.empty();
  private Bytes nu = Bytes.EMPTY;
  private Optional<Pending> pending = Optional.empty();
  private Bytes lastFinish = Bytes.EMPTY;
  private Bytes settled = Bytes.zeros(32);
  private final List<Bytes> open = new ArrayList<>();
  private final List<HistoryItem> history = new ArrayList<>();

  private static Result refused(OutcomeCode code, long attemptNumber) {
    return new Result(code, attemptNumber, Bytes.EMPTY, Optional.empty(), Bytes.EMPTY);
  }

  private Result accepted(Bytes payload) {
    return new Result(OutcomeCode.ACCEPTED, attemptNumber, payload, Optional.empty(), Bytes.EMPTY);
  }

  private void remember(HistoryItem.Kind kind, long k) {
    history.add(new HistoryItem(kind, k, attemptNumber));
    while (history.size() > 8) {
      history.remove(0);
    }
  }

  Result apply(Request request, long k, int position, Bytes freshNu) {
    return switch (request) {
      case Request.RegisterStart start -> start(start, k, position, freshNu);
      case Request.RegisterFinish finish -> finish(finish, k);
      case Request.Attempt attempt -> attempt(attempt, k);
      case Request.Success success -> success(success, k);
      case Request.Delete delete -> delete(delete, k);
    };
  }

  private boolean stale(Request request, long k) {
    return request.header().seenK() < floorK || request.header().seenK() >= k;
  }

  private Result start(Request.RegisterStart request, long k, int position, Bytes freshNu) {
    Bytes hash = request.hash().value();
    boolean same =
        pending
            .filter(p -> p.regId().equals(request.id().value()) && p.request().equals(hash))
            .isPresent();
    if (!same) {
      if (stale(request, k)) {
        return refused(OutcomeCode.STALE, attemptNumber);
      }
      pending = Optional.of(new Pending(request.id().value(), hash, freshNu, k, position));
    }
    Pending now = pending.orElseThrow();
    return new Result(
        OutcomeCode.ACCEPTED,
        attemptNumber,
        new StartPayload(now.k(), now.position()).encode(),
        Optional.of(now.nu()),
        request.blindedElement());
  }

  private Result finish(Request.RegisterFinish request, long k) {
    if (request.hash().value().equals(lastFinish)) {
      return accepted(Bytes.EMPTY);
    }
    boolean matches =
        pending
            .filter(p -> p.regId().equals(request.registration().id().value()))
            .filter(p -> p.k() == request.k() && p.position() == request.position())
            .isPresent();
    if (!matches) {
      return refused(OutcomeCode.NOT_PENDING, attemptNumber);
    }
    if (stale(request, k)) {
      return refused(OutcomeCode.STALE, attemptNumber);
    }
    boolean live = registration.isPresent();
    boolean allowed =
        live ? mayReplace(request) : request.authorisation() instanceof Authorisation.Login;
    if (!allowed) {
      return refused(OutcomeCode.NOT_AUTHORISED, attemptNumber);
    }
    boolean byOwner = live && request.authorisation() instanceof Authorisation.Owner;
    withoutProof = generation > 0 && (withoutProof || !byOwner);
    registration = Optional.of(request.registration());
    exhausted = false;
    nu = pending.orElseThrow().nu();
    pending = Optional.empty();
    lastFinish = request.hash().value();
    generation++;
    settled = before(open.size());
    used = 0;
    floorK = k;
    open.clear();
    remember(live ? HistoryItem.Kind.REPLACED : HistoryItem.Kind.REGISTERED, k);
    return accepted(Bytes.EMPTY);
  }

  private boolean mayReplace(Request.RegisterFinish request) {
    return switch (request.authorisation()) {
      case Authorisation.None none -> false;
      case Authorisation.Login login -> true;
      case Authorisation.Owner owner ->
          Ed25519.verify(
              registration.orElseThrow().ownerKey(),
              SignedTexts.ownerReplace(generation, request),
              owner.signature());
    };
  }

  private Result attempt(Request.Attempt request, long k) {
    if (exhausted) {
      return refused(OutcomeCode.EXHAUSTED, attemptNumber);
    }
    if (registration.isEmpty()) {
      return refused(OutcomeCode.NOT_REGISTERED, attemptNumber);
    }
    Registration live = registration.get();
    Bytes tag =
        SignedTexts.attemptTag(
            request.header().subject(), generation, request.id(), request.hash());
    int place = 0;
    while (place < used && !open.get(place).equals(SignedTexts.attemptTrail(before(place), tag))) {
      place++;
    }
    if (place == used) {
      if (stale(request, k)) {
        return refused(OutcomeCode.STALE, attemptNumber);
      }
      if (used == live.limit()) {
        exhausted = true;
        registration = Optional.empty();
        pending = Optional.empty();
        return refused(OutcomeCode.EXHAUSTED, attemptNumber);
      }
      open.add(SignedTexts.attemptTrail(before(used), tag));
      attemptNumber++;
      used++;
      remember(HistoryItem.Kind.ATTEMPT, k);
    }
    AttemptPayload payload =
        new AttemptPayload(
            live.authKey(),
            live.ksf(),
            live.limit(),
            live.wrappedKeyHash(),
            live.id(),
            withoutProof,
            before(place));
    return new Result(
        OutcomeCode.ACCEPTED,
        attemptNumber - used + place + 1,
        payload.encode(),
        Optional.of(nu),
        request.blindedElement());
  }

  /** The trail before the open attempt at {@code place}. */
  private Bytes before(int place) {
    return place == 0 ? settled : open.get(place - 1);
  }

  private Result success(Request.Success request, long k) {
    if (registration.isEmpty()) {
      return refused(OutcomeCode.NOT_REGISTERED, attemptNumber);
    }
    Subject subject = request.header().subject();
    Bytes text =
        SignedTexts.recoveryProof(
            subject,
            generation,
            request.id(),
            request.attemptNumber(),
            request.attemptRequest(),
            request.trailBefore());
    Bytes tag = SignedTexts.attemptTag(subject, generation, request.id(), request.attemptRequest());
    Bytes trail = SignedTexts.attemptTrail(request.trailBefore(), tag);
    int place = open.indexOf(trail);
    boolean repeated = trail.equals(settled);
    boolean numbered = attemptNumber - used + place + 1 == request.attemptNumber();
    if (!(repeated || place >= 0)
        || !numbered
        || !Ed25519.verify(registration.get().authKey(), text, request.proof())) {
      return refused(OutcomeCode.NOT_PROVED, attemptNumber);
    }
    if (!repeated) {
      open.subList(0, place + 1).clear();
      used = open.size();
      settled = trail;
      floorK = k;
      remember(HistoryItem.Kind.SUCCESS, k);
    }
    Bytes payload = new SuccessPayload(registration.get(), history).encode();
    return new Result(
        OutcomeCode.ACCEPTED, request.attemptNumber(), payload, Optional.empty(), Bytes.EMPTY);
  }

  private Result delete(Request.Delete request, long k) {
    if (registration.isEmpty()) {
      return refused(exhausted ? OutcomeCode.EXHAUSTED : OutcomeCode.NOT_REGISTERED, attemptNumber);
    }
    boolean owner =
        request.authorisation() instanceof Authorisation.Owner o
            && Ed25519.verify(
                registration.get().ownerKey(), SignedTexts.ownerDelete(request), o.signature());
    boolean login = request.authorisation() instanceof Authorisation.Login;
    if (request.generation() != generation || !(owner || login)) {
      return refused(OutcomeCode.NOT_AUTHORISED, attemptNumber);
    }
    registration = Optional.empty();
    pending = Optional.empty();
    floorK = k;
    return accepted(Bytes.EMPTY);
  }

  int guessesLeft() {
    return registration.map(live -> live.limit() - used).orElse(0);
  }
}
