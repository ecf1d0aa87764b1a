package dev.coffer.analysis.search;

import dev.coffer.hsm.harness.TestClient;
import dev.coffer.protocol.account.KsfParameters;
import dev.coffer.protocol.account.Registration;
import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.crypto.Ed25519;
import dev.coffer.protocol.crypto.SecretBytes;
import dev.coffer.protocol.request.Authorisation;
import dev.coffer.protocol.request.Request;
import dev.coffer.protocol.request.SignedTexts;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * What clients, thieves and forgers ask. The same question, on the same knowledge, is one operation
 * however often the search comes by, so that what came of it is looked up.
 */
final class AccountOps {
  static final SecretBytes THIEFS_SEED = SecretBytes.copyOf(Bytes.fromHex("05".repeat(32)));
  private static final SecretBytes STRANGERS_SEED =
      SecretBytes.copyOf(Bytes.fromHex("04".repeat(32)));
  private static final Bytes THIEFS_SECRET = Bytes.fromHex("06".repeat(32));

  private final FoundedWorld world;
  private final TestClient alice;
  private final Map<String, AccountOp> made = new HashMap<>();

  AccountOps(FoundedWorld world) {
    this.world = world;
    this.alice = world.alice();
  }

  private AccountOp op(String label, Object which, boolean genuine, Supplier<Request> request) {
    return op(label, which, genuine, Optional.empty(), Map.of(), request);
  }

  private AccountOp op(
      String label,
      Object which,
      boolean genuine,
      Optional<AccountOp> attempt,
      Map<Integer, String> sequence,
      Supplier<Request> request) {
    String name = label + " @ " + which;
    AccountOp known = made.get(name);
    if (known == null) {
      Request fresh = request.get();
      known =
          new AccountOp(
              made.size(), label, fresh, alice.admit(fresh, 1), genuine, attempt, sequence);
      made.put(name, known);
    }
    return known;
  }

  AccountOp guess(long number, long seenK) {
    return op("guess " + number, seenK, true, () -> alice.attempt("guess " + number, seenK));
  }

  AccountOp right(long number, long seenK) {
    return op(
        "right code " + number, seenK, true, () -> alice.attempt(FoundedWorld.RIGHT_CODE, seenK));
  }

  /** Another code under the id of {@code other}. */
  AccountOp twin(AccountOp other) {
    Request.Attempt attempt = (Request.Attempt) other.request();
    return op(
        "twin of " + other.label(),
        other.id(),
        true,
        () -> alice.attempt(attempt.id(), "twin", attempt.header().seenK()));
  }

  /** What the rightful user says once {@code attempt} is certified at {@code at}. */
  AccountOp success(AccountOp attempt, ChainAccount at) {
    return success("success of " + attempt, attempt, at, world.rightKeys().authSeed(), true);
  }

  AccountOp forgedSuccess(AccountOp attempt, ChainAccount at) {
    return success("forged success", attempt, at, STRANGERS_SEED, false);
  }

  /** What a user says whose code is that of the registrations made here. */
  AccountOp laterSuccess(AccountOp attempt, ChainAccount at) {
    return success("later success of " + attempt, attempt, at, THIEFS_SEED, true);
  }

  private AccountOp success(
      String label, AccountOp attempt, ChainAccount at, SecretBytes seed, boolean genuine) {
    long number = at.counted.get(attempt.id());
    long generation = at.account().counters().generation();
    Bytes before = at.trailBefore(attempt);
    return op(
        label,
        attempt.id() + ", " + number + ", " + generation + ", " + before.hex(),
        genuine,
        Optional.of(attempt),
        Map.copyOf(at.sequence),
        () -> alice.success((Request.Attempt) attempt.request(), number, before, generation, seed));
  }

  AccountOp start(long number, long seenK) {
    return op(
        "start " + number, seenK, true, () -> alice.start(alice.registrationId(), "x", seenK));
  }

  /** Another element under the id of {@code other}. */
  AccountOp otherElement(AccountOp other, long seenK) {
    Request.RegisterStart start = (Request.RegisterStart) other.request();
    return op(
        "other element, id of " + other.label(),
        other.id() + ", " + seenK,
        true,
        () -> alice.start(start.id(), "y", seenK));
  }

  /** Where a start was evaluated, and who looks at it when. */
  record Granted(Request.RegisterStart start, long k, int position, long seenK, int limit) {}

  private Request.RegisterFinish bare(Granted granted, int limit, Authorisation by) {
    Registration registration =
        new Registration(
            Ed25519.publicKey(THIEFS_SEED),
            Ed25519.publicKey(THIEFS_SEED),
            THIEFS_SECRET,
            limit,
            KsfParameters.DEFAULT,
            granted.start().id());
    return alice.finish(granted.seenK(), granted.k(), granted.position(), registration, by);
  }

  AccountOp finish(long number, Granted granted) {
    return op(
        "finish " + number,
        granted,
        true,
        () -> alice.byLogin(bare(granted, granted.limit(), new Authorisation.None())));
  }

  AccountOp finishByAnothersLogin(Granted granted) {
    return badFinish(
        "bad finish, login of another request",
        granted,
        new Authorisation.Login(alice.token(), Ed25519.sign(STRANGERS_SEED, Bytes.zeros(1))));
  }

  AccountOp finishUnauthorised(Granted granted) {
    return badFinish("bad finish, unauthorised", granted, new Authorisation.None());
  }

  AccountOp finishByForeignOwner(Granted granted) {
    return badFinish(
        "bad finish, foreign owner",
        granted,
        new Authorisation.Owner(Ed25519.sign(STRANGERS_SEED, Bytes.zeros(1))));
  }

  private AccountOp badFinish(String label, Granted granted, Authorisation by) {
    return op(label, granted, false, () -> bare(granted, granted.limit(), by));
  }

  AccountOp finishWithTooHighALimit(Granted granted) {
    return op(
        "bad finish, limit too large",
        granted,
        false,
        () -> alice.byLogin(bare(granted, granted.limit() + 1, new Authorisation.None())));
  }

  AccountOp delete(long seenK, long generation) {
    return op(
        "delete by owner",
        seenK + ", " + generation,
        true,
        () -> {
          Request.Delete bare = alice.delete(seenK, generation, new Authorisation.None());
          return alice.authorised(
              bare, alice.byOwner(FoundedWorld.SECRET, SignedTexts.ownerDelete(bare)));
        });
  }

  AccountOp deleteByLogin(long seenK, long generation) {
    return op(
        "bad delete by login",
        seenK + ", " + generation,
        false,
        () -> alice.byLogin(alice.delete(seenK, generation, new Authorisation.None())));
  }

  AccountOp deleteUnauthorised(long seenK, long generation) {
    return op(
        "bad delete, unauthorised",
        seenK + ", " + generation,
        false,
        () -> alice.delete(seenK, generation, new Authorisation.None()));
  }
}
