package dev.coffer.protocol.crypto;

import dev.coffer.protocol.codec.Bytes;

/** Ed25519 (RFC 8032, pure). Stateless and thread-safe. */
public final class Ed25519 {
  private Ed25519() {}

  /** The public key (32 octets) of a 32-octet seed. */
  public static Bytes publicKey(SecretBytes seed) {
    throw new UnsupportedOperationException();
  }

  /** The deterministic signature (64 octets). */
  public static Bytes sign(SecretBytes seed, Bytes message) {
    throw new UnsupportedOperationException();
  }

  /** Whether the signature holds; strict: canonical s, canonical points, no small-order public key. Never throws. */
  public static boolean verify(Bytes publicKey, Bytes message, Bytes signature) {
    throw new UnsupportedOperationException();
  }
}
