package dev.coffer.protocol.shared;

import static dev.coffer.protocol.shared.SharedVectors.fields;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.coffer.protocol.Samples;
import dev.coffer.protocol.Vectors;
import dev.coffer.protocol.account.AttemptId;
import dev.coffer.protocol.chain.Certificate;
import dev.coffer.protocol.chain.ChainValues;
import dev.coffer.protocol.chain.Statement;
import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.codec.CanonicalWriter;
import dev.coffer.protocol.codec.Rejected;
import dev.coffer.protocol.crypto.Ed25519;
import dev.coffer.protocol.crypto.Hpke;
import dev.coffer.protocol.crypto.Randomness;
import dev.coffer.protocol.fleet.Fleet;
import dev.coffer.protocol.login.LoginAssertion;
import dev.coffer.protocol.login.LoginToken;
import dev.coffer.protocol.outcome.AttemptPayload;
import dev.coffer.protocol.outcome.FleetDelivery;
import dev.coffer.protocol.outcome.Outcome;
import dev.coffer.protocol.outcome.OutcomeCode;
import dev.coffer.protocol.outcome.OutcomeTree;
import dev.coffer.protocol.outcome.ReplyContent;
import dev.coffer.protocol.outcome.SealedReply;
import dev.coffer.protocol.outcome.VaultAnswer;
import dev.coffer.protocol.request.Request;
import dev.coffer.protocol.request.SealedMessage;
import dev.coffer.protocol.request.SignedTexts;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** What the wire looks like, octet for octet, and which octets a reader refuses. */
final class SharedVectorsTest {
  /** Octets that count up from a seed: what both sides draw for randomness. */
  private static Randomness counting(int seed) {
    int[] next = {seed};
    return target -> {
      for (int i = 0; i < target.length; i++) {
        target[i] = (byte) next[0]++;
      }
    };
  }

  /** What a reader makes of octets. */
  @FunctionalInterface
  private interface Decoder {
    Object decode(Bytes octets) throws Rejected;
  }

  private static boolean accepts(Decoder decoder, Bytes octets) {
    try {
      decoder.decode(octets);
      return true;
    } catch (Rejected e) {
      return false;
    }
  }

  /** What becomes of octets when one of them is changed: a mark for each place. */
  private static String marks(Bytes good, Decoder decoder, int change) {
    StringBuilder marks = new StringBuilder();
    for (int at = 0; at < good.size(); at++) {
      byte[] changed = good.toByteArray();
      changed[at] ^= (byte) change;
      marks.append(accepts(decoder, Bytes.wrap(changed)) ? 'y' : 'n');
    }
    return marks.toString();
  }

  private static void around(
      List<Map<String, Object>> cases, String kind, Bytes good, Decoder decoder) {
    assertTrue(accepts(decoder, good), kind);
    assertFalse(accepts(decoder, good.concat(Bytes.zeros(1))), kind + ", longer");
    assertFalse(accepts(decoder, good.slice(0, good.size() - 1)), kind + ", shorter");
    cases.add(
        fields(
            "kind", kind,
            "octets", good.hex(),
            "xor01", marks(good, decoder, 0x01),
            "xor80", marks(good, decoder, 0x80)));
  }

  @Test
  void octetsThatAreReadAndOctetsThatAreRefused() {
    List<Map<String, Object>> cases = new ArrayList<>();
    for (Request request : Samples.requests()) {
      around(cases, "request", request.encode(), Request::decode);
    }
    around(cases, "fleet", Samples.fleet().encode(), Fleet::decode);
    around(cases, "certificate", certificate(1, 3).encode(), Certificate::decode);
    Bytes delivery =
        FleetDelivery.pinned(Samples.fleet(), List.of(certificate(1, 2), certificate(2, 3)))
            .encode();
    around(cases, "delivery", delivery, FleetDelivery::decode);
    around(cases, "reply", content(OutcomeCode.ACCEPTED).pad(), ReplyContent::unpad);
    around(cases, "attempt-payload", payload(), AttemptPayload::decode);
    SharedVectors.check(
        "decoding",
        fields(
            "what",
            "Octets that a reader accepts, and for each place whether it still does (y) or refuses"
                + " (n) once that octet is changed. One octet more or less it refuses.",
            "cases",
            cases));
  }

