package dev.coffer.evidence;

import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.codec.Rejected;
import dev.coffer.protocol.crypto.Ed25519;
import dev.coffer.protocol.crypto.Hashes;
import dev.coffer.protocol.json.JsonWriter;
import dev.coffer.protocol.json.StrictJson;
import dev.coffer.protocol.json.StrictJson.Value;
import dev.coffer.transparency.text.RefusalCode;
import dev.coffer.transparency.text.Refused;
import dev.coffer.transparency.text.StrictBase64;
import dev.coffer.transparency.text.Utf8;
import java.util.List;
import java.util.Optional;

/**
 * A statement and its signature: a DSSE envelope (secure-systems-lab/dsse, protocol 1.0.2) in a
 * Sigstore bundle v0.3 whose verification material is the name of a public key. It has no entry of
 * a transparency log of Sigstore's: the manifest's hash stands on the fleet's line in ours.
 *
 * @param payload the statement
 * @param signature Ed25519 over {@link #signed}, 64 octets
 * @param hint SHA-256 of the public key that signed, SubjectPublicKeyInfo
 */
record Envelope(Bytes payload, Bytes signature, Bytes hint) {
  private static final String MEDIA = "application/vnd.dev.sigstore.bundle.v0.3+json";
  private static final String TYPE = "application/vnd.in-toto+json";

  /** What is signed: DSSE's pre-authentication encoding. */
  static Bytes signed(Bytes payload) {
    return Utf8.encode("DSSEv1 " + TYPE.length() + " " + TYPE + " " + payload.size() + " ")
        .concat(payload);
  }

  static Bytes hintOf(Bytes publicKey) {
    return Hashes.sha256(PublicKeyPem.der(publicKey));
  }

  boolean verify(Bytes publicKey) {
    return Ed25519.verify(publicKey, signed(payload), signature);
  }

  /** The one encoding. */
  Bytes encode() {
    JsonWriter key = new JsonWriter().put("hint", StrictBase64.encode(hint));
    JsonWriter sig = new JsonWriter().put("sig", StrictBase64.encode(signature));
    JsonWriter dsse =
        new JsonWriter()
            .put("payload", StrictBase64.encode(payload))
            .put("payloadType", TYPE)
            .putAll("signatures", List.of(sig));
    JsonWriter bundle =
        new JsonWriter()
            .put("mediaType", MEDIA)
            .put("verificationMaterial", new JsonWriter().put("publicKey", key))
            .put("dsseEnvelope", dsse);
    return Utf8.encode(bundle + "\n");
  }

  /** Reads what {@link #encode} wrote, and nothing else. */
  static Envelope parse(Bytes file) throws Refused {
    try {
      Value.Members all = StrictJson.object(file);
      Value.Members dsse = all.members("dsseEnvelope").orElseThrow(Envelope::malformed);
      Bytes hint =
          octets(
              all.members("verificationMaterial")
                  .flatMap(material -> material.members("publicKey"))
                  .flatMap(key -> key.text("hint")));
      if (!(dsse.values().get("signatures") instanceof Value.Items signatures)
          || signatures.values().size() != 1
          || !(signatures.values().getFirst() instanceof Value.Members signature)) {
        throw malformed();
      }
      Envelope envelope =
          new Envelope(octets(dsse.text("payload")), octets(signature.text("sig")), hint);
      if (!envelope.encode().equals(file)) {
        throw new Refused(RefusalCode.NOT_CANONICAL, PackageFiles.ENVELOPE);
      }
      return envelope;
    } catch (Rejected e) {
      throw malformed();
    }
  }

  private static Bytes octets(Optional<String> base64) throws Refused {
    return StrictBase64.decode(base64.orElseThrow(Envelope::malformed), PackageFiles.ENVELOPE);
  }

  private static Refused malformed() {
    return new Refused(
        RefusalCode.MALFORMED, PackageFiles.ENVELOPE + " is no bundle with one signature");
  }
}
