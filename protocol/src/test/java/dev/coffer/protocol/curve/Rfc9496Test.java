package dev.coffer.protocol.curve;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.coffer.protocol.Vectors;
import dev.coffer.protocol.codec.Bytes;
import java.math.BigInteger;
import java.util.List;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** RFC 9496: its constants (§4.1) and every vector of appendix A for ristretto255. */
class Rfc9496Test {
  private static final JsonNode RFC = Vectors.json("ristretto/rfc9496.json");

  @Test
  void computesTheConstants() {
    JsonNode constants = RFC.get("constants");
    assertConstant(constants, "D", EdwardsConstants.D);
    assertConstant(constants, "SQRT_M1", FieldPowers.SQRT_MINUS_ONE);
    assertConstant(constants, "SQRT_AD_MINUS_ONE", EdwardsConstants.SQRT_AD_MINUS_ONE);
    assertConstant(constants, "INVSQRT_A_MINUS_D", EdwardsConstants.INVSQRT_A_MINUS_D);
    assertConstant(constants, "ONE_MINUS_D_SQ", EdwardsConstants.ONE_MINUS_D_SQUARED);
    assertConstant(constants, "D_MINUS_ONE_SQ", EdwardsConstants.D_MINUS_ONE_SQUARED);
  }

  private static void assertConstant(JsonNode constants, String name, FieldElement actual) {
    assertEquals(
        new BigInteger(constants.get(name).asString()), FieldElementTest.exact(actual), name);
  }

  @Test
  void encodesMultiplesOfTheGenerator() {
    EdwardsPoint sum = new EdwardsPoint();
    EdwardsPoint multiple = new EdwardsPoint();
    List<JsonNode> multiples = Vectors.list(RFC.get("multiples"));
    assertEquals(16, multiples.size());
    for (int i = 0; i < multiples.size(); i++) {
      byte[] expected = Bytes.fromHex(multiples.get(i).asString()).toByteArray();
      assertArrayEquals(expected, RistrettoEncoding.encode(sum));
      BasePoint.multiply(multiple, CurveScalar.of(i));
      assertArrayEquals(expected, RistrettoEncoding.encode(multiple));
      EdwardsPoint decoded = new EdwardsPoint();
      assertTrue(RistrettoEncoding.decode(decoded, expected));
      assertEquals(1, RistrettoEncoding.equal(decoded, sum));
      assertArrayEquals(expected, RistrettoEncoding.encode(decoded));
      sum.add(sum, BasePoint.generator());
    }
  }

  @Test
  void refusesInvalidEncodings() {
    int count = 0;
    for (JsonNode group : Vectors.list(RFC.get("invalid"))) {
      for (JsonNode encoding : Vectors.list(group.get("encodings"))) {
        byte[] octets = Bytes.fromHex(encoding.asString()).toByteArray();
        assertFalse(
            RistrettoEncoding.decode(new EdwardsPoint(), octets), group.get("why").asString());
        count++;
      }
    }
    assertEquals(29, count);
  }

  @Test
  void mapsUniformOctets() {
    List<JsonNode> maps = Vectors.list(RFC.get("map"));
    assertEquals(11, maps.size());
    for (JsonNode each : maps) {
      EdwardsPoint p = new EdwardsPoint();
      RistrettoEncoding.map(p, Vectors.hex(each, "uniform").toByteArray());
      assertEquals(Vectors.hex(each, "element"), Bytes.wrap(RistrettoEncoding.encode(p)));
    }
  }

  @Test
  void takesSquareRootsOfRatios() {
    for (JsonNode each : Vectors.list(RFC.get("squareRoots"))) {
      FieldElement u = new FieldElement().decode(Vectors.hex(each, "u").toByteArray(), 0);
      FieldElement v = new FieldElement().decode(Vectors.hex(each, "v").toByteArray(), 0);
      FieldElement root = new FieldElement();
      assertEquals(
          each.get("wasSquare").asBoolean() ? 1 : 0, FieldPowers.squareRootOfRatio(root, u, v));
      byte[] octets = new byte[32];
      root.encode(octets, 0);
      assertEquals(Vectors.hex(each, "root"), Bytes.wrap(octets));
    }
  }

  /**
   * All eight points that stand for one element encode alike, compare equal, and so does the
   * identity.
   */
  @Test
  void smallOrderPointsDoNotShow() {
    EdwardsPoint p = new EdwardsPoint();
    BasePoint.multiply(p, CurveScalar.of(12345));
    byte[] expected = RistrettoEncoding.encode(p);
    List<EdwardsPoint> torsion = EdwardsPointTest.torsion();
    for (int i = 0; i < 8; i += 2) { // the four points of order 1, 2 and 4
      EdwardsPoint shifted = new EdwardsPoint().add(p, torsion.get(i));
      assertArrayEquals(expected, RistrettoEncoding.encode(shifted));
      assertEquals(1, RistrettoEncoding.equal(p, shifted));
      assertEquals(1, RistrettoEncoding.isIdentity(torsion.get(i)));
      assertArrayEquals(new byte[32], RistrettoEncoding.encode(torsion.get(i)));
    }
    assertEquals(0, RistrettoEncoding.isIdentity(p));
    assertEquals(0, RistrettoEncoding.equal(p, BasePoint.generator()));
  }
}
