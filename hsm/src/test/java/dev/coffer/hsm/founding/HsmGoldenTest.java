package dev.coffer.hsm.founding;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.coffer.hsm.harness.MemoryPlatform;
import dev.coffer.hsm.seal.FleetKeys;
import dev.coffer.hsm.seal.FleetKeys.Common;
import dev.coffer.hsm.seal.OperationSeal;
import dev.coffer.hsm.seal.RecordSeal;
import dev.coffer.protocol.Samples;
import dev.coffer.protocol.account.TreeKey;
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
import dev.coffer.protocol.fleet.Fleet;
import dev.coffer.protocol.fleet.FleetId;
import dev.coffer.protocol.fleet.FleetSettings;
import dev.coffer.protocol.fleet.HsmIdentity;
import dev.coffer.protocol.fleet.TenantIssuer;
import dev.coffer.protocol.golden.GoldenBook;
import dev.coffer.protocol.port.FoundingPort.Commitments;
import dev.coffer.protocol.port.FoundingPort.Reveal;
import dev.coffer.protocol.request.Request;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** The labelled inputs that the trusted core makes. */
final class HsmGoldenTest {
  private static final FleetId ID = Samples.fleet().id();

  private final GoldenBook book = new GoldenBook();
  private final FleetKeys keys = keys();

  /** Common key number i is 32 octets of 0x40 + i. */
  private static FleetKeys keys() {
    Map<Common, SecretBytes> common = new HashMap<>();
    for (Common which : Common.values()) {
      common.put(which, Samples.secret(0x40 + which.ordinal()));
    }
    return new FleetKeys(common, Map.of(0, Samples.secret(1), 1, Samples.secret(2)));
  }

  private static SecretBytes key(Common which) {
    return Samples.secret(0x40 + which.ordinal());
  }

  @Test
  void everyInputReadsAsItAlwaysDid() throws Exception {
    names();
    record();
    operation();
    state();
    identity();
    founding();
    book.check("hsm.txt");
    Set<Label> elsewhere =
        EnumSet.of(
            Label.CLIENT_MEMORY,
            Label.OPRF_INPUT,
            Label.KSF_SALT,
            Label.AUTH_KEY,
            Label.WRAP_KEY,
            Label.WRAP_SEAL,
            Label.OWNER_KEY,
            Label.BACKUP_IDENTITY,
            Label.BACKUP_NAME_KEY,
            Label.BACKUP_NAME,
            Label.DEPOSIT_IDENTITY,
            Label.DEPOSIT_ENTRY,
            Label.KEY_CHECKSUM,
            Label.PASSKEY_KEY,
            Label.PASSKEY_SEAL,
            Label.PASSKEY_NAME_KEY,
            Label.PASSKEY_NAME_SEAL);
    String protocol =
        new String(
            GoldenBook.class.getResourceAsStream("/golden/protocol.txt").readAllBytes(),
            StandardCharsets.UTF_8);
    for (Label label : Label.values()) {
      assertTrue(
          book.covered().contains(label)
              || elsewhere.contains(label)
              || protocol.contains(label + ": "),
          label + " stands in no golden file, nor in the list of labels that clients make");
    }
  }

  private void names() {
    Bytes head = Samples.digest(1);
    CanonicalWriter tree = Label.TREE_KEY.tuple().field(Samples.subject().encode());
    book.tuple(Label.TREE_KEY, "HMAC-SHA256 under the index key", tree, "subject")
        .gives("treeKey", keys.treeKey(Samples.subject()).value());
    assertEquals(
        Hashes.hmacSha256(key(Common.INDEX), tree), keys.treeKey(Samples.subject()).value());
    CanonicalWriter blind = Label.OUTCOME_BLIND.tuple().field(head).field(7);
    book.tuple(Label.OUTCOME_BLIND, "HMAC-SHA256 under the outcome key", blind, "head", "position")
        .gives("blind", keys.outcomeBlind(head, 7));
    assertEquals(Hashes.hmacSha256(key(Common.OUTCOME), blind), keys.outcomeBlind(head, 7));
    Bytes operation = Samples.octets(2, 688);
    CanonicalWriter hashed = Label.OPERATION_HASH.tuple().field(operation);
    book.tuple(Label.OPERATION_HASH, "SHA-256", hashed, "operation")
        .gives("hash", Hashes.sha256(hashed));
    CanonicalWriter nonce =
        Label.REGISTRATION_NONCE.tuple().field(head).field(7).field(Hashes.sha256(hashed));
    book.tuple(
            Label.REGISTRATION_NONCE,
            "HMAC-SHA256 under the nonce key",
            nonce,
            "head",
            "position",
            "H(operation)")
        .gives("nu", keys.registrationNonce(head, 7, operation));
    assertEquals(
        Hashes.hmacSha256(key(Common.NONCE), nonce), keys.registrationNonce(head, 7, operation));
  }

