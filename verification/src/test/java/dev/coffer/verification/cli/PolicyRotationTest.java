package dev.coffer.verification.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.coffer.cli.Session;
import dev.coffer.cli.home.FleetAddress;
import dev.coffer.cli.home.VaultHome;
import dev.coffer.cli.operator.Publisher;
import dev.coffer.files.LoopbackPorts;
import dev.coffer.lab.command.LocalDeployment;
import dev.coffer.lab.local.LocalSigners;
import dev.coffer.notary.bundle.EvidenceCheck;
import dev.coffer.notary.bundle.NotaryServer;
import dev.coffer.notary.http.Fetch;
import dev.coffer.notary.http.Listen;
import dev.coffer.notary.key.KeyFile;
import dev.coffer.notary.log.LogConfig;
import dev.coffer.notary.log.LogServer;
import dev.coffer.notary.log.RemoteLog;
import dev.coffer.notary.operator.LogWalk;
import dev.coffer.notary.server.Servers;
import dev.coffer.notary.witness.WitnessConfig;
import dev.coffer.notary.witness.WitnessServer;
import dev.coffer.notary.witness.WitnessedLog;
import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.fleet.Fleet;
import dev.coffer.protocol.fleet.FleetId;
import dev.coffer.transparency.TestKeys;
import dev.coffer.transparency.TransparencyWorld;
import dev.coffer.transparency.bundle.Bundle;
import dev.coffer.transparency.bundle.BundleDelivery;
import dev.coffer.transparency.bundle.BundleNote;
import dev.coffer.transparency.bundle.FleetState;
import dev.coffer.transparency.note.Note;
import dev.coffer.transparency.note.SignerKey;
import dev.coffer.transparency.text.Refused;
import dev.coffer.transparency.text.Utf8;
import dev.coffer.transparency.tlog.Policy;
import dev.coffer.transparency.trust.TrustPolicy;
import dev.coffer.transparency.verify.Anchor;
import dev.coffer.transparency.verify.ClientFloor;
import dev.coffer.transparency.verify.FleetVerifier;
import dev.coffer.transparency.verify.Memory;
import dev.coffer.transparency.verify.Purpose;
import dev.coffer.transparency.verify.Verdict;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Operator, notary and roots change hands in a running vault: a log, a witness and a notary in this
 * process, and the commands that people type. The log goes on, what it holds stays good, and no app
 * is compiled anew.
 */
@Tag("long")
class PolicyRotationTest {
  private static final String LOG = TransparencyWorld.ORIGIN;
  private static final String WITNESS = "witness.example/1";
  private static final List<String> APPROVERS = List.of("a.example", "b.example");

  @TempDir private Path home;
  private final TransparencyWorld world = new TransparencyWorld();
  private final Fleet fleet = TransparencyWorld.fleet("one");
  private final Session session = Session.system(new LocalDeployment());
  private Memory memory = Memory.EMPTY;
  private TrustPolicy compiledIn;
  private VaultHome vault;
  private int logPort;
  private int notaryPort;
  private WitnessServer witness;
  private LogServer log;
  private NotaryServer notary;

  private Path trust(String file) {
    return home.resolve("trust").resolve(file);
  }

  private Path key(String file, String name) throws IOException {
    Path path = trust(file);
    Files.createDirectories(path.getParent());
    Files.deleteIfExists(path);
    KeyFile.write(path, TestKeys.seed(name));
    return path;
  }

