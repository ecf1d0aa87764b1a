package dev.coffer.verification.language;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.coffer.client.secret.RecoveryCode;
import dev.coffer.client.secret.UnacceptableCode;
import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.codec.Rejected;
import dev.coffer.protocol.crypto.Ed25519;
import dev.coffer.protocol.crypto.SecretBytes;
import dev.coffer.protocol.fleet.Fleet;
import dev.coffer.protocol.group.Ristretto255;
import dev.coffer.protocol.outcome.AttemptPayload;
import dev.coffer.protocol.outcome.FleetDelivery;
import dev.coffer.protocol.outcome.ReplyContent;
import dev.coffer.protocol.outcome.VaultAnswer;
import dev.coffer.protocol.request.Request;
import dev.coffer.transparency.bundle.Bundle;
import dev.coffer.transparency.note.Note;
import dev.coffer.transparency.text.RefusalCode;
import dev.coffer.transparency.text.Refused;
import dev.coffer.transparency.text.Utf8;
import dev.coffer.transparency.tlog.Policy;
import dev.coffer.transparency.tlog.TlogProof;
import dev.coffer.transparency.trust.TrustPolicy;
import dev.coffer.verification.fuzz.Mutator;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;

/**
 * Damaged octets of every kind, read by both clients: what one accepts the other accepts, and reads
 * the same in it. {@code -Dlanguage.seed=n} repeats a run.
 */
@Tag("long")
final class TypeScriptReadersTest {
  private static final int ROUNDS = 12;
  private static final int BATCH = 100;
  private static final Path VECTORS = Path.of("..", "web", "vectors");
  private static final Path PUBLISHED =
      Path.of("..", "transparency", "src", "test", "resources", "vectors", "coffer");
  private static final Path CCTV =
      Path.of("..", "protocol/src/test/resources/vectors/ed25519/cctv-ed25519vectors.json");

  /** What the Java reader makes of octets. */
  @FunctionalInterface
  private interface Reader {
    String read(Bytes octets) throws Rejected, Refused, UnacceptableCode, CharacterCodingException;
  }

  private static final Map<String, Reader> READERS = new LinkedHashMap<>();

  static {
    READERS.put("fleet", o -> Fleet.decode(o).id().value().hex());
    READERS.put("answer", o -> "" + VaultAnswer.decode(o).replies().size());
    READERS.put("delivery", o -> "" + FleetDelivery.decode(o).certificates().size());
    READERS.put("reply", o -> ReplyContent.unpad(o).outcome().encode().hex());
    READERS.put("attempt-payload", o -> AttemptPayload.decode(o).encode().hex());
    READERS.put("request", o -> Request.decode(o).encode().hex());
    READERS.put("note", o -> "" + Note.parse(o).signatures().size());
    READERS.put("bundle", o -> "" + Bundle.parse(Utf8.decode(o, "bundle")).epoch());
    READERS.put("trust-policy", o -> TrustPolicy.parse(Utf8.decode(o, "policy")).hash().hex());
    READERS.put("proof", o -> "" + TlogProof.parse(o).index());
    READERS.put("policy", o -> Policy.parse(o).quorum());
    READERS.put("element", o -> Ristretto255.GROUP.decode(o).encode().hex());
    READERS.put("signature", TypeScriptReadersTest::signature);
    READERS.put("code", TypeScriptReadersTest::code);
  }

  private static String signature(Bytes octets) throws Refused {
    boolean holds =
        octets.size() >= 96
            && Ed25519.verify(
                octets.slice(0, 32), octets.slice(96, octets.size()), octets.slice(32, 96));
    if (!holds) {
      throw new Refused(RefusalCode.BAD_SIGNATURE, "signature");
    }
    return "holds";
  }

  private static String code(Bytes octets) throws UnacceptableCode, CharacterCodingException {
    char[] typed =
        StandardCharsets.UTF_8
            .newDecoder()
            .decode(ByteBuffer.wrap(octets.toByteArray()))
            .toString()
            .toCharArray();
    try (RecoveryCode code = RecoveryCode.chosen(typed);
        SecretBytes normalised = code.normalised()) {
      return Bytes.wrap(normalised.copy()).hex();
    }
  }

  private static String java(Reader reader, Bytes octets) {
    try {
      return "= " + reader.read(octets);
    } catch (Rejected | Refused | UnacceptableCode | CharacterCodingException e) {
      return "refused";
    }
  }

  private static JsonNode json(Path file) {
    return new ObjectMapper().readTree(file.toFile());
  }

  private static Bytes utf8(String text) {
    return Bytes.wrap(text.getBytes(StandardCharsets.UTF_8));
  }

  /** Good inputs, from the vectors that both read. */
  private static List<Bytes> seeds(String kind) {
    List<Bytes> seeds = new ArrayList<>();
    json(VECTORS.resolve("decoding.json"))
        .get("cases")
        .forEach(one -> {
          if (one.get("kind").asString().equals(kind)) {
            seeds.add(Bytes.fromHex(one.get("octets").asString()));
          }
        });
    switch (kind) {
      case "answer" ->
          seeds.add(Bytes.fromHex(json(VECTORS.resolve("answer.json")).get("answer").asString()));
      case "note", "bundle", "trust-policy", "proof", "policy" ->
          json(PUBLISHED.resolve(kind + ".json"))
              .get("cases")
              .forEach(one -> {
                if (one.get("valid").asBoolean() && one.has("input")) {
                  seeds.add(utf8(one.get("input").asString()));
                }
              });
      case "element" ->
          json(VECTORS.resolve("sharing.json"))
              .get("cases")
              .forEach(one ->
                  seeds.add(Bytes.fromHex(one.get("partials").get(0).get("element").asString())));
      case "signature" -> json(CCTV).forEach(one -> seeds.add(cctv(one)));
      case "code" ->
          json(VECTORS.resolve("codes.json"))
              .get("cases")
              .forEach(one -> seeds.add(utf8(one.get("typed").asString())));
      default -> {
        // The decoding vectors have it.
      }
    }
    assertTrue(!seeds.isEmpty(), "good inputs of kind " + kind);
    return seeds;
  }

  private static Bytes cctv(JsonNode one) {
    return Bytes.fromHex(one.get("key").asString() + one.get("sig").asString())
        .concat(utf8(one.get("msg").asString()));
  }

  @Test
  void bothReadersAcceptTheSameAndReadTheSame() throws Exception {
    var started = TypeScriptClient.start(Path.of("none.pem"));
    assumeTrue(started.isPresent(), "no Node.js with the packages of web/client here");
    long seed = Long.getLong("language.seed", System.nanoTime());
    try (TypeScriptClient node = started.get()) {
      for (Map.Entry<String, Reader> reader : READERS.entrySet()) {
        Mutator mutator = new Mutator(seed, seeds(reader.getKey()));
        int accepted = 0;
        List<Bytes> inputs = new ArrayList<>(seeds(reader.getKey()));
        for (int round = 0; round < ROUNDS; round++) {
          while (inputs.size() < BATCH) {
            inputs.add(mutator.next());
          }
          List<String> theirs = node.read(reader.getKey(), inputs);
          for (int i = 0; i < inputs.size(); i++) {
            String ours = java(reader.getValue(), inputs.get(i));
            accepted += ours.equals("refused") ? 0 : 1;
            String where = reader.getKey() + ", seed " + seed + ": " + inputs.get(i).hex();
            assertEquals(ours, theirs.get(i), where);
          }
          inputs.clear();
        }
        assertTrue(accepted > 0, "some " + reader.getKey() + " were accepted");
      }
    }
  }
}
