package dev.coffer.cli.command;

import dev.coffer.cli.ExitCode;
import dev.coffer.cli.Failure;
import dev.coffer.cli.Session;
import dev.coffer.cli.home.FleetHome;
import dev.coffer.cli.terminal.Output;
import dev.coffer.cli.terminal.Progress;
import dev.coffer.files.SettingMistake;
import dev.coffer.node.NodeCheck;
import dev.coffer.node.NodeConfig;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Which nodes a command looks at while they are stopped. */
final class StoppedNodes {
  private static final int NODES_MAX = 7;
  private static final int CONNECT_MILLIS = 2_000;

  @Mixin private HomeOption where = new HomeOption();

  @Option(
      names = "--node",
      paramLabel = "I",
      description = "Only node I of the fleet in --home; may be given several times.")
  private List<Integer> only = List.of();

  @Parameters(
      arity = "0..*",
      paramLabel = "FILE",
      description = "Configuration files of nodes; without any, the nodes of the fleet in --home.")
  private List<Path> files = List.of();

  /** Their configurations, at least one. */
  List<NodeConfig> configurations(Session session) throws Failure, IOException {
    List<NodeConfig> found = new ArrayList<>();
    for (Path file : files.isEmpty() ? inHome(session) : files) {
      try {
        found.add(NodeConfig.read(file));
      } catch (SettingMistake e) {
        throw new Failure(
            ExitCode.HERE, String.valueOf(e.getMessage()), "Mend it and run the command again.");
      }
    }
    return found;
  }

  private List<Path> inHome(Session session) throws Failure {
    FleetHome home = new FleetHome(where.home(session));
    List<Path> found = new ArrayList<>();
    for (int index = 1; index <= NODES_MAX; index++) {
      if ((only.isEmpty() || only.contains(index)) && Files.exists(home.config(index))) {
        found.add(home.config(index));
      }
    }
    if (found.isEmpty() || (!only.isEmpty() && found.size() < only.stream().distinct().count())) {
      throw new Failure(
          ExitCode.HERE,
          "There is no configuration of such a node in " + home.directory() + ".",
          "Name the node's configuration file, or the fleet's directory with --home.");
    }
    return found;
  }

  /** Checks one, with progress. */
  static NodeCheck.Report check(NodeConfig config, Instant now, Output speech)
      throws Failure, IOException {
    try (Progress progress = speech.progress("node " + config.node(), 0, Progress.Unit.STEPS)) {
      return NodeCheck.check(config, now, progress::at);
    } catch (NodeCheck.Running e) {
      throw running(e);
    }
  }

  /** How many of the other nodes' ordering engines run: they do once HSM and store have met. */
  static long listening(NodeConfig config) {
    return config.members().stream()
        .filter(member -> member.node() != config.node())
        .filter(StoppedNodes::listens)
        .count();
  }

  private static boolean listens(NodeConfig.Member member) {
    try (Socket socket = new Socket()) {
      socket.connect(new InetSocketAddress(member.host(), member.raftPort()), CONNECT_MILLIS);
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  /** It runs. */
  static Failure running(NodeCheck.Running e) {
    return new Failure(
        ExitCode.HERE,
        String.valueOf(e.getMessage()),
        "Stop it (coffer down, for a fleet on this machine) and run the command again.");
  }
}
