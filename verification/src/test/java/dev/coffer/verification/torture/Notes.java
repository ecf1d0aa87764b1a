package dev.coffer.verification.torture;

import dev.coffer.client.exchange.AnswerVerifier;
import dev.coffer.client.exchange.ChainProgress;
import dev.coffer.client.exchange.Finding;
import dev.coffer.client.exchange.Memory;
import dev.coffer.client.exchange.OpenRequest;
import dev.coffer.client.exchange.OperationAborted;
import dev.coffer.client.exchange.PendingEnrolment;
import dev.coffer.client.exchange.PendingRecovery;
import dev.coffer.client.exchange.SecondMessage;
import dev.coffer.client.exchange.Verified;
import dev.coffer.client.port.ClientMemory;
import dev.coffer.protocol.account.Subject;
import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.codec.Rejected;
import dev.coffer.protocol.crypto.SecretBytes;
import dev.coffer.protocol.outcome.Outcome;
import dev.coffer.protocol.outcome.OutcomeCode;
import dev.coffer.protocol.outcome.StartPayload;
import dev.coffer.protocol.request.Request;
import dev.coffer.protocol.request.RequestHash;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * What a device's client asks and what it is told, taken from outside: each request is kept in the
 * client's memory before it is sent, with what opens its answer, and so is what came of a guess. So
 * the client is the one that users have, and its history can be judged all the same. One thread.
 */
final class Notes implements ClientMemory {
  private final Vault vault;
  private final Account account;
  private final int device;
  private final Subject subject;
  private final Map<String, SecretBytes> values = new HashMap<>();
  private final Memory kept = new Memory(this);
  private final Map<RequestHash, Asked> asked = new HashMap<>();
  private Optional<Asked> current = Optional.empty();
  private int code;
  private int limit;

  /** A request of the client. */
  private static final class Asked {
    private final OpenRequest open;
    private final Call sent;
    private Optional<Verified> answer = Optional.empty();
    private long answeredNanos;
    private boolean recorded;

    private Asked(OpenRequest open, Call sent) {
      this.open = open;
      this.sent = sent;
    }
  }

  Notes(Vault vault, Account account, int device) {
    this.vault = vault;
    this.account = account;
    this.device = device;
    this.subject = vault.subject(account.name());
  }

  /** What the user types next. */
  void typed(int typedCode, int wantedLimit) {
    code = typedCode;
    limit = wantedLimit;
  }

  /** When the answer to the newest guess was verified; empty if there is none. */
  Optional<Long> guessAnswered() {
    return asked.values().stream()
        .filter(one -> one.sent.deed() instanceof Deed.Guess && one.answer.isPresent())
        .map(one -> one.answeredNanos)
        .max(Long::compare);
  }

  /** Takes into the history what got no answer, now that the device is gone. */
  void close() {
    asked.values().forEach(this::recordUnanswered);
    asked.clear();
    current = Optional.empty();
  }

  private void recordUnanswered(Asked one) {
    if (!one.recorded) {
      one.recorded = true;
      account.record(one.sent);
    }
  }

  // What the client keeps
  // ------------------------------------------------------------------------------------------

  @Override
  public Optional<SecretBytes> load(String name) {
    return Optional.ofNullable(values.get(name)).map(Notes::copy);
  }

  @Override
  public void store(String name, SecretBytes value) {
    values.put(name, copy(value));
    try {
      if (name.startsWith("recovery-")) {
        kept.recovery(subject).ifPresent(this::recovering);
      } else if (name.startsWith("enrolment-")) {
        kept.enrolment(subject).ifPresent(this::enrolling);
      }
    } catch (OperationAborted e) {
      throw new IllegalStateException("the client cannot read what it keeps", e);
    }
  }

  @Override
  public void erase(String name) {
    values.remove(name);
  }

  private static SecretBytes copy(SecretBytes value) {
    return SecretBytes.wrap(value.copy());
  }

