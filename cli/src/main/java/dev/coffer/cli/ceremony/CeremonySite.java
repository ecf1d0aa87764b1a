package dev.coffer.cli.ceremony;

import dev.coffer.ceremony.plan.CeremonyRefused;
import dev.coffer.ceremony.plan.Plan;
import dev.coffer.ceremony.plan.Site;
import dev.coffer.ceremony.record.DirectoryFolder;
import dev.coffer.ceremony.record.Folder;
import dev.coffer.ceremony.record.Signatures;
import dev.coffer.ceremony.run.Peers;
import dev.coffer.ceremony.run.SiteRun;
import dev.coffer.ceremony.run.Standing;
import dev.coffer.cli.ExitCode;
import dev.coffer.cli.Failure;
import dev.coffer.cli.Session;
import dev.coffer.cli.home.FleetAddress;
import dev.coffer.cli.home.FleetHome;
import dev.coffer.files.AtomicFile;
import dev.coffer.files.FolderLock;
import dev.coffer.node.hsm.HsmUnavailable;
import dev.coffer.notary.http.Listen;
import dev.coffer.notary.http.SmallServer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * One site on this machine while a command works at it: its folders, its HSM, its node's files. One
 * command at a time.
 */
final class CeremonySite implements AutoCloseable {
  /** Paths of Unix sockets have about this many octets. */
  private static final int SOCKET_PATH_MAX = 100;

  private static final Path PROC = Path.of("/proc");
  private static final String FOLDER = "ceremony";
  private static final String NUMBER = "site";

  private final FolderLock lock;
  private final HsmKeeper hsm;
  private final SiteRun run;
  private final FleetHome home;
  private final int index;
  private final Optional<Network> network;

  /** What this site shows the others, and what they show. */
  private record Network(SmallServer server, NetworkPeers peers) {}

  /**
   * What carries files from site to site.
   *
   * @param folders sticks, or any folders that people carry; the first is what the other sites
   *     fetch from here, if the plan has an exchange port for this site
   * @param listen the address to open that port at; if empty, the site's host of the plan
   */
  record Carriers(List<Path> folders, Optional<String> listen) {
    Carriers {
      folders = List.copyOf(folders);
    }
  }

  private CeremonySite(
      FleetHome home,
      int index,
      FolderLock lock,
      HsmKeeper hsm,
      SiteRun run,
      Optional<Network> network) {
    this.home = home;
    this.index = index;
    this.lock = lock;
    this.hsm = hsm;
    this.run = run;
    this.network = network;
  }

  /**
   * Opens, and makes on first use, site {@code index} below {@code directory}.
   *
   * @param program the HSM's
   */
  static CeremonySite open(
      Session session,
      Plan plan,
      int index,
      Path directory,
      Carriers carriers,
      Path program,
      Signatures signatures)
      throws Failure, IOException {
    FleetHome home = new FleetHome(directory.toAbsolutePath().normalize());
    if (index < 1 || index > plan.sites().size()) {
      throw new Failure(
          ExitCode.USAGE,
          "The plan has no site " + index + ".",
          "Give --site 1 to " + plan.sites().size() + ".");
    }
    List<Folder> sticks = new ArrayList<>();
    for (Path folder : carriers.folders()) {
      sticks.add(new DirectoryFolder(stick(home.directory(), folder)));
    }
    int socket = home.socket(index).toString().getBytes(StandardCharsets.UTF_8).length;
    if (socket > SOCKET_PATH_MAX) {
      throw new Failure(
          ExitCode.USAGE,
          "The directory's name is too long for the socket in it.",
          "Choose one with fewer than " + (SOCKET_PATH_MAX - 20) + " octets with --home.");
    }
    Path own = AtomicFile.privateFolder(home.directory().resolve(FOLDER));
    FolderLock lock =
        FolderLock.take(own.resolve("lock"))
            .orElseThrow(() ->
                new Failure(
                    ExitCode.HERE,
                    "Another command works at this site.",
                    "Wait for it, then run this one again."));
    Optional<Network> network = Optional.empty();
    try {
      AtomicFile.removeDrafts(own);
      checkNumber(own.resolve(NUMBER), index);
      Folder state = new DirectoryFolder(own);
      network = network(session, plan, index, state, sticks.getFirst(), carriers.listen());
      HsmKeeper hsm =
          new HsmKeeper(program, home.hsm(index), home.socket(index), own, PROC, session.pause());
      SiteNode node = new SiteNode(home, index, program, session.clock());
      SiteRun run =
          new SiteRun(
              plan,
              index,
              state,
              sticks,
              network.<Peers>map(Network::peers).orElse(Peers.NONE),
              hsm,
              node,
              signatures,
              session.clock());
      return new CeremonySite(home, index, lock, hsm, run, network);
    } catch (Failure | IOException e) {
      network.ifPresent(CeremonySite::end);
      lock.close();
      throw e;
    }
  }

