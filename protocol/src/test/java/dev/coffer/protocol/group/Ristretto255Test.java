package dev.coffer.protocol.group;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.coffer.protocol.Vectors;
import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.codec.Invariant;
import dev.coffer.protocol.codec.Rejected;
import dev.coffer.protocol.codec.RejectionCode;
import dev.coffer.protocol.crypto.SecretBytes;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** What the group takes from outside and what it refuses. */
class Ristretto255Test {
  private static final Ristretto255 GROUP = Ristretto255.GROUP;
  private static final String ORDER =
      "edd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010";

  private static void assertBadElement(Bytes encoding) {
    Rejected rejected = assertThrows(Rejected.class, () -> GROUP.decode(encoding));
    assertEquals(RejectionCode.BAD_ELEMENT, rejected.code());
  }

  private static void assertBadScalar(SecretBytes encoding) {
    Rejected rejected = assertThrows(Rejected.class, () -> GROUP.decodeScalar(encoding));
    assertEquals(RejectionCode.BAD_SCALAR, rejected.code());
  }

  @Test
  void refusesTheIdentityAndEveryInvalidEncodingOfTheRfc() {
    assertBadElement(Bytes.zeros(32));
    for (JsonNode group : Vectors.list(Vectors.json("ristretto/rfc9496.json").get("invalid"))) {
      Vectors.list(group.get("encodings"))
          .forEach(each -> assertBadElement(Bytes.fromHex(each.asString())));
    }
  }

  @Test
  void refusesWrongLengthsAndTheTopBit() {
    for (int size : new int[] {0, 1, 31, 33, 64}) {
      assertBadElement(Bytes.zeros(size));
      assertBadScalar(SecretBytes.wrap(new byte[size]));
    }
    byte[] octets = GROUP.generator().encode().toByteArray();
    octets[31] |= (byte) 0x80;
    assertBadElement(Bytes.wrap(octets));
  }

  /**
   * p − s is the other square root: the same point reflected, which must not become a second
   * encoding.
   */
  @Test
  void refusesReflectedElements() {
    Random random = new Random(9496);
    for (int round = 0; round < 50; round++) {
      RistrettoElement a = GROUP.multiply(GROUP.randomScalar(random::nextBytes), GROUP.generator());
      byte[] octets = a.encode().toByteArray();
      byte[] reflected = new byte[32];
      int borrow = 0;
      for (int i = 0; i < 32; i++) {
        int p = i == 0 ? 0xed : i == 31 ? 0x7f : 0xff;
        int difference = p - (octets[i] & 0xff) - borrow;
        borrow = difference < 0 ? 1 : 0;
        reflected[i] = (byte) difference;
      }
      assertBadElement(Bytes.wrap(reflected));
    }
  }

  @Test
  void refusesZeroAndUnreducedScalars() throws Exception {
    assertBadScalar(SecretBytes.wrap(new byte[32]));
    assertBadScalar(SecretBytes.copyOf(Bytes.fromHex(ORDER)));
    byte[] ones = new byte[32];
    Arrays.fill(ones, (byte) 0xff);
    assertBadScalar(SecretBytes.wrap(ones));
    byte[] largest = Bytes.fromHex(ORDER).toByteArray();
    largest[0]--;
    SecretBytes encoding = SecretBytes.wrap(largest);
    assertTrue(encoding.sameAs(GROUP.encodeScalar(GROUP.decodeScalar(encoding))));
  }

  @Test
  void aGeneratorOfZerosIsRefusedNotLoopedOn() {
    assertThrows(
        IllegalStateException.class,
        () -> GROUP.randomScalar(target -> Arrays.fill(target, (byte) 0)));
    assertThrows(
        Invariant.Broken.class, () -> GROUP.scalarFromUniform(SecretBytes.wrap(new byte[32])));
  }

  @Test
  void drawsAgainAfterAZero() {
    int[] calls = {0};
    RistrettoScalar scalar = GROUP.randomScalar(target -> target[0] = (byte) calls[0]++);
    assertEquals(2, calls[0]);
    assertTrue(GROUP.encodeScalar(scalar).sameAs(GROUP.encodeScalar(GROUP.scalar(1))));
  }

  @Test
  void secretsDoNotPrint() {
    RistrettoScalar scalar = GROUP.scalar(77);
    assertEquals("RistrettoScalar[redacted]", scalar.toString());
    assertEquals("RistrettoElement[redacted]", GROUP.generator().toString());
    scalar.destroy();
    assertTrue(GROUP.isZero(scalar));
    assertFalse(scalar.equals(GROUP.scalar(0)));
  }

  @Test
  void domainSeparationTagsAreBoundedAndSeparate() {
    SecretBytes input = SecretBytes.wrap(new byte[] {1, 2, 3});
    Bytes longest = Bytes.zeros(255);
    RistrettoElement a = GROUP.hashToGroup(input, longest);
    RistrettoElement b = GROUP.hashToGroup(input, Bytes.zeros(254));
    assertFalse(GROUP.equal(a, b));
    assertThrows(Invariant.Broken.class, () -> GROUP.hashToGroup(input, Bytes.zeros(256)));
  }
}
