package dev.coffer.notary.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.coffer.notary.bundle.Approval;
import dev.coffer.notary.bundle.EvidenceCheck;
import dev.coffer.notary.bundle.NotaryServer;
import dev.coffer.notary.bundle.Proposal;
import dev.coffer.notary.http.Fetch;
import dev.coffer.notary.http.Listen;
import dev.coffer.notary.key.KeyFile;
import dev.coffer.notary.key.MemoryKey;
import dev.coffer.notary.key.NoteSigner;
import dev.coffer.notary.log.LogConfig;
import dev.coffer.notary.log.LogServer;
import dev.coffer.notary.log.RemoteLog;
import dev.coffer.notary.witness.WitnessServer;
import dev.coffer.protocol.codec.Bytes;
import dev.coffer.transparency.TestKeys;
import dev.coffer.transparency.TransparencyWorld;
import dev.coffer.transparency.bundle.Bundle;
import dev.coffer.transparency.bundle.BundleNote;
import dev.coffer.transparency.bundle.FleetState;
import dev.coffer.transparency.note.KeyName;
import dev.coffer.transparency.note.Note;
import dev.coffer.transparency.note.SignatureType;
import dev.coffer.transparency.note.SignerKey;
import dev.coffer.transparency.note.VerifierKey;
import dev.coffer.transparency.text.RefusalCode;
import dev.coffer.transparency.text.Refused;
import dev.coffer.transparency.text.Utf8;
import dev.coffer.transparency.tlog.Checkpoint;
import dev.coffer.transparency.tlog.Policy;
import dev.coffer.transparency.tlog.TlogProof;
import dev.coffer.transparency.trust.TrustPolicy;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Log, witness and notary as they are started from a trust policy: a bundle from proposal to
 * verified proof, what a newer policy puts an end to, and keys that are not theirs.
 */
@Tag("long")
class ServersTest {
  private static final String WITNESS = "witness.example/1";

  @TempDir private Path folder;
  private final TransparencyWorld world = new TransparencyWorld();
  private final Fetch fetch = new Fetch(Duration.ofSeconds(30));
  private final List<AutoCloseable> open = new ArrayList<>();

  @AfterEach
  void stop() throws Exception {
    for (AutoCloseable server : open.reversed()) {
      server.close();
    }
    fetch.close();
  }

  private KeyFile key(String of) throws IOException {
    Path file = folder.resolve(of.replace('/', '-') + ".key");
    if (!Files.exists(file)) {
      KeyFile.write(file, TestKeys.seed(of));
    }
    return new KeyFile(file);
  }

  private static NoteSigner person(String name) {
    return new NoteSigner(
        new KeyName(name), SignatureType.ED25519, new MemoryKey(TestKeys.seed(name)));
  }

  private WitnessServer witness(TrustPolicy policy, String keyOf) throws IOException {
    return WitnessServer.start(
        Servers.witness(
            folder.resolve("witness"),
            new KeyName(WITNESS),
            key(keyOf),
            policy,
            Listen.LOOPBACK,
            Clock.systemUTC()));
  }

  private LogConfig log(TrustPolicy policy, String keyOf) throws IOException {
    return Servers.log(folder.resolve("log"), key(keyOf), policy, Listen.LOOPBACK);
  }

  private NotaryServer notary(TrustPolicy policy, String keyOf, URI log) throws IOException {
    List<VerifierKey> approvers =
        List.of(person("a.example").verifier(), person("b.example").verifier());
    return NotaryServer.start(
        Servers.notary(
            folder.resolve("notary"),
            key(keyOf),
            key("audit.example"),
            1_700_000_000_000L,
            approvers,
            EvidenceCheck.UNCHECKED,
            policy,
            log,
            Duration.ofDays(1),
            Listen.LOOPBACK,
            Clock.systemUTC()));
  }

  /** The policy of these parties; fleets need not be announced. */
  private TrustPolicy policy(TrustPolicy like, VerifierKey operator, Policy log) {
    return new TrustPolicy(
        like.namespace(),
        like.version(),
        like.prev(),
        like.rootThreshold(),
        like.roots(),
        operator,
        like.notary(),
        like.maxAgeHard(),
        like.maxAgeSoft(),
        0,
        log);
  }

