package dev.coffer.analysis.timing;

import dev.coffer.hsm.harness.MemoryPlatform;
import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.codec.Rejected;
import dev.coffer.protocol.crypto.Ed25519;
import dev.coffer.protocol.crypto.Randomness;
import dev.coffer.protocol.crypto.SecretBytes;
import dev.coffer.protocol.crypto.X25519;
import dev.coffer.protocol.group.Ristretto255;
import dev.coffer.protocol.group.RistrettoElement;
import dev.coffer.protocol.group.RistrettoScalar;
import dev.coffer.protocol.threshold.Sharing;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;

/** Every operation of the protocol's arithmetic that has a secret in it, on one secret a seed. */
public final class GroupExperiment implements Experiment {
  private static final Bytes TAG = Bytes.fromHex("636f66666572");

  /** Seeds below this choose special secrets: nearly empty, nearly full, one, minus one. */
  static final long SPECIAL = 4;

  @Override
  public Runnable prepare(String work, long seed) {
    try {
      Randomness randomness = MemoryPlatform.seeded(seed);
      RistrettoScalar scalar = scalar(randomness, seed);
      SecretBytes octets = octets(randomness, seed);
      RistrettoElement element =
          Ristretto255.GROUP.multiply(
              Ristretto255.GROUP.randomScalar(randomness), Ristretto255.GROUP.generator());
      return work(work, scalar, octets, element);
    } catch (Rejected e) {
      throw new IllegalStateException(e);
    }
  }

  private static RistrettoScalar scalar(Randomness randomness, long seed) throws Rejected {
    RistrettoScalar one = Ristretto255.GROUP.scalar(1);
    return switch ((int) seed) {
      case 0 -> one;
      case 1 -> Ristretto255.GROUP.scalar(-1);
      case 2 -> Ristretto255.GROUP.scalar(1L << 40);
      case 3 -> Ristretto255.GROUP.scalar(-(1L << 62));
      default -> Ristretto255.GROUP.randomScalar(randomness);
    };
  }

  private static SecretBytes octets(Randomness randomness, long seed) {
    byte[] octets = new byte[32];
    if (seed < SPECIAL) {
      Arrays.fill(octets, (byte) (seed * 85));
      return SecretBytes.wrap(octets);
    }
    return SecretBytes.random(randomness, octets.length);
  }

  private static Runnable work(
      String work, RistrettoScalar scalar, SecretBytes octets, RistrettoElement element) {
    Ristretto255 group = Ristretto255.GROUP;
    RistrettoElement base = group.generator();
    RistrettoElement fixed = group.multiply(group.scalar(12345), base);
    Bytes encoding = element.encode();
    SecretBytes twin = SecretBytes.wrap(octets.copy());
    return switch (work) {
      case "multiply an element" -> () -> group.multiply(scalar, fixed);
      case "multiply the generator" -> () -> group.multiply(scalar, base);
      case "invert a scalar" -> () -> group.invert(scalar);
      case "multiply scalars" -> () -> group.multiplyScalars(scalar, scalar);
      case "add scalars" -> () -> group.addScalars(scalar, scalar);
      case "encode a scalar" -> () -> group.encodeScalar(scalar);
      case "decode a scalar" -> decodeScalar(group.encodeScalar(scalar));
      case "encode an element" -> () -> group.add(element, base).encode();
      case "decode an element" -> () -> decode(encoding);
      case "compare elements" -> () -> group.equal(element, fixed);
      case "compare an element with itself" -> () -> group.equal(element, element);
      case "hash a code to the group" -> () -> group.hashToGroup(octets, TAG);
      case "agree on a key" -> () -> agree(octets);
      case "make a public key" -> () -> X25519.publicKey(octets);
      case "sign" -> () -> Ed25519.sign(octets, TAG);
      case "compare secrets" -> () -> octets.sameAs(twin);
      case "make a share" -> share(octets);
      case "multiply in variable time" -> () -> group.multiplyVarTime(twin.copy()[0], fixed);
      default -> throw new IllegalArgumentException(work);
    };
  }

  private static Runnable share(SecretBytes octets) {
    Map<Integer, SecretBytes> keys = new HashMap<>();
    Sharing.among(5).subsetsOf(2).forEach(position -> keys.put(position, octets));
    return () -> Sharing.among(5).share(Ristretto255.GROUP, 2, keys, TAG);
  }

  private static Runnable decodeScalar(SecretBytes encoding) {
    return () -> {
      try {
        Ristretto255.GROUP.decodeScalar(encoding);
      } catch (Rejected e) {
        throw new IllegalStateException(e);
      }
    };
  }

  private static void decode(Bytes encoding) {
    try {
      Ristretto255.GROUP.decode(encoding);
    } catch (Rejected e) {
      throw new IllegalStateException(e);
    }
  }

  private static void agree(SecretBytes octets) {
    try {
      X25519.agree(octets, X25519.publicKey(SecretBytes.wrap(new byte[32])));
    } catch (Rejected e) {
      throw new IllegalStateException(e);
    }
  }
}
