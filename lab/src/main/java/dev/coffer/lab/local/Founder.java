package dev.coffer.lab.local;

import dev.coffer.cli.ExitCode;
import dev.coffer.cli.Failure;
import dev.coffer.cli.Session;
import dev.coffer.cli.home.FleetAddress;
import dev.coffer.cli.home.FleetHome;
import dev.coffer.cli.home.FleetPlan;
import dev.coffer.files.AtomicFile;
import dev.coffer.node.NodeConfig;
import dev.coffer.node.hsm.Founding;
import dev.coffer.node.hsm.HsmCommand;
import dev.coffer.node.hsm.HsmSupervisor;
import dev.coffer.node.hsm.HsmUnavailable;
import dev.coffer.node.tls.FleetCertificates;
import dev.coffer.protocol.codec.Limits;
import dev.coffer.protocol.codec.Rejected;
import dev.coffer.protocol.fleet.Fleet;
import dev.coffer.protocol.fleet.FleetId;
import dev.coffer.protocol.fleet.FleetSettings;
import dev.coffer.protocol.port.FoundingPort;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;

/**
 * Founds a local fleet: HSMs (SIMULATED) make their keys together (PROTOCOL.md §10), nodes get TLS
 * certificates and configurations, a development issuer its keys. A founding that was interrupted
 * is begun anew; a finished one is never touched.
 */
public final class Founder {
  /** Unix socket paths have about this many octets. */
  private static final int SOCKET_PATH_MAX = 100;

  /** What may be in a home before its fleet is, or when a founding was interrupted. */
  private static final Set<String> OURS =
      Set.of(
          "client",
          "backups",
          "issuer",
          "authority.key",
          "ca.pem",
          "fleet.bin",
          "fleet.properties",
          "founding-unfinished",
          "lock");

  private static final String HOST = "127.0.0.1";

  /** All HSMs work at once on their first calls, and this is done once in a fleet's life. */
  private static final Duration FOUNDING_CALL = Duration.ofMinutes(2);

  private final Session session;
  private final FleetHome home;
  private final FleetPlan plan;
  private final Optional<Path> issuer;

  private Founder(Session session, FleetHome home, FleetPlan plan, Optional<Path> issuer) {
    this.issuer = issuer;
    this.session = session;
    this.home = home;
    this.plan = plan;
  }

  /** Founds in {@code directory}, which holds no fleet yet. */
  public static void found(Session session, Path directory, FleetPlan plan)
      throws Failure, IOException, InterruptedException {
    found(session, directory, plan, Optional.empty());
  }

  /**
   * Founds another fleet of a vault.
   *
   * @param vault home of the fleet whose login issuer is this one's, too
   */
  public static void foundBeside(Session session, Path directory, FleetPlan plan, Path vault)
      throws Failure, IOException, InterruptedException {
    found(session, directory, plan, Optional.of(new FleetHome(vault).issuer()));
  }

  private static void found(Session session, Path directory, FleetPlan plan, Optional<Path> issuer)
      throws Failure, IOException, InterruptedException {
    FleetHome home = new FleetHome(directory.toAbsolutePath().normalize());
    Founder founder = new Founder(session, home, plan.validate(), issuer);
    FreeSpace.check(home.directory());
    try (HomeLock lock = HomeLock.take(home)) {
      founder.found();
    }
  }

  /**
   * Refuses a directory with anything in it that is not ours: a mistyped {@code --home} must not
   * strew a fleet over somebody's documents.
   */
  public static void refuseForeign(Path directory) throws Failure, IOException {
    if (!Files.isDirectory(directory)) {
      return;
    }
    try (Stream<Path> entries = Files.list(directory)) {
      Optional<String> foreign =
          entries
              .map(entry -> entry.getFileName().toString())
              .filter(name -> !OURS.contains(name) && !name.matches("node-[1-9]"))
              .sorted()
              .findFirst();
      if (foreign.isPresent()) {
        throw new Failure(
            ExitCode.USAGE,
            directory + " is not empty, and holds no fleet (but " + foreign.get() + ").",
            "Name a new or empty directory with --home.");
      }
    }
  }

  private void found() throws Failure, IOException, InterruptedException {
    Path program = HsmImage.command();
    int path = home.socket(plan.nodes()).toString().getBytes(StandardCharsets.UTF_8).length;
    if (path > SOCKET_PATH_MAX) {
      throw new Failure(
          ExitCode.USAGE,
          "The name of the fleet's directory is too long for the sockets in it.",
          "Choose one with fewer than " + (SOCKET_PATH_MAX - 20) + " octets with --home.");
    }
    clear();
    List<NodePorts> ports = NodePorts.choose(plan.nodes(), plan.portBase());
    Fleet fleet;
    try (DevelopmentIssuer issuer = issuer()) {
      FleetSettings settings =
          new FleetSettings(
              plan.nodes(), plan.q(), Limits.GUESSES_MAX, 1, List.of(issuer.tenant()), true, false);
      fleet = keys(program, settings);
    }
    certificates(fleet.id());
    configure(program, ports);
    AtomicFile.replace(home.fleet(), fleet.encode().toByteArray(), AtomicFile.Access.OWNER);
    List<URI> nodes =
        ports.stream().map(p -> URI.create("https://" + HOST + ":" + p.https())).toList();
    new FleetAddress(fleet.id(), nodes, home.authority()).write(home.directory());
    // From here on the fleet exists: a crash before this line begins anew, and nobody has used it
    // yet.
    Files.delete(home.unfinished());
  }

