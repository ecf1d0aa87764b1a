package dev.coffer.node;

import dev.coffer.files.AtomicFile;
import dev.coffer.files.SettingMistake;
import dev.coffer.files.Settings;
import dev.coffer.node.door.Connections;
import dev.coffer.node.door.Door;
import dev.coffer.node.door.Rate;
import dev.coffer.node.store.StoreSettings;
import dev.coffer.node.tls.NodeTls;
import dev.coffer.node.tls.TlsFiles;
import dev.coffer.protocol.codec.Limits;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.TimeUnit;

/**
 * A node's configuration. Paths in the file are relative to the folder it lies in; here they are
 * absolute. Holds no secrets.
 *
 * @param node this node and its HSM, 1 to n
 * @param httpPort 0 for any free one
 * @param bindHost where the peers' and Raft's ports are opened; empty: this member's host
 * @param members all nodes, this one included, by number
 * @param bundleDirectory {@code fleet.note}, {@code fleet.tlog-proof}, {@code trust-policies};
 *     empty for fleets that apps pin
 */
public record NodeConfig(
    int node,
    Path fleet,
    String httpHost,
    int httpPort,
    List<String> allowedOrigins,
    String bindHost,
    List<Member> members,
    TlsFiles tls,
    Path storeDirectory,
    int storeCacheMib,
    Path raftDirectory,
    Path raftMarker,
    int raftElectionMillis,
    int raftKeepEntries,
    Hsm hsm,
    Path logFile,
    String logLevel,
    int diskFreeMinMib,
    Optional<Path> bundleDirectory,
    Access access) {
  /** What a variable of the environment begins with that stands above a line of the file. */
  public static final String ENVIRONMENT = "COFFER_NODE_";

  private static final long NEXT_REQUEST_NANOS = TimeUnit.SECONDS.toNanos(60);

  /** The body within it, and six seconds until there is an answer or none. */
  private static final long WORK_NANOS = TimeUnit.SECONDS.toNanos(30);

  public NodeConfig {
    allowedOrigins = List.copyOf(allowedOrigins);
    members = List.copyOf(members);
  }

  /** Where a node is reached by the others. */
  public record Member(int node, String host, int peerPort, int raftPort) {}

  /** The HSM's program and places. */
  public record Hsm(Path command, Path home, Path socket) {}

  /**
   * How much may come in from outside.
   *
   * @param metricsPort empty for none, 0 for any free one
   */
  public record Access(
      Door.Rates rates,
      Connections.Limits connections,
      String metricsHost,
      OptionalInt metricsPort) {
    /** What holds where a configuration says nothing. */
    public static final Access DEFAULT =
        new Access(
            new Door.Rates(
                new Rate(300, 600), new Rate(1, 20), new Rate(100, 400), new Rate(5, 50)),
            connections(1_024, 256, 10),
            "127.0.0.1",
            OptionalInt.empty());

    /** The same with the metrics there. */
    public Access withMetrics(String host, int port) {
      return new Access(rates, connections, host, OptionalInt.of(port));
    }

    private static Connections.Limits connections(int total, int perAddress, int requestSeconds) {
      return new Connections.Limits(
          total,
          perAddress,
          TimeUnit.SECONDS.toNanos(requestSeconds),
          NEXT_REQUEST_NANOS,
          WORK_NANOS);
    }

    private int requestSeconds() {
      return (int) TimeUnit.NANOSECONDS.toSeconds(connections.firstNanos());
    }
  }

  /**
   * The configuration of node {@code node} of a fleet whose nodes live under one {@code home},
   * {@code home/node-1} and so on, with certificates as {@code FleetCertificates} writes them to
   * {@code home/node-i/tls}.
   *
   * @param hsmCommand the HSM's program
   */
  public static NodeConfig local(
      Path home, int node, List<Member> members, int httpPort, Path hsmCommand) {
    Path own = home.toAbsolutePath().resolve("node-" + node);
    return new NodeConfig(
        node,
        home.toAbsolutePath().resolve("fleet.bin"),
        "127.0.0.1",
        httpPort,
        List.of(),
        "",
        members,
        TlsFiles.in(own.resolve("tls")),
        own.resolve("store"),
        8,
        own.resolve("raft"),
        own.resolve("voter.properties"),
        150,
        20_000,
        new Hsm(hsmCommand.toAbsolutePath(), own.resolve("hsm"), own.resolve("hsm.socket")),
        own.resolve("node.log"),
        "INFO",
        1024,
        Optional.empty(),
        Access.DEFAULT);
  }

  /** The same with other limits for what comes in. */
  public NodeConfig withAccess(Access other) {
    return new NodeConfig(
        node,
        fleet,
        httpHost,
        httpPort,
        allowedOrigins,
        bindHost,
        members,
        tls,
        storeDirectory,
        storeCacheMib,
        raftDirectory,
        raftMarker,
        raftElectionMillis,
        raftKeepEntries,
        hsm,
        logFile,
        logLevel,
        diskFreeMinMib,
        bundleDirectory,
        other);
  }

  /** This node among the members. */
  public Member self() {
    return members.stream().filter(member -> member.node() == node).findFirst().orElseThrow();
  }

  /**
   * Loads this node's TLS files, and compares them with what lies beside the fleet's description.
   *
   * @throws IOException with one sentence if they are not this node's, or do not count now
   */
  NodeTls loadTls(Instant now) throws IOException {
    return tls.load(node, fleetAuthority(), now);
  }

  /** The certificate that clients check this fleet's nodes against, if it lies beside it. */
  Optional<Path> fleetAuthority() {
    Path beside = fleet.resolveSibling("ca.pem");
    return Files.isRegularFile(beside) ? Optional.of(beside) : Optional.empty();
  }

  /** Sizes of the store. */
  StoreSettings storeSettings() {
    return StoreSettings.small().withCache((long) storeCacheMib << 20);
  }

  /** Where certificates of a partition are kept for ever: beside the store, not in it. */
  Path archive(int partition) {
    return storeDirectory.resolveSibling("certificates").resolve("partition-" + partition);
  }

  /** Where libraries unpack their native parts: this process's own, and emptied at each start. */
  Path nativeDirectory() {
    return storeDirectory.resolveSibling("native");
  }

  /** The address for this node's own ports. */
  public String listenHost() {
    return bindHost.isEmpty() ? self().host() : bindHost;
  }

  /**
   * Reads a file strictly: a name that is not known is a mistake, and the nearest one is proposed.
   */
  public static NodeConfig read(Path file) throws SettingMistake, IOException {
    return read(file, Map.of());
  }

  /**
   * The same, and above the file what the environment says: {@code COFFER_NODE_HTTP_PORT} for
   * {@code http.port}.
   */
  public static NodeConfig read(Path file, Map<String, String> environment)
      throws SettingMistake, IOException {
    Settings settings = Settings.read(file, ConfigKey.names()).under(environment, ENVIRONMENT);
    NodeConfig config = new Lines(settings).config();
    if (config.members().stream().noneMatch(member -> member.node() == config.node())) {
      throw settings.wrong(
          ConfigKey.NODE.text(), "is not among the members: add the three lines of that member");
    }
    return config;
  }

  /**
   * Writes the file that {@link #read} reads, each line with its meaning. Replaces an existing one:
   * after a crash the file holds the old lines or the new ones.
   */
  public void write(Path file) throws IOException {
    StringBuilder text = new StringBuilder("# Configuration of a Coffer node.\n");
    line(text, ConfigKey.NODE, node);
    line(text, ConfigKey.FLEET, fleet);
    line(text, ConfigKey.HTTP_HOST, httpHost);
    line(text, ConfigKey.HTTP_PORT, httpPort);
    line(text, ConfigKey.HTTP_ORIGINS, String.join(",", allowedOrigins));
    line(text, ConfigKey.BIND_HOST, bindHost);
    members(text);
    line(text, ConfigKey.TLS_KEY, tls.key());
    line(text, ConfigKey.TLS_CERTIFICATE, tls.certificate());
    line(text, ConfigKey.TLS_AUTHORITY, tls.authority());
    line(text, ConfigKey.STORE_DIRECTORY, storeDirectory);
    line(text, ConfigKey.STORE_CACHE_MIB, storeCacheMib);
    line(text, ConfigKey.RAFT_DIRECTORY, raftDirectory);
    line(text, ConfigKey.RAFT_MARKER, raftMarker);
    line(text, ConfigKey.RAFT_ELECTION_MILLIS, raftElectionMillis);
    line(text, ConfigKey.RAFT_KEEP_ENTRIES, raftKeepEntries);
    line(text, ConfigKey.HSM_COMMAND, hsm.command());
    line(text, ConfigKey.HSM_HOME, hsm.home());
    line(text, ConfigKey.HSM_SOCKET, hsm.socket());
    line(text, ConfigKey.LOG_FILE, logFile);
    line(text, ConfigKey.LOG_LEVEL, logLevel);
    line(text, ConfigKey.DISK_FREE_MIN_MIB, diskFreeMinMib);
    line(text, ConfigKey.BUNDLE_DIRECTORY, bundleDirectory.map(Path::toString).orElse(""));
    line(text, ConfigKey.CONNECTIONS, access.connections().total());
    line(text, ConfigKey.ADDRESS_CONNECTIONS, access.connections().perAddress());
    line(text, ConfigKey.REQUEST_SECONDS, access.requestSeconds());
    line(text, ConfigKey.METRICS_HOST, access.metricsHost());
    OptionalInt metrics = access.metricsPort();
    line(text, ConfigKey.METRICS_PORT, metrics.isPresent() ? metrics.getAsInt() : "");
    rate(text, ConfigKey.TENANT_RATE, ConfigKey.TENANT_BURST, access.rates().tenant());
    rate(text, ConfigKey.ACCOUNT_RATE, ConfigKey.ACCOUNT_BURST, access.rates().account());
    rate(text, ConfigKey.ADDRESS_RATE, ConfigKey.ADDRESS_BURST, access.rates().address());
    rate(text, ConfigKey.BAD_LOGINS_RATE, ConfigKey.BAD_LOGINS_BURST, access.rates().badLogins());
    AtomicFile.replace(
        file, text.toString().getBytes(StandardCharsets.UTF_8), AtomicFile.Access.ANYBODY);
  }

  private static void line(StringBuilder text, ConfigKey key, Object value) {
    text.append("\n# ").append(key.meaning()).append('\n');
    text.append(key.text()).append(" = ").append(value).append('\n');
  }

  private static void rate(StringBuilder text, ConfigKey perSecond, ConfigKey burst, Rate rate) {
    line(text, perSecond, rate.perSecond());
    line(text, burst, rate.burst());
  }

  private void members(StringBuilder text) {
    text.append("\n# Where the nodes reach each other: host, port for calls, port for Raft.\n");
    for (Member member : members) {
      text.append(ConfigKey.MEMBER_HOST.text(member.node())).append(" = ").append(member.host());
      text.append('\n').append(ConfigKey.MEMBER_PEER_PORT.text(member.node())).append(" = ");
      text.append(member.peerPort());
      text.append('\n').append(ConfigKey.MEMBER_RAFT_PORT.text(member.node())).append(" = ");
      text.append(member.raftPort()).append('\n');
    }
  }

  /** Looks lines up and says what is wrong with them. */
  private record Lines(Settings settings) {
    NodeConfig config() throws SettingMistake {
      return new NodeConfig(
          number(ConfigKey.NODE, 1, Limits.HSMS_MAX),
          path(ConfigKey.FLEET),
          text(ConfigKey.HTTP_HOST),
          number(ConfigKey.HTTP_PORT, 0, 65_535),
          origins(),
          text(ConfigKey.BIND_HOST),
          members(),
          new TlsFiles(
              path(ConfigKey.TLS_KEY),
              path(ConfigKey.TLS_CERTIFICATE),
              path(ConfigKey.TLS_AUTHORITY)),
          path(ConfigKey.STORE_DIRECTORY),
          number(ConfigKey.STORE_CACHE_MIB, 1, 65_536),
          path(ConfigKey.RAFT_DIRECTORY),
          path(ConfigKey.RAFT_MARKER),
          number(ConfigKey.RAFT_ELECTION_MILLIS, 50, 10_000),
          number(ConfigKey.RAFT_KEEP_ENTRIES, 100, 10_000_000),
          new Hsm(
              path(ConfigKey.HSM_COMMAND), path(ConfigKey.HSM_HOME), path(ConfigKey.HSM_SOCKET)),
          path(ConfigKey.LOG_FILE),
          level(),
          number(ConfigKey.DISK_FREE_MIN_MIB, 1, 1 << 24),
          settings.path(ConfigKey.BUNDLE_DIRECTORY.text()),
          access());
    }

    private Access access() throws SettingMistake {
      return new Access(
          rates(),
          Access.connections(
              number(ConfigKey.CONNECTIONS, 16, 1_000_000),
              number(ConfigKey.ADDRESS_CONNECTIONS, 0, 1_000_000),
              number(ConfigKey.REQUEST_SECONDS, 1, 600)),
          text(ConfigKey.METRICS_HOST),
          settings
              .number(ConfigKey.METRICS_PORT.text(), 0, 65_535)
              .map(port -> OptionalInt.of(port.intValue()))
              .orElse(OptionalInt.empty()));
    }

    private Door.Rates rates() throws SettingMistake {
      return new Door.Rates(
          rate(ConfigKey.TENANT_RATE, ConfigKey.TENANT_BURST),
          rate(ConfigKey.ACCOUNT_RATE, ConfigKey.ACCOUNT_BURST),
          rate(ConfigKey.ADDRESS_RATE, ConfigKey.ADDRESS_BURST),
          rate(ConfigKey.BAD_LOGINS_RATE, ConfigKey.BAD_LOGINS_BURST));
    }

    private Rate rate(ConfigKey perSecond, ConfigKey burst) throws SettingMistake {
      return new Rate(number(perSecond, 0, Rate.PER_SECOND_MAX), number(burst, 1, Rate.BURST_MAX));
    }

    private List<Member> members() throws SettingMistake {
      List<Member> found = new ArrayList<>();
      for (int index = 1; index <= Limits.HSMS_MAX; index++) {
        if (settings.set().contains(ConfigKey.MEMBER_HOST.text(index))) {
          found.add(
              new Member(
                  index,
                  settings.required(ConfigKey.MEMBER_HOST.text(index)),
                  port(ConfigKey.MEMBER_PEER_PORT.text(index)),
                  port(ConfigKey.MEMBER_RAFT_PORT.text(index))));
        }
      }
      return found;
    }

    private int port(String name) throws SettingMistake {
      settings.required(name);
      return settings.number(name, 1, 65_535).orElseThrow().intValue();
    }

    private List<String> origins() throws SettingMistake {
      String text = text(ConfigKey.HTTP_ORIGINS);
      return text.isEmpty() ? List.of() : List.of(text.split(",", -1));
    }

    private String level() throws SettingMistake {
      List<String> levels = List.of("SEVERE", "WARNING", "INFO", "FINE");
      return settings.choice(ConfigKey.LOG_LEVEL.text(), levels).orElse(text(ConfigKey.LOG_LEVEL));
    }

    private String text(ConfigKey key) throws SettingMistake {
      return key.fallback().isPresent()
          ? settings.text(key.text()).orElse(key.fallback().get())
          : settings.required(key.text());
    }

    private int number(ConfigKey key, int min, int max) throws SettingMistake {
      String fallback = text(key);
      return settings
          .number(key.text(), min, max)
          .map(Long::intValue)
          .orElseGet(() -> Integer.valueOf(fallback));
    }

    private Path path(ConfigKey key) throws SettingMistake {
      return settings.requiredPath(key.text());
    }
  }
}
