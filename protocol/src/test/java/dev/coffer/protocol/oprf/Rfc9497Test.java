package dev.coffer.protocol.oprf;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.coffer.protocol.Vectors;
import dev.coffer.protocol.crypto.SecretBytes;
import dev.coffer.protocol.group.Ristretto255;
import dev.coffer.protocol.group.RistrettoElement;
import dev.coffer.protocol.group.RistrettoScalar;
import java.util.List;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** RFC 9497 appendix A.1.1: ristretto255-SHA512 in mode 0x00, every step of every vector. */
class Rfc9497Test {
  private static final Ristretto255 GROUP = Ristretto255.GROUP;
  private static final Oprf<RistrettoElement, RistrettoScalar> OPRF = Oprf.RISTRETTO255;

  private static JsonNode suite() {
    List<JsonNode> suites =
        Vectors.list(Vectors.json("oprf/rfc9497-vectors.json")).stream()
            .filter(suite -> suite.get("identifier").asString().equals("ristretto255-SHA512"))
            .filter(suite -> suite.get("mode").asInt() == 0)
            .toList();
    assertEquals(1, suites.size());
    return suites.get(0);
  }

  @Test
  void derivesTheKey() {
    RistrettoScalar key =
        OPRF.deriveKey(Vectors.secret(suite(), "seed"), Vectors.hex(suite(), "keyInfo"));
    assertTrue(Vectors.secret(suite(), "skSm").sameAs(GROUP.encodeScalar(key)));
  }

  @Test
  void runsEveryVector() throws Exception {
    RistrettoScalar key = GROUP.decodeScalar(Vectors.secret(suite(), "skSm"));
    for (JsonNode vector : Vectors.list(suite().get("vectors"))) {
      SecretBytes input = Vectors.secret(vector, "Input");
      RistrettoScalar blind = GROUP.decodeScalar(Vectors.secret(vector, "Blind"));
      RistrettoElement blinded = OPRF.blind(input, blind).blindedElement();
      assertEquals(Vectors.hex(vector, "BlindedElement"), blinded.encode());
      RistrettoElement evaluated = OPRF.evaluate(key, GROUP.decode(blinded.encode()));
      assertEquals(Vectors.hex(vector, "EvaluationElement"), evaluated.encode());
      SecretBytes output = OPRF.finalizeOutput(input, blind, GROUP.decode(evaluated.encode()));
      assertTrue(Vectors.secret(vector, "Output").sameAs(output));
    }
  }
}
