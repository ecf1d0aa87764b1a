package dev.coffer.notary;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.coffer.notary.bundle.Approval;
import dev.coffer.notary.bundle.EvidenceCheck;
import dev.coffer.notary.bundle.NotaryServer;
import dev.coffer.notary.http.Fetch;
import dev.coffer.notary.key.KeyFile;
import dev.coffer.notary.key.MemoryKey;
import dev.coffer.notary.key.NoteSigner;
import dev.coffer.notary.log.LogConfig;
import dev.coffer.notary.log.LogServer;
import dev.coffer.notary.log.RemoteLog;
import dev.coffer.notary.process.LogProcess;
import dev.coffer.notary.process.NotaryProcess;
import dev.coffer.notary.process.WitnessProcess;
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
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Log, witness and notary from configuration files: a bundle from proposal to verified proof. */
class NotaryProcessesTest {
  @TempDir private Path folder;
  private final TransparencyWorld world = new TransparencyWorld();

  private Path config(String name, String... lines) throws IOException {
    return Files.writeString(folder.resolve(name), String.join("\n", lines) + "\n");
  }

  private void key(String name, String of) throws IOException {
    KeyFile.write(folder.resolve(name), TestKeys.seed(of));
  }

  private static NoteSigner person(String name) {
    return new NoteSigner(
        new KeyName(name), SignatureType.ED25519, new MemoryKey(TestKeys.seed(name)));
  }

  @Test
  void aBundleFromProposalToProof() throws Exception {
    key("witness.key", "witness.example/1");
    key("log.key", TransparencyWorld.ORIGIN);
    key("notary.key", "notary.example");
    key("audit.key", "audit.example");
    Path witnessConfig =
        config(
            "witness.conf",
            "# a witness",
            "home = witness",
            "name = witness.example/1",
            "key = witness.key",
            "listen = 127.0.0.1:0",
            "log = " + world.log.verifier().text());
    try (WitnessServer witness = WitnessServer.start(WitnessProcess.config(witnessConfig));
        Fetch fetch = new Fetch(Duration.ofSeconds(30))) {
      Path policy =
          config(
              "policy",
              "log " + world.log.verifier().text(),
              "witness w1 "
                  + world.witnesses.get(0).verifier().text()
                  + " http://127.0.0.1:"
                  + witness.port(),
              "quorum w1");
      LogConfig logConfig =
          LogProcess.config(
              config(
                  "log.conf",
                  "home = log",
                  "origin = " + TransparencyWorld.ORIGIN,
                  "key = log.key",
                  "listen = 127.0.0.1:0",
                  "policy = policy",
                  "namespace = " + TransparencyWorld.NAMESPACE,
                  "operator = " + world.operator.verifier().text(),
                  "notary = " + world.notary.verifier().text(),
                  "announce-seconds = 0"));
      assertThrows(IOException.class, () -> LogServer.start(logConfig));
      LogServer.create(logConfig);
      try (LogServer log = LogServer.start(logConfig)) {
        bundle(fetch, log, Policy.parse(Bytes.wrap(Files.readAllBytes(policy))));
      }
    }
  }

  private void bundle(Fetch fetch, LogServer log, Policy policy) throws Exception {
    URI logAddress = URI.create("http://127.0.0.1:" + log.port());
    Path file =
        config(
            "notary.conf",
            "home = notary",
            "name = notary.example",
            "key = notary.key",
            "audit-key = audit.key",
            "listen = 127.0.0.1:0",
            "approver = " + person("a.example").verifier().text(),
            "approver = " + person("b.example").verifier().text(),
            "log = " + logAddress,
            "trust-policy = trust-policy.note");
    TrustPolicy full = world.policy();
    TrustPolicy trusted =
        new TrustPolicy(
            full.namespace(),
            full.version(),
            full.prev(),
            full.rootThreshold(),
            full.roots(),
            full.operator(),
            full.notary(),
            full.maxAgeHard(),
            full.maxAgeSoft(),
            0,
            policy);
    Files.write(
        folder.resolve("trust-policy.note"),
        TransparencyWorld.signed(trusted, world.roots).toByteArray());
    RemoteLog remote = new RemoteLog(fetch, logAddress);
    awaitCheckpoint(remote, policy);
    try (NotaryServer notary =
        NotaryServer.start(NotaryProcess.config(file, EvidenceCheck.UNCHECKED))) {
      String base = "http://127.0.0.1:" + notary.port();
      Bundle bundle =
          world.next(
              trusted,
              Clock.systemUTC().instant().getEpochSecond(),
              TransparencyWorld.listed(TransparencyWorld.fleet("one"), FleetState.ACTIVE));
      Bytes hash =
          dev.coffer.protocol.crypto.Hashes.sha256(
              dev.coffer.transparency.text.Utf8.encode(bundle.text()));
      Bytes proposal = Note.sign(bundle.text(), world.operator).encode();
      String shown = post(fetch, base + "/proposals", proposal);
      assertTrue(shown.contains("+ key "), shown);
      post(fetch, base + "/approvals", Approval.sign(hash, person("a.example")).encode());
      URI note = URI.create(base + "/proposals/" + hash.hex() + "/note");
      assertEquals(404, fetch.get(note, 1 << 20).status());
      post(fetch, base + "/approvals", Approval.sign(hash, person("b.example")).encode());
      Note inner = Note.parse(fetch.get(note, 1 << 20).body());
      Bytes leaf = BundleNote.counterSign(inner, world.operator);
      TlogProof proof = remote.add(leaf);
      Checkpoint checkpoint = policy.check(proof.checkpoint()).checkpoint();
      proof.checkInclusion(BundleNote.leafHash(leaf), checkpoint);
      assertEquals(1, checkpoint.size());
      assertEquals(0, remote.add(leaf).index(), "the same leaf again");
    }
  }

  private static void awaitCheckpoint(RemoteLog log, Policy policy) throws Exception {
    for (int i = 0; i < 100_000; i++) {
      try {
        policy.check(Note.parse(log.checkpoint()));
        return;
      } catch (dev.coffer.transparency.text.Refused notYet) {
        // The witness is being asked.
      }
    }
    throw new AssertionError("the first checkpoint was never cosigned");
  }

  private static String post(Fetch fetch, String address, Bytes body) throws Exception {
    Fetch.Reply reply = fetch.post(URI.create(address), body, 1 << 20);
    String text = new String(reply.body().toByteArray(), StandardCharsets.UTF_8);
    assertEquals(200, reply.status(), text);
    return text;
  }

  @Test
  void mistakesInConfigurationAreNamed() throws IOException {
    Path twice = config("a.conf", "home = x", "home = y");
    assertEquals(
        twice + " sets home twice.",
        assertThrows(IOException.class, () -> WitnessProcess.config(twice)).getMessage());
    Path unknown = config("b.conf", "hme = x");
    assertEquals(
        unknown + " has a line that is no setting: hme",
        assertThrows(IOException.class, () -> WitnessProcess.config(unknown)).getMessage());
    Path missing = config("c.conf", "home = x");
    assertThrows(IOException.class, () -> WitnessProcess.config(missing));
    assertThrows(IOException.class, () -> WitnessProcess.config(folder.resolve("none")));
  }
}