  @Test
  void requestsTheirHashesAndTheirProofs() {
    List<Map<String, Object>> cases = new ArrayList<>();
    LoginToken token = Samples.token("a.b.c");
    for (Request request : Samples.requests()) {
      Map<String, Object> one =
          fields(
              "encoded", request.encode().hex(),
              "hash", request.hash().value().hex(),
              "padded", request.pad().size(),
              "loginAuthorisation",
                  SignedTexts.loginAuthorisation(Samples.fleet().id(), request, token.tokenHash())
                      .hex());
      if (request instanceof Request.RegisterFinish finish) {
        one.put("registrationHash", finish.registration().hash().hex());
        one.put("wrappedKeyHash", finish.registration().wrappedKeyHash().hex());
        one.put("ownerReplace", SignedTexts.ownerReplace(6, finish).hex());
      } else if (request instanceof Request.Delete delete) {
        one.put("ownerDelete", SignedTexts.ownerDelete(delete).hex());
      } else if (request instanceof Request.Attempt attempt) {
        one.put(
            "recoveryProof",
            SignedTexts.recoveryProof(
                    Samples.subject(), 2, attempt.id(), 7, attempt.hash(), Samples.digest(17))
                .hex());
      }
      cases.add(one);
    }
    SharedVectors.check(
        "requests",
        fields(
            "what",
            "Requests with their hashes and the texts that are signed about them: the old"
                + " generation is 6, the recovery proof is of generation 2, attempt 7 and a trail of"
                + " octets 11 throughout.",
            "tokenJwt",
            "a.b.c",
            "tokenHash",
            token.tokenHash().hex(),
            "partitionOf1024",
            Samples.subject().partition(1024),
            "fleet",
            Samples.fleet().encode().hex(),
            "fleetId",
            Samples.fleet().id().value().hex(),
            "cases",
            cases));
  }

  @Test
  void sealsOfRequests() throws Exception {
    List<Map<String, Object>> cases = new ArrayList<>();
    LoginToken token = Samples.token("a.b.c");
    Fleet fleet = Samples.fleet();
    for (Request request : Samples.requests()) {
      Bytes sealed = SealedMessage.seal(counting(5), fleet, 2, request);
      Bytes hash = SealedMessage.sealedHash(request.type(), 2, sealed);
      Bytes text = LoginAssertion.text(fleet.id(), 2, hash, token.tokenHash());
      LoginAssertion assertion = new LoginAssertion(token, Ed25519.sign(Samples.device(), text));
      Bytes message = new SealedMessage(request.type(), 2, sealed, assertion).encode();
      cases.add(fields("request", request.encode().hex(), "message", message.hex()));
    }
    SharedVectors.check(
        "seals",
        fields(
            "what",
            "Whole messages to HSM 2 with an ephemeral key of the octets 5, 6, 7, … and the device"
                + " key's seed as given.",
            "deviceSeed",
            Bytes.wrap(Samples.device().copy()).hex(),
            "issuerKey",
            token.issuerKey().hex(),
            "rootSignature",
            token.rootSignature().hex(),
            "jwt",
            token.jwt(),
            "cases",
            cases));
  }

  private static Bytes payload() {
    return new AttemptPayload(
            Samples.digest(5),
            Samples.registration().ksf(),
            10,
            Samples.registration().wrappedKeyHash(),
            Samples.registration().id(),
            true,
            Samples.digest(17))
        .encode();
  }

  private static ReplyContent content(OutcomeCode code) {
    Request attempt = attempt();
    Outcome outcome =
        new Outcome(
            1,
            attempt.type(),
            attempt.hash(),
            code,
            2,
            7,
            9,
            Samples.registration().hash(),
            Outcome.payloadHash(payload()));
    Optional<Bytes> partial = Optional.of(Samples.digest(13));
    return new ReplyContent(outcome, Samples.digest(20), partial, payload());
  }

  private static Request attempt() {
    return new Request.Attempt(
        Samples.header(), new AttemptId(Samples.digest(9)), Samples.digest(13));
  }

  private static Certificate certificate(int first, int last) {
    List<Bytes> leaves = leaves();
    ChainValues values =
        new ChainValues(
            Samples.fleet().id(),
            0,
            42,
            Samples.digest(31),
            Samples.digest(32),
            OutcomeTree.root(leaves));
    List<Statement> statements = new ArrayList<>();
    for (int i = first; i <= last; i++) {
      statements.add(Statement.sign(values, i, Samples.statementSeed(i)));
    }
    return Certificate.of(statements);
  }

  private static List<Bytes> leaves() {
    Bytes leaf = content(OutcomeCode.ACCEPTED).outcome().leaf(Samples.digest(20));
    return List.of(Samples.digest(40), leaf, Samples.digest(41));
  }

