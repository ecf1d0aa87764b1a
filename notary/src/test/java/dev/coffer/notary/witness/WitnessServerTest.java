package dev.coffer.notary.witness;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.coffer.notary.disk.DirectoryDisk;
import dev.coffer.notary.http.Fetch;
import dev.coffer.notary.http.Listen;
import dev.coffer.notary.key.WatchedKey;
import dev.coffer.notary.log.Trees;
import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.crypto.Hashes;
import dev.coffer.transparency.note.Note;
import dev.coffer.transparency.note.NoteSignature;
import dev.coffer.transparency.note.SignatureType;
import dev.coffer.transparency.note.VerifiedNote;
import dev.coffer.transparency.text.Utf8;
import dev.coffer.transparency.tlog.AddCheckpoint;
import dev.coffer.transparency.tlog.Checkpoint;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Every status of c2sp.org/tlog-witness, over loopback. */
@Tag("long")
class WitnessServerTest {
  private static final String ORIGIN = "log.example/real";
  private static final long TIME = 1_800_000_000;

  @TempDir private Path home;
  private final WatchedKey logKey = new WatchedKey("log");
  private final WatchedKey stranger = new WatchedKey("stranger");
  private final WatchedKey key = new WatchedKey("witness");
  private final Trees tree = new Trees().grow("real", 300);
  private final Fetch fetch = new Fetch(Duration.ofSeconds(20));
  private WitnessServer server;

  @BeforeEach
  void start() throws IOException {
    Witness witness =
        Witness.open(
            DirectoryDisk.open(home),
            key.signer("witness.example/w1", SignatureType.COSIGNATURE),
            () -> Instant.ofEpochSecond(TIME),
            List.of(
                WitnessedLog.of(logKey.signer(ORIGIN, SignatureType.ED25519).verifier()),
                WitnessedLog.of(
                    logKey.signer("log.example/second", SignatureType.ED25519).verifier())));
    server = WitnessServer.serve(witness, Listen.LOOPBACK);
  }

  @AfterEach
  void stop() throws IOException {
    server.close();
    fetch.close();
  }

  private URI address(String path) {
    return URI.create("http://127.0.0.1:" + server.port() + path);
  }

  private Fetch.Reply add(Bytes body) throws Exception {
    return fetch.post(address("/add-checkpoint"), body, 1 << 20);
  }

  private Fetch.Reply add(Trees of, long from, long to) throws Exception {
    return add(of.request(ORIGIN, logKey, from, to));
  }

  private Fetch.Reply add(String body) throws Exception {
    return add(Utf8.encode(body));
  }

  private void conflict(long size, Fetch.Reply reply) {
    assertEquals(409, reply.status());
    assertEquals("text/x.tlog.size", reply.type());
    assertEquals(Utf8.encode(size + "\n"), reply.body());
  }

  private void cosigned(Fetch.Reply reply, long size) throws Exception {
    assertEquals(200, reply.status());
    Note note = tree.checkpoint(ORIGIN, logKey, size);
    for (NoteSignature line : NoteSignature.parseLines(reply.body(), 8)) {
      note = note.with(line);
    }
    VerifiedNote verified = note.verify(List.of(server.verifier()));
    assertEquals(1, verified.signatures().size());
    assertEquals(TIME, verified.signatures().get(0).time());
  }

  @Test
  void cosignsATreeThatGrows() throws Exception {
    cosigned(add(tree, 0, 0), 0);
    cosigned(add(tree, 0, 1), 1);
    cosigned(add(tree, 1, 7), 7);
    cosigned(add(tree, 7, 7), 7);
    cosigned(add(tree, 7, 256), 256);
    cosigned(add(tree, 256, 300), 300);
  }

  @Test
  void remembersAcrossARestart() throws Exception {
    cosigned(add(tree, 0, 5), 5);
    stop();
    start();
    try (Fetch again = new Fetch(Duration.ofSeconds(20))) {
      conflict(
          5, again.post(address("/add-checkpoint"), tree.request(ORIGIN, logKey, 0, 9), 1 << 20));
      String path = "/" + Hashes.sha256(Utf8.encode(ORIGIN)).hex() + "/checkpoint";
      Fetch.Reply latest = again.get(address(path), 1 << 20);
      assertEquals(200, latest.status());
      Note note = Note.parse(latest.body());
      assertEquals(5, Checkpoint.parse(note.unverifiedText()).size());
      assertEquals(1, note.verify(List.of(server.verifier())).signatures().size());
      assertEquals(
          1,
          note.verify(List.of(logKey.signer(ORIGIN, SignatureType.ED25519).verifier()))
              .signatures()
              .size());
    }
  }

