package dev.coffer.node.fleet;

import dev.coffer.client.VaultClient;
import dev.coffer.client.https.HttpsTransport;
import dev.coffer.client.https.TrustAnchors;
import dev.coffer.client.port.ClientMemory;
import dev.coffer.client.port.DeviceLogin;
import dev.coffer.client.port.LoginProvider;
import dev.coffer.client.port.VaultTransport;
import dev.coffer.client.trust.FleetPin;
import dev.coffer.files.LoopbackPorts;
import dev.coffer.node.NodeConfig;
import dev.coffer.node.NodeProcess;
import dev.coffer.node.hsm.Founding;
import dev.coffer.node.hsm.HsmCommand;
import dev.coffer.node.hsm.HsmSupervisor;
import dev.coffer.node.tls.FleetCertificates;
import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.crypto.Randomness;
import dev.coffer.protocol.crypto.SecretBytes;
import dev.coffer.protocol.fleet.Fleet;
import dev.coffer.protocol.fleet.FleetSettings;
import dev.coffer.protocol.port.FoundingPort;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.HttpsURLConnection;

/** A whole fleet of processes, nodes and HSMs, as an operator starts it. */
public final class ProcessFleet implements AutoCloseable {
  private static final Pattern LEADER = Pattern.compile("(?m)^coffer_leader (\\d)");

  private final Path home;
  private final TestLogins logins = new TestLogins();
  private final Fleet fleet;
  private final Map<Integer, NodeConfig> configs = new TreeMap<>();
  private final Map<Integer, Process> processes = new TreeMap<>();

  /** A kind of HSM: the class of its program. */
  public record HsmKind(String program) {
    static final HsmKind SIMULATED = new HsmKind("dev.coffer.hsm.simulated.HsmProcess");
  }

  /** Which kind of HSM each node has. */
  @FunctionalInterface
  public interface Hsms {
    /** Puts what that HSM needs into its home, which is empty, and says its kind. */
    HsmKind prepare(int node, Path home) throws Exception;
  }

  public ProcessFleet(Path home, int n, int q) throws Exception {
    this(home, n, q, (node, empty) -> HsmKind.SIMULATED);
  }

  /** A fleet whose HSMs differ. */
  public ProcessFleet(Path home, int n, int q, Hsms hsms) throws Exception {
    this.home = home;
    List<Path> programs = new ArrayList<>();
    List<HsmSupervisor> supervisors = new ArrayList<>();
    List<FoundingPort> ports = new ArrayList<>();
    for (int i = 1; i <= n; i++) {
      Path own = Files.createDirectories(home.resolve("node-" + i));
      Path hsm = Files.createDirectories(own.resolve("hsm"));
      Path program = program(own.resolve("coffer-hsm"), hsms.prepare(i, hsm));
      programs.add(program);
      HsmCommand command = HsmCommand.of(program, hsm, own.resolve("hsm.socket"));
      HsmSupervisor supervisor = HsmSupervisor.start(command, running -> {});
      supervisors.add(supervisor);
      ports.add(supervisor.hsm());
    }
    fleet =
        Founding.run(new FleetSettings(n, q, 10, 1, List.of(logins.tenant()), true, false), ports);
    supervisors.forEach(HsmSupervisor::close);
    Files.write(home.resolve("fleet.bin"), fleet.encode().toByteArray());
    List<NodeConfig.Member> members = new ArrayList<>();
    List<FleetCertificates.NodeHome> homes = new ArrayList<>();
    for (int i = 1; i <= n; i++) {
      members.add(
          new NodeConfig.Member(i, "127.0.0.1", LoopbackPorts.take(), LoopbackPorts.take()));
      homes.add(
          new FleetCertificates.NodeHome(i, home.resolve("node-" + i).resolve("tls"), List.of()));
    }
    FleetCertificates.write(
        home.resolve("ca.pem"),
        Optional.of(new FleetCertificates.Issuer(home.resolve("authority.key"), fleet.id())),
        homes,
        Clock.systemUTC(),
        new SecureRandom());
    for (int i = 1; i <= n; i++) {
      NodeConfig config =
          NodeConfig.local(home, i, members, LoopbackPorts.take(), programs.get(i - 1))
              .withAccess(NodeConfig.Access.DEFAULT.withMetrics("127.0.0.1", LoopbackPorts.take()));
      config.write(home.resolve("node-" + i).resolve("config.properties"));
      configs.put(i, config);
    }
  }

  private static String java() {
    return Path.of(System.getProperty("java.home"), "bin", "java").toString();
  }