  private void record() throws Exception {
    TreeKey treeKey = new TreeKey(Samples.digest(3));
    Bytes head = Samples.digest(1);
    Bytes plaintext = Samples.octets(4, 996);
    Bytes sealed = new RecordSeal(keys, ID, 5).seal(treeKey, head, 7, plaintext.toByteArray());
    CanonicalWriter info = Label.RECORD_KEY.tuple().field(5).field(treeKey.value());
    book.tuple(Label.RECORD_KEY, "HKDF info, record key, no salt", info, "partition", "treeKey");
    CanonicalWriter nonceInput = Label.RECORD_NONCE.tuple().field(head).field(7).field(plaintext);
    book.tuple(
        Label.RECORD_NONCE,
        "HMAC-SHA256 under the nonce key, first 12 octets",
        nonceInput,
        "head",
        "position",
        "plaintext");
    CanonicalWriter aad =
        Label.RECORD_SEAL.tuple().field(ID.value()).field(5).field(treeKey.value());
    book.tuple(
        Label.RECORD_SEAL, "AES-256-GCM associated data", aad, "fleetId", "partition", "treeKey");
    Bytes nonce = Hashes.hmacSha256(key(Common.NONCE), nonceInput).slice(0, 12);
    SecretBytes recordKey = Hkdf.derive(key(Common.RECORD), info, 32);
    assertEquals(
        nonce.concat(Aead.seal(recordKey, nonce, aad.toByteArray(), plaintext.toByteArray())),
        sealed);
  }

  private void operation() throws Exception {
    Request request = Samples.requests().getFirst();
    Bytes salt = Samples.digest(6);
    Randomness fixed = target -> salt.copyInto(target, 0);
    Bytes sealed = new OperationSeal(keys, ID).seal(fixed, 2, request);
    CanonicalWriter keySalt = Label.OPERATION_KEY.tuple().field(salt).field(2);
    book.tuple(Label.OPERATION_KEY, "HKDF salt, operation key", keySalt, "salt", "admitting index");
    book.tuple(Label.OPERATION_KEY, "HKDF info", Label.OPERATION_KEY.tuple());
    CanonicalWriter aad = Label.OPERATION_SEAL.tuple().field(ID.value());
    book.tuple(Label.OPERATION_SEAL, "AES-256-GCM associated data, zero nonce", aad, "fleetId");
    SecretBytes key = Hkdf.derive(keySalt, key(Common.OPERATION), Label.OPERATION_KEY.tuple(), 32);
    assertEquals(
        salt.concat(
            Aead.seal(key, Bytes.zeros(12), aad.toByteArray(), request.pad().toByteArray())),
        sealed);
  }

  /** The simulated HSM's tests hold what it stores against this. */
  private void state() {
    CanonicalWriter aad = Label.SEALED_STATE.tuple();
    book.tuple(Label.SEALED_STATE, "AES-256-GCM associated data", aad);
  }

  private static OwnIdentity own(int index) {
    return new OwnIdentity(Samples.statementSeed(index), Samples.secret(0x30 + index));
  }

  private static MemoryPlatform sample() {
    return new MemoryPlatform(0).attesting("SIMULATED sample", Samples.digest(1));
  }

  private void identity() {
    HsmIdentity identity = own(1).describe(sample());
    CanonicalWriter text =
        Label.ATTESTATION
            .tuple()
            .field(identity.statementKey())
            .field(identity.sessionKey())
            .field("SIMULATED sample")
            .field(Samples.digest(1));
    book.tuple(
        Label.ATTESTATION,
        "Ed25519 by the statement key",
        text,
        "statementKey",
        "sessionKey",
        "model",
        "measurement");
    int size = identity.attestation().size();
    assertTrue(
        Ed25519.verify(
            identity.statementKey(),
            text.toBytes(),
            identity.attestation().slice(size - 64, size)));
  }