  @BeforeEach
  void found() throws Exception {
    logPort = LoopbackPorts.take();
    notaryPort = LoopbackPorts.take();
    key("log.key", LOG);
    key("audit.key", "audit.example");
    key("operator/operator.key", "operator.example");
    key("notary.key", "notary.example");
    StringBuilder approvers = new StringBuilder();
    for (int i = 1; i <= APPROVERS.size(); i++) {
      String name = APPROVERS.get(i - 1);
      key("approvers-keys/approver-" + i + ".key", name);
      approvers.append(TestKeys.signer(name).verifier().text()).append('\n');
    }
    Files.writeString(trust("approvers"), approvers);
    Files.writeString(trust("notary.url"), "http://127.0.0.1:" + notaryPort + "\n");
    Files.writeString(
        trust("audit-key"), TestKeys.signer("audit.example").verifier().text() + "\n");
    witness =
        WitnessServer.start(
            new WitnessConfig(
                trust("witness"),
                TestKeys.witness(WITNESS).verifier().name(),
                new KeyFile(key("witness.key", WITNESS)),
                Optional.empty(),
                List.of(WitnessedLog.of(TestKeys.signer(LOG).verifier())),
                Listen.LOOPBACK,
                Clock.systemUTC()));
    compiledIn = first();
    Files.write(
        trust("trust-policy.note"),
        TransparencyWorld.signed(compiledIn, world.roots.subList(0, 3)).toByteArray());
    Files.write(home.resolve("fleet.bin"), fleet.encode().toByteArray());
    Path authority = Files.writeString(home.resolve("ca.pem"), "none");
    new FleetAddress(fleet.id(), List.of(URI.create("https://127.0.0.1:1")), authority).write(home);
    vault = new VaultHome(home);
    LogServer.create(logConfig());
    start("notary-1");
  }

  @AfterEach
  void stop() throws IOException {
    notary.close();
    log.close();
    witness.close();
  }

  private TrustPolicy first() throws Refused {
    String text =
        "log "
            + TestKeys.signer(LOG).verifier().text()
            + (" http://127.0.0.1:" + logPort + "\nwitness w1 ")
            + TestKeys.witness(WITNESS).verifier().text()
            + (" http://127.0.0.1:" + witness.port() + "\nquorum w1\n");
    TrustPolicy like = world.policy();
    return new TrustPolicy(
        like.namespace(),
        1,
        TrustPolicy.NO_PREV,
        3,
        like.roots(),
        like.operator(),
        like.notary(),
        like.maxAgeHard(),
        like.maxAgeSoft(),
        0,
        Policy.parse(Utf8.encode(text)));
  }

  private LogConfig logConfig() throws Exception {
    return Servers.log(
        trust("log"),
        new KeyFile(trust("log.key")),
        vault.policy(),
        new Listen("127.0.0.1", logPort));
  }

  /** Log and notary under the newest policy. */
  private void start(String notaryFolder) throws Exception {
    log = LogServer.start(logConfig());
    TrustPolicy policy = vault.policy();
    awaitWitness(policy);
    notary =
        NotaryServer.start(
            Servers.notary(
                trust(notaryFolder),
                new KeyFile(trust("notary.key")),
                new KeyFile(trust("audit.key")),
                0,
                APPROVERS.stream().map(name -> TestKeys.signer(name).verifier()).toList(),
                EvidenceCheck.UNCHECKED,
                policy,
                URI.create("http://127.0.0.1:" + logPort),
                Duration.ofMillis(100),
                new Listen("127.0.0.1", notaryPort),
                Clock.systemUTC()));
  }

  /** A log that starts asks its witnesses once more. */
  private void awaitWitness(TrustPolicy policy) throws IOException {
    try (Fetch fetch = new Fetch(Duration.ofSeconds(30))) {
      RemoteLog remote = new RemoteLog(fetch, URI.create("http://127.0.0.1:" + logPort));
      for (int i = 0; i < 100_000; i++) {
        try {
          policy.log().check(Note.parse(remote.checkpoint()));
          return;
        } catch (Refused notYet) {
          // The witness is being asked.
        }
      }
    }
    throw new AssertionError("the log's checkpoint was never cosigned");
  }

  private void restart(String notaryFolder) throws Exception {
    notary.close();
    log.close();
    start(notaryFolder);
  }

  private Bundle issue(Map<FleetId, FleetState> states) throws Exception {
    try (Publisher publisher = LocalSigners.publisher(session, vault)) {
      return publisher.issue(states).bundle();
    }
  }

  private void refresh() throws Exception {
    try (Publisher publisher = new Publisher(session, vault)) {
      publisher.refresh();
    }
  }

  private CommandLineUser.Ran coffer(String... words) {
    return CommandLineUser.of(home, "somebody").run(words);
  }

