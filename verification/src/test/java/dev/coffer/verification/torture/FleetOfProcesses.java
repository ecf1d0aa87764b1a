package dev.coffer.verification.torture;

import dev.coffer.client.https.TrustAnchors;
import dev.coffer.lab.local.DevelopmentIssuer;
import dev.coffer.lab.local.TetheredNode;
import dev.coffer.node.NodeConfig;
import dev.coffer.node.NodeProcess;
import dev.coffer.node.hsm.Founding;
import dev.coffer.node.hsm.HsmCommand;
import dev.coffer.node.hsm.HsmSupervisor;
import dev.coffer.node.tls.FleetCertificates;
import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.codec.Rejected;
import dev.coffer.protocol.crypto.Randomness;
import dev.coffer.protocol.fleet.Fleet;
import dev.coffer.protocol.fleet.FleetSettings;
import dev.coffer.protocol.port.FoundingPort;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import javax.net.ssl.SSLSocketFactory;

/**
 * A founded fleet whose nodes run as processes on {@link Hosts}, each with its HSM beside it. Plays
 * the service supervisor as well: a node that ended by itself is started again. Used by one thread.
 */
final class FleetOfProcesses implements AutoCloseable {
  private static final int HTTPS = 7441;
  private static final int METRICS = 7444;
  private static final int PEERS = 7442;
  private static final int RAFT = 7443;
  private static final int DISK_FREE_MIN_MIB = 24;

  /** Few, so that a short absence is longer than the log. */
  private static final int RAFT_KEEP_ENTRIES = 100;

  private static final int GUESSES_MAX = 10;

  private final Hosts hosts;
  private final NodeHomes homes;
  private final Fleet fleet;
  private final SSLSocketFactory sockets;
  private final List<NodeOnHost> nodes;
  private final List<String> lastWords = new ArrayList<>();
  private final Checkups checkups = new Checkups();

  private FleetOfProcesses(Hosts hosts, NodeHomes homes, Fleet fleet, JavaProgram java)
      throws IOException {
    this.hosts = hosts;
    this.homes = homes;
    this.fleet = fleet;
    this.sockets =
        TrustAnchors.of(Bytes.wrap(Files.readAllBytes(homes.directory().resolve("ca.pem"))));
    this.nodes =
        IntStream.rangeClosed(1, hosts.count())
            .mapToObj(i -> new NodeOnHost(i, hosts, homes.node(i), java, probe(i)))
            .toList();
  }

  private NodeProbe probe(int node) {
    URI metrics = URI.create("http://" + hosts.address(node) + ":" + METRICS + "/metrics");
    return new NodeProbe(address(node), metrics, sockets);
  }

  /** How nodes are started. */
  record JavaProgram(Path hsm, String classPath, List<String> flags) {
    /** The command line of {@code coffer}, as operators have it. */
    List<String> coffer(List<String> words) {
      List<String> command = new ArrayList<>();
      command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
      command.addAll(List.of("-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Xmx128m"));
      command.addAll(List.of("--enable-native-access=ALL-UNNAMED", "-cp", classPath));
      command.add(dev.coffer.cli.Main.class.getName());
      command.addAll(words);
      return command;
    }

    List<String> node(Path config) {
      List<String> command = new ArrayList<>();
      command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
      command.addAll(NodeProcess.jvmFlags(160));
      command.addAll(List.of("-XX:-UsePerfData", "-Xlog:disable", "-Xlog:all=error:stderr"));
      command.addAll(flags);
      command.addAll(List.of("-cp", classPath, TetheredNode.class.getName()));
      command.addAll(List.of("--config", config.toString()));
      return command;
    }
  }

  /** Founds; nothing runs yet. */
  static FleetOfProcesses found(
      Hosts hosts, NodeHomes homes, JavaProgram java, Randomness randomness)
      throws IOException, InterruptedException {
    Clock clock = Clock.systemUTC();
    Fleet fleet;
    try (DevelopmentIssuer issuer =
        DevelopmentIssuer.create(
            Files.createDirectories(homes.directory().resolve("issuer")), randomness, clock)) {
      int n = hosts.count();
      fleet =
          keys(
              java.hsm(),
              homes,
              new FleetSettings(
                  n, n / 2 + 1, GUESSES_MAX, 1, List.of(issuer.tenant()), true, false));
    }
    List<FleetCertificates.NodeHome> certified = new ArrayList<>();
    List<NodeConfig.Member> members = new ArrayList<>();
    for (int i = 1; i <= hosts.count(); i++) {
      certified.add(
          new FleetCertificates.NodeHome(
              i, homes.node(i).resolve("tls"), List.of(hosts.address(i))));
      members.add(new NodeConfig.Member(i, hosts.address(i), PEERS, RAFT));
    }
    FleetCertificates.write(
        homes.directory().resolve("ca.pem"), certified, clock, new SecureRandom());
    for (NodeConfig.Member member : members) {
      configuration(homes.directory(), member, members, java.hsm())
          .write(homes.node(member.node()).resolve("config.properties"));
    }
    Files.write(homes.directory().resolve("fleet.bin"), fleet.encode().toByteArray());
    return new FleetOfProcesses(hosts, homes, fleet, java);
  }