  private void founding() throws Exception {
    List<HsmIdentity> identities = new ArrayList<>();
    for (int i = 1; i <= 3; i++) {
      identities.add(own(i).describe(sample()));
    }
    List<TenantIssuer> tenants = List.of(new TenantIssuer("acme", Samples.digest(2)));
    Fleet fleet = Fleet.of(new FleetSettings(3, 2, 10, 1, tenants, true, false), identities);
    List<FoundingRound> rounds = new ArrayList<>();
    List<Commitments> commitments = new ArrayList<>();
    for (int i = 1; i <= 3; i++) {
      Randomness randomness = MemoryPlatform.seeded(i);
      rounds.add(FoundingRound.begin(fleet, identities.get(i - 1), own(i), randomness));
      commitments.add(rounds.get(i - 1).commitments());
    }
    commitment(fleet.id(), commitments.getFirst());
    CanonicalWriter transcript = Label.FOUNDING_TRANSCRIPT.tuple().field(fleet.id().value());
    commitments.forEach(c -> transcript.field(c.encoded()));
    book.tuple(
        Label.FOUNDING_TRANSCRIPT,
        "SHA-256",
        transcript,
        "fleetId",
        "commitments 1",
        "commitments 2",
        "commitments 3");
    Bytes transcriptHash = Hashes.sha256(transcript);
    CanonicalWriter info =
        Label.FOUNDING_REVEAL
            .tuple()
            .field(fleet.id().value())
            .field(1)
            .field(2)
            .field(transcriptHash);
    book.tuple(
        Label.FOUNDING_REVEAL,
        "HPKE info; associated data is the fleetId",
        info,
        "fleetId",
        "from",
        "to",
        "transcript hash");
    List<Reveal> reveals = rounds.getFirst().reveal(Randomness.system(), commitments);
    assertEquals(transcriptHash, rounds.getFirst().signTranscript().transcriptHash());
    SecretBytes opened =
        Hpke.open(
            Samples.secret(0x32), info.toBytes(), fleet.id().value(), reveals.getFirst().sealed());
    // The set {1, 2} and the five common keys.
    assertEquals(6 * 32, opened.size());
    secret(fleet.id(), transcriptHash);
  }

  private void commitment(FleetId fleetId, Commitments first) {
    SecretBytes contribution = SecretBytes.random(MemoryPlatform.seeded(1), 32);
    Bytes copy = Bytes.wrap(contribution.copy());
    CanonicalWriter tuple =
        Label.FOUNDING_COMMITMENT.tuple().field(fleetId.value()).field(1).field(0).field(copy);
    book.tuple(
        Label.FOUNDING_COMMITMENT,
        "SHA-256",
        tuple,
        "fleetId",
        "HSM index",
        "secret",
        "contribution");
    assertEquals(Hashes.sha256(tuple), first.encoded().slice(0, 32));
    int size = first.encoded().size();
    CanonicalWriter signed =
        Label.FOUNDING_COMMITMENT_SIGNATURE
            .tuple()
            .field(fleetId.value())
            .field(1)
            .field(first.encoded().slice(0, size - 64));
    book.tuple(
        Label.FOUNDING_COMMITMENT_SIGNATURE,
        "Ed25519 by the statement key",
        signed,
        "fleetId",
        "HSM index",
        "commitments");
    assertEquals(
        Ed25519.sign(Samples.statementSeed(1), signed.toBytes()),
        first.encoded().slice(size - 64, size));
  }

  private void secret(FleetId fleetId, Bytes transcriptHash) {
    SharedSecrets secrets = new SharedSecrets(3);
    Map<Integer, Map<Integer, SecretBytes>> contributions = new HashMap<>();
    for (int number : secrets.heldBy(1)) {
      for (int holder : secrets.holders(number)) {
        contributions
            .computeIfAbsent(number, unused -> new HashMap<>())
            .put(holder, Samples.secret(16 * number + holder));
      }
    }
    FleetKeys founded = secrets.combine(fleetId, 1, transcriptHash, contributions);
    int index = 3 + Common.INDEX.ordinal();
    CanonicalWriter salt =
        Label.FOUNDING_SECRET.tuple().field(fleetId.value()).field(transcriptHash);
    CanonicalWriter info = Label.FOUNDING_SECRET.tuple().field(index);
    book.tuple(
        Label.FOUNDING_SECRET,
        "HKDF salt, contributions in index order",
        salt,
        "fleetId",
        "transcript hash");
    book.tuple(Label.FOUNDING_SECRET, "HKDF info", info, "secret");
    Bytes joined =
        Samples.digest(16 * index + 1)
            .concat(Samples.digest(16 * index + 2))
            .concat(Samples.digest(16 * index + 3));
    SecretBytes indexKey = Hkdf.derive(salt, SecretBytes.copyOf(joined), info, 32);
    assertEquals(
        Hashes.hmacSha256(indexKey, Label.TREE_KEY.tuple().field(Samples.subject().encode())),
        founded.treeKey(Samples.subject()).value());
  }
}
