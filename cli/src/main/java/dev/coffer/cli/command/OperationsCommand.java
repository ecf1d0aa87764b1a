package dev.coffer.cli.command;

import dev.coffer.cli.ExitCode;
import dev.coffer.cli.Failure;
import dev.coffer.cli.Session;
import dev.coffer.cli.home.FleetAddress;
import dev.coffer.cli.home.FleetHome;
import dev.coffer.cli.home.TrustHome;
import dev.coffer.cli.home.VaultHome;
import dev.coffer.cli.operations.OperationsServer;
import dev.coffer.cli.operations.OperatorToken;
import dev.coffer.cli.operations.Party;
import dev.coffer.cli.operations.Watch;
import dev.coffer.cli.terminal.Output;
import dev.coffer.files.SettingMistake;
import dev.coffer.node.NodeConfig;
import dev.coffer.notary.http.Fetch;
import dev.coffer.notary.operator.OperatorFailure;
import dev.coffer.protocol.fleet.Fleet;
import dev.coffer.protocol.json.JsonWriter;
import dev.coffer.transparency.tlog.Policy;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code coffer operations}: an operator's page. */
@CommandLine.Command(
    name = "operations",
    description =
        "Serve the console with its room of operations, on this machine alone. Stays until Ctrl-C."
            + " The page asks for the token in HOME/operator.token.")
final class OperationsCommand extends Command {
  /** Of one question to one party: a round takes no longer. */
  private static final Duration DEADLINE = Duration.ofSeconds(4);

  private static final String TOKEN = "operator.token";

  @Mixin private HomeOption where = new HomeOption();

  @Option(
      names = "--port",
      paramLabel = "PORT",
      defaultValue = "0",
      description = "The port of 127.0.0.1 to listen on (default: any that is free).")
  private int port;

  @Option(
      names = "--pages",
      paramLabel = "DIR",
      description = "The built console (default: web/console/dist of the sources).")
  private @Nullable Path pages;

  @Option(
      names = "--node",
      paramLabel = "I=ADDRESS",
      description =
          "Where the counters of node I are, as http://HOST:PORT; of nodes in the home their"
              + " configuration says it.")
  private Map<Integer, URI> nodes = Map.of();

  @Option(
      names = "--notary",
      paramLabel = "ADDRESS",
      description = "Where the notary is; of a vault of coffer up it is known.")
  private @Nullable URI notary;

  OperationsCommand(Session session) {
    super(session);
  }

  @Override
  protected ExitCode run() throws Failure, OperatorFailure, IOException, InterruptedException {
    Output speech = speech();
    Path home = where.home(session());
    VaultHome vault = new VaultHome(home);
    Fleet fleet = vault.first().fleet();
    Path console = console();
    List<Party> parties = new ArrayList<>(nodes(home, fleet));
    parties.addAll(others(vault));
    JsonWriter told =
        new JsonWriter()
            .put("id", fleet.id().value().hex())
            .put("nodes", fleet.settings().n())
            .put("quorum", fleet.settings().q());
    Fetch toNodes = new Fetch(DEADLINE, Optional.of(FleetAddress.read(home).tls()));
    Watch watch = new Watch(parties, told, toNodes, new Fetch(DEADLINE), session().clock());
    Path file = home.resolve(TOKEN);
    OperatorToken token = OperatorToken.make(file, session().randomness());
    try (OperationsServer server =
        OperationsServer.start(port, console, watch, token, session().clock())) {
      speech.result(server.address());
      speech.result(
          new JsonWriter().put("address", server.address()).put("token", file.toString()));
      speech.say("Open it in a browser; it asks for the token in " + file + ". Ctrl-C ends it.");
      new CountDownLatch(1).await();
    }
    return ExitCode.OK;
  }

  private Path console() throws Failure {
    Path folder =
        pages == null
            ? Path.of(System.getProperty("coffer.source", "."), "web", "console", "dist")
            : pages;
    if (!Files.isRegularFile(folder.resolve("operations").resolve("index.html"))) {
      throw new Failure(
          ExitCode.HERE,
          "There is no built console in " + folder + ".",
          "Build it with npm run build in web/console, or name its folder with --pages.");
    }
    return folder;
  }

  private List<Party> nodes(Path home, Fleet fleet) throws Failure, IOException {
    List<URI> addresses = FleetAddress.read(home).nodes();
    List<Party> parties = new ArrayList<>();
    for (int index = 1; index <= fleet.settings().n(); index++) {
      Optional<URI> health =
          index <= addresses.size()
              ? Optional.of(addresses.get(index - 1).resolve("/readyz"))
              : Optional.empty();
      URI named = nodes.get(index);
      Optional<URI> metrics =
          named == null ? configured(new FleetHome(home).config(index)) : Optional.of(named);
      parties.add(
          new Party(
              Party.Kind.NODE,
              Integer.toString(index),
              metrics.map(base -> base.resolve("/metrics")),
              health));
    }
    return parties;
  }

  /** What a node's configuration in this home says, if it has one. */
  private static Optional<URI> configured(Path file) throws Failure, IOException {
    if (!Files.isRegularFile(file)) {
      return Optional.empty();
    }
    try {
      NodeConfig.Access access = NodeConfig.read(file).access();
      return access.metricsPort().stream()
          .filter(found -> found > 0)
          .mapToObj(found -> URI.create("http://" + bracketed(access.metricsHost()) + ":" + found))
          .findFirst();
    } catch (SettingMistake e) {
      throw new Failure(
          ExitCode.HERE,
          "A node's configuration is wrong: " + e.getMessage(),
          "Mend that line and run the command again.");
    }
  }

  private static String bracketed(String host) {
    return host.contains(":") && !host.startsWith("[") ? "[" + host + "]" : host;
  }

  private List<Party> others(VaultHome vault) throws Failure, OperatorFailure, IOException {
    TrustHome trust = vault.trust();
    List<Party> parties = new ArrayList<>();
    if (Files.exists(trust.policy())) {
      Policy policy = vault.policy().log();
      Policy.Log log = policy.logs().get(0);
      parties.add(party(Party.Kind.LOG, log.key().name().value(), log.url().map(URI::create)));
      for (Policy.Witness witness : policy.witnesses()) {
        parties.add(
            party(
                Party.Kind.WITNESS, witness.key().name().value(), witness.url().map(URI::create)));
      }
    }
    Optional<URI> address = Optional.ofNullable(notary);
    if (address.isEmpty() && Files.exists(trust.notaryAddress())) {
      address = Optional.of(trust.readNotaryAddress());
    }
    address.ifPresent(at -> parties.add(party(Party.Kind.NOTARY, "", Optional.of(at))));
    return parties;
  }

  private static Party party(Party.Kind kind, String name, Optional<URI> base) {
    return new Party(
        kind, name, base.map(at -> below(at, "metrics")), base.map(at -> below(at, "healthz")));
  }

  private static URI below(URI base, String name) {
    String text = base.toString();
    return URI.create((text.endsWith("/") ? text : text + "/") + name);
  }
}
