package dev.coffer.lab.local;

import dev.coffer.cli.ExitCode;
import dev.coffer.cli.Failure;
import dev.coffer.cli.Session;
import dev.coffer.cli.home.FleetAddress;
import dev.coffer.cli.home.FleetHome;
import dev.coffer.cli.home.VaultHome;
import dev.coffer.cli.vault.NodeHealth;
import dev.coffer.cli.vault.ReadinessProbe;
import dev.coffer.protocol.fleet.Fleet;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.IntStream;

/**
 * A founded fleet on this machine: starts, stops, kills and watches its nodes, each with its HSM in
 * a process of its own. SIMULATED: root on this machine reads every HSM's memory.
 *
 * <p>What a home holds survives {@link #stop}, {@code kill -9} of everything and power failures.
 * Not thread-safe.
 */
public final class LocalFleet {
  /** How long a start may take until enough nodes are ready; on a busy machine it takes minutes. */
  public static final Duration READY_TIMEOUT = Duration.ofMinutes(5);

  private static final Duration RECORDING_TIMEOUT = Duration.ofMinutes(2);
  private static final Duration POLL = Duration.ofMillis(50);

  private final FleetHome home;
  private final Fleet fleet;
  private final FleetAddress address;
  private final List<LocalNode> nodes;
  private final Session session;

  private LocalFleet(FleetHome home, Fleet fleet, FleetAddress address, Session session) {
    this.home = home;
    this.fleet = fleet;
    this.address = address;
    this.session = session;
    this.nodes =
        IntStream.rangeClosed(1, fleet.settings().n())
            .mapToObj(i -> new LocalNode(i, home))
            .toList();
  }

  /** Whether a fleet was founded in {@code directory}. */
  public static boolean isIn(Path directory) {
    return Files.isRegularFile(new FleetHome(directory).fleet());
  }

  /** The fleet that was founded in {@code directory}. */
  public static LocalFleet open(Path directory, Session session) throws Failure, IOException {
    FleetHome home = new FleetHome(directory.toAbsolutePath().normalize());
    Fleet fleet = new VaultHome(home.directory()).first().fleet();
    return new LocalFleet(home, fleet, FleetAddress.read(home.directory()), session);
  }

  /** Where its nodes' counters are; none of a node whose configuration names no such port. */
  public List<URI> metrics() throws Failure, IOException {
    List<URI> found = new ArrayList<>();
    for (int index = 1; index <= size(); index++) {
      NodeConfiguration.ports(home.config(index))
          .metrics()
          .ifPresent(port -> found.add(URI.create("http://127.0.0.1:" + port + "/metrics")));
    }
    return found;
  }

  /** The fleet's public description. */
  public Fleet fleet() {
    return fleet;
  }

  /** How clients reach it. */
  public FleetAddress address() {
    return address;
  }

  /** Its directory. */
  public Path directory() {
    return home.directory();
  }

  /** Nodes in all. */
  public int size() {
    return nodes.size();
  }

  /**
   * What a start has come to.
   *
   * @param launched nodes that it started
   * @param cannot why nodes did not start or have ended since, by index; the fleet serves without
   *     them
   * @param notes what the operator should know besides; no node stands still for it
   */
  public record Start(int launched, SortedMap<Integer, String> cannot, List<String> notes) {
    public Start {
      notes = List.copyOf(notes);
      cannot = Collections.unmodifiableSortedMap(new TreeMap<>(cannot));
    }

    /** A line for each node that does not run, for the operator. */
    public List<String> lines(String ofFleet) {
      return cannot.entrySet().stream()
          .map(e -> "Node " + e.getKey() + ofFleet + " does not run. " + e.getValue())
          .toList();
    }
  }

  /**
   * Starts the nodes that do not run and can be started, and waits until all of these are ready. A
   * node that cannot start, or ends again, does not keep the others from serving. Renews, if the
   * fleet's authority lies here, what ends soon of the nodes' certificates, also of those that run.
   *
   * @throws Failure if fewer than q nodes are left, or if nodes are not ready in time; those that
   *     run go on. If the disk is full, what was started here is stopped again
   */
  public Start start(NodeLife life, Duration timeout)
      throws Failure, IOException, InterruptedException {
    SortedMap<Integer, String> cannot = new TreeMap<>();
    List<LocalNode> launched;
    List<String> notes;
    try (HomeLock lock = HomeLock.take(home)) {
      Instant now = session.clock().instant();
      notes = LocalCertificates.renewAll(home, fleet, now, new SecureRandom());
      launched = startable(life, cannot);
      launch(launched, life);
    }
    try {
      awaitStart(timeout, cannot);
    } catch (Failure | IOException e) {
      if (FreeSpace.low(home.directory())) {
        for (LocalNode node : launched) {
          node.stop();
        }
      }
      throw e;
    }
    return new Start(launched.size(), cannot, notes);
  }

