package dev.coffer.protocol.crypto;

import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.codec.Invariant;
import dev.coffer.protocol.codec.Rejected;
import dev.coffer.protocol.codec.RejectionCode;
import dev.coffer.protocol.curve.Montgomery;
import java.util.Arrays;

/** X25519 (RFC 7748). Stateless, thread-safe, constant-time. */
public final class X25519 {
  /** Octets of private keys, public keys and shared secrets. */
  public static final int SIZE = Montgomery.SIZE;

  private X25519() {}

  /** The public key (32 octets) of a 32-octet private key. */
  public static Bytes publicKey(SecretBytes privateKey) {
    byte[] scalar = scalar(privateKey);
    try {
      return Bytes.wrap(Montgomery.multiplyBase(scalar));
    } finally {
      Arrays.fill(scalar, (byte) 0);
    }
  }

  /**
   * The shared secret (32 octets); {@link RejectionCode#BAD_ELEMENT} for a public key that is not
   * 32 octets or that gives the all-zero result (RFC 7748 §6.1): a low-order key would let its
   * sender fix the secret. As the RFC demands, bit 255 of the public key is ignored and coordinates
   * from 2²⁵⁵−19 on are reduced.
   */
  public static SecretBytes agree(SecretBytes privateKey, Bytes publicKey) throws Rejected {
    if (publicKey.size() != SIZE) {
      throw new Rejected(RejectionCode.BAD_ELEMENT, "X25519 public key length");
    }
    byte[] scalar = scalar(privateKey);
    try {
      byte[] shared = Montgomery.multiply(scalar, publicKey.toByteArray());
      int bits = 0;
      for (byte octet : shared) {
        bits |= octet;
      }
      if (bits == 0) {
        throw new Rejected(RejectionCode.BAD_ELEMENT, "X25519 public key of low order");
      }
      return SecretBytes.wrap(shared);
    } finally {
      Arrays.fill(scalar, (byte) 0);
    }
  }

  private static byte[] scalar(SecretBytes privateKey) {
    Invariant.check(privateKey.size() == SIZE, "an X25519 private key has 32 octets");
    return privateKey.copy();
  }
}