  private DevelopmentIssuer issuer() throws IOException {
    return issuer.isPresent()
        ? DevelopmentIssuer.open(issuer.get(), session.clock())
        : DevelopmentIssuer.create(home.issuer(), session.randomness(), session.clock());
  }

  /** Removes what an interrupted founding left; refuses where there is anything else. */
  private void clear() throws Failure, IOException {
    AtomicFile.privateFolder(home.directory());
    boolean begun = Files.exists(home.node(1)) || Files.exists(home.fleet());
    if (begun && !Files.exists(home.unfinished())) {
      throw new Failure(
          ExitCode.HERE,
          "Parts of a fleet are in " + home.directory() + ", but not all of it.",
          "Restore the missing files from a copy, or name an empty directory with --home.");
    }
    AtomicFile.replace(home.unfinished(), new byte[0], AtomicFile.Access.OWNER);
    for (int index = 1; index <= Limits.HSMS_MAX; index++) {
      FileTree.remove(home.node(index));
      AtomicFile.privateFolder(index <= plan.nodes() ? home.node(index) : home.directory());
    }
  }

  private Fleet keys(Path program, FleetSettings settings)
      throws Failure, IOException, InterruptedException {
    List<HsmSupervisor> hsms = new ArrayList<>();
    try {
      startAll(program, hsms);
      List<FoundingPort> ports = new ArrayList<>();
      hsms.forEach(hsm -> ports.add(hsm.hsm()));
      return Founding.run(settings, ports);
    } catch (Rejected e) {
      throw new Failure(
          ExitCode.FAILED,
          "The HSMs refused the founding (" + e.code() + "): " + e.what() + ".",
          "Run the command again; if it persists, report it as a defect.");
    } catch (HsmUnavailable e) {
      throw new Failure(
          ExitCode.FAILED,
          "An HSM went away, or was silent for "
              + FOUNDING_CALL.toSeconds()
              + " s, while the fleet was founded.",
          "See whether this machine has memory and processors to spare; then run the command again.");
    } finally {
      hsms.forEach(HsmSupervisor::close);
    }
  }

  private void startAll(Path program, List<HsmSupervisor> started)
      throws IOException, InterruptedException {
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Callable<HsmSupervisor>> starts = new ArrayList<>();
      for (int i = 1; i <= plan.nodes(); i++) {
        HsmCommand command =
            HsmCommand.of(program, AtomicFile.privateFolder(home.hsm(i)), home.socket(i))
                .within(FOUNDING_CALL);
        starts.add(() -> HsmSupervisor.start(command, hsm -> {}));
      }
      ExecutionException trouble = null;
      for (Future<HsmSupervisor> start : threads.invokeAll(starts)) {
        try {
          started.add(start.get());
        } catch (ExecutionException e) {
          trouble = e;
        }
      }
      if (trouble != null) {
        throw trouble.getCause() instanceof IOException e
            ? e
            : new IOException("an HSM did not start", trouble);
      }
    }
  }

  private void certificates(FleetId fleet) throws IOException {
    List<FleetCertificates.NodeHome> nodes = new ArrayList<>();
    for (int i = 1; i <= plan.nodes(); i++) {
      nodes.add(
          new FleetCertificates.NodeHome(i, AtomicFile.privateFolder(home.tls(i)), List.of(HOST)));
    }
    FleetCertificates.write(
        home.authority(),
        Optional.of(new FleetCertificates.Issuer(home.authorityKey(), fleet)),
        nodes,
        session.clock(),
        new SecureRandom());
  }

  private void configure(Path program, List<NodePorts> ports) throws IOException {
    List<NodeConfig.Member> members = new ArrayList<>();
    for (int i = 1; i <= ports.size(); i++) {
      members.add(
          new NodeConfig.Member(i, HOST, ports.get(i - 1).peers(), ports.get(i - 1).order()));
    }
    for (int i = 1; i <= ports.size(); i++) {
      int metrics = ports.get(i - 1).metrics().orElseThrow();
      NodeConfig.local(home.directory(), i, members, ports.get(i - 1).https(), program)
          .withAccess(NodeConfig.Access.DEFAULT.withMetrics(HOST, metrics))
          .write(home.config(i));
    }
  }
}
