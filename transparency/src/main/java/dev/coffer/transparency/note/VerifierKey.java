package dev.coffer.transparency.note;

import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.codec.Invariant;
import dev.coffer.protocol.crypto.Ed25519;
import dev.coffer.transparency.text.RefusalCode;
import dev.coffer.transparency.text.Refused;
import dev.coffer.transparency.text.StrictBase64;
import dev.coffer.transparency.text.Utf8;

/**
 * A public key with its name and type: {@code name+hex8+base64(type ‖ key)}. Whoever trusts one has
 * it from elsewhere than the notes it verifies. Immutable.
 *
 * @param publicKey 32 octets
 */
public record VerifierKey(KeyName name, SignatureType type, Bytes publicKey) {
  private static final int TEXT_MAX = 512;

  public VerifierKey {
    Invariant.check(publicKey.size() == Ed25519.PUBLIC_KEY, "an Ed25519 key has 32 octets");
  }

  /** Reads a verifier key. The id in it must be the one of its name, type and key. */
  public static VerifierKey parse(String text) throws Refused {
    String[] parts = text.split("\\+", 3);
    if (text.length() > TEXT_MAX || parts.length != 3) {
      throw new Refused(RefusalCode.MALFORMED, "verifier key");
    }
    Bytes material = StrictBase64.decode(parts[2], "verifier key");
    if (material.size() == 0) {
      throw new Refused(RefusalCode.MALFORMED, "verifier key");
    }
    SignatureType type = SignatureType.of(material.at(0));
    if (material.size() != 1 + Ed25519.PUBLIC_KEY) {
      throw new Refused(RefusalCode.MALFORMED, "verifier key");
    }
    VerifierKey key =
        new VerifierKey(KeyName.parse(parts[0]), type, material.slice(1, material.size()));
    if (!key.id().toString().equals(parts[1])) {
      throw new Refused(RefusalCode.MALFORMED, "verifier key: id of another key");
    }
    return key;
  }

  /** The key's short id. */
  public KeyId id() {
    return KeyId.of(name, type, publicKey);
  }

  /** The one text of this key, which {@link #parse} reads. */
  public String text() {
    return name + "+" + id() + "+" + StrictBase64.encode(type.octet().concat(publicKey));
  }

  /** Whether a signature line is this key's by name and id, which are all there is to go by. */
  public boolean claims(NoteSignature signature) {
    return name.equals(signature.name()) && id().equals(signature.id());
  }

  /**
   * Verifies a line that this key {@linkplain #claims claims}.
   *
   * @param text the note's text
   */
  public VerifiedSignature verify(String text, NoteSignature signature) throws Refused {
    long time =
        switch (type) {
          case ED25519 -> {
            checked(Ed25519.verify(publicKey, Utf8.encode(text), signature.payload()));
            yield 0;
          }
          case COSIGNATURE -> {
            Cosignature cosignature = Cosignature.parse(signature.payload());
            checked(cosignature.verify(publicKey, text));
            yield cosignature.time();
          }
        };
    return new VerifiedSignature(this, time);
  }

  private static void checked(boolean holds) throws Refused {
    if (!holds) {
      throw new Refused(RefusalCode.BAD_SIGNATURE, "signature by a known key");
    }
  }

  @Override
  public String toString() {
    return text();
  }
}
