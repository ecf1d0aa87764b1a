package dev.coffer.verification.fuzz;

import dev.coffer.notary.bundle.Approval;
import dev.coffer.notary.bundle.BundleRule;
import dev.coffer.notary.bundle.EvidenceCheck;
import dev.coffer.notary.bundle.Notary;
import dev.coffer.notary.bundle.NotaryRules;
import dev.coffer.notary.bundle.NotaryServer;
import dev.coffer.notary.bundle.Proposal;
import dev.coffer.notary.disk.FaultyDisk;
import dev.coffer.notary.http.Listen;
import dev.coffer.notary.key.KeyFile;
import dev.coffer.notary.key.MemoryKey;
import dev.coffer.notary.key.NoteSigner;
import dev.coffer.notary.key.WatchedKey;
import dev.coffer.notary.log.LogConfig;
import dev.coffer.notary.log.LogServer;
import dev.coffer.notary.log.TiledLog;
import dev.coffer.notary.log.Trees;
import dev.coffer.notary.witness.Witness;
import dev.coffer.notary.witness.WitnessServer;
import dev.coffer.notary.witness.WitnessedLog;
import dev.coffer.protocol.codec.Bytes;
import dev.coffer.transparency.TestKeys;
import dev.coffer.transparency.TransparencyWorld;
import dev.coffer.transparency.bundle.Bundle;
import dev.coffer.transparency.bundle.FleetState;
import dev.coffer.transparency.note.KeyName;
import dev.coffer.transparency.note.Note;
import dev.coffer.transparency.note.SignatureType;
import dev.coffer.transparency.note.VerifierKey;
import dev.coffer.transparency.tlog.Policy;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Log, witness and notary on disks in memory, with keys that follow from names: what was signed for
 * one of them is so for the next.
 */
final class QuietParties {
  private static final String WITNESSED = "log.example/witnessed";
  private static final String MANNERLY = " HTTP/1.1\nHost: a\nContent-Length: ";
  private static final List<String> APPROVERS = List.of("person.example/a", "person.example/b");

  private final TransparencyWorld world = new TransparencyWorld();
  private final WatchedKey witnessedKey = new WatchedKey("witnessed");
  private final Bundle first =
      world.next(
          TransparencyWorld.START,
          TransparencyWorld.listed(TransparencyWorld.fleet("one"), FleetState.ANNOUNCED));

  private record Open(int port, AutoCloseable server, AutoCloseable below) implements Served {
    @Override
    public void close() throws Exception {
      server.close();
      below.close();
    }
  }

  private static NoteSigner key(String name) {
    return new NoteSigner(
        new KeyName(name), SignatureType.ED25519, new MemoryKey(TestKeys.seed(name)));
  }

  private TiledLog log() throws IOException {
    FaultyDisk disk = new FaultyDisk();
    TiledLog.create(disk, key(TransparencyWorld.ORIGIN));
    return TiledLog.open(disk, key(TransparencyWorld.ORIGIN), rule(), true);
  }

  private BundleRule rule() {
    return BundleRule.of(
        TransparencyWorld.NAMESPACE, world.operator.verifier(), world.notary.verifier(), 0);
  }

  /** A log without witnesses. */
  Served logServer() throws IOException {
    TiledLog log = log();
    LogConfig config =
        LogConfig.of(
            Path.of("unused"),
            new KeyName(TransparencyWorld.ORIGIN),
            new KeyFile(Path.of("unused")),
            rule(),
            Optional.empty(),
            Listen.LOOPBACK);
    LogServer server = LogServer.serve(log, config);
    return new Open(server.port(), server, () -> {});
  }

  /** A witness of one log. */
  Served witnessServer() throws IOException {
    Witness witness =
        Witness.open(
            new FaultyDisk(),
            new WatchedKey("witness").signer("witness.example/w", SignatureType.COSIGNATURE),
            () -> Instant.ofEpochSecond(TransparencyWorld.START),
            List.of(
                WitnessedLog.of(witnessedKey.signer(WITNESSED, SignatureType.ED25519).verifier())));
    WitnessServer server = WitnessServer.serve(witness, Listen.LOOPBACK);
    return new Open(server.port(), server, () -> {});
  }

  /** A notary with two approvers. */
  Served notaryServer() throws IOException {
    TiledLog log = log();
    List<VerifierKey> approvers =
        APPROVERS.stream().map(name -> TestKeys.signer(name).verifier()).toList();
    Notary notary =
        Notary.open(
            new FaultyDisk(),
            NotaryRules.of(world.policy(), approvers, EvidenceCheck.UNCHECKED),
            key("notary.example"),
            new MemoryKey(TestKeys.seed("audit")),
            () -> Instant.ofEpochSecond(TransparencyWorld.START),
            log.files(),
            new Policy(
                List.of(new Policy.Log(log.verifier(), Optional.empty())),
                List.of(),
                List.of(),
                Policy.NONE));
    NotaryServer server = NotaryServer.serve(notary, Listen.LOOPBACK, 0, Duration.ofHours(1));
    return new Open(server.port(), server, log);
  }

  private static Bytes post(int manner, String path, Bytes body) {
    return ServerTargets.request(manner, "POST " + path + MANNERLY + body.size() + "\n\n", body);
  }

  private static Stream<Bytes> gets(String... paths) {
    return Stream.of(paths)
        .map(path ->
            ServerTargets.request(0, "GET " + path + " HTTP/1.1\nHost: a\n\n", Bytes.EMPTY));
  }

  List<Bytes> logSeeds() {
    Bytes leaf = new TransparencyWorld().publish(first);
    List<Bytes> seeds = new ArrayList<>();
    seeds.add(post(SocketTalk.KEEP_OPEN, "/add-leaf", leaf));
    seeds.add(ServerTargets.request(0, "POST /add-leaf" + MANNERLY + "99999999\n\n", leaf));
    gets("/checkpoint", "/tile/0/000.p/1", "/tile/entries/000.p/1", "/tile/x").forEach(seeds::add);
    return seeds;
  }

  List<Bytes> witnessSeeds() throws IOException {
    Trees tree = new Trees().grow("real", 9);
    Trees fork = new Trees().grow("false", 9);
    List<Bytes> seeds = new ArrayList<>();
    for (long[] step : new long[][] {{0, 5}, {5, 9}, {5, 5}, {9, 3}}) {
      long from = Math.min(step[0], step[1]);
      seeds.add(post(0, "/add-checkpoint", tree.request(WITNESSED, witnessedKey, from, step[1])));
    }
    seeds.add(post(0, "/add-checkpoint", fork.request(WITNESSED, witnessedKey, 5, 9)));
    gets("/" + "0a".repeat(32) + "/checkpoint", "/add-checkpoint").forEach(seeds::add);
    return seeds;
  }

  List<Bytes> notarySeeds() throws IOException {
    Bytes hash = Proposal.hash(first);
    List<Bytes> seeds = new ArrayList<>();
    seeds.add(post(0, "/proposals", Note.sign(first.text(), world.operator).encode()));
    for (String person : APPROVERS) {
      seeds.add(post(0, "/approvals", Approval.sign(hash, key(person)).encode()));
    }
    String mine = "/namespaces/" + TransparencyWorld.NAMESPACE.value();
    gets(
            "/proposals/" + hash.hex(),
            "/proposals/" + hash.hex() + "/note",
            "/info",
            "/namespaces",
            mine,
            mine + "/audits/1")
        .forEach(seeds::add);
    return seeds;
  }
}
