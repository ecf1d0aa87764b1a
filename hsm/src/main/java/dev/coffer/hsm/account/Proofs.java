package dev.coffer.hsm.account;

import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.codec.Limits;
import dev.coffer.protocol.crypto.Ed25519;
import dev.coffer.protocol.crypto.SecretBytes;

/**
 * Signature checks that cost the same whether there is anything to check or not (INV-10): a host
 * that times captures must not learn whether a code was right, nor whether a record is alive.
 */
final class Proofs {
  /** The order of the curve's group, ℓ, little-endian as in signatures. */
  private static final Bytes ORDER =
      Bytes.fromHex("edd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010");

  private static final SecretBytes DECOY_SEED = SecretBytes.copyOf(Bytes.zeros(Limits.DIGEST));
  private static final Bytes DECOY_KEY = Ed25519.publicKey(DECOY_SEED);
  private static final Bytes DECOY_SIGNATURE = Ed25519.sign(DECOY_SEED, Bytes.EMPTY);

  private Proofs() {}

  /** Whether {@code signature} by {@code key} over {@code text} holds. */
  static boolean holds(Bytes key, Bytes text, Bytes signature) {
    // A verifier may stop at once at s ≥ ℓ, which fifteen of sixteen random proofs have: clearing
    // the four top bits makes it do the whole work. It cannot make a bad signature good for the
    // caller, since the answer is then discarded.
    boolean canonical = belowOrder(signature);
    Bytes worked = canonical ? signature : clearTop(signature);
    return Ed25519.verify(key, text, worked) & canonical;
  }

  /** As much work as {@link #holds} where there is no key or no signature to check. */
  static void decoy(Bytes text) {
    holds(DECOY_KEY, text, DECOY_SIGNATURE);
  }

  private static boolean belowOrder(Bytes signature) {
    for (int i = Limits.DIGEST - 1; i >= 0; i--) {
      int difference = signature.at(Limits.DIGEST + i) - ORDER.at(i);
      if (difference != 0) {
        return difference < 0;
      }
    }
    return false;
  }

  private static Bytes clearTop(Bytes signature) {
    byte[] octets = signature.toByteArray();
    octets[octets.length - 1] &= 0x0f;
    return Bytes.wrap(octets);
  }
}
