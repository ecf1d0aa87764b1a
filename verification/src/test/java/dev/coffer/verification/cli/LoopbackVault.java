package dev.coffer.verification.cli;

import dev.coffer.cli.home.FleetAddress;
import dev.coffer.files.AtomicFile;
import dev.coffer.notary.bundle.BundleRule;
import dev.coffer.notary.bundle.EvidenceCheck;
import dev.coffer.notary.bundle.NotaryConfig;
import dev.coffer.notary.bundle.NotaryRules;
import dev.coffer.notary.bundle.NotaryServer;
import dev.coffer.notary.http.Listen;
import dev.coffer.notary.key.KeyFile;
import dev.coffer.notary.key.KeySource;
import dev.coffer.notary.log.LogConfig;
import dev.coffer.notary.log.LogServer;
import dev.coffer.notary.witness.WitnessConfig;
import dev.coffer.notary.witness.WitnessServer;
import dev.coffer.notary.witness.WitnessedLog;
import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.fleet.Fleet;
import dev.coffer.transparency.TestKeys;
import dev.coffer.transparency.TransparencyWorld;
import dev.coffer.transparency.note.KeyName;
import dev.coffer.transparency.note.VerifierKey;
import dev.coffer.transparency.text.Utf8;
import dev.coffer.transparency.tlog.Policy;
import dev.coffer.transparency.trust.TrustPolicy;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * A vault's home whose notary, log and witness run in this process, and whose fleets are on paper:
 * for commands that never speak to a node. Approvers keep their keys elsewhere.
 */
final class LoopbackVault implements AutoCloseable {
  static final List<String> APPROVERS = List.of("person.example/a", "person.example/b");

  private final Path home;
  private final Path servers;
  private final TransparencyWorld parties = new TransparencyWorld();
  private final WitnessServer witness;
  private final LogServer log;
  private final NotaryServer notary;
  private boolean witnessRuns = true;
  private boolean logRuns = true;

  LoopbackVault(Path folder) throws Exception {
    this(folder, EvidenceCheck.UNCHECKED);
  }

  LoopbackVault(Path folder, EvidenceCheck evidence) throws Exception {
    home = Files.createDirectories(folder.resolve("home"));
    servers = Files.createDirectories(folder.resolve("servers"));
    witness =
        WitnessServer.start(
            new WitnessConfig(
                servers.resolve("witness"),
                new KeyName("witness.example/1"),
                key("witness.example/1"),
                Optional.empty(),
                List.of(WitnessedLog.of(parties.log.verifier())),
                Listen.LOOPBACK,
                Clock.systemUTC()));
    LogConfig config =
        LogConfig.of(
            servers.resolve("log"),
            new KeyName(TransparencyWorld.ORIGIN),
            key(TransparencyWorld.ORIGIN),
            BundleRule.of(
                TransparencyWorld.NAMESPACE,
                parties.operator.verifier(),
                parties.notary.verifier(),
                0),
            Optional.of(logPolicy("")),
            Listen.LOOPBACK);
    LogServer.create(config);
    log = LogServer.start(config);
    TrustPolicy policy = trustPolicy();
    notary =
        NotaryServer.start(
            new NotaryConfig(
                servers.resolve("notary"),
                policy.notary(),
                key("notary.example"),
                key("audit.example"),
                0,
                NotaryRules.of(policy, approvers(), evidence),
                URI.create(url(log.port())),
                policy.log(),
                Listen.LOOPBACK,
                Duration.ofDays(1),
                Clock.systemUTC()));
    found(policy);
  }

  private KeySource key(String name) throws IOException {
    return new KeyFile(keyFile(servers.resolve(name.replace('/', '-') + ".pem"), name));
  }

  private static List<VerifierKey> approvers() {
    return APPROVERS.stream().map(name -> TestKeys.signer(name).verifier()).toList();
  }

  private static String url(int port) {
    return "http://127.0.0.1:" + port;
  }