  /** Stands in for one of the linked image's programs. */
  private static Path program(Path script, HsmKind kind) throws IOException {
    String text =
        ("#!/bin/sh\nexec '%s' -XX:+UseSerialGC -Xmx64m -XX:TieredStopAtLevel=1"
                + " --enable-native-access=ALL-UNNAMED -cp '%s' %s \"$@\"\n")
            .formatted(java(), System.getProperty("java.class.path"), kind.program());
    Files.writeString(script, text);
    Files.setPosixFilePermissions(script, PosixFilePermissions.fromString("rwxr-xr-x"));
    return script;
  }

  public Fleet fleet() {
    return fleet;
  }

  public NodeConfig config(int node) {
    return configs.get(node);
  }

  /** Starts the process and returns at once. */
  public void spawn(int node, String... flags) throws IOException {
    List<String> command = new ArrayList<>(List.of(java()));
    command.addAll(NodeProcess.jvmFlags(160));
    command.addAll(List.of(flags));
    command.addAll(
        List.of("-cp", System.getProperty("java.class.path"), NodeProcess.class.getName()));
    command.addAll(
        List.of("--config", home.resolve("node-" + node).resolve("config.properties").toString()));
    processes.put(
        node,
        new ProcessBuilder(command)
            .redirectError(home.resolve("node-" + node).resolve("stderr").toFile())
            .start());
  }

  /** Waits for the line {@code ready}. */
  public void awaitReady(int node) throws IOException {
    String line = processes.get(node).inputReader().readLine();
    if (!"ready".equals(line)) {
      throw new IOException(
          "node "
              + node
              + " said "
              + line
              + ", "
              + Files.readString(home.resolve("node-" + node).resolve("stderr")));
    }
  }

  /** {@code kill -9} of node and HSM. */
  public void kill(int node) throws InterruptedException {
    Process process = processes.remove(node);
    if (process != null) {
      List<ProcessHandle> children = process.descendants().toList();
      process.destroyForcibly().waitFor();
      children.forEach(ProcessHandle::destroyForcibly);
    }
  }

  public Process process(int node) {
    return processes.get(node);
  }

  /** Whether {@code /readyz} says so. */
  public boolean ready(int node) {
    return get(node, "/readyz").isPresent();
  }

  /** The node that node 1 takes for the leader; waits until there is one. */
  public int leader() throws InterruptedException {
    int[] leader = new int[1];
    LoopbackFleet.await(
        "a leader",
        60,
        () -> {
          leader[0] =
              metrics(1)
                  .map(LEADER::matcher)
                  .filter(Matcher::find)
                  .map(found -> Integer.parseInt(found.group(1)))
                  .orElse(0);
          return leader[0] != 0;
        });
    return leader[0];
  }

  /** The body, if the node answers 200 within two seconds. */
  private Optional<String> get(int node, String path) {
    try {
      HttpsURLConnection connection =
          (HttpsURLConnection) uri(node).resolve(path).toURL().openConnection();
      connection.setSSLSocketFactory(TrustAnchors.of(authority()));
      connection.setConnectTimeout(2_000);
      connection.setReadTimeout(2_000);
      try (InputStream in = connection.getInputStream()) {
        return Optional.of(new String(in.readAllBytes(), StandardCharsets.UTF_8));
      }
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  /** What a running node counts. */
  Optional<String> metrics(int node) {
    int port = configs.get(node).access().metricsPort().orElseThrow();
    try (InputStream in =
        URI.create("http://127.0.0.1:" + port + "/metrics").toURL().openStream()) {
      return Optional.of(new String(in.readAllBytes(), StandardCharsets.UTF_8));
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  private Bytes authority() throws IOException {
    return Bytes.wrap(Files.readAllBytes(home.resolve("ca.pem")));
  }

  public URI uri(int node) {
    return URI.create("https://127.0.0.1:" + configs.get(node).httpPort());
  }

  public LoginProvider login(String account) {
    SecretBytes seed = SecretBytes.random(Randomness.system(), 32);
    return new DeviceLogin(
        TestLogins.TENANT,
        account,
        seed,
        (fleetId, deviceKey, fresh) ->
            logins.login(fleetId, account, deviceKey, Instant.now().plusSeconds(600)));
  }

  public VaultTransport transport() throws IOException {
    return HttpsTransport.to(
        configs.keySet().stream().map(this::uri).toList(),
        Optional.of(TrustAnchors.of(authority())));
  }

  public VaultClient client(String account, ClientMemory memory) throws IOException {
    return new VaultClient(
        new FleetPin(fleet.id(), LoopbackFleet.POLICY),
        transport(),
        login(account),
        memory,
        Randomness.system(),
        pause -> TimeUnit.MILLISECONDS.sleep(Math.min(pause.toMillis(), 500)));
  }

  @Override
  public void close() throws InterruptedException {
    for (int node : List.copyOf(processes.keySet())) {
      kill(node);
    }
  }
}
