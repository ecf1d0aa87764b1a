package dev.coffer.protocol.crypto;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.codec.CanonicalReader;
import dev.coffer.protocol.codec.CanonicalWriter;
import dev.coffer.protocol.codec.Invariant;
import dev.coffer.protocol.codec.Rejected;
import dev.coffer.protocol.codec.RejectionCode;
import java.util.Arrays;
import java.util.Random;
import org.bouncycastle.crypto.digests.SHA256Digest;
import org.bouncycastle.crypto.digests.SHA512Digest;
import org.bouncycastle.crypto.engines.AESEngine;
import org.bouncycastle.crypto.generators.HKDFBytesGenerator;
import org.bouncycastle.crypto.macs.HMac;
import org.bouncycastle.crypto.modes.GCMBlockCipher;
import org.bouncycastle.crypto.params.AEADParameters;
import org.bouncycastle.crypto.params.HKDFParameters;
import org.bouncycastle.crypto.params.KeyParameter;
import org.junit.jupiter.api.Test;

/** HKDF, HMAC, AEAD and secrets: published vectors, an independent implementation, and misuse. */
class PrimitivesTest {
  private final Random random = new Random(5869);
  private final Randomness randomness = random::nextBytes;

  private byte[] octets(int size) {
    return randomness.bytes(size).toByteArray();
  }

  /** RFC 5869 appendix A.1 and A.3. */
  @Test
  void hkdfGivesTheRfcsVectors() {
    SecretBytes inputKey = SecretBytes.copyOf(Bytes.fromHex("0b".repeat(22)));
    SecretBytes prk =
        Hkdf.extract(Bytes.fromHex("000102030405060708090a0b0c").toByteArray(), inputKey);
    assertEquals(
        "077709362c2e32df0ddc3f0dc47bba6390b6c73bb50f9c3122ec844ad7c2b3e5",
        Bytes.wrap(prk.copy()).hex());
    assertEquals(
        "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b887185865",
        Bytes.wrap(Hkdf.expand(prk, Bytes.fromHex("f0f1f2f3f4f5f6f7f8f9").toByteArray(), 42).copy())
            .hex());
    assertEquals(
        "8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d9d201395faa4b61a96c8",
        Bytes.wrap(Hkdf.derive(inputKey, new CanonicalWriter(), 42).copy()).hex());
  }

  @Test
  void hkdfAgreesAtEveryLength() {
    for (int size = 0; size <= 300; size += 7) {
      byte[] inputKey = octets(1 + size);
      byte[] salt = octets(size / 2);
      byte[] info = octets(size / 3);
      HKDFBytesGenerator theirs = new HKDFBytesGenerator(new SHA256Digest());
      theirs.init(new HKDFParameters(inputKey, salt, info));
      byte[] expected = new byte[size];
      theirs.generateBytes(expected, 0, size);
      SecretBytes prk = Hkdf.extract(salt, SecretBytes.copyOf(inputKey));
      assertArrayEquals(expected, Hkdf.expand(prk, info, size).copy());
    }
    SecretBytes prk = SecretBytes.wrap(new byte[32]);
    assertEquals(8160, Hkdf.expand(prk, new byte[0], 8160).size());
    assertThrows(Invariant.Broken.class, () -> Hkdf.expand(prk, new byte[0], 8161));
  }

  /** Keys shorter than, equal to and longer than a block, the empty one included. */
  @Test
  void hmacAgreesForEveryKeyLength() {
    for (int size = 0; size <= 260; size++) {
      byte[] key = octets(size);
      Bytes message = randomness.bytes(size);
      CanonicalWriter tuple = new CanonicalWriter().field(message);
      byte[] text = tuple.toByteArray();
      byte[] expected256 = new byte[32];
      HMac mac = new HMac(new SHA256Digest());
      mac.init(new KeyParameter(key));
      mac.update(text, 0, text.length);
      mac.doFinal(expected256, 0);
      assertEquals(Bytes.wrap(expected256), Hashes.hmacSha256(SecretBytes.copyOf(key), tuple));
      byte[] expected512 = new byte[64];
      HMac mac512 = new HMac(new SHA512Digest());
      mac512.init(new KeyParameter(key));
      mac512.update(text, 0, text.length);
      mac512.doFinal(expected512, 0);
      assertArrayEquals(expected512, Hashes.hmacSha512(SecretBytes.copyOf(key), tuple).copy());
    }
  }

