package dev.coffer.notary.log;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.coffer.notary.disk.DirectoryDisk;
import dev.coffer.notary.disk.Disk;
import dev.coffer.notary.disk.FaultyDisk;
import dev.coffer.notary.http.Answer;
import dev.coffer.notary.http.Fetch;
import dev.coffer.notary.http.Listen;
import dev.coffer.notary.http.SmallServer;
import dev.coffer.notary.key.KeyFile;
import dev.coffer.notary.key.WatchedKey;
import dev.coffer.notary.witness.Witness;
import dev.coffer.notary.witness.WitnessConfig;
import dev.coffer.notary.witness.WitnessServer;
import dev.coffer.notary.witness.WitnessedLog;
import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.crypto.Randomness;
import dev.coffer.protocol.crypto.SecretBytes;
import dev.coffer.transparency.note.KeyName;
import dev.coffer.transparency.note.Note;
import dev.coffer.transparency.note.SignatureType;
import dev.coffer.transparency.note.VerifierKey;
import dev.coffer.transparency.text.Utf8;
import dev.coffer.transparency.tlog.Checkpoint;
import dev.coffer.transparency.tlog.Policy;
import dev.coffer.transparency.tlog.TilePath;
import dev.coffer.transparency.tlog.Tlog;
import dev.coffer.transparency.tlog.TlogProof;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A log and two witnesses on loopback, with keys and folders of their own, from founding on. */
@Tag("long")
class LogLifeTest {
  private static final KeyName ORIGIN = new KeyName("log.example/life");
  private static final Duration PATIENCE = Duration.ofSeconds(20);

  @TempDir private Path home;
  private final Fetch fetch = new Fetch(PATIENCE);
  private final List<AutoCloseable> open = new ArrayList<>();

  @AfterEach
  void stop() throws Exception {
    for (AutoCloseable server : open.reversed()) {
      server.close();
    }
    fetch.close();
  }

  private KeyFile key(String name) throws IOException {
    Path path = home.resolve(name.replace('/', '-') + ".key");
    if (!path.toFile().exists()) {
      try (SecretBytes seed = SecretBytes.random(Randomness.system(), 32)) {
        KeyFile.write(path, seed);
      }
    }
    return new KeyFile(path);
  }

  private VerifierKey logKey() throws IOException {
    try (var opened = key("log").open()) {
      return new VerifierKey(ORIGIN, SignatureType.ED25519, opened.publicKey());
    }
  }

  private WitnessServer witness(String name) throws IOException {
    WitnessServer server =
        WitnessServer.start(
            new WitnessConfig(
                home.resolve(name),
                new KeyName(name),
                key(name),
                Optional.empty(),
                List.of(WitnessedLog.of(logKey())),
                Listen.LOOPBACK,
                () -> Instant.ofEpochSecond(1_800_000_000)));
    open.add(server);
    return server;
  }

  private static URI at(int port) {
    return URI.create("http://127.0.0.1:" + port);
  }

  private static Policy.Witness entry(VerifierKey key, int port) {
    return new Policy.Witness(key.name().value(), key, Optional.of(at(port).toString()));
  }

  private Policy policy(int threshold, List<Policy.Witness> witnesses) throws IOException {
    List<String> names = witnesses.stream().map(Policy.Witness::name).toList();
    return new Policy(
        List.of(new Policy.Log(logKey(), Optional.empty())),
        witnesses,
        List.of(new Policy.Group("quorum", threshold, names)),
        "quorum");
  }

  private LogConfig config(Optional<Policy> policy, Duration again, Duration patience)
      throws IOException {
    return new LogConfig(
        home.resolve("log"),
        ORIGIN,
        key("log"),
        LeafRule.ANY,
        policy,
        Listen.LOOPBACK,
        again,
        patience);
  }

  private LogServer start(Policy policy) throws IOException {
    LogServer server = LogServer.start(config(Optional.of(policy), Duration.ofDays(1), PATIENCE));
    open.add(server);
    return server;
  }

  private static Checkpoint verify(TlogProof proof, Bytes leaf, Policy policy) throws Exception {
    Checkpoint checkpoint = policy.check(proof.checkpoint()).checkpoint();
    proof.checkInclusion(Tlog.leafHash(leaf), checkpoint);
    return checkpoint;
  }

