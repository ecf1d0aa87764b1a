package dev.coffer.verification.crypto;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.codec.Rejected;
import dev.coffer.protocol.crypto.Ed25519;
import dev.coffer.protocol.crypto.Randomness;
import dev.coffer.protocol.crypto.SecretBytes;
import dev.coffer.protocol.crypto.X25519;
import dev.coffer.protocol.group.Ristretto255;
import dev.coffer.protocol.group.RistrettoElement;
import dev.coffer.protocol.group.RistrettoScalar;
import java.util.Arrays;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Our arithmetic against libsodium's on seeded random inputs, and on encodings that both must
 * refuse.
 */
@Tag("long")
class LibsodiumCrossTest {
  private static final int ROUNDS = 500;
  private static final Ristretto255 GROUP = Ristretto255.GROUP;

  private static Libsodium sodium;

  private final Random random = new Random(20261121);
  private final Randomness randomness = random::nextBytes;

  @BeforeAll
  static void find() {
    Optional<Libsodium> found = Libsodium.find();
    assumeTrue(
        found.isPresent(),
        "libsodium.so.23 is not installed: install the Debian package libsodium23");
    sodium = found.get();
  }

  private byte[] octets(int size) {
    return randomness.bytes(size).toByteArray();
  }

  private static byte[] encoded(RistrettoScalar scalar) {
    return GROUP.encodeScalar(scalar).copy();
  }

  @Test
  void scalarArithmeticIsTheSame() {
    for (int round = 0; round < ROUNDS; round++) {
      byte[] wide = octets(64);
      RistrettoScalar a = GROUP.scalarFromUniform(SecretBytes.copyOf(wide));
      RistrettoScalar b = GROUP.randomScalar(randomness);
      assertArrayEquals(sodium.scalarReduce(wide), encoded(a));
      assertArrayEquals(
          sodium.scalarMultiply(encoded(a), encoded(b)), encoded(GROUP.multiplyScalars(a, b)));
      assertArrayEquals(sodium.scalarInvert(encoded(a)), encoded(GROUP.invert(a)));
    }
  }

  @Test
  void elementArithmeticIsTheSame() throws Exception {
    for (int round = 0; round < ROUNDS; round++) {
      byte[] p = sodium.ristrettoFromHash(octets(64));
      byte[] q = sodium.ristrettoFromHash(octets(64));
      RistrettoElement a = GROUP.decode(Bytes.copyOf(p));
      RistrettoElement b = GROUP.decode(Bytes.copyOf(q));
      assertEquals(Bytes.wrap(sodium.ristrettoAdd(p, q)), GROUP.add(a, b).encode());
      RistrettoScalar k = GROUP.randomScalar(randomness);
      byte[] product = sodium.ristrettoMultiply(encoded(k), p).orElseThrow();
      assertEquals(Bytes.wrap(product), GROUP.multiply(k, a).encode());
      byte[] baseProduct = sodium.ristrettoMultiplyBase(encoded(k));
      assertEquals(Bytes.wrap(baseProduct), GROUP.multiply(k, GROUP.generator()).encode());
    }
  }

  /**
   * Random octets are an encoding one time in sixteen; both sides must say so for the same ones.
   */
  @Test
  void theSameEncodingsAreValid() {
    int valid = 0;
    for (int round = 0; round < 20 * ROUNDS; round++) {
      byte[] octets = octets(32);
      octets[0] &= (byte) 0xfe;
      octets[31] &= 0x7f;
      boolean ours;
      try {
        GROUP.decode(Bytes.copyOf(octets));
        ours = true;
      } catch (Rejected refused) {
        ours = false;
      }
      assertEquals(sodium.ristrettoIsValid(octets), ours);
      valid += ours ? 1 : 0;
    }
    assertTrue(valid > ROUNDS);
  }

  @Test
  void ed25519IsTheSame() {
    for (int round = 0; round < ROUNDS; round++) {
      byte[] seed = octets(32);
      byte[] message = octets(random.nextInt(300));
      byte[] secretKey = sodium.secretKey(seed);
      Bytes publicKey = Bytes.copyOf(secretKey, 32, 64);
      Bytes signature = Ed25519.sign(SecretBytes.copyOf(seed), Bytes.copyOf(message));
      assertEquals(publicKey, Ed25519.publicKey(SecretBytes.copyOf(seed)));
      assertEquals(Bytes.wrap(sodium.sign(secretKey, message)), signature);
      byte[] damaged = signature.toByteArray();
      damaged[random.nextInt(64)] ^= (byte) (1 << random.nextInt(8));
      for (byte[] candidate : new byte[][] {signature.toByteArray(), damaged}) {
        assertEquals(
            sodium.verify(publicKey.toByteArray(), message, candidate),
            Ed25519.verify(publicKey, Bytes.copyOf(message), Bytes.copyOf(candidate)));
      }
    }
  }

  @Test
  void x25519IsTheSame() throws Exception {
    for (int round = 0; round < ROUNDS; round++) {
      byte[] k = octets(32);
      byte[] u = octets(32);
      SecretBytes privateKey = SecretBytes.copyOf(k);
      assertEquals(Bytes.wrap(sodium.x25519Base(k)), X25519.publicKey(privateKey));
      byte[] shared = sodium.x25519(k, u).orElseThrow();
      assertTrue(SecretBytes.copyOf(shared).sameAs(X25519.agree(privateKey, Bytes.copyOf(u))));
    }
    byte[] ones = new byte[32];
    Arrays.fill(ones, (byte) 1);
    assertEquals(Optional.empty(), sodium.x25519(ones, new byte[32]));
  }
}
