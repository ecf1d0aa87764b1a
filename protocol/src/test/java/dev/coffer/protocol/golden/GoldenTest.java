package dev.coffer.protocol.golden;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.coffer.protocol.Samples;
import dev.coffer.protocol.account.AttemptId;
import dev.coffer.protocol.account.Registration;
import dev.coffer.protocol.account.Subject;
import dev.coffer.protocol.chain.ChainValues;
import dev.coffer.protocol.chain.SignedStatus;
import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.codec.CanonicalWriter;
import dev.coffer.protocol.codec.Label;
import dev.coffer.protocol.crypto.Aead;
import dev.coffer.protocol.crypto.Ed25519;
import dev.coffer.protocol.crypto.Hashes;
import dev.coffer.protocol.crypto.Hkdf;
import dev.coffer.protocol.crypto.Hpke;
import dev.coffer.protocol.crypto.Randomness;
import dev.coffer.protocol.crypto.SecretBytes;
import dev.coffer.protocol.crypto.X25519;
import dev.coffer.protocol.fleet.Fleet;
import dev.coffer.protocol.group.Ristretto255;
import dev.coffer.protocol.group.RistrettoScalar;
import dev.coffer.protocol.login.LoginAssertion;
import dev.coffer.protocol.login.LoginToken;
import dev.coffer.protocol.outcome.Outcome;
import dev.coffer.protocol.outcome.OutcomeCode;
import dev.coffer.protocol.outcome.ReplyContent;
import dev.coffer.protocol.outcome.SealedReply;
import dev.coffer.protocol.port.FoundingPort.TranscriptSignature;
import dev.coffer.protocol.request.Request;
import dev.coffer.protocol.request.RequestHash;
import dev.coffer.protocol.request.RequestType;
import dev.coffer.protocol.request.SealedMessage;
import dev.coffer.protocol.request.SignedTexts;
import dev.coffer.protocol.threshold.Sharing;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** The labelled inputs that this module makes. Those of hsm and client have books of their own. */
final class GoldenTest {
  private static final Fleet FLEET = Samples.fleet();
  private static final Bytes ID = FLEET.id().value();
  private static final ChainValues VALUES =
      new ChainValues(FLEET.id(), 3, 41, Samples.digest(1), Samples.digest(2), Samples.digest(3));
  private static final Outcome OUTCOME =
      new Outcome(
          7,
          RequestType.SUCCESS,
          new RequestHash(Samples.digest(4)),
          OutcomeCode.ACCEPTED,
          1,
          2,
          10,
          Samples.digest(5),
          Samples.digest(6));

  private final GoldenBook book = new GoldenBook();

  private void hash(Label label, Bytes actual, CanonicalWriter tuple, String... fields) {
    book.tuple(label, "SHA-256", tuple, fields).gives("hash", actual);
    assertEquals(Hashes.sha256(tuple), actual);
  }

  @Test
  void everyInputReadsAsItAlwaysDid() throws Exception {
    fleetAndChain();
    outcomes();
    requests();
    proofs();
    logins();
    requestSeal();
    replySeal();
    share();
    book.check("protocol.txt");
  }

  private void fleetAndChain() {
    hash(Label.FLEET_ID, ID, Label.FLEET_ID.tuple().field(FLEET.encode()), "fleet");
    Subject subject = Samples.subject();
    CanonicalWriter partition = Label.PARTITION.tuple().field(subject.encode());
    book.tuple(
        Label.PARTITION, "SHA-256, first 56 bits modulo the partitions", partition, "subject");
    Bytes hash = Hashes.sha256(partition);
    long first = Long.parseLong(hash.slice(0, 7).hex(), 16);
    assertEquals(first % 1000, subject.partition(1000));
    Bytes entry = Samples.octets(9, 100);
    hash(Label.ENTRY, ChainValues.entryHash(entry), Label.ENTRY.tuple().field(entry), "entry");
    hash(
        Label.CHAIN_HEAD,
        VALUES.nextHead(Samples.digest(7)),
        Label.CHAIN_HEAD
            .tuple()
            .field(ID)
            .field(3)
            .field(42)
            .field(Samples.digest(1))
            .field(Samples.digest(7)),
        "fleetId",
        "partition",
        "k",
        "head before",
        "H(entry)");
    book.tuple(
        Label.STATEMENT,
        "Ed25519 by the statement key",
        VALUES.statementText(),
        "fleetId",
        "partition",
        "k",
        "head",
        "root",
        "outcomesRoot");
    CanonicalWriter values = new CanonicalWriter();
    VALUES.write(values);
    CanonicalWriter status =
        Label.STATUS
            .tuple()
            .field(2)
            .field(Samples.digest(8))
            .field(values.toBytes())
            .field(Bytes.EMPTY);
    book.tuple(
        Label.STATUS,
        "Ed25519 by the statement key",
        status,
        "HSM index",
        "nonce",
        "values",
        "certificate");
    Ed25519.SigningKey key = new Ed25519.SigningKey(Samples.statementSeed(2));
    assertEquals(
        key.sign(status.toBytes()),
        SignedStatus.sign(2, Samples.digest(8), VALUES, Optional.empty(), key).signature());
    book.tuple(
        Label.FOUNDING_TRANSCRIPT_SIGNATURE,
        "Ed25519 by the statement key",
        TranscriptSignature.text(FLEET.id(), 2, Samples.digest(9)),
        "fleetId",
        "HSM index",
        "transcript hash");
  }

