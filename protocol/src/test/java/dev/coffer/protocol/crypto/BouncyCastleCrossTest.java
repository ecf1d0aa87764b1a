package dev.coffer.protocol.crypto;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.coffer.protocol.codec.Bytes;
import java.util.Random;
import org.bouncycastle.crypto.params.Ed25519PrivateKeyParameters;
import org.bouncycastle.crypto.params.X25519PrivateKeyParameters;
import org.bouncycastle.crypto.params.X25519PublicKeyParameters;
import org.bouncycastle.crypto.signers.Ed25519Signer;
import org.junit.jupiter.api.Test;

/** Ed25519 and X25519 against an independent implementation, on seeded random inputs. */
class BouncyCastleCrossTest {
  private static final int ROUNDS = 200;

  @Test
  void ed25519GivesTheSameKeysAndSignatures() {
    Random random = new Random(20261121);
    for (int round = 0; round < ROUNDS; round++) {
      byte[] seed = octets(random, 32);
      byte[] message = octets(random, random.nextInt(300));
      Ed25519PrivateKeyParameters theirs = new Ed25519PrivateKeyParameters(seed);
      Ed25519Signer signer = new Ed25519Signer();
      signer.init(true, theirs);
      signer.update(message, 0, message.length);
      Bytes publicKey = Bytes.wrap(theirs.generatePublicKey().getEncoded());
      Bytes signature = Bytes.wrap(signer.generateSignature());
      SecretBytes secret = SecretBytes.copyOf(seed);
      assertEquals(publicKey, Ed25519.publicKey(secret));
      assertEquals(signature, Ed25519.sign(secret, Bytes.wrap(message)));
      assertTrue(Ed25519.verify(publicKey, Bytes.wrap(message), signature));
    }
  }

  @Test
  void x25519GivesTheSameKeysAndSecrets() throws Exception {
    Random random = new Random(7748);
    for (int round = 0; round < ROUNDS; round++) {
      byte[] scalar = octets(random, 32);
      byte[] point = octets(random, 32);
      X25519PrivateKeyParameters theirs = new X25519PrivateKeyParameters(scalar);
      assertEquals(
          Bytes.wrap(theirs.generatePublicKey().getEncoded()),
          X25519.publicKey(SecretBytes.copyOf(scalar)));
      byte[] shared = new byte[32];
      theirs.generateSecret(new X25519PublicKeyParameters(point), shared, 0);
      SecretBytes ours = X25519.agree(SecretBytes.copyOf(scalar), Bytes.wrap(point));
      assertEquals(Bytes.wrap(shared), Bytes.wrap(ours.copy()));
    }
  }

  private static byte[] octets(Random random, int size) {
    byte[] octets = new byte[size];
    random.nextBytes(octets);
    return octets;
  }
}
