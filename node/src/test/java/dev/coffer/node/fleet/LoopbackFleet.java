package dev.coffer.node.fleet;

import dev.coffer.client.VaultClient;
import dev.coffer.client.https.HttpsTransport;
import dev.coffer.client.https.TrustAnchors;
import dev.coffer.client.port.ClientMemory;
import dev.coffer.client.port.DeviceLogin;
import dev.coffer.client.trust.ClientPolicy;
import dev.coffer.client.trust.FleetPin;
import dev.coffer.files.LoopbackPorts;
import dev.coffer.files.SettingMistake;
import dev.coffer.node.Node;
import dev.coffer.node.NodeConfig;
import dev.coffer.node.door.Door;
import dev.coffer.node.tls.FleetCertificates;
import dev.coffer.protocol.account.KsfParameters;
import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.codec.Rejected;
import dev.coffer.protocol.crypto.Randomness;
import dev.coffer.protocol.crypto.SecretBytes;
import dev.coffer.protocol.fleet.Fleet;
import dev.coffer.protocol.fleet.FleetSettings;
import dev.coffer.protocol.fleet.HsmIdentity;
import dev.coffer.protocol.port.FoundingPort;
import dev.coffer.transparency.verify.ClientFloor;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/**
 * A whole fleet in this process, over real sockets, real Ratis, real stores and the real HSM core.
 */
public final class LoopbackFleet implements AutoCloseable {
  /** The cheapest stretching that a client accepts. */
  public static final ClientPolicy POLICY =
      new ClientPolicy(ClientFloor.DEVELOPMENT, 10, new KsfParameters(19 << 10, 2, 1));

  private final Path home;
  private final Fleet fleet;
  private final TestLogins logins = new TestLogins();
  private final Map<Integer, SwitchableHsm> hsms = new TreeMap<>();
  private final Map<Integer, Node> nodes = new TreeMap<>();
  private final Map<Integer, NodeConfig> configs = new TreeMap<>();
  public final Map<String, Throwable> broken = new ConcurrentHashMap<>();

  public LoopbackFleet(Path home, int n, int q) throws IOException, Rejected {
    this.home = home;
    for (int i = 1; i <= n; i++) {
      hsms.put(i, new SwitchableHsm(home.resolve("node-" + i).resolve("hsm")));
    }
    this.fleet = found(new FleetSettings(n, q, 10, 1, List.of(logins.tenant()), true, false));
    List<NodeConfig.Member> members = new ArrayList<>();
    for (int i = 1; i <= n; i++) {
      members.add(
          new NodeConfig.Member(i, "127.0.0.1", LoopbackPorts.take(), LoopbackPorts.take()));
    }
    List<FleetCertificates.NodeHome> homes = new ArrayList<>();
    for (int i = 1; i <= n; i++) {
      configs.put(
          i,
          NodeConfig.local(home, i, members, LoopbackPorts.take(), home.resolve("unused"))
              .withAccess(NodeConfig.Access.DEFAULT.withMetrics("127.0.0.1", 0)));
      homes.add(
          new FleetCertificates.NodeHome(i, home.resolve("node-" + i).resolve("tls"), List.of()));
    }
    FleetCertificates.write(home.resolve("ca.pem"), homes, Clock.systemUTC(), new SecureRandom());
  }

  private Fleet found(FleetSettings settings) throws Rejected {
    List<FoundingPort> ports = hsms.values().stream().map(SwitchableHsm::founding).toList();
    List<HsmIdentity> identities = new ArrayList<>();
    for (FoundingPort port : ports) {
      identities.add(port.identify());
    }
    Fleet made = Fleet.of(settings, identities);
    List<FoundingPort.Commitments> commitments = new ArrayList<>();
    for (FoundingPort port : ports) {
      commitments.add(port.propose(made));
    }
    List<FoundingPort.Reveal> reveals = new ArrayList<>();
    for (FoundingPort port : ports) {
      reveals.addAll(port.reveal(commitments));
    }
    for (int i = 0; i < ports.size(); i++) {
      int index = i + 1;
      ports.get(i).complete(reveals.stream().filter(reveal -> reveal.to() == index).toList());
    }
    return made;
  }

  public Fleet fleet() {
    return fleet;
  }

  public TestLogins logins() {
    return logins;
  }

  public Path home(int node) {
    return home.resolve("node-" + node);
  }

  public NodeConfig config(int node) {
    return configs.get(node);
  }

