package dev.coffer.hsm.account;

import dev.coffer.hsm.harness.MemoryPlatform;
import dev.coffer.hsm.harness.TestIssuer;
import dev.coffer.protocol.account.AttemptId;
import dev.coffer.protocol.account.KsfParameters;
import dev.coffer.protocol.account.Registration;
import dev.coffer.protocol.account.RegistrationId;
import dev.coffer.protocol.account.Subject;
import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.codec.Rejected;
import dev.coffer.protocol.crypto.Ed25519;
import dev.coffer.protocol.crypto.Randomness;
import dev.coffer.protocol.crypto.SecretBytes;
import dev.coffer.protocol.fleet.Fleet;
import dev.coffer.protocol.fleet.FleetSettings;
import dev.coffer.protocol.fleet.HsmIdentity;
import dev.coffer.protocol.login.LoginToken;
import dev.coffer.protocol.outcome.AttemptPayload;
import dev.coffer.protocol.outcome.OutcomeCode;
import dev.coffer.protocol.request.Authorisation;
import dev.coffer.protocol.request.Request;
import dev.coffer.protocol.request.RequestHash;
import dev.coffer.protocol.request.RequestHeader;
import dev.coffer.protocol.request.SignedTexts;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** One account without an HSM around it: applies the rules at a k that counts on. */
final class Desk {
  private final Randomness randomness = MemoryPlatform.seeded(42);
  private final TestIssuer issuer = new TestIssuer(3);
  private final SecretBytes device = SecretBytes.random(randomness, 32);
  final SecretBytes auth = SecretBytes.random(randomness, 32);
  final SecretBytes owner = SecretBytes.random(randomness, 32);
  final Fleet fleet;
  final Subject subject;
  private final Map<Request.Attempt, Bytes> trails = new HashMap<>();
  Account account = Account.Absent.NEVER;
  long k = 100;
  int limit = 10;

  Desk() {
    this(true, false);
  }

  Desk(boolean replaceByLogin, boolean deleteByLogin) {
    this(replaceByLogin, deleteByLogin, 10);
  }

  Desk(boolean replaceByLogin, boolean deleteByLogin, int guessLimitMax) {
    try {
      List<HsmIdentity> hsms = new ArrayList<>();
      for (int i = 0; i < 3; i++) {
        hsms.add(new HsmIdentity(random(), random(), "SIMULATED", Bytes.zeros(32), Bytes.EMPTY));
      }
      FleetSettings settings =
          new FleetSettings(
              3, 2, guessLimitMax, 1, List.of(issuer.tenant()), replaceByLogin, deleteByLogin);
      fleet = Fleet.of(settings, hsms);
    } catch (Rejected e) {
      throw new IllegalStateException(e);
    }
    subject = new Subject(fleet.id(), TestIssuer.TENANT, "alice", "code");
  }

  Bytes random() {
    return randomness.bytes(32);
  }

  RequestHeader header(long seenK) {
    return new RequestHeader(subject, seenK, List.of(random(), random(), random()));
  }

  Applied.EntryContext at(Request request) {
    return new Applied.EntryContext(fleet, k, (int) (k % 7), request.hash(), random());
  }

  /** Applies without keeping. */
  Applied judge(Request request) {
    return Applied.of(request, account, at(request));
  }

  /** Applies, keeps, and moves on. */
  Applied apply(Request request) {
    Applied applied = judge(request);
    account = applied.account();
    k++;
    if (request instanceof Request.Attempt attempt && applied.code() == OutcomeCode.ACCEPTED) {
      trails.put(attempt, trailBefore(applied));
    }
    return applied;
  }

  static Bytes trailBefore(Applied attempted) {
    try {
      return AttemptPayload.decode(attempted.payload()).trailBefore();
    } catch (Rejected e) {
      throw new IllegalStateException(e);
    }
  }

  Request.RegisterStart start() {
    return start(new RegistrationId(random()), k - 1);
  }

  Request.RegisterStart start(RegistrationId id, long seenK) {
    return new Request.RegisterStart(header(seenK), id, random());
  }

  Registration registration(RegistrationId id) {
    return new Registration(
        Ed25519.publicKey(auth),
        Ed25519.publicKey(owner),
        randomness.bytes(128),
        limit,
        KsfParameters.DEFAULT,
        id);
  }

  /** Finishes what is pending. */
  Request.RegisterFinish finish(Authorisation by) {
    AccountCounters.Pending pending = account.counters().pending().orElseThrow();
    return new Request.RegisterFinish(
        header(k - 1), pending.k(), pending.position(), registration(pending.id()), by);
  }

  Request.RegisterFinish finishByOwner() {
    Request.RegisterFinish bare = finish(new Authorisation.None());
    Bytes text = SignedTexts.ownerReplace(account.counters().generation(), bare);
    return with(bare, new Authorisation.Owner(Ed25519.sign(owner, text)));
  }

  Request.RegisterFinish finishByLogin() {
    Request.RegisterFinish bare = finish(new Authorisation.None());
    return with(bare, login(bare));
  }

  static Request.RegisterFinish with(Request.RegisterFinish f, Authorisation by) {
    return new Request.RegisterFinish(f.header(), f.k(), f.position(), f.registration(), by);
  }

  /** A login given for {@code request}. */
  Authorisation login(Request request) {
    LoginToken token = issuer.login(fleet, "alice", Ed25519.publicKey(device));
    Bytes text = SignedTexts.loginAuthorisation(fleet.id(), request, token.tokenHash());
    return new Authorisation.Login(token, Ed25519.sign(device, text));
  }

  Account.Active enrol() {
    apply(start());
    apply(finishByLogin());
    return active();
  }

  Account.Active active() {
    return (Account.Active) account;
  }

  Request.Attempt attempt() {
    return attempt(k - 1);
  }

  Request.Attempt attempt(long seenK) {
    return new Request.Attempt(header(seenK), new AttemptId(random()), random());
  }

  Request.Success success(Request.Attempt attempt, long number) {
    return success(attempt, number, account.counters().generation(), auth);
  }

  Request.Success success(Request.Attempt attempt, long number, long generation, SecretBytes key) {
    Bytes trail = trails.getOrDefault(attempt, Bytes.zeros(32));
    return success(attempt, number, trail, generation, key);
  }

  Request.Success success(
      Request.Attempt attempt, long number, Bytes trail, long generation, SecretBytes key) {
    RequestHash hash = attempt.hash();
    Bytes text = SignedTexts.recoveryProof(subject, generation, attempt.id(), number, hash, trail);
    return new Request.Success(
        header(0), attempt.id(), hash, number, trail, generation, Ed25519.sign(key, text));
  }

  Request.Delete delete(long generation, SecretBytes key) {
    Request.Delete bare = new Request.Delete(header(k - 1), generation, new Authorisation.None());
    Bytes text = SignedTexts.ownerDelete(bare);
    return new Request.Delete(
        bare.header(), generation, new Authorisation.Owner(Ed25519.sign(key, text)));
  }

  Request.Delete deleteByLogin(long generation) {
    Request.Delete bare = new Request.Delete(header(k - 1), generation, new Authorisation.None());
    return new Request.Delete(bare.header(), generation, login(bare));
  }

  void exhaust() {
    for (int i = 0; i <= limit; i++) {
      apply(attempt());
    }
  }
}