  @Test
  void monitorsGetNothingBeforeTheFirstCosignature() throws Exception {
    String path = "/" + Hashes.sha256(Utf8.encode(ORIGIN)).hex() + "/checkpoint";
    assertEquals(404, fetch.get(address(path), 1 << 20).status());
    assertEquals(404, fetch.get(address("/" + "0".repeat(64) + "/checkpoint"), 1 << 20).status());
    assertEquals(200, fetch.get(address("/healthz"), 1 << 20).status());
  }

  @Test
  void badRequests() throws Exception {
    String good = new String(tree.request(ORIGIN, logKey, 0, 5).toByteArray(), "UTF-8");
    String hash = "PlRNCrwHpqhGrupue0L7gxbjbMiKA9temvuZZDDpkaw=\n";
    List<String> bad =
        List.of(
            "",
            "\n",
            "old 0",
            "old 0\n",
            "old 0\n\n",
            good.substring(1),
            good.replace("old 0", "old 00"),
            good.replace("old 0", "old -1"),
            good.replace("old 0", "old +0"),
            good.replace("old 0", "old  0"),
            good.replace("old 0", "old 9223372036854775808"),
            good.replace("old 0\n", "old 0\nnot a hash\n"),
            good.replace("old 0\n", "old 0\n" + hash.replace("=", "") + ""),
            good.replace("old 0\n", "old 0\n" + hash.repeat(64)),
            good.replace("old 0\n\n", "old 0\n"),
            good.replace("\n5\n", "\n05\n"),
            good.replace("\n5\n", "\n\n5\n"),
            good.replace("\n", "\r\n"),
            good + "\n",
            good.substring(0, good.length() - 1),
            "\uFEFF" + good,
            "x".repeat(60_000));
    for (String body : bad) {
      assertEquals(400, add(body).status(), body);
    }
    byte[] notText = good.getBytes("UTF-8");
    notText[10] = (byte) 0xff;
    assertEquals(400, add(Bytes.wrap(notText)).status());
    assertTrue(key.signed().isEmpty());
    cosigned(add(good), 5);
  }

  @Test
  void anOldSizeAboveTheNewOneIsABadRequest() throws Exception {
    cosigned(add(tree, 0, 5), 5);
    Note smaller = tree.checkpoint(ORIGIN, logKey, 3);
    assertEquals(400, add(new AddCheckpoint(5, List.of(), smaller).encode()).status());
  }

  @Test
  void onlyTheLogSigns() throws Exception {
    assertEquals(403, add(tree.request(ORIGIN, stranger, 0, 5)).status());
    // The line claims to be by the log's key, and is not.
    Note real = tree.checkpoint(ORIGIN, logKey, 5);
    Note forged = Note.of(tree.checkpoint(ORIGIN, logKey, 6).unverifiedText(), real.signatures());
    assertEquals(403, add(new AddCheckpoint(0, List.of(), forged).encode()).status());
    // One good line does not make up for a bad one.
    Note both =
        Note.of(real.unverifiedText(), List.of(real.signatures().get(0)))
            .with(tree.checkpoint(ORIGIN, logKey, 6).signatures().get(0));
    assertEquals(403, add(new AddCheckpoint(0, List.of(), both).encode()).status());
    // A stranger's line beside the log's is passed by.
    Note more = real.with(tree.checkpoint(ORIGIN, stranger, 5).signatures().get(0));
    cosigned(add(new AddCheckpoint(0, List.of(), more).encode()), 5);
    assertEquals(1, key.signed().size());
  }

  @Test
  void anotherLogsKeyDoesNotCount() throws Exception {
    String text = new Checkpoint(ORIGIN, 5, tree.root(5)).text();
    Note note =
        Note.of(
            text, List.of(logKey.signer("log.example/second", SignatureType.ED25519).sign(text)));
    assertEquals(403, add(new AddCheckpoint(0, List.of(), note).encode()).status());
  }