  private static Optional<Network> network(
      Session session, Plan plan, int index, Folder own, Folder shown, Optional<String> listen)
      throws Failure {
    Site site = plan.site(index);
    if (site.exchangePort().isEmpty()) {
      return Optional.empty();
    }
    int port = site.exchangePort().getAsInt();
    String host = listen.orElse(site.host());
    try {
      SmallServer server = ExchangeServer.start(new Listen(host, port), plan, shown);
      return Optional.of(
          new Network(
              server, new NetworkPeers(plan, index, own, session.pause(), NetworkPeers.ANSWER)));
    } catch (IOException e) {
      throw new Failure(
          ExitCode.HERE,
          "Port " + port + " cannot be opened at " + host + ", where the plan has this site.",
          "End what listens there, or name an address of this machine with --listen.");
    }
  }

  private static void end(Network network) {
    network.server().close();
    network.peers().close();
  }

  /** What its node starts with, once the site is founded. */
  Path config() {
    return home.config(index);
  }

  /** Whether other sites fetch from here, and this one from them. */
  boolean networked() {
    return network.isPresent();
  }

  /** Asks the others anew, and returns those not yet seen with everything that is here. */
  List<Site> lacking() throws IOException {
    if (network.isEmpty() || network.get().peers().lacking().isEmpty()) {
      return List.of();
    }
    List<Peers.Peer> unused = network.get().peers().look();
    return network.get().peers().lacking();
  }

  /** Why sites gave nothing when they were last asked, each by its number. */
  Map<Integer, String> silent() {
    return network.map(all -> all.peers().silent()).orElse(Map.of());
  }

  /** What was wrong with what sites showed, each by its number; nothing more was taken of it. */
  Map<Integer, CeremonyRefused> refused() {
    return run.refused();
  }

  /** Where {@code exchange} really is: not inside this site's own directory, by whatever name. */
  private static Path stick(Path directory, Path exchange) throws Failure, IOException {
    if (Files.isDirectory(exchange)) {
      Path stick = exchange.toRealPath();
      if (!Files.exists(directory) || !stick.startsWith(directory.toRealPath())) {
        return stick;
      }
    }
    throw new Failure(
        ExitCode.USAGE,
        exchange + " is no directory, or inside this site's own.",
        "Mount the stick, and name a directory on it with --exchange.");
  }

  /** A number that was mistyped once would be two sites on one machine. */
  private static void checkNumber(Path file, int index) throws Failure, IOException {
    if (!Files.exists(file)) {
      byte[] text = Integer.toString(index).getBytes(StandardCharsets.US_ASCII);
      AtomicFile.replace(file, text, AtomicFile.Access.OWNER);
    }
    String before = Files.readString(file, StandardCharsets.US_ASCII);
    if (!before.equals(Integer.toString(index))) {
      throw new Failure(
          ExitCode.USAGE,
          "This directory is site " + before + "'s.",
          "Give --site " + before + ", or another --home.");
    }
  }

  /** Goes on as far as it can; see {@link SiteRun#advance}. Ends the HSM once it is its node's. */
  Standing advance() throws Failure, IOException {
    try {
      Standing standing;
      if (Files.exists(home.config(index))) {
        // The HSM of a node that may run already is not ours any more.
        run.share();
        standing = new Standing.Founded(FleetAddress.read(home.directory()).pin());
      } else {
        standing = run.advance();
      }
      if (standing instanceof Standing.Founded) {
        hsm.end();
      }
      return standing;
    } catch (CeremonyRefused e) {
      if (!run.begun()) {
        // Nothing is lost with it, and the one that is started next has another program.
        hsm.end();
      }
      throw CeremonyCommand.failure(e);
    } catch (HsmUnavailable e) {
      throw new Failure(
          ExitCode.TRY_AGAIN,
          "The HSM of this site went away or was silent.",
          "Run the command again; it says whether the ceremony can go on.");
    }
  }

  void confirm(String words) throws Failure, IOException {
    try {
      run.confirm(words);
    } catch (CeremonyRefused e) {
      throw CeremonyCommand.failure(e);
    }
  }

  void except(String what) throws Failure, IOException {
    try {
      run.except(what);
    } catch (CeremonyRefused e) {
      throw CeremonyCommand.failure(e);
    }
  }

  /** Ends the HSM, whatever comes of the ceremony. */
  void abandon() throws IOException {
    hsm.end();
  }

  /** The HSM runs on. */
  @Override
  public void close() throws IOException {
    network.ifPresent(CeremonySite::end);
    hsm.close();
    lock.close();
  }
}
