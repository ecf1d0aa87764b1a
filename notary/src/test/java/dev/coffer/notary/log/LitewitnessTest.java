package dev.coffer.notary.log;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.coffer.files.LoopbackPorts;
import dev.coffer.notary.disk.DirectoryDisk;
import dev.coffer.notary.http.Fetch;
import dev.coffer.notary.http.Listen;
import dev.coffer.notary.key.KeyFile;
import dev.coffer.notary.key.WatchedKey;
import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.crypto.Randomness;
import dev.coffer.protocol.crypto.SecretBytes;
import dev.coffer.transparency.note.KeyName;
import dev.coffer.transparency.note.Note;
import dev.coffer.transparency.note.NoteSignature;
import dev.coffer.transparency.note.SignatureType;
import dev.coffer.transparency.note.VerifierKey;
import dev.coffer.transparency.tlog.CosignedCheckpoint;
import dev.coffer.transparency.tlog.Policy;
import dev.coffer.transparency.tlog.Tlog;
import dev.coffer.transparency.tlog.TlogProof;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Another's witness, {@code litewitness} (package torchwood), in the place of ours: it takes the
 * same requests and gives the same statuses. Skipped, and saying so, where it is not installed or
 * does not start.
 */
@Tag("long")
class LitewitnessTest {
  private static final String ORIGIN = "log.example/other-witness";
  private static final int TRIES = 200_000;

  @TempDir private Path folder;
  private final List<Process> started = new ArrayList<>();

  @AfterEach
  void stop() {
    started.forEach(Process::destroyForcibly);
  }

  private static void skip(String why) {
    System.out.println("SKIP: litewitness: " + why);
    Assumptions.abort(why);
  }

  private Process start(String... command) throws IOException {
    ProcessBuilder builder = new ProcessBuilder(command).directory(folder.toFile());
    builder.environment().put("SSH_AUTH_SOCK", folder.resolve("agent").toString());
    Process process =
        builder.redirectErrorStream(true).redirectOutput(folder.resolve("out").toFile()).start();
    started.add(process);
    return process;
  }

  private String run(String... command) throws Exception {
    try {
      Process process = start(command);
      if (!process.waitFor(30, TimeUnit.SECONDS) || process.exitValue() != 0) {
        skip(command[0] + " failed");
      }
      return Files.readString(folder.resolve("out")).strip();
    } catch (IOException e) {
      skip(command[0] + " is not installed");
      return "";
    }
  }

  /** A running one, with a key of its own, that knows one log. */
  private record Other(VerifierKey key, URI address, Process process) {}

  private Other other(VerifierKey log) throws Exception {
    run("witnessctl", "list-logs", "-db", "w.db");
    run("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", "w.key");
    Process agent = start("ssh-agent", "-D", "-a", folder.resolve("agent").toString());
    for (int i = 0; i < TRIES && !Files.exists(folder.resolve("agent")) && agent.isAlive(); i++) {
      Thread.onSpinWait();
    }
    run("ssh-add", "w.key");
    String fingerprint = run("ssh-keygen", "-l", "-f", "w.key.pub").split(" ")[1];
    run("witnessctl", "add-log", "-db", "w.db", "-origin", ORIGIN);
    run("witnessctl", "add-key", "-db", "w.db", "-origin", ORIGIN, "-key", log.text());
    String listen = "127.0.0.1:" + LoopbackPorts.take();
    String agentSocket = folder.resolve("agent").toString();
    Process witness =
        start(
            "litewitness",
            "-db",
            "w.db",
            "-name",
            "witness.example/lite",
            "-key",
            fingerprint,
            "-ssh-agent",
            agentSocket,
            "-listen",
            listen);
    byte[] blob =
        Base64.getDecoder().decode(Files.readString(folder.resolve("w.key.pub")).split(" ")[1]);
    VerifierKey other =
        new VerifierKey(
            new KeyName("witness.example/lite"),
            SignatureType.COSIGNATURE,
            Bytes.copyOf(blob, blob.length - 32, blob.length));
    return new Other(other, URI.create("http://" + listen), witness);
  }