  private void outcomes() {
    Bytes blind = Samples.digest(10);
    CanonicalWriter leaf =
        new CanonicalWriter()
            .u8(0)
            .raw(Label.OUTCOME_LEAF.tuple().field(blind).field(OUTCOME.encode()).toBytes());
    assertEquals(Hashes.sha256(leaf), OUTCOME.leaf(blind));
    book.tuple(
            Label.OUTCOME_LEAF,
            "SHA-256 after one octet 00",
            Label.OUTCOME_LEAF.tuple().field(blind).field(OUTCOME.encode()),
            "blind",
            "outcome")
        .gives("hash", OUTCOME.leaf(blind));
    Bytes payload = Samples.octets(11, 10);
    hash(
        Label.PAYLOAD_HASH,
        Outcome.payloadHash(payload),
        Label.PAYLOAD_HASH.tuple().field(payload),
        "payload");
    Registration registration = Samples.registration();
    CanonicalWriter encoded = new CanonicalWriter();
    registration.write(encoded);
    hash(
        Label.REGISTRATION_HASH,
        registration.hash(),
        Label.REGISTRATION_HASH.tuple().field(encoded.toBytes()),
        "registration");
    hash(
        Label.WRAPPED_KEY_HASH,
        registration.wrappedKeyHash(),
        Label.WRAPPED_KEY_HASH.tuple().field(registration.wrappedKey()),
        "wrappedKey");
  }

  private void requests() {
    for (Request request : Samples.requests()) {
      hash(
          Label.REQUEST_HASH,
          request.hash().value(),
          Label.REQUEST_HASH.tuple().field(request.encode()),
          "request");
    }
    AttemptId id = new AttemptId(Samples.digest(12));
    RequestHash request = new RequestHash(Samples.digest(13));
    hash(
        Label.ATTEMPT_TAG,
        SignedTexts.attemptTag(Samples.subject(), 2, id, request),
        Label.ATTEMPT_TAG
            .tuple()
            .field(Samples.subject().encode())
            .field(2)
            .field(id.value())
            .field(request.value()),
        "subject",
        "generation",
        "attemptId",
        "H(request)");
    Bytes before = Samples.digest(17);
    Bytes tag = Samples.digest(18);
    hash(
        Label.ATTEMPT_TRAIL,
        SignedTexts.attemptTrail(before, tag),
        Label.ATTEMPT_TRAIL.tuple().field(before).field(tag),
        "trail before",
        "tag");
  }

  private void proofs() {
    AttemptId id = new AttemptId(Samples.digest(12));
    RequestHash request = new RequestHash(Samples.digest(13));
    book.tuple(
        Label.RECOVERY_PROOF,
        "Ed25519 by authKey",
        SignedTexts.recoveryProof(Samples.subject(), 2, id, 5, request, Samples.digest(17)),
        "subject",
        "generation",
        "attemptId",
        "attemptNumber",
        "H(attempt request)",
        "trail before");
    book.tuple(
        Label.OWNER_REPLACE,
        "Ed25519 by the old ownerKey",
        SignedTexts.ownerReplace(2, (Request.RegisterFinish) Samples.requests().get(2)),
        "subject",
        "old generation",
        "regId",
        "k",
        "position",
        "H(registration)",
        "H(request, bare)");
    book.tuple(
        Label.OWNER_DELETE,
        "Ed25519 by ownerKey",
        SignedTexts.ownerDelete((Request.Delete) Samples.requests().get(6)),
        "subject",
        "generation",
        "H(request, bare)");
  }

  private void logins() {
    book.tuple(
        Label.ISSUER_CERTIFICATE,
        "Ed25519 by the tenant's root",
        LoginToken.issuerCertificateText("acme", Samples.digest(14)),
        "tenant",
        "issuerKey");
    LoginToken token = Samples.token("header.claims.signature");
    hash(
        Label.TOKEN_HASH,
        token.tokenHash(),
        Label.TOKEN_HASH.tuple().field("header.claims.signature"),
        "jwt");
    Bytes sealed = Samples.octets(15, 688);
    hash(
        Label.SEALED_MESSAGE_HASH,
        SealedMessage.sealedHash(RequestType.ATTEMPT, 2, sealed),
        Label.SEALED_MESSAGE_HASH.tuple().field(3).field(2).field(sealed),
        "type",
        "HSM index",
        "sealed");
    book.tuple(
        Label.LOGIN_ASSERTION,
        "Ed25519 by the device key",
        LoginAssertion.text(FLEET.id(), 2, Samples.digest(16), Samples.digest(17)),
        "fleetId",
        "HSM index",
        "H(sealed message)",
        "H(jwt)");
    Request finish = Samples.requests().get(3);
    Request bare = Samples.requests().get(1);
    Bytes text = SignedTexts.loginAuthorisation(FLEET.id(), finish, Samples.digest(17));
    book.tuple(
        Label.LOGIN_AUTHORISATION,
        "Ed25519 by the device key",
        text,
        "fleetId",
        "H(request, bare)",
        "H(jwt)");
    assertEquals(
        Label.LOGIN_AUTHORISATION
            .tuple()
            .field(ID)
            .field(bare.hash().value())
            .field(Samples.digest(17))
            .toBytes(),
        text);
  }

