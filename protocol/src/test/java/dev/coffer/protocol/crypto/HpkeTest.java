package dev.coffer.protocol.crypto;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.codec.Rejected;
import dev.coffer.protocol.codec.RejectionCode;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.junit.jupiter.api.Test;

/**
 * HPKE beyond the vectors: other keys, other contexts, damaged and hostile messages, exporters kept
 * for a retry.
 */
class HpkeTest {
  private final Random random = new Random(9180);
  private final Randomness randomness = random::nextBytes;
  private final SecretBytes privateKey = SecretBytes.random(randomness, 32);
  private final Bytes publicKey = X25519.publicKey(privateKey);
  private final Bytes info = ascii("info");
  private final Bytes aad = ascii("aad");

  private static Bytes ascii(String text) {
    return Bytes.wrap(text.getBytes(StandardCharsets.US_ASCII));
  }

  @Test
  void opensWhatItSeals() throws Exception {
    for (int size : new int[] {0, 1, 15, 16, 17, 640, 2048}) {
      SecretBytes plaintext = SecretBytes.random(randomness, size);
      Bytes sealed = Hpke.seal(randomness, publicKey, info, aad, plaintext);
      assertEquals(size + Hpke.OVERHEAD, sealed.size());
      assertTrue(plaintext.sameAs(Hpke.open(privateKey, info, aad, sealed)));
      assertNotEquals(sealed, Hpke.seal(randomness, publicKey, info, aad, plaintext));
    }
  }

  @Test
  void refusesEveryFlippedBit() throws Exception {
    Bytes sealed = Hpke.seal(randomness, publicKey, info, aad, SecretBytes.random(randomness, 5));
    for (int bit = 0; bit < sealed.size() * 8; bit++) {
      // Bit 255 of an X25519 key is ignored by the curve; HPKE binds it all the same.
      byte[] octets = sealed.toByteArray();
      octets[bit / 8] ^= (byte) (1 << (bit % 8));
      assertRefused(RejectionCode.BAD_CIPHERTEXT, info, aad, Bytes.wrap(octets));
    }
  }

  @Test
  void refusesAnotherContext() throws Exception {
    Bytes sealed = Hpke.seal(randomness, publicKey, info, aad, SecretBytes.random(randomness, 5));
    assertRefused(RejectionCode.BAD_CIPHERTEXT, ascii("other"), aad, sealed);
    assertRefused(RejectionCode.BAD_CIPHERTEXT, info, ascii("other"), sealed);
    SecretBytes other = SecretBytes.random(randomness, 32);
    assertThrows(Rejected.class, () -> Hpke.open(other, info, aad, sealed));
    for (int size = 0; size < sealed.size(); size++) {
      RejectionCode code =
          size < Hpke.OVERHEAD ? RejectionCode.TRUNCATED : RejectionCode.BAD_CIPHERTEXT;
      assertRefused(code, info, aad, sealed.slice(0, size));
    }
  }

  @Test
  void refusesLowOrderKeysOnBothSides() {
    Bytes zero = Bytes.zeros(32);
    assertThrows(
        Rejected.class,
        () -> Hpke.seal(randomness, zero, info, aad, SecretBytes.wrap(new byte[1])));
    assertThrows(Rejected.class, () -> Hpke.encapsulate(randomness, zero, info));
    assertThrows(Rejected.class, () -> Hpke.decapsulate(privateKey, zero, info));
    assertRefused(RejectionCode.BAD_ELEMENT, info, aad, Bytes.zeros(Hpke.OVERHEAD + 4));
    assertThrows(Rejected.class, () -> Hpke.decapsulate(privateKey, Bytes.zeros(31), info));
  }

  private void assertRefused(RejectionCode code, Bytes info, Bytes aad, Bytes sealed) {
    Rejected rejected =
        assertThrows(Rejected.class, () -> Hpke.open(privateKey, info, aad, sealed));
    assertEquals(code, rejected.code());
  }

  @Test
  void anotherPublicKeyOpensNothing() throws Exception {
    Bytes sealed = Hpke.seal(randomness, publicKey, info, aad, SecretBytes.random(randomness, 5));
    assertEquals(5, Hpke.open(privateKey, publicKey, info, aad, sealed).size());
    Bytes other = X25519.publicKey(SecretBytes.random(randomness, 32));
    assertThrows(Rejected.class, () -> Hpke.open(privateKey, other, info, aad, sealed));
    Hpke.Exporter sender = Hpke.encapsulate(randomness, publicKey, info);
    Hpke.Exporter right = Hpke.decapsulate(privateKey, publicKey, sender.encapsulation(), info);
    Hpke.Exporter wrong = Hpke.decapsulate(privateKey, other, sender.encapsulation(), info);
    assertTrue(sender.export(aad, 32).sameAs(right.export(aad, 32)));
    assertFalse(sender.export(aad, 32).sameAs(wrong.export(aad, 32)));
  }

  @Test
  void bothSidesExportTheSame() throws Exception {
    Hpke.Exporter sender = Hpke.encapsulate(randomness, publicKey, info);
    Hpke.Exporter recipient = Hpke.decapsulate(privateKey, sender.encapsulation(), info);
    Hpke.Exporter kept =
        Hpke.Exporter.restore(
            sender.encapsulation(), SecretBytes.wrap(sender.exporterSecret().copy()));
    for (int size : new int[] {1, 32, 100}) {
      assertTrue(sender.export(aad, size).sameAs(recipient.export(aad, size)));
      assertTrue(sender.export(aad, size).sameAs(kept.export(aad, size)));
    }
    assertFalse(sender.export(aad, 32).sameAs(sender.export(info, 32)));
    Hpke.Exporter otherInfo = Hpke.decapsulate(privateKey, sender.encapsulation(), aad);
    assertFalse(sender.export(aad, 32).sameAs(otherInfo.export(aad, 32)));
    assertEquals(Hpke.ENCAPSULATION, sender.encapsulation().size());
    sender.close();
    assertThrows(RuntimeException.class, () -> sender.export(aad, 32));
  }
}
