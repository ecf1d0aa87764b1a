package dev.coffer.verification.fuzz;

import dev.coffer.hsm.harness.MemoryPlatform;
import dev.coffer.node.NodeConfig;
import dev.coffer.node.core.CertificateArchive;
import dev.coffer.node.core.Meters;
import dev.coffer.node.core.NodeClock;
import dev.coffer.node.core.NodeContext;
import dev.coffer.node.core.NodeCore;
import dev.coffer.node.core.NodeThreads;
import dev.coffer.node.door.Door;
import dev.coffer.node.http.JwtGate;
import dev.coffer.node.http.Notices;
import dev.coffer.node.http.VaultServer;
import dev.coffer.node.peer.PeerMethod;
import dev.coffer.node.peer.PeerServer;
import dev.coffer.node.peer.Peers;
import dev.coffer.node.peer.Refusal;
import dev.coffer.node.store.NodeStore;
import dev.coffer.node.store.StoreSettings;
import dev.coffer.node.tls.FleetCertificates;
import dev.coffer.node.tls.NodeTls;
import dev.coffer.node.tls.TlsFiles;
import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.fleet.Fleet;
import dev.coffer.protocol.outcome.FleetDelivery;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.Field;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import javax.net.ssl.SSLContext;

/**
 * Node 3 of the conversation's fleet as its peers and clients find it while it hears of nobody
 * else: the real servers, gate, core, store and HSM; what is admitted is ordered by nobody, so that
 * its asker soon hears to try again. Its clock runs ahead of every deadline.
 */
final class QuietNode implements AutoCloseable {
  static final int SELF = 3;

  /** Who calls it. */
  static final int PEER = 2;

  private static final long STEP_NANOS = Duration.ofSeconds(10).toNanos();

  private final Fleet fleet;
  private final ServerWatch watch;
  private final Path folder;
  private final NodeStore store;
  private final CertificateArchive archive;
  private final NodeCore core;

  QuietNode(Conversation talk, ServerWatch watch) throws IOException {
    this.fleet = talk.fleet.fleet();
    this.watch = watch;
    this.folder = Files.createTempDirectory("coffer-quiet-node");
    this.store = NodeStore.open(folder.resolve("store"), fleet.id(), 1, StoreSettings.small());
    this.archive = CertificateArchive.open(folder.resolve("certificates"), fleet, 0);
    this.core =
        NodeCore.create(
            new NodeContext(
                SELF,
                fleet,
                talk.fleet.host(SELF).hsm(),
                new Nobody(),
                store,
                List.of(archive),
                new JwtGate(fleet, new Hurrying(), door()),
                new Hurrying(),
                Meters.NONE,
                MemoryPlatform.seeded(3),
                NodeThreads.system(),
                () -> true,
                certificates -> FleetDelivery.pinned(fleet, certificates),
                (what, cause) -> watch.broken(what + ": " + cause)));
    List<FleetCertificates.NodeHome> homes =
        IntStream.rangeClosed(1, 3)
            .mapToObj(i -> new FleetCertificates.NodeHome(i, tlsFolder(i), List.of()))
            .toList();
    FleetCertificates.write(folder.resolve("ca.pem"), homes, Clock.systemUTC(), new SecureRandom());
  }

  private static Door door() {
    return new Door(NodeConfig.Access.DEFAULT.rates(), new Hurrying(), Meters.NONE);
  }

  NodeCore core() {
    return core;
  }

  private Path tlsFolder(int node) {
    return folder.resolve("tls-" + node);
  }

  private NodeTls tls(int node) throws IOException {
    return TlsFiles.in(tlsFolder(node)).load(node, Optional.empty(), Instant.now());
  }

  /** Its HTTPS interface, which browsers of any origin may use. */
  static Served https(Conversation talk, ServerWatch watch, boolean retired) throws Exception {
    QuietNode node = new QuietNode(talk, watch);
    VaultServer server =
        VaultServer.open(
            new VaultServer.Settings(
                "127.0.0.1", 0, List.of("*"), NodeConfig.Access.DEFAULT.connections()),
            node.tls(SELF),
            node.core,
            door(),
            NodeClock.system(),
            new Said(retired),
            (what, thrown) -> watch.broken(what + ": " + thrown));
    Semaphore requests = requests(server);
    int all = requests.availablePermits();
    return new Listening(
        server.port(),
        node.tls(PEER).context(),
        node,
        server,
        () -> requests.availablePermits() == all);
  }

  private static Semaphore requests(VaultServer server) throws ReflectiveOperationException {
    Field field = VaultServer.class.getDeclaredField("requests");
    field.setAccessible(true);
    return (Semaphore) field.get(server);
  }

  /** Its end of the links between nodes. */
  static Served peers(Conversation talk, ServerWatch watch) throws IOException {
    QuietNode node = new QuietNode(talk, watch);
    PeerServer server =
        PeerServer.open("127.0.0.1", 0, node.tls(SELF), index -> index == PEER, node.core);
    return new Listening(server.port(), node.tls(PEER).context(), node, server, () -> true);
  }

  private record Listening(
      int port,
      SSLContext context,
      QuietNode node,
      AutoCloseable server,
      java.util.function.BooleanSupplier nothingHeld)
      implements Served {
    @Override
    public Optional<SSLContext> tls() {
      return Optional.of(context);
    }

    @Override
    public boolean rested() {
      return nothingHeld.getAsBoolean() && node.core.openCalls() == 0;
    }

    @Override
    public void close() throws Exception {
      server.close();
      node.close();
    }
  }

  private record Said(boolean retired) implements Notices {
    @Override
    public Bytes fleets() {
      return Codecs.utf8("00 https://node.example\n");
    }
  }

  private static final class Hurrying implements NodeClock {
    private final AtomicLong nanos = new AtomicLong();

    @Override
    public long nanos() {
      return nanos.addAndGet(STEP_NANOS);
    }

    @Override
    public Instant now() {
      return Instant.ofEpochSecond(1_900_000_000);
    }
  }

  private static final class Nobody implements Peers {
    @Override
    public Bytes ask(int node, PeerMethod method, Bytes body, Duration deadline) throws Refusal {
      throw new Refusal(Refusal.Reason.UNREACHABLE, "nobody is there");
    }

    @Override
    public boolean tell(int node, PeerMethod method, Bytes body) {
      return false;
    }

    @Override
    public boolean reachable(int node) {
      return node == PEER;
    }
  }

  @Override
  public void close() throws IOException {
    core.close();
    store.close();
    archive.close();
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
  }
}