  private void requestSeal() throws Exception {
    CanonicalWriter info = Label.REQUEST_SEAL.tuple().field(ID).field(2).field(3);
    book.tuple(Label.REQUEST_SEAL, "HPKE info", info, "fleetId", "HSM index", "type");
    Request attempt = Samples.requests().get(4);
    Bytes sealed = SealedMessage.seal(Randomness.system(), FLEET, 2, attempt);
    try (SecretBytes opened =
        Hpke.open(Samples.secret(0x32), info.toBytes(), Bytes.EMPTY, sealed)) {
      assertEquals(attempt.pad(), Bytes.wrap(opened.copy()));
    }
  }

  private void replySeal() throws Exception {
    Bytes exportInfo = SealedReply.encapsulationInfo(ID, 2);
    book.tuple(Label.REPLY_EXPORT, "HPKE info", exportInfo, "fleetId", "HSM index");
    Hpke.Exporter exporter =
        Hpke.encapsulate(Randomness.system(), X25519.publicKey(Samples.secret(7)), exportInfo);
    SealedReply.Context context =
        new SealedReply.Context(2, VALUES, 7, RequestType.SUCCESS, Samples.digest(18));
    ReplyContent content =
        new ReplyContent(OUTCOME, Samples.digest(19), Optional.empty(), Bytes.EMPTY);
    SealedReply reply = SealedReply.seal(Randomness.system(), exporter, context, content);
    Bytes[] material = new Bytes[2];
    for (int i = 0; i < 2; i++) {
      Label label = i == 0 ? Label.REPLY_KEY : Label.REPLY_NONCE;
      book.tuple(label, "HPKE export context, and HKDF info", label.tuple());
      // Encapsulation and response nonce are random: the book shows others in their place.
      book.tuple(
          label,
          "HKDF salt",
          label
              .tuple()
              .field(Samples.digest(20))
              .field(Samples.digest(21))
              .field(VALUES.head())
              .field(7),
          "enc_i",
          "response nonce",
          "head",
          "position");
      CanonicalWriter salt =
          label
              .tuple()
              .field(exporter.encapsulation())
              .field(reply.responseNonce())
              .field(VALUES.head())
              .field(7);
      SecretBytes exported = exporter.export(label.tuple().toBytes(), 32);
      material[i] = Bytes.wrap(Hkdf.derive(salt, exported, label.tuple(), i == 0 ? 32 : 12).copy());
    }
    CanonicalWriter aad =
        Label.REPLY_SEAL
            .tuple()
            .field(ID)
            .field(2)
            .field(3)
            .field(41)
            .field(VALUES.head())
            .field(7)
            .field(4)
            .field(Samples.digest(18));
    book.tuple(
        Label.REPLY_SEAL,
        "AES-256-GCM associated data",
        aad,
        "fleetId",
        "HSM index",
        "partition",
        "k",
        "head",
        "position",
        "type",
        "leaf");
    SecretBytes opened =
        Aead.open(
            SecretBytes.copyOf(material[0]), material[1], aad.toByteArray(), reply.ciphertext());
    assertEquals(content.pad(), Bytes.wrap(opened.copy()));
  }

  private void share() {
    Bytes nu = Samples.digest(22);
    CanonicalWriter input = Label.SUBSET_SCALAR.tuple().field(nu);
    book.tuple(Label.SUBSET_SCALAR, "HMAC-SHA512 under K_A, reduced", input, "nu");
    Ristretto255 group = Ristretto255.GROUP;
    RistrettoScalar first = group.scalarFromUniform(Hashes.hmacSha512(Samples.secret(1), input));
    RistrettoScalar second = group.scalarFromUniform(Hashes.hmacSha512(Samples.secret(2), input));
    // HSM 1 of 3 holds K_{1,2} and K_{1,3}; f_A(1) = (j − 1)/j for the one j outside A.
    RistrettoScalar expected =
        group.addScalars(
            group.multiplyScalars(
                first, group.multiplyScalars(group.scalar(2), group.invert(group.scalar(3)))),
            group.multiplyScalars(second, group.invert(group.scalar(2))));
    RistrettoScalar actual =
        Sharing.among(3).share(group, 1, Map.of(0, Samples.secret(1), 1, Samples.secret(2)), nu);
    assertTrue(group.encodeScalar(expected).sameAs(group.encodeScalar(actual)));
  }
}