  /** Before its start: with less free space the node takes no new operations. */
  public void withLeastFree(int node, int mib) throws Exception {
    Path file = home.resolve("node-" + node).resolve("config.properties");
    configs.get(node).write(file);
    Files.writeString(
        file,
        Files.readString(file)
            .replaceFirst("disk.free-min-mib = .*", "disk.free-min-mib = " + mib));
    configs.put(node, NodeConfig.read(file));
  }

  /** From the next start on. */
  void limit(Door.Rates rates) {
    configs.replaceAll((node, config) ->
        config.withAccess(
            new NodeConfig.Access(
                rates,
                config.access().connections(),
                config.access().metricsHost(),
                config.access().metricsPort())));
  }

  /** What a running node counts. */
  String metrics(int node) throws IOException {
    URI there = URI.create("http://127.0.0.1:" + nodes.get(node).metricsPort() + "/metrics");
    try (InputStream in = there.toURL().openStream()) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  public SwitchableHsm hsm(int node) {
    return hsms.get(node);
  }

  /** From the next start on pages of {@code origin} may ask the nodes. */
  public void allow(String origin) throws IOException, SettingMistake {
    for (int i : List.copyOf(configs.keySet())) {
      Path file = home(i).resolve("config.properties");
      configs.get(i).write(file);
      configs.put(i, NodeConfig.read(file, Map.of("COFFER_NODE_HTTP_ALLOWED_ORIGINS", origin)));
    }
  }

  public void startAll() throws Exception {
    List<Thread> starting = new ArrayList<>();
    List<Throwable> failures = new ArrayList<>();
    for (int i : configs.keySet()) {
      starting.add(
          Thread.ofPlatform()
              .start(() -> {
                try {
                  start(i);
                } catch (Exception e) {
                  synchronized (failures) {
                    failures.add(e);
                  }
                }
              }));
    }
    for (Thread thread : starting) {
      thread.join();
    }
    if (!failures.isEmpty()) {
      throw new IllegalStateException(failures.get(0));
    }
  }

  public void start(int node) throws Exception {
    Node started =
        Node.start(
            configs.get(node),
            fleet,
            hsms.get(node),
            (what, cause) -> broken.put(node + what, cause));
    synchronized (nodes) {
      nodes.put(node, started);
    }
  }

  public boolean ready(int node) {
    synchronized (nodes) {
      Node running = nodes.get(node);
      return running != null && running.ready();
    }
  }

  public void stop(int node) {
    Node running;
    synchronized (nodes) {
      running = nodes.remove(node);
    }
    if (running != null) {
      running.close();
    }
  }

  public URI uri(int node) {
    return URI.create("https://127.0.0.1:" + configs.get(node).httpPort());
  }

  public Bytes authority() throws IOException {
    return Bytes.wrap(Files.readAllBytes(home.resolve("ca.pem")));
  }

  /** A device of {@code account}, with its memory. */
  public VaultClient client(String account, ClientMemory memory) throws IOException {
    SecretBytes seed = SecretBytes.random(Randomness.system(), 32);
    DeviceLogin login =
        new DeviceLogin(
            TestLogins.TENANT,
            account,
            seed,
            (fleetId, deviceKey, fresh) ->
                logins.login(fleetId, account, deviceKey, Instant.now().plusSeconds(600)));
    List<URI> uris = configs.keySet().stream().map(this::uri).toList();
    return new VaultClient(
        new FleetPin(fleet.id(), POLICY),
        HttpsTransport.to(uris, Optional.of(TrustAnchors.of(authority()))),
        login,
        memory,
        Randomness.system(),
        pause -> TimeUnit.MILLISECONDS.sleep(Math.min(pause.toMillis(), 500)));
  }

  /** A client memory in a map. */
  public static ClientMemory memory() {
    Map<String, Bytes> values = new HashMap<>();
    return new ClientMemory() {
      @Override
      public Optional<SecretBytes> load(String name) {
        return Optional.ofNullable(values.get(name)).map(SecretBytes::copyOf);
      }

      @Override
      public void store(String name, SecretBytes value) {
        values.put(name, Bytes.wrap(value.copy()));
      }

      @Override
      public void erase(String name) {
        values.remove(name);
      }
    };
  }

  /** Waits until {@code condition} holds, at most {@code seconds}. */
  public static void await(String what, int seconds, BooleanSupplier condition)
      throws InterruptedException {
    long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds);
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() > until) {
        throw new AssertionError("waited in vain for " + what);
      }
      TimeUnit.MILLISECONDS.sleep(10);
    }
  }

  @Override
  public void close() {
    for (int i : configs.keySet()) {
      stop(i);
      hsms.get(i).kill();
    }
  }
}