  private static NodeConfig configuration(
      Path home, NodeConfig.Member member, List<NodeConfig.Member> members, Path hsm) {
    NodeConfig local = NodeConfig.local(home, member.node(), members, HTTPS, hsm);
    return new NodeConfig(
        local.node(),
        local.fleet(),
        member.host(),
        local.httpPort(),
        local.allowedOrigins(),
        local.bindHost(),
        local.members(),
        local.tls(),
        local.storeDirectory(),
        local.storeCacheMib(),
        local.raftDirectory(),
        local.raftMarker(),
        local.raftElectionMillis(),
        RAFT_KEEP_ENTRIES,
        local.hsm(),
        local.logFile(),
        local.logLevel(),
        DISK_FREE_MIN_MIB,
        local.bundleDirectory(),
        local.access().withMetrics(member.host(), METRICS));
  }

  private static Fleet keys(Path program, NodeHomes homes, FleetSettings settings)
      throws IOException {
    List<HsmSupervisor> hsms = new ArrayList<>();
    try {
      for (int i = 1; i <= settings.n(); i++) {
        Path home = Files.createDirectories(homes.node(i).resolve("hsm"));
        hsms.add(
            HsmSupervisor.start(
                HsmCommand.of(program, home, homes.node(i).resolve("hsm.socket")), hsm -> {}));
      }
      List<FoundingPort> ports = new ArrayList<>();
      hsms.forEach(hsm -> ports.add(hsm.hsm()));
      return Founding.run(settings, ports);
    } catch (Rejected e) {
      throw new IOException("the HSMs refused the founding: " + e.code(), e);
    } finally {
      hsms.forEach(HsmSupervisor::close);
    }
  }

  Fleet fleet() {
    return fleet;
  }

  Hosts hosts() {
    return hosts;
  }

  NodeHomes homes() {
    return homes;
  }

  int size() {
    return nodes.size();
  }

  SSLSocketFactory sockets() {
    return sockets;
  }

  private URI address(int node) {
    return URI.create("https://" + hosts.address(node) + ":" + HTTPS);
  }

  /** Where clients reach the nodes. */
  List<URI> addresses() {
    return IntStream.rangeClosed(1, size()).mapToObj(this::address).toList();
  }

  /** Node from 1. */
  NodeOnHost node(int index) {
    return nodes.get(index - 1);
  }

  /** What {@code coffer node fsck} says of a node that is down; faults are noted. */
  Disks.Disk lookAtDisk(int node) throws IOException, InterruptedException {
    return checkups.look(node, homes.node(node));
  }

  /** All that was found on disks so far. */
  Checkups checkups() {
    return checkups;
  }

  /** Stops the clocks of all HSMs at once; returns their processes. */
  List<Long> pauseHsms() throws IOException, InterruptedException {
    List<Long> hsms =
        nodes.stream().flatMap(node -> node.hsm().stream()).map(ProcessHandle::pid).toList();
    String ignored = Shell.run("kill -STOP " + words(hsms));
    return hsms;
  }

  /** Lets them go on, whether their nodes live or not. */
  void resume(List<Long> hsms) throws InterruptedException {
    boolean ignored = Shell.succeeds("kill -CONT " + words(hsms));
  }

  private static String words(List<Long> processes) {
    return processes.stream().map(String::valueOf).collect(Collectors.joining(" "));
  }

  /** All. */
  List<NodeOnHost> nodes() {
    return nodes;
  }

  /** Starts again what should run and does not. */
  void supervise() throws IOException {
    for (NodeOnHost node : nodes) {
      node.supervise().ifPresent(lastWords::add);
    }
  }

  /** Whether all became ready; supervises meanwhile. */
  boolean awaitReady(long millis) throws InterruptedException {
    return Waiting.until(
        () -> {
          try {
            supervise();
          } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
          }
          return nodes.stream().allMatch(NodeOnHost::ready);
        },
        millis);
  }

  /** The node that most of those that can say so take for the leader; 0 if none is known. */
  int leader() {
    int[] votes = new int[size() + 1];
    for (NodeOnHost node : nodes) {
      votes[node.leader()]++;
    }
    int chosen = 0;
    for (int i = 1; i < votes.length; i++) {
      chosen = votes[i] > (chosen == 0 ? 0 : votes[chosen]) ? i : chosen;
    }
    return chosen;
  }

  /** What nodes said that ended although nobody had ended them, since the last question. */
  List<String> lastWords() {
    List<String> said = List.copyOf(lastWords);
    lastWords.clear();
    return said;
  }

  /** Times that happened. */
  int endedByThemselves() {
    return nodes.stream().mapToInt(NodeOnHost::endedByItself).sum();
  }

  @Override
  public void close() {
    for (NodeOnHost node : nodes) {
      try {
        node.kill();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