  /**
   * Starts the nodes that do not run and returns how many those were; waits for none. Where one of
   * them cannot start, none is started.
   */
  public int start(NodeLife life) throws Failure, IOException {
    SortedMap<Integer, String> cannot = new TreeMap<>();
    try (HomeLock lock = HomeLock.take(home)) {
      List<LocalNode> launched = startable(life, cannot);
      if (!cannot.isEmpty()) {
        throw notStarted(cannot);
      }
      launch(launched, life);
      return launched.size();
    }
  }

  /** The nodes that do not run and whose settings and ports let them, made ready for a start. */
  private List<LocalNode> startable(NodeLife life, Map<Integer, String> cannot)
      throws Failure, IOException {
    List<LocalNode> startable = new ArrayList<>();
    Path program = HsmImage.command();
    for (LocalNode node : nodes) {
      if (node.running().isPresent()) {
        continue;
      }
      Path config = home.config(node.index());
      try {
        NodeConfiguration.ports(config).checkFree();
        NodeConfiguration.refresh(config, program, home.directory());
        if (life(node, life) != life) {
          NodeConfiguration.stepBack(config);
        }
        startable.add(node);
      } catch (Failure e) {
        cannot.put(node.index(), e.what() + " " + e.next());
      }
    }
    return startable;
  }

  private static void launch(List<LocalNode> startable, NodeLife life) throws IOException {
    for (LocalNode node : startable) {
      node.start(life(node, life));
    }
  }

  private void awaitStart(Duration timeout, SortedMap<Integer, String> cannot)
      throws Failure, IOException, InterruptedException {
    Instant deadline = session.clock().instant().plus(timeout);
    ReadinessProbe probe = new ReadinessProbe(address);
    while (true) {
      LocalNode late = null;
      for (LocalNode node : nodes) {
        boolean ready = !cannot.containsKey(node.index()) && probe.ready(node.index());
        Optional<String> stopped = ready ? Optional.empty() : probe.stopped(node.index());
        if (stopped.isPresent()) {
          cannot.putIfAbsent(node.index(), "It runs and stands still: " + stopped.get() + ".");
        } else if (!ready && !cannot.containsKey(node.index()) && node.running().isPresent()) {
          late = node;
        } else if (!ready) {
          cannot.putIfAbsent(node.index(), ended(node));
        }
      }
      if (size() - cannot.size() < fleet.settings().q()) {
        throw notStarted(cannot);
      }
      if (late == null) {
        return;
      }
      // With too little room no node takes operations, and waiting makes none.
      FreeSpace.check(home.directory());
      if (session.clock().instant().isAfter(deadline)) {
        throw notReady(late);
      }
      session.pause().await(POLL);
    }
  }

  private String ended(LocalNode node) {
    String words = node.lastWords();
    return words.isEmpty() ? "It has stopped; read " + home.log(node.index()) + "." : words;
  }

  private Failure notStarted(SortedMap<Integer, String> cannot) throws IOException {
    try {
      FreeSpace.check(home.directory());
    } catch (Failure full) {
      return full;
    }
    StringBuilder why = new StringBuilder();
    cannot.forEach((index, words) -> why.append(" Node ").append(index).append(": ").append(words));
    return new Failure(
        ExitCode.HERE,
        cannot.size()
            + " of "
            + size()
            + " nodes cannot start; "
            + fleet.settings().q()
            + " have to run."
            + why,
        "Mend one of them and run coffer up again; coffer node fsck says more of a stopped node.");
  }

  /** Starts one node. */
  public void start(int index, NodeLife life) throws IOException {
    node(index).start(life);
  }

  /** One node's record is as good as all of them. */
  private static NodeLife life(LocalNode node, NodeLife life) {
    return life == NodeLife.RECORDING && node.index() > 1 ? NodeLife.TETHERED : life;
  }

  /** Ends the node that records and waits for its record. */
  Path finishRecording() throws Failure, IOException, InterruptedException {
    node(1).stop(RECORDING_TIMEOUT);
    Path recorded = home.recording(1);
    if (!Files.isRegularFile(recorded)) {
      throw new Failure(
          ExitCode.FAILED,
          "The Java virtual machine recorded nothing.",
          "Nothing depends on it: go on without.");
    }
    return recorded;
  }