  @Test
  void anotherWitnessAgrees() throws Exception {
    WatchedKey key = new WatchedKey("log");
    Other other = other(key.signer(ORIGIN, SignatureType.ED25519).verifier());
    try (Fetch fetch = new Fetch(Duration.ofSeconds(20))) {
      URI address = URI.create(other.address() + "/add-checkpoint");
      converse(fetch, address, key, other.key(), other.process());
    }
  }

  /** Our log with no witness but that one, from founding over growth, restart and idle days. */
  @Test
  void anotherWitnessCosignsOurLogThroughAWholeLife() throws Exception {
    Path pem = folder.resolve("log.key");
    try (SecretBytes seed = SecretBytes.random(Randomness.system(), 32)) {
      KeyFile.write(pem, seed);
    }
    VerifierKey log;
    try (var opened = new KeyFile(pem).open()) {
      log = new VerifierKey(new KeyName(ORIGIN), SignatureType.ED25519, opened.publicKey());
    }
    Other other = other(log);
    Policy policy =
        new Policy(
            List.of(new Policy.Log(log, Optional.empty())),
            List.of(
                new Policy.Witness("lite", other.key(), Optional.of(other.address().toString()))),
            List.of(),
            "lite");
    LogConfig config =
        new LogConfig(
            folder.resolve("log"),
            new KeyName(ORIGIN),
            new KeyFile(pem),
            LeafRule.ANY,
            Optional.of(policy),
            Listen.LOOPBACK,
            Duration.ofMillis(20),
            Duration.ofSeconds(20));
    try (Fetch fetch = new Fetch(Duration.ofSeconds(20))) {
      untilUp(fetch, URI.create(other.address() + "/add-checkpoint"), Bytes.EMPTY, other.process());
      LogServer.create(config);
      int size = 0;
      // Each life adds leaves one by one, over the borders of the first tiles' halves and ends.
      for (int goal : new int[] {3, 130, 258}) {
        try (LogServer server = LogServer.start(config)) {
          RemoteLog remote = new RemoteLog(fetch, URI.create("http://127.0.0.1:" + server.port()));
          while (size < goal) {
            Bytes leaf = Trees.leaf("life", size);
            TlogProof proof = remote.add(leaf);
            CosignedCheckpoint checked = policy.check(proof.checkpoint());
            assertTrue(checked.quorumTime().isPresent(), "the other witness cosigned");
            proof.checkInclusion(Tlog.leafHash(leaf), checked.checkpoint());
            assertEquals(size++, proof.index());
          }
        }
      }
      assertTrue(LogFsck.run(DirectoryDisk.reading(folder.resolve("log")), log).clean());
    }
  }

  private static void converse(
      Fetch fetch, URI address, WatchedKey key, VerifierKey other, Process witness)
      throws Exception {
    Trees tree = new Trees().grow("real", 300);
    Trees fork = new Trees().grow("fork", 300);
    Fetch.Reply first = untilUp(fetch, address, tree.request(ORIGIN, key, 0, 5), witness);
    assertEquals(200, first.status());
    Note note = tree.checkpoint(ORIGIN, key, 5);
    for (NoteSignature line : NoteSignature.parseLines(first.body(), 16)) {
      note = note.with(line);
    }
    assertEquals(1, note.verify(List.of(other)).signatures().size());
    assertEquals(409, status(fetch, address, tree.request(ORIGIN, key, 0, 9)));
    assertEquals(422, status(fetch, address, fork.request(ORIGIN, key, 5, 9)));
    assertEquals(200, status(fetch, address, tree.request(ORIGIN, key, 5, 257)));
    assertEquals(404, status(fetch, address, tree.request("log.example/no", key, 0, 5)));
    Bytes stranger = tree.request(ORIGIN, new WatchedKey("stranger"), 257, 300);
    assertEquals(403, status(fetch, address, stranger));
    assertEquals(400, status(fetch, address, Bytes.EMPTY));
  }

  private static int status(Fetch fetch, URI address, Bytes body) throws Exception {
    return fetch.post(address, body, 1 << 16).status();
  }

  private static Fetch.Reply untilUp(Fetch fetch, URI address, Bytes body, Process witness)
      throws Exception {
    while (witness.isAlive()) {
      try {
        return fetch.post(address, body, 1 << 16);
      } catch (IOException notYet) {
        Thread.onSpinWait();
      }
    }
    skip("it does not start");
    throw new AssertionError("skipped");
  }
}
