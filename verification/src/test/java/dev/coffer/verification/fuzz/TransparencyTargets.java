package dev.coffer.verification.fuzz;

import static dev.coffer.verification.fuzz.Codecs.settled;
import static dev.coffer.verification.fuzz.Codecs.text;
import static dev.coffer.verification.fuzz.Codecs.utf8;
import static dev.coffer.verification.fuzz.Codecs.whole;

import dev.coffer.protocol.codec.Bytes;
import dev.coffer.transparency.bundle.Bundle;
import dev.coffer.transparency.bundle.BundleDelivery;
import dev.coffer.transparency.note.Cosignature;
import dev.coffer.transparency.note.Note;
import dev.coffer.transparency.note.NoteSignature;
import dev.coffer.transparency.note.VerifierKey;
import dev.coffer.transparency.tlog.AddCheckpoint;
import dev.coffer.transparency.tlog.Checkpoint;
import dev.coffer.transparency.tlog.Policy;
import dev.coffer.transparency.tlog.TilePath;
import dev.coffer.transparency.tlog.TlogProof;
import dev.coffer.transparency.trust.TrustPolicy;
import dev.coffer.transparency.verify.Memory;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;

/** Every parser of the transparency module; seeds are the published vectors. */
final class TransparencyTargets {
  private TransparencyTargets() {}

  static List<Target> all() {
    List<Bytes> notes = inputs("note");
    List<Bytes> keys = new ArrayList<>();
    List<Bytes> lines = new ArrayList<>();
    for (Bytes note : inputs("cosignature")) {
      Codecs.utf8(note)
          .orElse("")
          .lines()
          .filter(l -> l.startsWith("— "))
          .map(Codecs::utf8)
          .forEach(lines::add);
    }
    for (String file : List.of("note", "cosignature")) {
      keys.add(utf8(vectors(file).get("key").asString()));
    }
    return List.of(
        whole("note", notes, Note::parse, Note::encode),
        text("note-signature", lines, NoteSignature::parse, read -> read.line().stripTrailing()),
        text("verifier-key", keys, VerifierKey::parse, VerifierKey::text),
        whole("cosignature", List.of(Bytes.zeros(72)), Cosignature::parse, Cosignature::encode),
        text("checkpoint", inputs("checkpoint"), Checkpoint::parse, Checkpoint::text),
        whole("log-proof", inputs("proof"), TlogProof::parse, TlogProof::encode),
        settled("log-policy", inputs("policy"), Policy::parse, Policy::encode),
        whole(
            "add-checkpoint",
            texts("add-checkpoint", "body"),
            AddCheckpoint::parse,
            AddCheckpoint::encode),
        text("bundle", inputs("bundle"), Bundle::parse, Bundle::text),
        text("trust-policy", inputs("trust-policy"), TrustPolicy::parse, TrustPolicy::text),
        text(
            "tile-path",
            List.of(utf8("tile/0/x001/234.p/5"), utf8("tile/63/000")),
            TilePath::parse,
            TilePath::path),
        whole(
            "bundle-delivery",
            octets("delivery", "delivery"),
            BundleDelivery::decode,
            BundleDelivery::encode),
        whole("bundle-memory", octets("delivery", "remembered"), Memory::decode, Memory::encode));
  }

  private static List<Bytes> inputs(String file) {
    return texts(file, "input");
  }

  private static List<Bytes> texts(String file, String field) {
    List<Bytes> found = new ArrayList<>();
    for (JsonNode one : vectors(file).get("cases")) {
      if (one.has(field) && found.size() < 8) {
        found.add(utf8(one.get(field).asString()));
      }
    }
    return found;
  }

  private static List<Bytes> octets(String file, String field) {
    List<Bytes> found = new ArrayList<>();
    for (JsonNode one : vectors(file).get("cases")) {
      if (one.has(field) && !one.get(field).asString().isEmpty() && found.size() < 4) {
        found.add(Bytes.wrap(Base64.getDecoder().decode(one.get(field).asString())));
      }
    }
    return found;
  }

  private static JsonNode vectors(String file) {
    try (InputStream in =
        TransparencyTargets.class.getResourceAsStream("/vectors/coffer/" + file + ".json")) {
      return new ObjectMapper().readTree(in);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