  @Test
  void unknownLogs() throws Exception {
    Bytes body = tree.request("log.example/unknown", logKey, 0, 5);
    assertEquals(404, add(body).status());
  }

  @Test
  void conflictsSayFromWhereToProve() throws Exception {
    conflict(0, add(tree, 2, 5));
    cosigned(add(tree, 0, 5), 5);
    conflict(5, add(tree, 0, 5));
    conflict(5, add(tree, 4, 9));
    conflict(5, add(tree, 6, 9));
    cosigned(add(tree, 5, 9), 9);
  }

  @Test
  void whatDoesNotFollowIsNotCosigned() throws Exception {
    Trees fork = tree.first(4).grow("fork", 20);
    cosigned(add(tree, 0, 5), 5);
    assertEquals(422, add(fork, 5, 9).status());
    assertEquals(422, add(fork, 5, 5).status());
    Note nine = tree.checkpoint(ORIGIN, logKey, 9);
    assertEquals(422, add(new AddCheckpoint(5, List.of(), nine).encode()).status());
    List<Bytes> proof = new ArrayList<>(tree.consistency(5, 9));
    proof.add(tree.root(1));
    assertEquals(422, add(new AddCheckpoint(5, proof, nine).encode()).status());
    Note five = tree.checkpoint(ORIGIN, logKey, 5);
    List<Bytes> one = List.of(tree.root(1));
    assertEquals(422, add(new AddCheckpoint(5, one, five).encode()).status());
    cosigned(add(tree, 5, 9), 9);
    assertEquals(2, key.signed().size());
  }

  @Test
  void theEmptyTree() throws Exception {
    String text = new Checkpoint(ORIGIN, 0, tree.root(1)).text();
    Note note = Note.of(text, List.of(logKey.signer(ORIGIN, SignatureType.ED25519).sign(text)));
    assertEquals(422, add(new AddCheckpoint(0, List.of(), note).encode()).status());
    Note five = tree.checkpoint(ORIGIN, logKey, 5);
    List<Bytes> one = List.of(tree.root(1));
    assertEquals(422, add(new AddCheckpoint(0, one, five).encode()).status());
    cosigned(add(tree, 0, 0), 0);
    conflict(0, add(tree, 1, 1));
  }

  @Test
  void extensionLinesOfOtherLogsAreCosignedAsTheyAre() throws Exception {
    String text = new Checkpoint(ORIGIN, 5, tree.root(5)).text() + "extension line\n";
    Note note = Note.of(text, List.of(logKey.signer(ORIGIN, SignatureType.ED25519).sign(text)));
    Fetch.Reply reply = add(new AddCheckpoint(0, List.of(), note).encode());
    assertEquals(200, reply.status());
    Note cosigned = note.with(NoteSignature.parseLines(reply.body(), 1).get(0));
    assertTrue(cosigned.verify(List.of(server.verifier())).signedBy(server.verifier()));
  }

  @Test
  void largeBodiesAreNotRead() throws Exception {
    assertEquals(413, add("x".repeat(70_000)).status());
    assertEquals(413, add("x".repeat(90_000)).status());
  }

  @Test
  void otherPathsAndMethods() throws Exception {
    assertEquals(405, fetch.get(address("/add-checkpoint"), 1 << 20).status());
    assertEquals(404, fetch.get(address("/"), 1 << 20).status());
    assertEquals(404, fetch.get(address("/../journal"), 1 << 20).status());
    assertEquals(404, fetch.post(address("/sign-subtree"), Bytes.EMPTY, 1 << 20).status());
  }

  @Test
  void ofTwoHistoriesThatRaceOneWins() throws Exception {
    Trees fork = new Trees().grow("fork", 300);
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<Integer>> answers = new ArrayList<>();
      for (int i = 0; i < 40; i++) {
        Trees side = i % 2 == 0 ? tree : fork;
        int size = 1 + i % 7;
        answers.add(threads.submit(() -> add(side, 0, size).status()));
      }
      int won = 0;
      for (Future<Integer> answer : answers) {
        assertTrue(Set.of(200, 409).contains(answer.get()));
        won += answer.get() == 200 ? 1 : 0;
      }
      assertEquals(1, won);
    }
    assertEquals(1, new HashSet<>(key.signed()).size());
  }
}