  @Test
  void aWholeLife() throws Exception {
    WitnessServer one = witness("witness.example/one");
    WitnessServer two = witness("witness.example/two");
    Policy policy =
        policy(2, List.of(entry(one.verifier(), one.port()), entry(two.verifier(), two.port())));
    LogServer.create(config(Optional.of(policy), Duration.ofDays(1), PATIENCE));
    assertThrows(
        IOException.class,
        () -> LogServer.create(config(Optional.empty(), Duration.ofDays(1), PATIENCE)));
    LogServer log = start(policy);
    RemoteLog remote = new RemoteLog(fetch, at(log.port()));
    for (int i = 0; i < 5; i++) {
      Bytes leaf = Trees.leaf("life", i);
      TlogProof proof = remote.add(leaf);
      assertEquals(i, proof.index());
      verify(proof, leaf, policy);
    }
    addMany(remote, 400);
    policy.check(Note.parse(remote.checkpoint()));

    // Stopped and started again, it goes on where it was.
    log.close();
    open.remove(log);
    log = start(policy);
    remote = new RemoteLog(fetch, at(log.port()));
    Bytes leaf = Trees.leaf("life", 1000);
    TlogProof last = remote.add(leaf);
    assertEquals(405, last.index());
    assertEquals(406, verify(last, leaf, policy).size());

    try (Disk copy = DirectoryDisk.open(home.resolve("copy"))) {
      assertEquals(406, new Mirror(copy, policy).update(remote).size());
      assertTrue(LogFsck.run(copy, logKey()).clean());
    }
    assertTrue(LogFsck.run(DirectoryDisk.reading(home.resolve("log")), logKey()).clean());
  }

