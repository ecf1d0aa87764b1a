package dev.coffer.analysis.search;

import dev.coffer.hsm.account.Account;
import dev.coffer.hsm.account.AccountCodec;
import dev.coffer.hsm.harness.RecordBook;
import dev.coffer.hsm.seal.RecordSeal;
import dev.coffer.protocol.account.Subject;
import dev.coffer.protocol.account.TreeKey;
import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.codec.CanonicalReader;
import dev.coffer.protocol.codec.Rejected;
import dev.coffer.protocol.crypto.SecretBytes;
import dev.coffer.protocol.request.Request;
import dev.coffer.protocol.request.SignedTexts;
import java.util.Optional;

/** A record opened with the keys that a corrupted HSM gives away. */
final class Records {
  private final Bytes plaintext;
  private final Account account;

  private Records(Bytes plaintext, Account account) {
    this.plaintext = plaintext;
    this.account = account;
  }

  /** Alice's record at {@code place}. */
  static Records of(FoundedWorld world, Place place) {
    return of(world, world.alice().subject(), place.book());
  }

  /** The record of {@code subject} in {@code book}. */
  static Records of(FoundedWorld world, Subject subject, RecordBook book) {
    TreeKey key = world.member(1).keys().treeKey(subject);
    Optional<Bytes> record = book.record(key);
    if (record.isEmpty()) {
      return new Records(Bytes.EMPTY, Account.Absent.NEVER);
    }
    RecordSeal seal = new RecordSeal(world.member(1).keys(), world.fleet().id(), 0);
    try (SecretBytes opened = seal.open(key, record.get())) {
      Bytes plaintext = Bytes.wrap(opened.copy());
      return new Records(plaintext, AccountCodec.decode(new CanonicalReader(plaintext)));
    } catch (Rejected e) {
      throw new BrokenPromise("INV-7", "a record that does not open under its own name");
    }
  }

  Account account() {
    return account;
  }

  /** The trail before the attempt at {@code place} among the open ones. */
  static Bytes trailBefore(Account.Active live, int place) {
    return place == 0 ? live.counters().trail() : live.open().get(place - 1);
  }

  /** The trail there would be with {@code attempt} at {@code place} among the open ones. */
  static Bytes trail(Account.Active live, int place, Request.Attempt attempt) {
    return SignedTexts.attemptTrail(
        trailBefore(live, place),
        SignedTexts.attemptTag(
            attempt.header().subject(),
            live.counters().generation(),
            attempt.id(),
            attempt.hash()));
  }

  /** The trail of the attempt that {@code success} is for. */
  static Bytes trail(Request.Success success) {
    return SignedTexts.attemptTrail(
        success.trailBefore(),
        SignedTexts.attemptTag(
            success.header().subject(),
            success.generation(),
            success.id(),
            success.attemptRequest()));
  }

  /** ν of the live registration. */
  Optional<Bytes> liveNonce() {
    return account instanceof Account.Active active
        ? Optional.of(active.nonce())
        : Optional.empty();
  }

  /** Does {@code secret} stand anywhere in the record? */
  boolean contains(Bytes secret) {
    return plaintext.hex().contains(secret.hex());
  }
}