  @Test
  void anAnswerWithItsReplies() throws Exception {
    List<SealedReply> replies = new ArrayList<>();
    List<Map<String, Object>> contexts = new ArrayList<>();
    Certificate certificate = certificate(1, 2);
    Bytes leaf = leaves().get(1);
    for (int i = 1; i <= 3; i++) {
      Bytes info = SealedReply.encapsulationInfo(Samples.fleet().id().value(), i);
      Hpke.Exporter exporter =
          Hpke.encapsulate(counting(50 + i), Samples.fleet().hsm(i).sessionKey(), info);
      SealedReply.Context context =
          new SealedReply.Context(i, certificate.values(), 1, attempt().type(), leaf);
      replies.add(
          SealedReply.seal(counting(60 + i), exporter, context, content(OutcomeCode.ACCEPTED)));
      contexts.add(
          fields(
              "index",
              i,
              "ephemeralFrom",
              50 + i,
              "encapsulation",
              exporter.encapsulation().hex(),
              "exporterSecret",
              Bytes.wrap(exporter.exporterSecret().copy()).hex()));
    }
    VaultAnswer answer =
        new VaultAnswer(certificate, 3, 1, leaf, OutcomeTree.path(leaves(), 1), replies);
    ReplyContent content = content(OutcomeCode.ACCEPTED);
    SharedVectors.check(
        "answer",
        fields(
            "what",
            "One answer to an attempt, the contexts that open its replies, and what each holds.",
            "contexts",
            contexts,
            "attempt",
            attempt().encode().hex(),
            "answer",
            answer.encode().hex(),
            "content",
            content.pad().hex(),
            "outcome",
            content.outcome().encode().hex()));
  }

  @Test
  void pathsInTheTreeOfOutcomes() {
    List<Map<String, Object>> trees = new ArrayList<>();
    for (int size : new int[] {1, 2, 3, 5, 8, 13, 200, 256}) {
      List<Bytes> leaves = new ArrayList<>();
      for (int i = 0; i < size; i++) {
        leaves.add(Samples.digest(i));
      }
      List<Map<String, Object>> paths = new ArrayList<>();
      for (int at = 0; at < size; at += 1 + size / 5) {
        List<String> path = OutcomeTree.path(leaves, at).stream().map(Bytes::hex).toList();
        paths.add(fields("position", at, "path", path));
      }
      trees.add(fields("size", size, "root", OutcomeTree.root(leaves).hex(), "paths", paths));
    }
    SharedVectors.check(
        "outcome-tree",
        fields("what", "Trees whose leaf i is 32 octets of i mod 256.", "trees", trees));
  }

  @Test
  void certificatesThatHoldAndOnesThatDoNot() {
    List<Map<String, Object>> cases = new ArrayList<>();
    Certificate good = certificate(1, 3);
    certificate(cases, "all", good);
    certificate(cases, "a quorum", certificate(2, 3));
    certificate(cases, "one signature", certificate(3, 3));
    Certificate.Signed first = good.signatures().get(0);
    Certificate.Signed second = good.signatures().get(1);
    Bytes swapped = second.signature();
    certificate(
        cases,
        "a good quorum and a bad signature",
        new Certificate(
            good.values(),
            List.of(new Certificate.Signed(1, swapped), second, good.signatures().get(2))));
    certificate(
        cases,
        "an HSM that there is not",
        new Certificate(
            good.values(), List.of(first, second, new Certificate.Signed(4, first.signature()))));
    ChainValues v = good.values();
    ChainValues elsewhere =
        new ChainValues(v.fleetId(), 1, v.k(), v.head(), v.root(), v.outcomesRoot());
    certificate(cases, "another partition", new Certificate(elsewhere, good.signatures()));
    ChainValues later =
        new ChainValues(v.fleetId(), 0, v.k() + 1, v.head(), v.root(), v.outcomesRoot());
    certificate(cases, "another k", new Certificate(later, good.signatures()));
    SharedVectors.check(
        "certificates",
        fields(
            "what",
            "Certificates, and whether they count with this fleet of three HSMs, quorum 2.",
            "fleet",
            Samples.fleet().encode().hex(),
            "cases",
            cases));
  }

  private static void certificate(
      List<Map<String, Object>> cases, String name, Certificate certificate) {
    boolean valid;
    try {
      certificate.verify(Samples.fleet());
      valid = true;
    } catch (Rejected e) {
      valid = false;
    }
    cases.add(fields("name", name, "certificate", certificate.encode().hex(), "valid", valid));
  }

  @Test
  void whichOfTheSignaturesOfCctvHold() {
    List<Integer> accepted = new ArrayList<>();
    for (JsonNode vector : Vectors.list(Vectors.json("ed25519/cctv-ed25519vectors.json"))) {
      CanonicalWriter message = new CanonicalWriter();
      message.raw(vector.get("msg").asString().getBytes(java.nio.charset.StandardCharsets.UTF_8));
      boolean holds =
          Ed25519.verify(Vectors.hex(vector, "key"), message.toBytes(), Vectors.hex(vector, "sig"));
      if (holds) {
        accepted.add(vector.get("number").asInt());
      }
    }
    SharedVectors.check(
        "ed25519",
        fields(
            "what",
            "The numbers of those of CCTV's ed25519vectors that PROTOCOL.md §1.2 accepts.",
            "accepted",
            accepted));
  }

  @Test
  void partialResultsAndWhatTheyCombineTo() {
    SharedVectors.check("sharing", SharingVectors.file(counting(9)));
  }
}