  private Verdict verdict(Memory seen) throws IOException {
    Path folder = VaultHome.bundle(home);
    BundleDelivery delivery =
        new BundleDelivery(
            Bytes.wrap(Files.readAllBytes(folder.resolve("fleet.note"))),
            Bytes.wrap(Files.readAllBytes(folder.resolve("fleet.tlog-proof"))),
            Bytes.wrap(Files.readAllBytes(folder.resolve("trust-policies"))));
    long now = Clock.systemUTC().instant().getEpochSecond();
    return new FleetVerifier(new Anchor.Roots(compiledIn), ClientFloor.DEVELOPMENT)
        .verify(delivery, fleet, Purpose.RECOVER, now, seen);
  }

  /** A device that has seen all, and one that is new: both with the app of the first day. */
  private void clientsFollow(long epoch) throws IOException {
    for (Memory seen : List.of(memory, Memory.EMPTY)) {
      Verdict.Trusted trusted =
          assertInstanceOf(Verdict.Trusted.class, verdict(seen), () -> "epoch " + epoch);
      assertEquals(epoch, trusted.bundle().orElseThrow().bundle().epoch());
      memory = trusted.memory();
    }
  }

  private String verifier(String file, String name) throws IOException {
    return coffer("policy", "key", "--key", key(file, name).toString(), "--name", name)
        .exits(0)
        .out()
        .strip();
  }

  private CommandLineUser.Ran sign(Path draft, SignerKey root) throws IOException {
    String name = root.verifier().name().value();
    Path file = key("roots/" + name.replace('/', '-') + ".key", name);
    return coffer("policy", "sign", draft.toString(), "--key", file.toString(), "--yes");
  }

  /** Makes, signs and installs the next version. */
  private void rotate(List<SignerKey> old, List<SignerKey> own, String... changes)
      throws IOException {
    Path draft = home.resolve("draft");
    List<String> words = new ArrayList<>(List.of("policy", "next", draft.toString()));
    words.addAll(List.of(changes));
    coffer(words.toArray(String[]::new)).exits(0);
    for (SignerKey root : old.subList(0, 3)) {
      sign(draft, root).exits(0);
    }
    if (!own.equals(old)) {
      coffer("policy", "add", draft.toString()).exits(8).warns("Too few roots");
      for (SignerKey root : own.subList(0, 3)) {
        sign(draft, root).exits(0);
      }
    }
    coffer("policy", "add", draft.toString()).exits(0);
  }

  private void auditPasses(int epochs) {
    CommandLineUser.Ran ran = coffer("audit", "log").exits(0);
    for (int epoch = 1; epoch <= epochs; epoch++) {
      ran.says("PASS epoch " + epoch + " ");
    }
    assertTrue(!ran.out().contains("FAIL"), ran.toString());
  }

  @Test
  void everyKeyChangesHandsAndTheHistoryStaysGood() throws Exception {
    issue(Map.of(fleet.id(), FleetState.ACTIVE));
    clientsFollow(1);
    auditPasses(1);

    // Operator, notary and all roots; the notary is a new party with a journal of its own. From now
    // on fleets are announced for days, which the first one was not.
    List<String> changes = new ArrayList<>();
    changes.addAll(List.of("--operator", verifier("operator/operator.key", "operator.example/2")));
    changes.addAll(List.of("--notary", verifier("notary.key", "notary.example/2")));
    changes.addAll(List.of("--announce", "259200"));
    for (SignerKey root : world.newRoots) {
      changes.addAll(List.of("--root", root.verifier().text()));
    }
    rotate(world.roots, world.newRoots, changes.toArray(String[]::new));
    restart("notary-2");
    refresh();
    clientsFollow(1);
    assertEquals(2, issue(Map.of()).trustPolicy());
    clientsFollow(2);
    auditPasses(2);
    coffer("audit", "log").says("SKIP second source: signed by a notary before this one");

    // Then the operator alone, by the new roots.
    rotate(
        world.newRoots,
        world.newRoots,
        "--operator",
        verifier("operator/operator.key", "operator.example/3"));
    restart("notary-2");
    assertEquals(3, issue(Map.of()).trustPolicy());
    clientsFollow(3);
    auditPasses(3);
    coffer("policy", "show").exits(0).says("PASS version 3").says("operator operator.example/3+");
    String copy = home.resolve("monitor").toString();
    coffer("audit", "monitor", "--once", "--dir", copy).exits(0).says("NEW_LEAF Epoch 3");
    coffer("audit", "log", "--mirror", copy).exits(0).says("PASS second source");
    coffer("bundle", "verify").exits(0).says("PASS NAMED_POLICY");
  }

