package dev.coffer.client.secret;

import dev.coffer.client.port.KeyStretching;
import dev.coffer.protocol.account.RegistrationId;
import dev.coffer.protocol.account.Subject;
import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.codec.CanonicalWriter;
import dev.coffer.protocol.codec.Label;
import dev.coffer.protocol.codec.Rejected;
import dev.coffer.protocol.codec.RejectionCode;
import dev.coffer.protocol.crypto.Aead;
import dev.coffer.protocol.crypto.Ed25519;
import dev.coffer.protocol.crypto.Hashes;
import dev.coffer.protocol.crypto.Hkdf;
import dev.coffer.protocol.crypto.Randomness;
import dev.coffer.protocol.crypto.SecretBytes;
import java.util.Arrays;

/**
 * From the stretched code and K to every key of a registration (PROTOCOL.md §7). Everything is
 * bound to the subject, and what comes from the code also to the registration, so that nothing
 * derived once serves twice. Pure functions but for the nonce of {@link #wrap}.
 */
public final class KeySchedule {
  /** Octets of a wrapped K: nonce, ciphertext, tag. */
  public static final int WRAPPED = Aead.NONCE + BackupSecret.SIZE + Aead.TAG;

  private static final int KEY = 32;

  private KeySchedule() {}

  /** The OPRF's input, tuple(OPRF_INPUT, subject, code): no table serves two users. */
  public static SecretBytes oprfInput(Subject subject, RecoveryCode code) {
    CanonicalWriter tuple = Label.OPRF_INPUT.tuple().field(subject.encode());
    try (SecretBytes normalised = code.normalised()) {
      byte[] octets = normalised.copy();
      tuple.field(octets);
      Arrays.fill(octets, (byte) 0);
      return SecretBytes.wrap(tuple.toByteArray());
    } finally {
      tuple.wipe();
    }
  }

  /** The salt of the key stretching, {@value KeyStretching#SALT} octets: one a subject. */
  public static Bytes stretchingSalt(Subject subject) {
    return Hashes.sha256(Label.KSF_SALT.tuple().field(subject.encode()))
        .slice(0, KeyStretching.SALT);
  }

  /** The seed of authKey, whose public half is in the record: 32 octets. */
  public static SecretBytes authSeed(SecretBytes stretched, Subject subject, RegistrationId id) {
    return Hkdf.derive(
        stretched, Label.AUTH_KEY.tuple().field(subject.encode()).field(id.value()), KEY);
  }

  /** The seed of ownerKey, with which whoever has K replaces or deletes the registration. */
  public static SecretBytes ownerSeed(BackupSecret secret, Subject subject) {
    try (SecretBytes octets = secret.copy()) {
      return Hkdf.derive(octets, Label.OWNER_KEY.tuple().field(subject.encode()), KEY);
    }
  }

  /** The public half of ownerKey, 32 octets. */
  public static Bytes ownerKey(BackupSecret secret, Subject subject) {
    try (SecretBytes seed = ownerSeed(secret, subject)) {
      return Ed25519.publicKey(seed);
    }
  }

  private static SecretBytes wrapKey(SecretBytes stretched, Subject subject, RegistrationId id) {
    return Hkdf.derive(
        stretched, Label.WRAP_KEY.tuple().field(subject.encode()).field(id.value()), KEY);
  }

  private static byte[] wrapContext(Subject subject, RegistrationId id) {
    return Label.WRAP_SEAL.tuple().field(subject.encode()).field(id.value()).toByteArray();
  }

  /** nonce ‖ AES-256-GCM(K): {@link #WRAPPED} octets. */
  public static Bytes wrap(
      Randomness randomness,
      SecretBytes stretched,
      Subject subject,
      RegistrationId id,
      BackupSecret secret) {
    Bytes nonce = randomness.bytes(Aead.NONCE);
    try (SecretBytes key = wrapKey(stretched, subject, id);
        SecretBytes octets = secret.copy()) {
      byte[] plaintext = octets.copy();
      try {
        return nonce.concat(Aead.seal(key, nonce, wrapContext(subject, id), plaintext));
      } finally {
        Arrays.fill(plaintext, (byte) 0);
      }
    }
  }

  /** K; rejected unless this very subject, registration and code wrapped it. */
  public static BackupSecret unwrap(
      SecretBytes stretched, Subject subject, RegistrationId id, Bytes wrapped) throws Rejected {
    if (wrapped.size() != WRAPPED) {
      throw new Rejected(RejectionCode.BAD_CIPHERTEXT, "wrapped key size");
    }
    try (SecretBytes key = wrapKey(stretched, subject, id)) {
      Bytes sealed = wrapped.slice(Aead.NONCE, WRAPPED);
      return BackupSecret.of(
          Aead.open(key, wrapped.slice(0, Aead.NONCE), wrapContext(subject, id), sealed));
    }
  }
}
