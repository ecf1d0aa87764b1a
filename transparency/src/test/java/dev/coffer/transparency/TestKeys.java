package dev.coffer.transparency;

import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.crypto.Hashes;
import dev.coffer.protocol.crypto.SecretBytes;
import dev.coffer.transparency.note.KeyName;
import dev.coffer.transparency.note.SignatureType;
import dev.coffer.transparency.note.SignerKey;
import java.nio.charset.StandardCharsets;

/** Keys that everyone can work out again: the seed is the hash of the name. For tests only. */
public final class TestKeys {
  private TestKeys() {}

  /** The signing key of that name: {@code seed = SHA-256("coffer test key " + name)}. */
  public static SignerKey signer(String name) {
    return key(name, SignatureType.ED25519);
  }

  /** The witness's key of that name. */
  public static SignerKey witness(String name) {
    return key(name, SignatureType.COSIGNATURE);
  }

  private static SignerKey key(String name, SignatureType type) {
    return SignerKey.of(new KeyName(name), type, seed(name));
  }

  /** The seed of the key of that name. */
  public static SecretBytes seed(String name) {
    byte[] text = ("coffer test key " + name).getBytes(StandardCharsets.UTF_8);
    return SecretBytes.copyOf(Hashes.sha256(Bytes.wrap(text)));
  }
}