  /** Stops all nodes and their HSMs. */
  public void stop() throws Failure, IOException, InterruptedException {
    try (HomeLock lock = HomeLock.take(home)) {
      List<Thread> stopping = new ArrayList<>();
      List<Exception> troubles = new ArrayList<>();
      for (LocalNode node : nodes) {
        stopping.add(Thread.startVirtualThread(() -> stop(node, troubles)));
      }
      for (Thread thread : stopping) {
        thread.join();
      }
      if (!troubles.isEmpty()) {
        throw new IOException("a node could not be stopped", troubles.getFirst());
      }
    }
  }

  private static void stop(LocalNode node, List<Exception> troubles) {
    try {
      node.stop();
    } catch (IOException | InterruptedException e) {
      synchronized (troubles) {
        troubles.add(e);
      }
    }
  }

  /** {@code kill -9} of one node and its HSM. */
  public void kill(int index) throws IOException, InterruptedException {
    node(index).kill();
  }

  private LocalNode node(int index) {
    return nodes.get(index - 1);
  }

  /** Whether the process of one node runs. */
  public boolean runs(int index) {
    return node(index).running().isPresent();
  }

  /** Nodes whose process runs. */
  public int running() {
    return (int) nodes.stream().filter(node -> node.running().isPresent()).count();
  }

  /** Waits until {@code count} nodes are ready, or says which is not and what its log says. */
  public void awaitReady(int count, Duration timeout)
      throws Failure, IOException, InterruptedException {
    Instant deadline = session.clock().instant().plus(timeout);
    ReadinessProbe probe = new ReadinessProbe(address);
    while (true) {
      List<Integer> late = new ArrayList<>();
      for (LocalNode node : nodes) {
        if (!probe.ready(node.index())) {
          late.add(node.index());
        }
      }
      if (nodes.size() - late.size() >= count) {
        return;
      }
      long dead = late.stream().filter(index -> node(index).running().isEmpty()).count();
      if (dead > nodes.size() - count || session.clock().instant().isAfter(deadline)) {
        throw notReady(node(late.getFirst()));
      }
      session.pause().await(POLL);
    }
  }

  private Failure notReady(LocalNode node) throws IOException {
    try {
      FreeSpace.check(home.directory());
    } catch (Failure full) {
      return full;
    }
    boolean gone = node.running().isEmpty();
    String words = gone ? node.lastWords() : new ReadinessProbe(address).ask(node.index()).why();
    return new Failure(
        gone ? ExitCode.HERE : ExitCode.TRY_AGAIN,
        "Node "
            + node.index()
            + (gone ? " has stopped" : " is not ready yet")
            + (words.isEmpty() ? "." : ": " + words),
        "Read " + home.log(node.index()) + ", then run coffer up again.");
  }

  /** How every node is. */
  public List<NodeHealth> health() throws IOException {
    List<NodeHealth> all = new ArrayList<>();
    ReadinessProbe probe = new ReadinessProbe(address);
    for (LocalNode node : nodes) {
      ProcessHandle process = node.running().orElse(null);
      ReadinessProbe.Readiness said =
          process == null ? ReadinessProbe.Readiness.NONE : probe.ask(node.index());
      all.add(
          new NodeHealth(
              node.index(),
              process != null,
              said.ready(),
              said.why(),
              fleet.hsm(node.index()).model(),
              said.certificateEnds(),
              process == null ? 0 : process.pid(),
              process == null ? 0 : memory(process)));
    }
    return all;
  }

  private static long memory(ProcessHandle process) {
    return LocalNode.family(process).stream()
        .mapToLong(one -> ProcessStat.proportionalBytes(one.pid()))
        .sum();
  }

  /** HSM processes that run. */
  public int hsmsRunning() {
    return (int)
        nodes.stream()
            .flatMap(node -> node.running().stream())
            .filter(node -> LocalNode.family(node).size() > 1)
            .count();
  }

  /** CPU time of all nodes and HSMs so far. */
  public Duration cpu() {
    long ticks =
        nodes.stream()
            .flatMap(node -> node.running().stream())
            .flatMap(node -> LocalNode.family(node).stream())
            .mapToLong(one -> ProcessStat.of(one.pid()).map(ProcessStat::cpuTicks).orElse(0L))
            .sum();
    return Duration.ofMillis(ticks * 1000 / ProcessStat.TICKS_A_SECOND);
  }
}
