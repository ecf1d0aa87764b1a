package dev.coffer.lab.bench;

import dev.coffer.lab.local.DevelopmentIssuer;
import dev.coffer.protocol.account.AttemptId;
import dev.coffer.protocol.account.Subject;
import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.codec.Limits;
import dev.coffer.protocol.codec.Rejected;
import dev.coffer.protocol.crypto.Ed25519;
import dev.coffer.protocol.crypto.Hpke;
import dev.coffer.protocol.crypto.Randomness;
import dev.coffer.protocol.crypto.SecretBytes;
import dev.coffer.protocol.fleet.Fleet;
import dev.coffer.protocol.group.Ristretto255;
import dev.coffer.protocol.group.RistrettoScalar;
import dev.coffer.protocol.login.LoginAssertion;
import dev.coffer.protocol.login.LoginToken;
import dev.coffer.protocol.outcome.SealedReply;
import dev.coffer.protocol.request.Request;
import dev.coffer.protocol.request.RequestHeader;
import dev.coffer.protocol.request.SealedMessage;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * Makes attempts on an account that does not exist, as cheaply as somebody could who floods a
 * fleet: encapsulations are used again. One thread.
 */
final class Nobody {
  private static final Duration LOGIN = Duration.ofHours(2);

  /** A message for HSM {@code admittingIndex}. */
  record Guess(SealedMessage message, int admittingIndex) {}

  private final Fleet fleet;
  private final Subject subject;
  private final Randomness randomness;
  private final SecretBytes deviceKey;
  private final LoginToken token;
  private final Bytes blindedElement;
  private final List<Bytes> encapsulations = new ArrayList<>();
  private int turn;

  Nobody(Fleet fleet, DevelopmentIssuer issuer, String account, int first, Randomness randomness)
      throws Rejected {
    this.fleet = fleet;
    this.subject = new Subject(fleet.id(), DevelopmentIssuer.TENANT, account, "code");
    this.randomness = randomness;
    this.deviceKey = SecretBytes.random(randomness, Limits.DIGEST);
    this.token = issuer.issue(fleet.id(), account, Ed25519.publicKey(deviceKey), LOGIN);
    this.turn = first;
    RistrettoScalar scalar = Ristretto255.GROUP.randomScalar(randomness);
    this.blindedElement =
        Ristretto255.GROUP.multiply(scalar, Ristretto255.GROUP.generator()).encode();
    for (int i = 1; i <= fleet.settings().n(); i++) {
      Bytes info = SealedReply.encapsulationInfo(fleet.id().value(), i);
      Hpke.Exporter exporter = Hpke.encapsulate(randomness, fleet.hsm(i).sessionKey(), info);
      encapsulations.add(exporter.encapsulation());
    }
  }

  /** So many guesses at nothing. */
  List<Guess> attempts(int count) throws Rejected {
    List<Guess> guesses = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      guesses.add(attempt());
    }
    return guesses;
  }

  private Guess attempt() throws Rejected {
    Request attempt =
        new Request.Attempt(
            new RequestHeader(subject, 0, encapsulations),
            new AttemptId(randomness.bytes(Limits.DIGEST)),
            blindedElement);
    int admitting = 1 + turn++ % fleet.settings().n();
    Bytes sealed = SealedMessage.seal(randomness, fleet, admitting, attempt);
    Bytes hash = SealedMessage.sealedHash(attempt.type(), admitting, sealed);
    Bytes text = LoginAssertion.text(fleet.id(), admitting, hash, token.tokenHash());
    LoginAssertion assertion = new LoginAssertion(token, Ed25519.sign(deviceKey, text));
    return new Guess(new SealedMessage(attempt.type(), admitting, sealed, assertion), admitting);
  }
}