  @Test
  void theLogTakesNothingUnderAnOldPolicy() throws Exception {
    issue(Map.of(fleet.id(), FleetState.ACTIVE));
    rotate(
        world.roots,
        world.roots,
        "--operator",
        verifier("operator/operator.key", "operator.example/2"));
    restart("notary-1");
    URI address = URI.create("http://127.0.0.1:" + logPort);
    try (Fetch fetch = new Fetch(Duration.ofSeconds(30));
        Publisher publisher = new Publisher(session, vault)) {
      RemoteLog remote = new RemoteLog(fetch, address);
      Bundle newest = publisher.lineage().newest().orElseThrow();
      Bundle next =
          new Bundle(
              newest.namespace(),
              2,
              publisher.lineage().nextPrev(),
              newest.notBefore(),
              newest.notAfter(),
              1,
              1,
              1,
              compiledIn.hash(),
              newest.fleets());
      Bytes byOldKeys = BundleNote.sign(next, world.notary, world.operator);
      assertThrows(Refused.class, () -> remote.add(byOldKeys));
      SignerKey newOperator = TestKeys.signer("operator.example/2");
      Bytes byNewKeys = BundleNote.sign(next, world.notary, newOperator);
      assertThrows(Refused.class, () -> remote.add(byNewKeys));
      assertEquals(1, LogWalk.of(remote, compiledIn.log()).leaves().size());
    }
    issue(Map.of());
    auditPasses(2);
  }

  @Test
  void onlyRootsSignAndOnlyTheNextVersion() throws Exception {
    Path draft = home.resolve("draft");
    coffer("policy", "next", draft.toString(), "--announce", "60").exits(0).says("+ announce 60");
    sign(draft, TestKeys.signer("stranger.example")).exits(2).warns("no root's");
    sign(draft, world.roots.get(0)).exits(0).says("signed by 1 of the roots before (3 needed)");
    sign(draft, world.roots.get(0)).exits(0).says("signed by 1 of the roots before");
    coffer("policy", "add", draft.toString()).exits(8);
    String changed = Files.readString(draft).replace("announce 60", "announce 61");
    Files.writeString(draft, changed);
    coffer("policy", "add", draft.toString()).exits(8).says("signed by 0 of the roots before");
    coffer("policy", "next", draft.toString(), "--root-threshold", "6").exits(2);
    coffer("policy", "next", draft.toString(), "--operator", "nonsense").exits(2);
    rotate(world.roots, world.roots, "--announce", "60");
    coffer("policy", "add", draft.toString()).exits(2).warns("not the version after 2");
    Files.writeString(trust("trust-policy-2.note"), "damaged");
    coffer("policy", "show").exits(8).warns("trust-policy-2.note does not hold");
  }

  @Test
  void aBundleOnItsWayIsFinishedBeforeKeysChange() throws Exception {
    issue(Map.of(fleet.id(), FleetState.ACTIVE));
    Path draft = home.resolve("draft");
    coffer("policy", "next", draft.toString(), "--announce", "60").exits(0);
    for (SignerKey root : world.roots.subList(0, 3)) {
      sign(draft, root).exits(0);
    }
    try (Publisher publisher = new Publisher(session, vault)) {
      publisher.propose(Map.of());
    }
    coffer("policy", "add", draft.toString()).exits(2).warns("on its way");
    assertTrue(!Files.exists(trust("trust-policy-2.note")));
    issue(Map.of());
    coffer("policy", "add", draft.toString()).exits(0);
  }
}
