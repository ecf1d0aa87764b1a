package dev.coffer.protocol.crypto;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.curve.CurveScalar;
import java.math.BigInteger;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * Signatures that some verifier somewhere accepts. Ours must refuse them all, or a certificate
 * could divide its readers.
 */
class Ed25519StrictnessTest {
  private static final SecretBytes SEED = SecretBytes.wrap(new byte[32]);
  private static final Bytes KEY = Ed25519.publicKey(SEED);
  private static final Bytes MESSAGE = Bytes.fromHex("c0ffee");
  private static final Bytes SIGNATURE = Ed25519.sign(SEED, MESSAGE);
  private static final BigInteger ORDER =
      BigInteger.TWO.pow(252).add(new BigInteger("27742317777372353535851937790883648493"));

  /**
   * Every encoding, canonical or not, that decodes to a point of order 1, 2, 4 or 8 under a lenient
   * reader.
   */
  private static final List<String> SMALL_ORDER =
      List.of(
          "0100000000000000000000000000000000000000000000000000000000000000",
          "0100000000000000000000000000000000000000000000000000000000000080",
          "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
          "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
          "0000000000000000000000000000000000000000000000000000000000000000",
          "0000000000000000000000000000000000000000000000000000000000000080",
          "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
          "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85",
          "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
          "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa",
          "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
          "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
          "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
          "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff");

  private static Bytes withS(BigInteger s) {
    byte[] octets = SIGNATURE.toByteArray();
    BigInteger rest = s;
    for (int i = 32; i < 64; i++) {
      octets[i] = rest.byteValue();
      rest = rest.shiftRight(8);
    }
    return Bytes.wrap(octets);
  }

  private static BigInteger s() {
    BigInteger s = BigInteger.ZERO;
    for (int i = 63; i >= 32; i--) {
      s = s.shiftLeft(8).or(BigInteger.valueOf(SIGNATURE.at(i)));
    }
    return s;
  }

  @Test
  void theGenuineSignatureHolds() {
    assertTrue(Ed25519.verify(KEY, MESSAGE, SIGNATURE));
    assertEquals(SIGNATURE, withS(s()));
  }

  @Test
  void everyOtherRepresentativeOfSIsRefused() {
    for (BigInteger other = s().add(ORDER); other.bitLength() <= 256; other = other.add(ORDER)) {
      assertFalse(Ed25519.verify(KEY, MESSAGE, withS(other)));
    }
    assertFalse(Ed25519.verify(KEY, MESSAGE, withS(ORDER.subtract(s()))));
  }

  @Test
  void everyBitCounts() {
    for (int bit = 0; bit < 512; bit++) {
      byte[] octets = SIGNATURE.toByteArray();
      octets[bit / 8] ^= (byte) (1 << (bit % 8));
      assertFalse(Ed25519.verify(KEY, MESSAGE, Bytes.wrap(octets)));
    }
    for (int bit = 0; bit < 256; bit++) {
      byte[] octets = KEY.toByteArray();
      octets[bit / 8] ^= (byte) (1 << (bit % 8));
      assertFalse(Ed25519.verify(Bytes.wrap(octets), MESSAGE, SIGNATURE));
    }
  }

  /**
   * With a small-order A and R = identity, s = 0 satisfies s·B = R + k·A for one message in eight,
   * or for all.
   */
  @Test
  void smallOrderKeysSignNothing() {
    for (String key : SMALL_ORDER) {
      for (String commitment : SMALL_ORDER) {
        Bytes signature = Bytes.fromHex(commitment).concat(Bytes.zeros(32));
        for (int i = 0; i < 16; i++) {
          assertFalse(
              Ed25519.verify(Bytes.fromHex(key), Bytes.copyOf(new byte[] {(byte) i}), signature));
        }
      }
    }
  }

  /**
   * The owner of a key can make s = k·a, so that s·B = O + k·A. Equation and encodings hold; R is
   * of small order.
   */
  @Test
  void smallOrderCommitmentsAreRefused() {
    byte[] identity = Bytes.fromHex(SMALL_ORDER.get(0)).toByteArray();
    CurveScalar k =
        CurveScalar.reduceWide(Hashes.sha512(identity, KEY.toByteArray(), MESSAGE.toByteArray()));
    byte[] expanded = Hashes.sha512(new byte[32]);
    byte[] low = Arrays.copyOf(expanded, 32);
    low[0] &= (byte) 248;
    low[31] &= 127;
    low[31] |= 64;
    byte[] s = k.multiply(CurveScalar.reduce(low)).encode();
    assertFalse(Ed25519.verify(KEY, MESSAGE, Bytes.wrap(identity).concat(Bytes.wrap(s))));
  }

  @Test
  void wrongLengthsAreRefusedWithoutAnException() {
    for (int size : new int[] {0, 1, 31, 33, 64}) {
      assertFalse(Ed25519.verify(Bytes.zeros(size), MESSAGE, SIGNATURE));
    }
    for (int size : new int[] {0, 32, 63, 65, 128}) {
      assertFalse(Ed25519.verify(KEY, MESSAGE, Bytes.zeros(size)));
    }
    assertFalse(Ed25519.verify(KEY, MESSAGE, SIGNATURE.concat(Bytes.zeros(1))));
    assertFalse(Ed25519.verify(Bytes.EMPTY, Bytes.EMPTY, Bytes.EMPTY));
  }

  @Test
  void preparedKeysSignTheSameAndCanBeErased() {
    Ed25519.SigningKey key = new Ed25519.SigningKey(SEED);
    assertEquals(KEY, key.publicKey());
    assertEquals(SIGNATURE, key.sign(MESSAGE));
    assertEquals("SigningKey[" + KEY.hex() + "]", key.toString());
    key.close();
    assertThrows(RuntimeException.class, () -> key.sign(MESSAGE));
  }
}