  private void recovering(PendingRecovery pending) {
    Asked attempt = asked(pending.attempt(), new Deed.Guess(code));
    if (pending.second().isEmpty()) {
      current = Optional.of(attempt);
      return;
    }
    SecondMessage second = pending.second().get();
    boolean proved = second instanceof SecondMessage.Proof;
    // A guess of which the client does not say whether it was right may have been either.
    if (proved
        || second instanceof SecondMessage.Pretence pretence
            && pretence.finding() instanceof Finding.Wrong) {
      attempt.answer.ifPresent(answer -> record(attempt, attempt.sent.deed(), proved));
    }
    Request.Success success = second.success().as(Request.Success.class);
    current =
        Optional.of(
            asked(
                second.success(),
                new Deed.Prove(
                    attempt.sent.number(), success.attemptNumber(), success.generation(), proved)));
  }

  private void enrolling(PendingEnrolment pending) {
    Asked start = asked(pending.start(), new Deed.Start(Optional.empty()));
    if (pending.finish().isEmpty()) {
      current = Optional.of(start);
      return;
    }
    OpenRequest open = pending.finish().get().request();
    Request.RegisterFinish finish = open.as(Request.RegisterFinish.class);
    Call.Place granted = new Call.Place(finish.k(), finish.position());
    current = Optional.of(asked(open, new Deed.Register(code, limit, granted)));
  }

  /** The same request kept once more is the same call. */
  private Asked asked(OpenRequest open, Deed deed) {
    return asked.computeIfAbsent(
        open.request().hash(),
        unused -> {
          long seenK = open.request().header().seenK();
          vault.places().heardOf(seenK);
          Call sent = Call.sent(account.number(), device, deed, seenK, System.nanoTime());
          return new Asked(open, sent);
        });
  }

  // What it is told
  // ------------------------------------------------------------------------------------------------

  /** An answer to what was kept last. */
  void answered(Bytes body) {
    Asked one = current.orElseThrow();
    if (one.answer.isPresent() && !(one.sent.deed() instanceof Deed.Start)) {
      return;
    }
    Verified verified;
    try {
      verified = AnswerVerifier.verify(vault.fleet(), one.open, ChainProgress.NOTHING, body);
    } catch (OperationAborted e) {
      vault.fault("a node answered " + one.open.request().type() + " with " + e.distrust());
      return;
    }
    Optional<Verified> before = one.answer;
    one.answer = Optional.of(verified);
    one.answeredNanos = System.nanoTime();
    vault.note(one.open.request(), verified);
    if (before.isPresent()) {
      startedAgain(one, before.get(), verified);
      return;
    }
    boolean accepted = verified.outcome().code() == OutcomeCode.ACCEPTED;
    switch (one.sent.deed()) {
      case Deed.Guess guess when accepted -> {
        // The client says whether it was right with what it keeps next.
      }
      case Deed.Start start when accepted ->
          record(one, new Deed.Start(Optional.of(granted(verified))), false);
      default -> record(one, one.sent.deed(), false);
    }
  }

  /** A start that arrives once more starts once more, unless it is pending yet. */
  private void startedAgain(Asked one, Verified before, Verified verified) {
    if (place(before).equals(place(verified))) {
      return;
    }
    Call sent =
        Call.sent(account.number(), device, one.sent.deed(), one.sent.seenK(), one.sent.began());
    boolean accepted = verified.outcome().code() == OutcomeCode.ACCEPTED;
    Deed deed = accepted ? new Deed.Start(Optional.of(granted(verified))) : one.sent.deed();
    account.record(answered(sent, deed, one.answeredNanos, verified, false));
  }

  private static Call.Place place(Verified verified) {
    return new Call.Place(verified.values().k(), verified.outcome().position());
  }

  private static Call.Place granted(Verified started) {
    try {
      StartPayload payload = StartPayload.decode(started.payload());
      return new Call.Place(payload.k(), payload.position());
    } catch (Rejected e) {
      throw new IllegalStateException("an accepted start cannot be read", e);
    }
  }

  private void record(Asked one, Deed deed, boolean opened) {
    if (one.recorded) {
      return;
    }
    one.recorded = true;
    account.record(answered(one.sent, deed, one.answeredNanos, one.answer.orElseThrow(), opened));
  }

  /** A call with its answer. */
  static Call answered(Call sent, Deed deed, long ended, Verified verified, boolean opened) {
    Outcome outcome = verified.outcome();
    Heard heard =
        new Heard(
            outcome.code(),
            outcome.generation(),
            outcome.attemptNumber(),
            outcome.guessesLeft(),
            opened);
    return Call.answered(sent, deed, ended, heard, place(verified));
  }
}
