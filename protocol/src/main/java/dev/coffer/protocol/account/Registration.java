package dev.coffer.protocol.account;

import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.codec.CanonicalReader;
import dev.coffer.protocol.codec.CanonicalWriter;
import dev.coffer.protocol.codec.Invariant;
import dev.coffer.protocol.codec.Label;
import dev.coffer.protocol.codec.Limits;
import dev.coffer.protocol.codec.Rejected;
import dev.coffer.protocol.crypto.Hashes;

/**
 * Every field RegisterFinish stores (PROTOCOL.md §4.1).
 *
 * @param authKey Ed25519 key derived from the stretched code, 32 octets
 * @param ownerKey Ed25519 key derived from K, 32 octets
 * @param wrappedKey nonce ‖ AES-256-GCM(K), 1 to 128 octets
 * @param limit guesses between two successes, 1 to 10
 */
public record Registration(
    Bytes authKey,
    Bytes ownerKey,
    Bytes wrappedKey,
    int limit,
    KsfParameters ksf,
    RegistrationId id) {
  public Registration {
    Invariant.check(
        authKey.size() == Limits.DIGEST && ownerKey.size() == Limits.DIGEST, "keys have 32 octets");
    Invariant.check(
        wrappedKey.size() >= 1 && wrappedKey.size() <= Limits.WRAPPED_KEY_MAX, "wrapped key size");
    Invariant.check(limit >= 1 && limit <= Limits.GUESSES_MAX, "guess limit");
  }

  /** Appends the canonical encoding, at most 234 octets. */
  public void write(CanonicalWriter out) {
    out.raw(authKey).raw(ownerKey).string(wrappedKey).u8(limit);
    ksf.write(out);
    out.raw(id.value());
  }

  /** Reads what {@link #write} wrote. */
  public static Registration read(CanonicalReader in) throws Rejected {
    Bytes authKey = in.raw(Limits.DIGEST);
    Bytes ownerKey = in.raw(Limits.DIGEST);
    int wrapped = in.number(1, Limits.WRAPPED_KEY_MAX, in.u16(), "wrapped key");
    Bytes wrappedKey = in.raw(wrapped);
    int limit = in.number(1, Limits.GUESSES_MAX, in.u8(), "guess limit");
    KsfParameters ksf = KsfParameters.read(in);
    return new Registration(
        authKey, ownerKey, wrappedKey, limit, ksf, new RegistrationId(in.raw(Limits.DIGEST)));
  }

  /** H(registration), 32 octets. */
  public Bytes hash() {
    CanonicalWriter encoded = new CanonicalWriter();
    write(encoded);
    return Hashes.sha256(Label.REGISTRATION_HASH.tuple().field(encoded.toBytes()));
  }

  /** H(wrappedKey), 32 octets: lets a client that guesses wrong check that nothing was swapped. */
  public Bytes wrappedKeyHash() {
    return Hashes.sha256(Label.WRAPPED_KEY_HASH.tuple().field(wrappedKey));
  }

  @Override
  public String toString() {
    return "Registration[redacted]";
  }
}
