package dev.coffer.lab.local;

import dev.coffer.cli.ExitCode;
import dev.coffer.cli.Failure;
import dev.coffer.files.SettingMistake;
import dev.coffer.node.NodeConfig;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;

/** A node's configuration as this machine needs it today. */
final class NodeConfiguration {
  private static final int LATE_MILLIS = 5_000;

  private NodeConfiguration() {}

  /** The ports in a configuration. */
  static NodePorts ports(Path file) throws Failure, IOException {
    NodeConfig config = read(file);
    return new NodePorts(
        config.httpPort(),
        config.self().peerPort(),
        config.self().raftPort(),
        config.access().metricsPort());
  }

  /**
   * Points the configuration to the HSM's program where it is now (a newer build lies elsewhere)
   * and to the bundle of the fleet in {@code fleetHome}.
   */
  static void refresh(Path file, Path program, Path fleetHome) throws Failure, IOException {
    NodeConfig config = read(file);
    Optional<Path> bundle = Optional.of(fleetHome.resolve("bundle"));
    if (!config.hsm().command().equals(program) || !config.bundleDirectory().equals(bundle)) {
      with(config, program, bundle, config.raftElectionMillis()).write(file);
    }
  }

  /** Lets another node lead: this one stands for election long after all others have. */
  static void stepBack(Path file) throws Failure, IOException {
    NodeConfig config = read(file);
    with(config, config.hsm().command(), config.bundleDirectory(), LATE_MILLIS).write(file);
  }

  private static NodeConfig read(Path file) throws Failure, IOException {
    try {
      return NodeConfig.read(file);
    } catch (SettingMistake e) {
      throw new Failure(
          ExitCode.HERE,
          "A node's configuration is wrong: " + e.getMessage(),
          "Mend that line and run the command again.");
    }
  }

  private static NodeConfig with(
      NodeConfig old, Path program, Optional<Path> bundle, int electionMillis) {
    return new NodeConfig(
        old.node(),
        old.fleet(),
        old.httpHost(),
        old.httpPort(),
        old.allowedOrigins(),
        old.bindHost(),
        old.members(),
        old.tls(),
        old.storeDirectory(),
        old.storeCacheMib(),
        old.raftDirectory(),
        old.raftMarker(),
        electionMillis,
        old.raftKeepEntries(),
        new NodeConfig.Hsm(program, old.hsm().home(), old.hsm().socket()),
        old.logFile(),
        old.logLevel(),
        old.diskFreeMinMib(),
        bundle,
        old.access());
  }
}