  private static void addMany(RemoteLog remote, int count) throws Exception {
    Set<Long> places = new HashSet<>();
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<TlogProof>> proofs = new ArrayList<>();
      for (int i = 0; i < count; i++) {
        Bytes leaf = Trees.leaf("many", i);
        proofs.add(
            threads.submit(() -> {
              TlogProof proof = remote.add(leaf);
              Checkpoint shown = Checkpoint.parse(proof.checkpoint().unverifiedText());
              proof.checkInclusion(Tlog.leafHash(leaf), shown);
              return proof;
            }));
      }
      for (Future<TlogProof> proof : proofs) {
        assertTrue(places.add(proof.get().index()));
      }
    }
  }

  @Test
  void oneWitnessOfTwoMayBeGoneAndComeBack() throws Exception {
    WitnessServer one = witness("witness.example/one");
    WitnessServer two = witness("witness.example/two");
    VerifierKey gone = two.verifier();
    two.close();
    open.remove(two);
    Policy half = policy(1, List.of(entry(one.verifier(), one.port()), entry(gone, two.port())));
    LogServer.create(config(Optional.of(half), Duration.ofDays(1), PATIENCE));
    try (LogServer log = start(half)) {
      open.remove(log);
      Bytes leaf = Trees.leaf("life", 0);
      verify(new RemoteLog(fetch, at(log.port())).add(leaf), leaf, half);
    }
    // It has slept through the first leaf: 409 is all the log needs to catch it up.
    WitnessServer back = witness("witness.example/two");
    Policy both = policy(2, List.of(entry(one.verifier(), one.port()), entry(gone, back.port())));
    LogServer log = start(both);
    Bytes leaf = Trees.leaf("life", 1);
    verify(new RemoteLog(fetch, at(log.port())).add(leaf), leaf, both);
  }

  @Test
  void withoutAQuorumNothingIsPublished() throws Exception {
    WitnessServer one = witness("witness.example/one");
    VerifierKey absent = new WatchedKey("absent").signer("a", SignatureType.COSIGNATURE).verifier();
    Policy policy = policy(2, List.of(entry(one.verifier(), one.port()), entry(absent, 1)));
    LogServer.create(config(Optional.of(policy), Duration.ofDays(1), PATIENCE));
    LogServer log =
        LogServer.start(config(Optional.of(policy), Duration.ofDays(1), Duration.ofMillis(300)));
    open.add(log);
    Fetch.Reply reply =
        fetch.post(URI.create(at(log.port()) + "/add-leaf"), Trees.leaf("life", 0), 1 << 20);
    assertEquals(202, reply.status());
    Note published = Note.parse(new RemoteLog(fetch, at(log.port())).checkpoint());
    assertEquals(0, Checkpoint.parse(published.unverifiedText()).size());
  }

  @Test
  void anAddressWhereNobodyCanBeAskedIsRefusedAtTheStart() throws Exception {
    VerifierKey key = new WatchedKey("w").signer("w", SignatureType.COSIGNATURE).verifier();
    for (String address :
        List.of("witness.example", "witness.example:8080", "ftp://w.example", "http:x", "/w")) {
      Policy policy =
          policy(1, List.of(new Policy.Witness(key.name().value(), key, Optional.of(address))));
      LogConfig config = config(Optional.of(policy), Duration.ofDays(1), PATIENCE);
      if (!Files.exists(home.resolve("log"))) {
        LogServer.create(config);
      }
      IOException refused = assertThrows(IOException.class, () -> LogServer.start(config), address);
      assertTrue(refused.getMessage().contains("http://host"), refused.getMessage());
    }
  }

  @Test
  void cosignaturesAreRenewedThoughNothingChanges() throws Exception {
    var times = new java.util.concurrent.atomic.AtomicLong(1_800_000_000);
    Witness core =
        Witness.open(
            new FaultyDisk(),
            new WatchedKey("w").signer("witness.example/w", SignatureType.COSIGNATURE),
            () -> Instant.ofEpochSecond(times.incrementAndGet()),
            List.of(WitnessedLog.of(logKey())));
    WitnessServer one = WitnessServer.serve(core, Listen.LOOPBACK);
    open.add(one);
    Policy policy = policy(1, List.of(entry(one.verifier(), one.port())));
    LogServer.create(config(Optional.of(policy), Duration.ofDays(1), PATIENCE));
    LogServer log = LogServer.start(config(Optional.of(policy), Duration.ofMillis(20), PATIENCE));
    open.add(log);
    RemoteLog remote = new RemoteLog(fetch, at(log.port()));
    Bytes leaf = Trees.leaf("life", 0);
    long first = policy.check(remote.add(leaf).checkpoint()).quorumTime().getAsLong();
    long later = first;
    for (int i = 0; i < 100_000 && later < first + 3; i++) {
      Note published = Note.parse(remote.checkpoint());
      assertEquals(1, Checkpoint.parse(published.unverifiedText()).size());
      later = policy.check(published).quorumTime().getAsLong();
    }
    assertTrue(later >= first + 3, "renewed");
  }

  @Test
  void aLogPutBackToAnOlderStateHaltsOnTheWitnessesEvidence() throws Exception {
    WatchedKey key = new WatchedKey("log");
    VerifierKey verifier = key.signer(ORIGIN.value(), SignatureType.ED25519).verifier();
    Witness core =
        Witness.open(
            new FaultyDisk(),
            new WatchedKey("w").signer("witness.example/w", SignatureType.COSIGNATURE),
            () -> Instant.ofEpochSecond(1_800_000_000),
            List.of(WitnessedLog.of(verifier)));
    WitnessServer one = WitnessServer.serve(core, Listen.LOOPBACK);
    open.add(one);
    Policy policy =
        new Policy(
            List.of(new Policy.Log(verifier, Optional.empty())),
            List.of(entry(one.verifier(), one.port())),
            List.of(),
            one.verifier().name().value());
    FaultyDisk disk = new FaultyDisk();
    TiledLog.create(disk, key.signer(ORIGIN.value(), SignatureType.ED25519));
    FaultyDisk older = new FaultyDisk();
    older.files().putAll(disk.files());
    try (LogServer log = serve(disk, key, policy)) {
      new RemoteLog(fetch, at(log.port())).add(Trees.leaf("life", 0));
    }
    LogServer log = serve(older, key, policy);
    open.add(log);
    int status = 200;
    for (int i = 0; i < 100_000 && status == 200; i++) {
      status = fetch.get(URI.create(at(log.port()) + "/healthz"), 1 << 10).status();
    }
    assertEquals(503, status);
    RemoteLog remote = new RemoteLog(fetch, at(log.port()));
    assertThrows(IOException.class, () -> remote.add(Trees.leaf("other life", 0)));
    assertTrue(key.signed().stream().filter(head -> head.size() == 1).distinct().count() == 1);
  }

  private LogServer serve(FaultyDisk disk, WatchedKey key, Policy policy) throws IOException {
    TiledLog log =
        TiledLog.open(disk, key.signer(ORIGIN.value(), SignatureType.ED25519), LeafRule.ANY, false);
    return LogServer.serve(
        log, config(Optional.of(policy), Duration.ofDays(1), Duration.ofSeconds(5)));
  }

  @Test
  void aWitnessThatLiesStopsNobody() throws Exception {
    WitnessServer honest = witness("witness.example/one");
    List<Answer> lies =
        List.of(
            Answer.text(200, "hello"),
            Answer.of(200, Answer.TEXT, "— witness.example/liar AAAAAAAAAAAA\n"),
            Answer.of(409, "text/x.tlog.size", "999999\n"),
            Answer.of(409, "text/x.tlog.size", "-1\n"),
            Answer.of(409, "text/x.tlog.size", "1"),
            Answer.of(409, "text/plain", "1\n"),
            Answer.of(409, "text/x.tlog.size", "0\n"),
            Answer.of(200, Answer.TEXT, "x".repeat(1 << 20)),
            Answer.text(500, "no"),
            Answer.text(302, "elsewhere"));
    var turn = new java.util.concurrent.atomic.AtomicInteger();
    SmallServer liar =
        SmallServer.start(
            Listen.LOOPBACK,
            1 << 20,
            query -> lies.get(Math.floorMod(turn.getAndIncrement(), lies.size())));
    open.add(liar);
    VerifierKey key =
        new WatchedKey("liar").signer("witness.example/liar", SignatureType.COSIGNATURE).verifier();
    Policy policy =
        policy(1, List.of(entry(key, liar.port()), entry(honest.verifier(), honest.port())));
    LogServer.create(config(Optional.of(policy), Duration.ofDays(1), PATIENCE));
    LogServer log = start(policy);
    RemoteLog remote = new RemoteLog(fetch, at(log.port()));
    for (int i = 0; i < 2 * lies.size(); i++) {
      Bytes leaf = Trees.leaf("life", i);
      verify(remote.add(leaf), leaf, policy);
    }
    assertTrue(turn.get() >= lies.size(), "the liar was asked");
  }

  @Test
  void hostileRequests() throws Exception {
    LogServer.create(config(Optional.empty(), Duration.ofDays(1), PATIENCE));
    LogServer log = LogServer.start(config(Optional.empty(), Duration.ofDays(1), PATIENCE));
    open.add(log);
    URI address = at(log.port());
    URI add = URI.create(address + "/add-leaf");
    assertEquals(413, fetch.post(add, Bytes.zeros(70_000), 1 << 20).status());
    assertEquals(200, fetch.post(add, Bytes.zeros(65_535), 1 << 20).status());
    assertEquals(200, fetch.post(add, Bytes.EMPTY, 1 << 20).status());
    assertEquals(405, fetch.get(add, 1 << 20).status());
    assertEquals(
        405, fetch.post(URI.create(address + "/checkpoint"), Bytes.EMPTY, 1 << 20).status());
    for (String path :
        List.of(
            "/../state/heads",
            "/tile/../../state/heads",
            "/tile/0/..%2f..%2fstate",
            "/%2e%2e/state/heads",
            "/state/heads",
            "/tile/0/000.p/0",
            "/tile/0/000.p/256",
            "/tile/0/000",
            "/tile/0/0",
            "/tile/00/000.p/2",
            "/tile/64/000",
            "/tile/-1/000",
            "/tile/0/x000/000.p/2",
            "/checkpoint.part",
            "/")) {
      assertEquals(404, fetch.get(URI.create(address + path), 1 << 20).status(), path);
    }
    RemoteLog remote = new RemoteLog(fetch, address);
    assertEquals(64, remote.read(new TilePath(0, 0, 2)).size());
    assertEquals(Utf8.encode("ok\n"), fetch.get(URI.create(address + "/healthz"), 1 << 10).body());
  }
}
