package dev.coffer.node;

import dev.coffer.files.AtomicFile;
import dev.coffer.node.store.StoreSettings;
import dev.coffer.node.tls.NodeTls;
import dev.coffer.node.tls.TlsFiles;
import dev.coffer.protocol.codec.Limits;
import java.io.IOException;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Properties;

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
    Optional<Path> bundleDirectory) {
  private static final long FILE_MAX = 64 << 10;

  public NodeConfig {
    allowedOrigins = List.copyOf(allowedOrigins);
    members = List.copyOf(members);
  }

  /** Where a node is reached by the others. */
  public record Member(int node, String host, int peerPort, int raftPort) {}

  /** The HSM's program and places. */
  public record Hsm(Path command, Path home, Path socket) {}

  /** The configuration is wrong; the message is one sentence that names the line and what to do. */
  public static final class Mistake extends Exception {
    private static final long serialVersionUID = 1L;

    Mistake(String message) {
      super(message);
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
        Optional.empty());
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
    Path beside = fleet.resolveSibling("ca.pem");
    return tls.load(
        node, Files.isRegularFile(beside) ? Optional.of(beside) : Optional.empty(), now);
  }

  /** Sizes of the store. */
  StoreSettings storeSettings() {
    return StoreSettings.small().withCache((long) storeCacheMib << 20);
  }

  /** Where certificates of a partition are kept for ever: beside the store, not in it. */
  Path archive(int partition) {
    return storeDirectory.resolveSibling("certificates").resolve("partition-" + partition);
  }

  /** The address for this node's own ports. */
  public String listenHost() {
    return bindHost.isEmpty() ? self().host() : bindHost;
  }

  /**
   * Reads a file strictly: a name that is not known is a mistake, and the nearest one is proposed.
   */
  public static NodeConfig read(Path file) throws Mistake, IOException {
    if (!Files.isRegularFile(file) || Files.size(file) > FILE_MAX) {
      throw new Mistake(
          "There is no configuration " + file + ": give the file that was written for this node.");
    }
    Properties properties = new Properties();
    try (Reader reader = Files.newBufferedReader(file, StandardCharsets.UTF_8)) {
      properties.load(reader);
    } catch (IllegalArgumentException e) {
      throw new Mistake(file + " is not a properties file: write it again.");
    }
    for (String name : properties.stringPropertyNames()) {
      if (!ConfigKey.known(name)) {
        throw new Mistake(
            file
                + " has a line '"
                + name
                + "' that means nothing: did you mean '"
                + ConfigKey.nearest(name)
                + "'?");
      }
    }
    Lines lines = new Lines(file.toAbsolutePath(), properties);
    NodeConfig config = lines.config();
    if (config.members().stream().noneMatch(member -> member.node() == config.node())) {
      throw new Mistake(
          file + ": node " + config.node() + " is not among the members: add its three lines.");
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
    AtomicFile.replace(
        file, text.toString().getBytes(StandardCharsets.UTF_8), AtomicFile.Access.ANYBODY);
  }

  private static void line(StringBuilder text, ConfigKey key, Object value) {
    text.append("\n# ").append(key.meaning()).append('\n');
    text.append(key.text()).append(" = ").append(escape(value)).append('\n');
  }

  private void members(StringBuilder text) {
    text.append("\n# Where the nodes reach each other: host, port for calls, port for Raft.\n");
    for (Member member : members) {
      text.append(ConfigKey.MEMBER_HOST.text(member.node()))
          .append(" = ")
          .append(escape(member.host()));
      text.append('\n').append(ConfigKey.MEMBER_PEER_PORT.text(member.node())).append(" = ");
      text.append(member.peerPort());
      text.append('\n').append(ConfigKey.MEMBER_RAFT_PORT.text(member.node())).append(" = ");
      text.append(member.raftPort()).append('\n');
    }
  }

  private static String escape(Object value) {
    return value.toString().replace("\\", "\\\\");
  }

  /** Looks lines up and says what is wrong with them. */
  private record Lines(Path file, Properties properties) {
    NodeConfig config() throws Mistake {
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
          text(ConfigKey.BUNDLE_DIRECTORY).isEmpty()
              ? Optional.empty()
              : Optional.of(path(ConfigKey.BUNDLE_DIRECTORY)));
    }

    private List<Member> members() throws Mistake {
      List<Member> found = new ArrayList<>();
      for (int index = 1; index <= Limits.HSMS_MAX; index++) {
        if (properties.containsKey(ConfigKey.MEMBER_HOST.text(index))) {
          found.add(
              new Member(
                  index,
                  text(ConfigKey.MEMBER_HOST.text(index), Optional.empty()),
                  number(ConfigKey.MEMBER_PEER_PORT.text(index), Optional.empty(), 1, 65_535),
                  number(ConfigKey.MEMBER_RAFT_PORT.text(index), Optional.empty(), 1, 65_535)));
        }
      }
      return found;
    }

    private List<String> origins() throws Mistake {
      String text = text(ConfigKey.HTTP_ORIGINS);
      return text.isEmpty() ? List.of() : List.of(text.split(",", -1));
    }

    private String level() throws Mistake {
      String level = text(ConfigKey.LOG_LEVEL);
      if (!List.of("SEVERE", "WARNING", "INFO", "FINE").contains(level)) {
        throw new Mistake(file + ": log.level is SEVERE, WARNING, INFO or FINE.");
      }
      return level;
    }

    private String text(ConfigKey key) throws Mistake {
      return text(key.text(), key.fallback());
    }

    private String text(String name, Optional<String> fallback) throws Mistake {
      String value = properties.getProperty(name, fallback.orElse(null));
      if (value == null) {
        throw new Mistake(file + " lacks the line '" + name + "': add it.");
      }
      return value.strip();
    }

    private int number(ConfigKey key, int min, int max) throws Mistake {
      return number(key.text(), key.fallback(), min, max);
    }

    private int number(String name, Optional<String> fallback, int min, int max) throws Mistake {
      String value = text(name, fallback);
      if (value.matches("[0-9]{1,9}")) {
        int number = Integer.parseInt(value);
        if (number >= min && number <= max) {
          return number;
        }
      }
      throw new Mistake(file + ": '" + name + "' is a number from " + min + " to " + max + ".");
    }

    private Path path(ConfigKey key) throws Mistake {
      Path parent = file.getParent();
      try {
        Path given = Path.of(text(key));
        return (parent == null ? given : parent.resolve(given)).normalize();
      } catch (InvalidPathException e) {
        throw new Mistake(file + ": '" + key.text() + "' is no path: give another.");
      }
    }
  }
}