  @Test
  void aeadAgreesAndRefusesEveryFlippedBit() throws Exception {
    for (int size : new int[] {0, 1, 15, 16, 17, 100}) {
      byte[] key = octets(32);
      Bytes nonce = randomness.bytes(Aead.NONCE);
      byte[] aad = octets(size / 2);
      byte[] plaintext = octets(size);
      Bytes sealed = Aead.seal(SecretBytes.copyOf(key), nonce, aad, plaintext);
      var theirs = GCMBlockCipher.newInstance(AESEngine.newInstance());
      theirs.init(true, new AEADParameters(new KeyParameter(key), 128, nonce.toByteArray(), aad));
      byte[] expected = new byte[size + Aead.TAG];
      theirs.doFinal(expected, theirs.processBytes(plaintext, 0, size, expected, 0));
      assertEquals(Bytes.wrap(expected), sealed);
      assertArrayEquals(plaintext, Aead.open(SecretBytes.copyOf(key), nonce, aad, sealed).copy());
      for (int bit = 0; bit < sealed.size() * 8; bit++) {
        byte[] damaged = sealed.toByteArray();
        damaged[bit / 8] ^= (byte) (1 << (bit % 8));
        assertRefused(key, nonce, aad, Bytes.wrap(damaged));
      }
      assertRefused(key, nonce, octets(size / 2 + 1), sealed);
      assertRefused(octets(32), nonce, aad, sealed);
      assertRefused(key, randomness.bytes(Aead.NONCE), aad, sealed);
      assertRefused(key, nonce, aad, sealed.slice(0, sealed.size() - 1));
      assertRefused(key, nonce, aad, Bytes.zeros(Aead.TAG - 1));
    }
  }

  private static void assertRefused(byte[] key, Bytes nonce, byte[] aad, Bytes sealed) {
    Rejected rejected =
        assertThrows(Rejected.class, () -> Aead.open(SecretBytes.copyOf(key), nonce, aad, sealed));
    assertEquals(RejectionCode.BAD_CIPHERTEXT, rejected.code());
  }

  @Test
  void secretsAreErasedRedactedAndComparedByContent() {
    byte[] own = {1, 2, 3, 4};
    SecretBytes secret = SecretBytes.wrap(own);
    SecretBytes copy = SecretBytes.copyOf(own);
    assertTrue(secret.sameAs(copy));
    assertFalse(secret.sameAs(secret.slice(0, 3)));
    assertNotEquals(secret, copy, "no equals: it would compare in variable time");
    assertEquals("SecretBytes[4 octets]", secret.toString());
    assertTrue(secret.slice(1, 3).sameAs(SecretBytes.wrap(new byte[] {2, 3})));
    secret.destroy();
    secret.close();
    assertArrayEquals(new byte[4], own);
    assertThrows(Invariant.Broken.class, secret::copy);
    assertThrows(Invariant.Broken.class, () -> secret.slice(0, 1));
    assertThrows(Invariant.Broken.class, () -> copy.sameAs(secret));
    assertArrayEquals(new byte[] {1, 2, 3, 4}, copy.copy());
  }

  @Test
  void theSystemsRandomnessDoesNotRepeat() {
    Randomness system = Randomness.system();
    assertNotEquals(system.bytes(32), system.bytes(32));
    assertFalse(SecretBytes.random(system, 32).sameAs(SecretBytes.random(system, 32)));
  }

  @Test
  void aSecretIsReadFromTheVeryOctetsThatTheCallerErases() throws Rejected {
    byte[] encoding = {1, 2, 3, 4, 5};
    CanonicalReader in = CanonicalReader.over(encoding);
    encoding[4] = 6;
    SecretBytes first = SecretBytes.read(in, 3);
    assertThrows(Rejected.class, () -> SecretBytes.read(in, 3));
    SecretBytes rest = SecretBytes.read(in, 2);
    in.end();
    Arrays.fill(encoding, (byte) 0);
    assertArrayEquals(new byte[] {1, 2, 3}, first.copy());
    assertArrayEquals(new byte[] {4, 6}, rest.copy());
  }

  @Test
  void whatIsErasedIsUsedNoMore() throws Rejected {
    SecretBytes erased = SecretBytes.wrap(new byte[32]);
    SecretBytes alive = SecretBytes.wrap(new byte[32]);
    CanonicalWriter out = new CanonicalWriter();
    alive.write(out);
    assertEquals(Bytes.zeros(32), out.toBytes());
    assertEquals(7, SecretBytes.wrap(new byte[] {7}).<Integer>parse(CanonicalReader::u8));
    erased.destroy();
    assertThrows(Invariant.Broken.class, () -> erased.write(out));
    assertThrows(Invariant.Broken.class, () -> erased.sameAs(alive));
    assertThrows(Invariant.Broken.class, () -> erased.parse(CanonicalReader::u8));
    assertEquals(32, out.size());
  }

  @Test
  void keysOfAnotherSizeAreOurOwnFault() {
    for (int size : new int[] {0, 16, 31, 33}) {
      SecretBytes key = SecretBytes.wrap(new byte[size]);
      assertThrows(Invariant.Broken.class, () -> new Ed25519.SigningKey(key));
      assertThrows(
          Invariant.Broken.class, () -> Aead.seal(key, Aead.ZERO_NONCE, new byte[0], new byte[1]));
      assertThrows(
          Invariant.Broken.class,
          () -> Aead.open(key, Aead.ZERO_NONCE, new byte[0], Bytes.zeros(17)));
    }
  }
}