  private TrustPolicy first() throws Exception {
    // A witness is there before a policy can say where it is.
    WitnessServer witness = witness(world.policy(), WITNESS);
    open.add(witness);
    String text =
        "log "
            + world.log.verifier().text()
            + "\nwitness w1 "
            + witness.verifier().text()
            + (" http://127.0.0.1:" + witness.port() + "\nquorum w1\n");
    return policy(world.policy(), world.operator.verifier(), Policy.parse(Utf8.encode(text)));
  }

  private URI start(LogConfig config) throws IOException {
    LogServer log = LogServer.start(config);
    open.add(log);
    return URI.create("http://127.0.0.1:" + log.port());
  }

  private Bundle next(TrustPolicy policy) {
    return world.next(
        policy,
        Clock.systemUTC().instant().getEpochSecond(),
        TransparencyWorld.listed(TransparencyWorld.fleet("one"), FleetState.ACTIVE));
  }

  @Test
  void aBundleFromProposalToProof() throws Exception {
    TrustPolicy policy = first();
    LogConfig config = log(policy, TransparencyWorld.ORIGIN);
    assertThrows(IOException.class, () -> LogServer.start(config), "it was never founded");
    LogServer.create(config);
    URI address = start(config);
    RemoteLog remote = new RemoteLog(fetch, address);
    awaitCheckpoint(remote, policy.log());
    NotaryServer notary = notary(policy, "notary.example", address);
    open.add(notary);
    String base = "http://127.0.0.1:" + notary.port();
    Bundle bundle = next(policy);
    Bytes hash = Proposal.hash(bundle);
    String shown = post(base + "/proposals", Note.sign(bundle.text(), world.operator).encode());
    assertTrue(shown.contains("+ key "), shown);
    post(base + "/approvals", Approval.sign(hash, person("a.example")).encode());
    URI note = URI.create(base + "/proposals/" + hash.hex() + "/note");
    assertEquals(404, fetch.get(note, 1 << 20).status());
    post(base + "/approvals", Approval.sign(hash, person("b.example")).encode());
    Note inner = Note.parse(fetch.get(note, 1 << 20).body());
    Bytes leaf = BundleNote.counterSign(inner, world.operator);
    TlogProof proof = remote.add(leaf);
    Checkpoint checkpoint = policy.log().check(proof.checkpoint()).checkpoint();
    proof.checkInclusion(BundleNote.leafHash(leaf), checkpoint);
    assertEquals(1, checkpoint.size());
    assertEquals(0, remote.add(leaf).index(), "the same leaf again");
    assertTrue(get(base + "/info").contains("1700000000000"), "since when audits count");
    metrics(address, notary.port());
  }

  /** Each server tells how it is: after one leaf, one look of the notary, one witness. */
  private void metrics(URI log, int notary) throws Exception {
    String ofLog = get(log + "/metrics");
    assertTrue(ofLog.contains("\ncoffer_log_tree_size 1\n"), ofLog);
    assertTrue(ofLog.contains("\ncoffer_log_published_size 1\n"), ofLog);
    assertTrue(ofLog.contains("# TYPE coffer_log_halted gauge\ncoffer_log_halted 0\n"), ofLog);
    assertTrue(ofLog.matches("(?s).*\ncoffer_log_checkpoint_seconds [1-9]\\d{9}\n.*"), ofLog);
    String witness = "\\{witness=\"" + WITNESS + "\"} ";
    assertTrue(ofLog.matches("(?s).*_cosigned_seconds" + witness + "[1-9]\\d{9}\n.*"), ofLog);
    assertTrue(ofLog.matches("(?s).*_witness_failures_total" + witness + "\\d+\n.*"), ofLog);
    assertTrue(ofLog.matches("(?s).*requests_total\\{status=\"200\"} [1-9].*"), ofLog);
    String ofNotary = get("http://127.0.0.1:" + notary + "/metrics");
    assertTrue(ofNotary.contains("coffer_notary_halted 0\n"), ofNotary);
    assertTrue(ofNotary.matches("(?s).*\ncoffer_notary_observed_seconds [1-9].*"), ofNotary);
    assertTrue(ofNotary.contains("coffer_requests_total{status=\"404\"} 1\n"), ofNotary);
    WitnessServer itself = (WitnessServer) open.get(0);
    String ofWitness = get("http://127.0.0.1:" + itself.port() + "/metrics");
    String line = "\ncoffer_witness_tree_size{origin=\"" + TransparencyWorld.ORIGIN + "\"} 1\n";
    assertTrue(ofWitness.contains(line), ofWitness);
  }

