package dev.coffer.protocol.crypto;

import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.codec.Invariant;
import dev.coffer.protocol.curve.BasePoint;
import dev.coffer.protocol.curve.CurveScalar;
import dev.coffer.protocol.curve.EdwardsEncoding;
import dev.coffer.protocol.curve.EdwardsPoint;
import dev.coffer.protocol.curve.PointMultiplication;
import java.util.Arrays;
import java.util.Optional;

/**
 * Ed25519 (RFC 8032 §5.1, pure). Stateless and thread-safe. Signing is deterministic and
 * constant-time; verification works on public values in variable time.
 */
public final class Ed25519 {
  /** Octets of a seed, which is the private key of RFC 8032. */
  public static final int SEED = 32;

  /** Octets of a public key. */
  public static final int PUBLIC_KEY = EdwardsEncoding.SIZE;

  /** Octets of a signature. */
  public static final int SIGNATURE = 64;

  private Ed25519() {}

  /** The public key (32 octets) of a 32-octet seed. */
  public static Bytes publicKey(SecretBytes seed) {
    try (SigningKey key = new SigningKey(seed)) {
      return key.publicKey();
    }
  }

  /**
   * The deterministic signature (64 octets). For many signatures under one seed keep a {@link
   * SigningKey}.
   */
  public static Bytes sign(SecretBytes seed, Bytes message) {
    try (SigningKey key = new SigningKey(seed)) {
      return key.sign(message);
    }
  }

  /**
   * A seed with everything that does not depend on the message worked out: signs in half the time.
   * Erasable; thread-safe but for {@link #close}, which must not race with use.
   */
  public static final class SigningKey implements AutoCloseable {
    private final CurveScalar scalar;
    private final SecretBytes prefix;
    private final Bytes publicKey;

    /** The key of a 32-octet seed, which the caller still owns. */
    public SigningKey(SecretBytes seed) {
      Invariant.check(seed.size() == SEED, "an Ed25519 seed has 32 octets");
      byte[] copy = seed.copy();
      byte[] expanded = Hashes.sha512(copy);
      byte[] low = Arrays.copyOf(expanded, 32);
      low[0] &= (byte) 248;
      low[31] &= 127;
      low[31] |= 64;
      scalar = CurveScalar.reduce(low);
      prefix = SecretBytes.wrap(Arrays.copyOfRange(expanded, 32, 64));
      publicKey = Bytes.wrap(multiplyBase(scalar));
      Arrays.fill(copy, (byte) 0);
      Arrays.fill(expanded, (byte) 0);
      Arrays.fill(low, (byte) 0);
    }

    /** The public key, 32 octets. */
    public Bytes publicKey() {
      return publicKey;
    }

    /** The deterministic signature, 64 octets. */
    public Bytes sign(Bytes message) {
      byte[] octets = message.toByteArray();
      byte[] prefixCopy = prefix.copy();
      byte[] nonceHash = Hashes.sha512(prefixCopy, octets);
      CurveScalar nonce = CurveScalar.reduceWide(nonceHash);
      byte[] commitment = multiplyBase(nonce);
      CurveScalar challenge = challenge(commitment, publicKey.toByteArray(), octets);
      CurveScalar product = challenge.multiply(scalar);
      CurveScalar response = product.add(nonce);
      byte[] signature = Arrays.copyOf(commitment, SIGNATURE);
      System.arraycopy(response.encode(), 0, signature, 32, 32);
      // The nonce or the product next to the signature would give the key away.
      nonce.destroy();
      product.destroy();
      Arrays.fill(prefixCopy, (byte) 0);
      Arrays.fill(nonceHash, (byte) 0);
      return Bytes.wrap(signature);
    }

    /** Erases the secret parts. */
    @Override
    public void close() {
      scalar.destroy();
      prefix.destroy();
    }

    @Override
    public String toString() {
      return "SigningKey[" + publicKey + "]";
    }
  }

  /**
   * Whether the signature holds: s·B = R + k·A without the cofactor. Strict, so that all verifiers
   * of a certificate agree: s below ℓ, A and R canonical, neither of small order. Never throws; any
   * wrong length is false. An A with a small-order component next to a large one is not refused; it
   * can only be made by the key's owner, for its own signatures.
   */
  public static boolean verify(Bytes publicKey, Bytes message, Bytes signature) {
    if (publicKey.size() != PUBLIC_KEY || signature.size() != SIGNATURE) {
      return false;
    }
    byte[] encodedKey = publicKey.toByteArray();
    byte[] commitment = signature.slice(0, 32).toByteArray();
    Optional<CurveScalar> response = CurveScalar.decodeCanonical(signature.toByteArray(), 32);
    EdwardsPoint key = new EdwardsPoint();
    if (response.isEmpty()
        || !EdwardsEncoding.decode(key, encodedKey)
        || EdwardsEncoding.isSmallOrder(key)) {
      return false;
    }
    CurveScalar challenge = challenge(commitment, encodedKey, message.toByteArray());
    EdwardsPoint recomputed = new EdwardsPoint();
    PointMultiplication.multiplyAddVarTime(recomputed, challenge, key.negate(key), response.get());
    // encode() writes nothing but canonical octets, so a non-canonical R never equals them.
    // Both, always: a proof that holds takes no longer than one that does not (INV-10).
    return Arrays.equals(EdwardsEncoding.encode(recomputed), commitment)
        & !EdwardsEncoding.isSmallOrder(recomputed);
  }

  private static CurveScalar challenge(byte[] commitment, byte[] publicKey, byte[] message) {
    return CurveScalar.reduceWide(Hashes.sha512(commitment, publicKey, message));
  }

  private static byte[] multiplyBase(CurveScalar k) {
    EdwardsPoint p = new EdwardsPoint();
    BasePoint.multiply(p, k);
    byte[] encoding = EdwardsEncoding.encode(p);
    p.wipe();
    return encoding;
  }
}
