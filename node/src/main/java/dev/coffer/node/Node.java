package dev.coffer.node;

import dev.coffer.node.core.CertificateArchive;
import dev.coffer.node.core.Meters;
import dev.coffer.node.core.NodeClock;
import dev.coffer.node.core.NodeContext;
import dev.coffer.node.core.NodeCore;
import dev.coffer.node.core.NodeThreads;
import dev.coffer.node.door.Door;
import dev.coffer.node.http.JwtGate;
import dev.coffer.node.http.MetricsServer;
import dev.coffer.node.http.VaultServer;
import dev.coffer.node.metrics.PrometheusMeters;
import dev.coffer.node.order.LeftLog;
import dev.coffer.node.order.OrderSettings;
import dev.coffer.node.order.Orderer;
import dev.coffer.node.order.OvertakenLog;
import dev.coffer.node.order.RatisOrdering;
import dev.coffer.node.order.VoterIdentity;
import dev.coffer.node.peer.PeerMesh;
import dev.coffer.node.peer.PeerServer;
import dev.coffer.node.store.NodeStore;
import dev.coffer.node.tls.CertificateWatch;
import dev.coffer.node.tls.NodeTls;
import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.crypto.Randomness;
import dev.coffer.protocol.fleet.Fleet;
import dev.coffer.protocol.port.HsmPort;
import java.io.IOException;
import java.nio.file.Files;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One node in this process: opens everything its configuration names, in the order that a start
 * needs, and closes it again. Crash-only: closing saves nothing that a kill would lose.
 */
