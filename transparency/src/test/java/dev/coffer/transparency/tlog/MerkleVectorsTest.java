package dev.coffer.transparency.tlog;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.coffer.protocol.codec.Bytes;
import dev.coffer.transparency.Vectors;
import dev.coffer.transparency.text.Refused;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;

/** The cases of transparency-dev/merkle, most of which must fail. */
@Tag("long")
class MerkleVectorsTest {
  static Stream<Vectors.Named> inclusion() {
    return Vectors.below("merkle/inclusion").stream();
  }

  static Stream<Vectors.Named> consistency() {
    return Vectors.below("merkle/consistency").stream();
  }

  @Test
  void nothingWasLost() {
    assertEquals(196, inclusion().count() + consistency().count());
  }

  /** Sizes above 2⁶³−1 come out negative, as they would from a careless reader. */
  private static long number(JsonNode json, String name) {
    return new BigInteger(json.get(name).asString()).longValue();
  }

  private static List<Bytes> proof(JsonNode json) {
    List<Bytes> proof = new ArrayList<>();
    json.get("proof").forEach(hash -> proof.add(Vectors.base64(hash)));
    return proof;
  }

  private interface Check {
    void run() throws Refused;
  }

  private static boolean fails(Check check) {
    try {
      check.run();
      return false;
    } catch (Refused e) {
      return true;
    }
  }

  @ParameterizedTest
  @MethodSource("inclusion")
  void inclusion(Vectors.Named vector) {
    JsonNode json = vector.json();
    boolean failed =
        fails(() ->
            Tlog.checkInclusion(
                number(json, "leafIdx"),
                number(json, "treeSize"),
                Vectors.base64(json.get("leafHash")),
                proof(json),
                Vectors.base64(json.get("root"))));
    assertEquals(json.get("wantErr").asBoolean(), failed, json.get("desc").asString());
  }

  @ParameterizedTest
  @MethodSource("consistency")
  void consistency(Vectors.Named vector) {
    JsonNode json = vector.json();
    boolean failed =
        fails(() ->
            Tlog.checkConsistency(
                number(json, "size1"),
                number(json, "size2"),
                Vectors.base64(json.get("root1")),
                Vectors.base64(json.get("root2")),
                proof(json)));
    assertEquals(json.get("wantErr").asBoolean(), failed, json.get("desc").asString());
  }
}
