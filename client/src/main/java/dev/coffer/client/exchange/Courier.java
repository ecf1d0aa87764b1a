package dev.coffer.client.exchange;

import dev.coffer.client.exchange.Halt.Repeat;
import dev.coffer.client.port.LoginProvider;
import dev.coffer.client.port.Pause;
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

/**
 * Brings a kept request to a verified outcome: the same request octets, sealed afresh for every
 * sending, to one HSM and node after another, a bounded number of times. Repetition is free
 * (INV-8), so every failure, lie or silence is answered by asking elsewhere. Not thread-safe.
 */
public final class Courier {
  private static final int LOGINS_REFUSED_MAX = 3;
  private static final Duration PAUSE_FIRST = Duration.ofMillis(200);
  private static final Duration PAUSE_MAX = Duration.ofSeconds(5);

  private final VaultTransport transport;
  private final LoginProvider login;
  private final Memory memory;
  private final Randomness randomness;
  private final Pause pause;

  /** Sends over {@code transport} with the logins of {@code login}. */
  public Courier(
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
    private Halt last = Halt.repeat(Repeat.UNREACHABLE, PAUSE_FIRST);
    private Duration wait = Duration.ZERO;
    private boolean freshLogin;
    private int loginsRefused;

    private void note(Halt halt) {
      // Evidence of a lie outlasts later silence: the user has to hear of it.
      if (last.distrust().isEmpty() || halt.distrust().isPresent()) {
        last = halt;
      }
    }
  }

  /** The outcome, verified and remembered; or why there is none after asking everywhere. */
  public Verified exchange(TrustedFleet trusted, OpenRequest open, VaultTransport.Replies replies)
      throws Halt {
    Fleet fleet = trusted.fleet();
    int n = fleet.settings().n();
    int first = randomness.bytes(1).at(0);
    Progress progress = new Progress();
    for (int turn = 0; turn < 2 * n && progress.loginsRefused < LOGINS_REFUSED_MAX; turn++) {
      // In the first round every node is asked at once; in the second each sending waits.
      Duration wait = turn < n ? progress.wait : backoff(turn - n, progress.wait);
      await(wait);
      progress.wait = Duration.ZERO;
      int admitting = 1 + (first + turn) % n;
      Bytes message = message(fleet, open, admitting, progress);
      VaultTransport.Sent sent = transport.post(message, admitting, replies, turn);
      if (sent instanceof VaultTransport.Answered answered) {
        Seen seen = memory.seen(fleet.id(), partition(fleet, open));
        try {
          Verified verified = AnswerVerifier.verify(fleet, open, seen, answered.body());
          memory.remember(
              fleet.id(),
              verified.values().partition(),
              seen.advanced(trusted.epoch(), verified.values()));
          return verified;
        } catch (Halt lie) {
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

  private Bytes message(Fleet fleet, OpenRequest open, int admitting, Progress progress)
      throws Halt {
    try {
      LoginToken token = login.token(fleet.id(), progress.freshLogin);
      Bytes sealed = SealedMessage.seal(randomness, fleet, admitting, open.request());
      Bytes hash = SealedMessage.sealedHash(open.request().type(), admitting, sealed);
      Bytes text = LoginAssertion.text(fleet.id(), admitting, hash, token.tokenHash());
      LoginAssertion assertion = new LoginAssertion(token, login.sign(text));
      return new SealedMessage(open.request().type(), admitting, sealed, assertion).encode();
    } catch (IOException e) {
      throw Halt.repeat(Repeat.LOGIN_EXPIRED, Duration.ZERO);
    } catch (Rejected e) {
      throw new IllegalStateException("a trusted fleet has a session key that cannot be used", e);
    }
  }

  private static void note(VaultTransport.Sent sent, Progress progress) {
    if (sent instanceof VaultTransport.Later later) {
      progress.wait = shorter(later.after(), PAUSE_MAX);
      progress.note(Halt.repeat(Repeat.BUSY, progress.wait));
    } else if (sent instanceof VaultTransport.LoginExpired) {
      progress.freshLogin = true;
      progress.loginsRefused++;
      progress.note(Halt.repeat(Repeat.LOGIN_EXPIRED, Duration.ZERO));
    } else if (sent instanceof VaultTransport.LoginInvalid) {
      progress.loginsRefused++;
      progress.note(Halt.repeat(Repeat.LOGIN_INVALID, Duration.ZERO));
    } else if (sent instanceof VaultTransport.Refused) {
      progress.note(Halt.repeat(Repeat.REFUSED, PAUSE_FIRST));
    } else if (sent instanceof VaultTransport.Moved) {
      progress.note(Halt.repeat(Repeat.MOVED, PAUSE_FIRST));
    } else {
      progress.note(Halt.repeat(Repeat.UNREACHABLE, PAUSE_FIRST));
    }
  }

  /** Doubling, with up to half of it taken off at random, so that clients do not come in step. */
  private Duration backoff(int round, Duration wish) {
    long millis = Math.min(PAUSE_FIRST.toMillis() << Math.min(round, 10), PAUSE_MAX.toMillis());
    long jittered = millis - millis * randomness.bytes(1).at(0) / 512;
    return Duration.ofMillis(Math.max(jittered, wish.toMillis()));
  }

  private static Duration shorter(Duration a, Duration b) {
    return a.compareTo(b) < 0 ? a : b;
  }

  private void await(Duration duration) throws Halt {
    if (duration.isZero() || duration.isNegative()) {
      return;
    }
    try {
      pause.await(duration);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw Halt.repeat(Repeat.INTERRUPTED, Duration.ZERO);
    }
  }
}