public final class Node implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Node.class);

  /** How long a start listens for an order that was rebuilt, and how often a node asks for one. */
  private static final Duration NEWS = Duration.ofSeconds(2);

  /** How often it looks whether its certificate was renewed. */
  private static final Duration CERTIFICATE = Duration.ofSeconds(5);

  private final NodeConfig config;
  private final Fleet fleet;
  private final HsmPort hsm;
  private final BiConsumer<String, Throwable> broken;
  private final DiskGuard disk;
  private final PrometheusMeters meters = new PrometheusMeters();
  private final Deque<AutoCloseable> open = new ArrayDeque<>();
  private final List<CertificateArchive> archives = new ArrayList<>();
  private final BundleFiles bundles;
  private final PeerMesh mesh;
  private final NodeStore store;
  private int httpPort;
  private int metricsPort;
  private @Nullable NodeCore core;

  private Node(
      NodeConfig config,
      Fleet fleet,
      HsmPort hsm,
      NodeTls tls,
      BiConsumer<String, Throwable> broken)
      throws IOException {
    this.config = config;
    this.bundles = new BundleFiles(config.bundleDirectory(), fleet, Clock.systemUTC());
    this.fleet = fleet;
    this.hsm = hsm;
    this.broken = broken;
    Files.createDirectories(config.storeDirectory());
    this.disk = new DiskGuard(config.storeDirectory(), (long) config.diskFreeMinMib() << 20);
    this.store = keep(openStore(config, fleet));
    this.mesh = keep(PeerMesh.open(peerAddresses(config), tls));
    for (int partition = 0; partition < fleet.settings().partitions(); partition++) {
      archives.add(keep(CertificateArchive.open(config.archive(partition), fleet, partition)));
    }
  }

  /**
   * Starts a node with its HSM, whose process somebody else looks after.
   *
   * @param hsm founded as HSM {@code config.node()} of {@code fleet}; its calls throw {@link
   *     dev.coffer.node.hsm.HsmUnavailable} while its process is away
   * @param broken called when the process must halt; may be called more than once
   * @throws IOException with one sentence if a file, directory or port cannot be had
   */
  public static Node start(
      NodeConfig config, Fleet fleet, HsmPort hsm, BiConsumer<String, Throwable> broken)
      throws IOException, InterruptedException {
    NodeTls tls = config.loadTls(Clock.systemUTC().instant());
    Node node = new Node(config, fleet, hsm, tls, broken);
    try {
      node.run(tls);
      return node;
    } catch (IOException | InterruptedException | RuntimeException e) {
      node.close();
      throw e;
    }
  }

  private static NodeStore openStore(NodeConfig config, Fleet fleet) {
    return NodeStore.open(
        config.storeDirectory(), fleet.id(), fleet.settings().partitions(), config.storeSettings());
  }

  private <T extends AutoCloseable> T keep(T resource) {
    open.push(resource);
    return resource;
  }

  private static List<PeerMesh.Address> peerAddresses(NodeConfig config) {
    return config.members().stream()
        .filter(member -> member.node() != config.node())
        .map(member -> new PeerMesh.Address(member.node(), member.host(), member.peerPort()))
        .toList();
  }

  private void run(NodeTls tls) throws IOException, InterruptedException {
    disk.begin();
    NodeClock clock = NodeClock.system();
    Door door = new Door(config.access().rates(), clock, meters);
    NodeCore core =
        keep(
            NodeCore.create(
                new NodeContext(
                    config.node(),
                    fleet,
                    hsm,
                    mesh,
                    store,
                    archives,
                    new JwtGate(fleet, clock, door),
                    clock,
                    meters,
                    Randomness.system(),
                    NodeThreads.system(),
                    () -> !disk.low(),
                    certificates -> bundles.delivery(certificates),
                    this::broken)));
    NodeConfig.Member self = config.self();
    keep(
        Ports.bind(
            "member." + self.node() + ".peer-port",
            self.peerPort(),
            () -> PeerServer.open(config.listenHost(), self.peerPort(), tls, this::isPeer, core)));
    this.core = core;
    boolean beforeFirstEntry = core.reconcileOrEnd();
    core.startApplying();
    serve(tls, core, door, clock);
    order(tls, core, beforeFirstEntry);
    LOG.info(
        "Node {} of fleet {} serves on port {}", config.node(), fleet.id().value().hex(), httpPort);
  }

  private void serve(NodeTls tls, NodeCore core, Door door, NodeClock clock) throws IOException {
    NodeConfig.Access access = config.access();
    VaultServer.Settings settings =
        new VaultServer.Settings(
            config.httpHost(), config.httpPort(), config.allowedOrigins(), access.connections());
    VaultServer http =
        keep(
            Ports.bind(
                "http.port",
                config.httpPort(),
                () -> VaultServer.open(settings, tls, core, door, clock, bundles, broken)));
    httpPort = http.port();
    if (access.metricsPort().isPresent()) {
      int port = access.metricsPort().getAsInt();
      MetricsServer metrics =
          keep(
              Ports.bind(
                  "metrics.port",
                  port,
                  () -> MetricsServer.open(access.metricsHost(), port, meters::scrape, clock)));
      metricsPort = metrics.port();
    }
    gauges(core);
    every(Duration.ofSeconds(1), "disk", disk::look);
    CertificateWatch certificate =
        new CertificateWatch(config.tls(), tls, config::loadTls, Clock.systemUTC());
    measure(tls);
    certificate.look();
    every(CERTIFICATE, "certificate", certificate::look);
    bundles.look();
    every(Duration.ofMinutes(1), "bundle", bundles::look);
  }

  private void gauges(NodeCore core) {
    meters.gauge("coffer.open.calls", "Requests clients wait for here", core, NodeCore::openCalls);
    meters.gauge(
        "coffer.serving",
        "1 while an operation that arrives here would be certified: see /readyz",
        core,
        c -> c.ready() ? 1 : 0);
    meters.gauge(
        "coffer.stopped",
        "1 while a partition stands still until an operator looks: see /healthz",
        core,
        c -> c.stopped().isPresent() ? 1 : 0);
    meters.gauge(
        "coffer.leader",
        "The node that this one takes for the leader of partition 0; 0 for none",
        core,
        NodeCore::leader);
    meters.gauge(
        "coffer.entries.captured",
        "Entries that the own HSM has captured; behind other nodes' while it lags",
        core,
        NodeCore::captured);
    meters.gauge(
        "coffer.entries.certified",
        "Entries up to the newest certificate here",
        core,
        NodeCore::certified);
    measureBundle();
  }

  private void measure(NodeTls tls) {
    String name = "coffer.certificate.expires.seconds";
    String what = "Until when a TLS certificate of this node counts";
    meters.gauge(name, what, tls, t -> end(t.certificate()), "file", "node.pem");
    meters.gauge(name, what, tls, t -> end(t.authority()), "file", "ca.pem");
  }

  private static long end(X509Certificate certificate) {
    return certificate.getNotAfter().toInstant().getEpochSecond();
  }

  private void every(Duration pause, String name, Runnable what) {
    ScheduledExecutorService watch =
        Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().daemon().name(name).factory());
    open.push(() -> watch.shutdownNow());
    long millis = pause.toMillis();
    var unused =
        watch.scheduleWithFixedDelay(
            new Recurring(name, what), millis, millis, TimeUnit.MILLISECONDS);
  }

  private void measureBundle() {
    meters.gauge(
        "coffer.bundle.epoch",
        "The bundle that is handed out; 0 for none",
        bundles,
        b -> b.sound().map(BundleJudge.Sound::epoch).orElse(0L));
    meters.gauge(
        "coffer.bundle.cosigned.seconds",
        "Since when a quorum of witnesses stands behind it",
        bundles,
        b -> b.sound().flatMap(BundleJudge.Sound::seen).map(Instant::getEpochSecond).orElse(0L));
    meters.gauge(
        "coffer.bundle.ends.seconds",
        "From when on clients refuse everybody, unless it is refreshed",
        bundles,
        b -> b.sound().map(sound -> sound.end().getEpochSecond()).orElse(0L));
    meters.gauge(
        "coffer.bundle.witnesses",
        "Witnesses that cosigned it",
        bundles,
        b -> b.sound().map(BundleJudge.Sound::witnesses).orElse(0));
    meters.gauge(
        "coffer.bundle.refused",
        "1 while what lies in bundle.directory is nothing that a client would accept",
        bundles,
        b -> b.refused().isPresent() ? 1 : 0);
  }

  private boolean isPeer(int index) {
    return index != config.node()
        && config.members().stream().anyMatch(member -> member.node() == index);
  }

  private void order(NodeTls tls, NodeCore core, boolean beforeFirstEntry)
      throws IOException, InterruptedException {
    Files.createDirectories(config.raftDirectory());
    OrderSettings settings =
        new OrderSettings(
            fleet.id(),
            config.node(),
            config.members().stream()
                .map(member ->
                    new OrderSettings.Member(member.node(), member.host(), member.raftPort()))
                .toList(),
            config.raftDirectory(),
            config.raftMarker(),
            tls,
            fleet.settings().partitions(),
            config.raftElectionMillis(),
            config.raftKeepEntries());
    VoterIdentity identity = identity(settings, core, beforeFirstEntry);
    RatisOrdering ordering = keep(engine(settings, identity, core));
    List<Orderer> orderers =
        IntStream.range(0, fleet.settings().partitions()).mapToObj(ordering::orderer).toList();
    core.start(orderers);
    every(NEWS, "order", () -> lookForNews(core, identity.order()));
    if (!identity.founder()) {
      // Also after a restart: the one before may have ended between taking the name and being put
      // in.
      core.joinOrder(identity.name().incarnation());
    }
  }

  /** Under which name this node votes, and in which order; blocks until both are certain. */
  private static VoterIdentity identity(
      OrderSettings settings, NodeCore core, boolean beforeFirstEntry)
      throws IOException, InterruptedException {
    while (true) {
      VoterIdentity.Order order = VoterIdentity.order(settings.marker());
      if (!order.founders().isEmpty()) {
        Optional<Bytes> agreed =
            core.rebuildOrder(
                order.number(),
                order.founders(),
                (partition, store) -> LeftLog.after(settings, partition, store));
        if (agreed.isPresent()) {
          core.goOnFrom(VoterIdentity.start(order.number()));
          VoterIdentity founder = VoterIdentity.found(settings, order.number(), agreed.get());
          core.standsTo(order.number(), agreed.get());
          return founder;
        }
        VoterIdentity.turnTo(
            settings.marker(), settings.directory(), settings.fleetId(), order.number(), List.of());
      }
      core.standsTo(order.number(), order.agreed());
      long newest = core.newestOrder(NEWS);
      if (newest > order.number()) {
        LOG.warn("The other nodes have rebuilt the order as number {} meanwhile", newest);
        VoterIdentity.turnTo(
            settings.marker(), settings.directory(), settings.fleetId(), newest, List.of());
      }
      OvertakenLog.forget(settings, core.logs());
      VoterIdentity identity = VoterIdentity.decide(settings, beforeFirstEntry, Clock.systemUTC());
      if (identity.standing() != VoterIdentity.Standing.NEW) {
        return identity;
      }
      LOG.warn(
          "The Raft directory has forgotten what this voter promised: coming back as {}",
          identity.name().text());
      if (core.leaveOrder(identity.order())) {
        identity.adopt(settings);
        core.standsTo(identity.order(), Bytes.EMPTY);
        return identity;
      }
    }
  }

  /** A node that nobody leads may have been away while the others rebuilt the order. */
  private void lookForNews(NodeCore core, long order) {
    try {
      if (core.leader() == 0 && core.newestOrder(Duration.ZERO) > order) {
        broken("an order that the other nodes have rebuilt", new IOException("start it again"));
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private RatisOrdering engine(OrderSettings settings, VoterIdentity identity, NodeCore core)
      throws IOException {
    try {
      return Ports.bind(
          "member." + config.node() + ".raft-port",
          config.self().raftPort(),
          () -> RatisOrdering.start(settings, identity, core.logs(), meters));
    } catch (Ports.Taken e) {
      throw e;
    } catch (IOException | RuntimeException e) {
      throw new IOException(
          "The Raft log in "
              + config.raftDirectory()
              + " cannot be opened ("
              + e.getClass().getSimpleName()
              + "): look at it with coffer node fsck, and mend it with coffer node repair while the"
              + " others run.",
          e);
    }
  }

  private void broken(String what, Throwable cause) {
    LOG.error("This node cannot go on: {}", what, cause);
    broken.accept(what, cause);
  }

  /** The port clients reach. */
  public int httpPort() {
    return httpPort;
  }

  /** The port that {@code /metrics} is at; 0 if it is nowhere. */
  public int metricsPort() {
    return metricsPort;
  }

  /** Whether {@code /readyz} says so. */
  public boolean ready() {
    NodeCore running = core;
    return running != null && running.ready();
  }

  /** This node's counters. */
  public Meters meters() {
    return meters;
  }

  @Override
  public void close() {
    NodeCore running = core;
    if (running != null) {
      running.close();
    }
    while (!open.isEmpty()) {
      try {
        open.pop().close();
      } catch (Exception e) {
        LOG.warn("Closing a part of the node failed", e);
      }
    }
  }
}
