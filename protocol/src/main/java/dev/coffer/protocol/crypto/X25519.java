package dev.coffer.protocol.crypto;

import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.codec.Rejected;

/** X25519 (RFC 7748). Stateless, thread-safe, constant-time. */
public final class X25519 {
  private X25519() {}

  /** The public key (32 octets) of a 32-octet private key. */
  public static Bytes publicKey(SecretBytes privateKey) {
    throw new UnsupportedOperationException();
  }

  /** The shared secret (32 octets); an all-zero result is rejected (RFC 7748 §6.1). */
  public static SecretBytes agree(SecretBytes privateKey, Bytes publicKey) throws Rejected {
    throw new UnsupportedOperationException();
  }
}