  private Policy logPolicy(String address) throws Exception {
    return Policy.parse(
        Utf8.encode(
            "log "
                + parties.log.verifier().text()
                + address
                + "\nwitness w1 "
                + parties.witnesses.get(0).verifier().text()
                + " "
                + url(witness.port())
                + "\nquorum w1\n"));
  }

  private TrustPolicy trustPolicy() throws Exception {
    TrustPolicy full = parties.policy();
    return new TrustPolicy(
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
        logPolicy(" " + url(log.port())));
  }

  private void found(TrustPolicy policy) throws IOException {
    Path trust = AtomicFile.privateFolder(home.resolve("trust"));
    Files.write(policyFile(), TransparencyWorld.signed(policy, parties.roots).toByteArray());
    Files.writeString(trust.resolve("notary.url"), notary() + "\n");
    Files.writeString(
        trust.resolve("approvers"),
        approvers().stream().map(VerifierKey::text).collect(Collectors.joining("\n", "", "\n")));
    AtomicFile.privateFolder(trust.resolve("operator"));
    keyFile(trust.resolve("operator/operator.key"), "operator.example");
    fleet("first", home);
    fleet("second", AtomicFile.privateFolder(home.resolve("fleets/second")));
  }

  private static void fleet(String name, Path folder) throws IOException {
    Fleet fleet = TransparencyWorld.fleet(name, 3, 2, "SIMULATED HSM");
    Files.write(folder.resolve("fleet.bin"), fleet.encode().toByteArray());
    List<URI> nodes =
        IntStream.rangeClosed(1, 3).mapToObj(i -> URI.create("https://127.0.0.1:" + i)).toList();
    new FleetAddress(fleet.id(), nodes, folder.resolve("ca.pem")).write(folder);
  }

  /** Takes the fleet of a site's home, with its evidence, in the place of the first one. */
  void adopt(Path site) throws Exception {
    Path description = home.resolve("fleet.bin");
    Files.copy(site.resolve("fleet.bin"), description, StandardCopyOption.REPLACE_EXISTING);
    Fleet fleet = Fleet.decode(Bytes.wrap(Files.readAllBytes(description)));
    FleetAddress address = FleetAddress.read(home);
    new FleetAddress(fleet.id(), address.nodes(), address.authority()).write(home);
    copy(site.resolve("evidence"), home.resolve("evidence"));
  }

  static void copy(Path from, Path to) throws IOException {
    try (Stream<Path> files = Files.walk(from)) {
      for (Path file : files.toList()) {
        Files.copy(file, to.resolve(from.relativize(file).toString()));
      }
    }
  }

  private static Path keyFile(Path file, String name) throws IOException {
    KeyFile.write(file, TestKeys.seed(name));
    return file;
  }

  /** The private key of an approver, in a file of that person's. */
  Path approverKey(int number) throws IOException {
    Path file = servers.resolve("approver-" + number + ".pem");
    return Files.exists(file) ? file : keyFile(file, APPROVERS.get(number - 1));
  }

  /** From now on one command plays the approvers, as in a development vault. */
  void playApprovers() throws IOException {
    Path folder = AtomicFile.privateFolder(home.resolve("trust/approvers-keys"));
    for (int i = 1; i <= APPROVERS.size(); i++) {
      keyFile(folder.resolve("approver-" + i + ".key"), APPROVERS.get(i - 1));
    }
  }

  Path home() {
    return home;
  }

  Path policyFile() {
    return home.resolve("trust/trust-policy.note");
  }

  String notary() {
    return url(notary.port());
  }

  void stopNotary() throws IOException {
    notary.close();
  }

  void stopWitness() throws IOException {
    witness.close();
    witnessRuns = false;
  }

  void stopLog() throws IOException {
    log.close();
    logRuns = false;
  }

  @Override
  public void close() throws IOException {
    notary.close();
    if (logRuns) {
      log.close();
    }
    if (witnessRuns) {
      witness.close();
    }
  }
}