  /** Binds each new leaf to the policy that counts: an old operator's key is worth nothing. */
  @Test
  void aLogUnderANewPolicyTakesNothingThatNamesAnother() throws Exception {
    TrustPolicy old = first();
    SignerKey operator = TestKeys.signer("operator.example/2");
    TrustPolicy newest = policy(world.policy(old, world.roots), operator.verifier(), old.log());
    LogServer.create(log(newest, TransparencyWorld.ORIGIN));
    RemoteLog remote = new RemoteLog(fetch, start(log(newest, TransparencyWorld.ORIGIN)));
    TrustPolicy unknown = world.policy(newest, world.newRoots);
    for (TrustPolicy named : List.of(old, unknown)) {
      Bytes leaf = BundleNote.sign(next(named), world.notary, operator);
      Refused no = assertThrows(Refused.class, () -> remote.add(leaf));
      assertEquals(RefusalCode.OUT_OF_SEQUENCE, no.code(), "names version " + named.version());
    }
    Bytes byOldKey = BundleNote.sign(next(newest), world.notary, world.operator);
    assertEquals(
        RefusalCode.BAD_SIGNATURE, assertThrows(Refused.class, () -> remote.add(byOldKey)).code());
    assertEquals(0, remote.add(BundleNote.sign(next(newest), world.notary, operator)).index());
  }

  @Test
  void nobodyStartsWithAKeyThatThePolicyDoesNotName() throws Exception {
    TrustPolicy policy = first();
    URI nowhere = URI.create("http://127.0.0.1:1");
    IOException ofNotary =
        assertThrows(IOException.class, () -> notary(policy, "stranger.example", nowhere));
    assertTrue(ofNotary.getMessage().contains("the notary's own key"), ofNotary.getMessage());
    LogConfig wrong = log(policy, "stranger.example");
    assertThrows(IOException.class, () -> LogServer.create(wrong));
    IOException ofLog = assertThrows(IOException.class, () -> LogServer.start(wrong));
    assertTrue(ofLog.getMessage().contains("the log's own key"), ofLog.getMessage());
    open.remove(0).close();
    IOException ofWitness =
        assertThrows(IOException.class, () -> witness(policy, "stranger.example"));
    assertTrue(ofWitness.getMessage().contains("the witness's own key"), ofWitness.getMessage());
    witness(policy, WITNESS).close();
    LogServer.create(log(policy, TransparencyWorld.ORIGIN));
  }

  private static void awaitCheckpoint(RemoteLog log, Policy policy) throws Exception {
    for (int i = 0; i < 100_000; i++) {
      try {
        policy.check(Note.parse(log.checkpoint()));
        return;
      } catch (Refused notYet) {
        // The witness is being asked.
      }
    }
    throw new AssertionError("the first checkpoint was never cosigned");
  }

  private String get(String address) throws Exception {
    Fetch.Reply reply = fetch.get(URI.create(address), 1 << 20);
    assertEquals(200, reply.status(), address);
    return new String(reply.body().toByteArray(), StandardCharsets.UTF_8);
  }

  private String post(String address, Bytes body) throws Exception {
    Fetch.Reply reply = fetch.post(URI.create(address), body, 1 << 20);
    String text = new String(reply.body().toByteArray(), StandardCharsets.UTF_8);
    assertEquals(200, reply.status(), text);
    return text;
  }
}
