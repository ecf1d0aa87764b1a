package dev.coffer.client.exchange;

import dev.coffer.client.Cause;
import dev.coffer.client.port.LoginProvider;
import dev.coffer.client.port.Pause;
import dev.coffer.client.port.RetryPolicy;
import dev.coffer.client.port.VaultTransport;
import dev.coffer.client.trust.TrustedFleet;
import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.codec.Rejected;
import dev.coffer.protocol.crypto.Randomness;
import dev.coffer.protocol.fleet.Fleet;
import dev.coffer.protocol.login.LoginAssertion;
import dev.coffer.protocol.login.LoginToken;
import dev.coffer.protocol.request.SealedMessage;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;

/**
 * Brings a kept request to a verified outcome: the same request octets, sealed afresh for every
 * sending, to one HSM and node after another, a bounded number of times. Repetition is free
 * (INV-8), so every failure, lie or silence is answered by asking elsewhere. Not thread-safe.
 */
public final class RequestSender {
  private static final Duration NONE = Duration.ZERO;

  private final VaultTransport transport;
  private final LoginProvider login;
  private final Memory memory;
  private final Randomness randomness;
  private final Pause pause;

  /** Sends over {@code transport} with the logins of {@code login}. */
  public RequestSender(
      VaultTransport transport,
      LoginProvider login,
      Memory memory,
      Randomness randomness,
      Pause pause) {
    this.transport = transport;
    this.login = login;
    this.memory = memory;
    this.randomness = randomness;
    this.pause = pause;
  }

  /** The state of one exchange. */
  private static final class Progress {
    private OperationAborted last =
        OperationAborted.tryAgain(Cause.UNREACHABLE, RetryPolicy.PAUSE_FIRST);
    private Duration wait = Duration.ZERO;
    private boolean freshLogin;
    private int loginsRefused;

    private void note(OperationAborted aborted) {
      // Evidence of a lie outlasts later silence: the user has to hear of it.
      if (last.distrust().isEmpty() || aborted.distrust().isPresent()) {
        last = aborted;
      }
    }
  }

  /** The outcome, verified and remembered; or why there is none after asking everywhere. */
  public Verified exchange(TrustedFleet trusted, OpenRequest open, VaultTransport.Replies replies)
      throws OperationAborted {
    Fleet fleet = trusted.fleet();
    int n = fleet.settings().n();
    int first = randomness.bytes(1).at(0);
    Progress progress = new Progress();
    for (int turn = 0;
        turn < RetryPolicy.sendings(n) && progress.loginsRefused < RetryPolicy.LOGINS_REFUSED;
        turn++) {
      // In the first round every node is asked at once; in the second each sending waits.
      Duration wait = turn < n ? progress.wait : backoff(turn - n, progress.wait);
      await(wait);
      progress.wait = Duration.ZERO;
      int admitting = 1 + (first + turn) % n;
      Optional<Bytes> message = message(fleet, open, admitting, progress);
      if (message.isEmpty()) {
        continue;
      }
      VaultTransport.Sent sent = transport.post(message.get(), admitting, replies, turn);
      if (sent instanceof VaultTransport.Answered answered) {
        ChainProgress seen = memory.seen(fleet.id(), partition(fleet, open));
        try {
          Verified verified = AnswerVerifier.verify(fleet, open, seen, answered.body());
          memory.remember(
              fleet.id(),
              verified.values().partition(),
              seen.advanced(trusted.epoch(), verified.values()));
          return verified;
        } catch (OperationAborted lie) {
          progress.note(lie);
        }
      } else {
        note(sent, progress);
      }
    }
    throw progress.last;
  }

  private static int partition(Fleet fleet, OpenRequest open) {
    return open.request().header().subject().partition(fleet.settings().partitions());
  }

  /** Empty where no login is to be had now, which is one sending's failure and no more. */
  private Optional<Bytes> message(Fleet fleet, OpenRequest open, int admitting, Progress progress) {
    LoginToken token;
    try {
      token = login.token(fleet.id(), progress.freshLogin);
    } catch (IOException e) {
      progress.note(OperationAborted.tryAgain(Cause.LOGIN_EXPIRED, NONE));
      return Optional.empty();
    }
    // A newer token was asked for once; whether it has expired, too, a node has to say again.
    progress.freshLogin = false;
    try {
      Bytes sealed = SealedMessage.seal(randomness, fleet, admitting, open.request());
      Bytes hash = SealedMessage.sealedHash(open.request().type(), admitting, sealed);
      Bytes text = LoginAssertion.text(fleet.id(), admitting, hash, token.tokenHash());
      LoginAssertion assertion = new LoginAssertion(token, login.sign(text));
      return Optional.of(
          new SealedMessage(open.request().type(), admitting, sealed, assertion).encode());
    } catch (Rejected e) {
      throw new IllegalStateException("a trusted fleet has a session key that cannot be used", e);
    }
  }

  private static void note(VaultTransport.Sent sent, Progress progress) {
    progress.wait =
        sent instanceof VaultTransport.Later l ? shorter(l.after(), RetryPolicy.PAUSE_MAX) : NONE;
    progress.freshLogin |= sent.kind() == VaultTransport.Kind.LOGIN_EXPIRED;
    // Every kind is named: a new refusal of nodes does not compile before its meaning is said here.
    OperationAborted aborted =
        switch (sent.kind()) {
          case ANSWERED -> throw new IllegalArgumentException("an answer is no failure");
          case UNREACHABLE -> OperationAborted.tryAgain(Cause.UNREACHABLE, RetryPolicy.PAUSE_FIRST);
          case LATER -> OperationAborted.tryAgain(Cause.BUSY, progress.wait);
          case LOGIN_EXPIRED -> OperationAborted.tryAgain(Cause.LOGIN_EXPIRED, NONE);
          case LOGIN_INVALID -> OperationAborted.tryAgain(Cause.LOGIN_INVALID, NONE);
          case REFUSED -> OperationAborted.tryAgain(Cause.REFUSED, RetryPolicy.PAUSE_FIRST);
          case MOVED -> OperationAborted.tryAgain(Cause.MOVED, RetryPolicy.PAUSE_FIRST);
        };
    boolean login =
        aborted.cause() == Cause.LOGIN_EXPIRED || aborted.cause() == Cause.LOGIN_INVALID;
    progress.loginsRefused += login ? 1 : 0;
    progress.note(aborted);
  }

  /** Doubling, with up to half of it taken off at random, so that clients do not come in step. */
  private Duration backoff(int round, Duration wish) {
    long millis =
        Math.min(
            RetryPolicy.PAUSE_FIRST.toMillis() << Math.min(round, 10),
            RetryPolicy.PAUSE_MAX.toMillis());
    long jittered = millis - millis * randomness.bytes(1).at(0) / 512;
    return Duration.ofMillis(Math.max(jittered, wish.toMillis()));
  }

  private static Duration shorter(Duration a, Duration b) {
    return a.compareTo(b) < 0 ? a : b;
  }

  private void await(Duration duration) throws OperationAborted {
    if (duration.isZero() || duration.isNegative()) {
      return;
    }
    try {
      pause.await(duration);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw OperationAborted.tryAgain(Cause.INTERRUPTED, Duration.ZERO);
    }
  }
}
