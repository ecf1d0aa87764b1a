package dev.coffer.cli.command;

import dev.coffer.cli.ExitCode;
import dev.coffer.cli.Failure;
import dev.coffer.cli.Session;
import dev.coffer.cli.local.FleetHome;
import dev.coffer.cli.terminal.Json;
import dev.coffer.cli.terminal.Progress;
import dev.coffer.cli.terminal.Sizes;
import dev.coffer.cli.terminal.Speech;
import dev.coffer.node.NodeCheck;
import dev.coffer.node.NodeConfig;
import dev.coffer.node.check.Finding;
import dev.coffer.node.check.Finding.Weight;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import picocli.CommandLine;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code coffer node fsck}: looks at every octet of stopped nodes and writes none. */
@CommandLine.Command(
    name = "fsck",
    description = {
      "Check everything a stopped node keeps: store, chain, certificates, Raft log, and its HSM's memory if"
          + " that is SIMULATED. Writes nothing.",
      "Exit codes: 0 sound, 11 damaged, 12 contradictory, 10 running or unreadable."
    })
final class NodeCheckCommand extends Command {
  private static final int NODES_MAX = 7;

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

  NodeCheckCommand(Session session) {
    super(session);
  }

  @Override
  ExitCode run() throws Failure, IOException {
    ExitCode worst = ExitCode.OK;
    List<Json> reports = new ArrayList<>();
    for (Path file : configurations()) {
      NodeCheck.Report report = check(file);
      say(report);
      reports.add(json(report));
      worst = worse(worst, verdict(report));
    }
    speech().result(new Json().put("sound", worst == ExitCode.OK).putAll("nodes", reports));
    return worst;
  }

  private List<Path> configurations() throws Failure {
    if (!files.isEmpty()) {
      return files;
    }
    FleetHome home = new FleetHome(where.home(session()));
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

  private NodeCheck.Report check(Path file) throws Failure, IOException {
    try {
      NodeConfig config = NodeConfig.read(file);
      try (Progress progress = speech().progress("node " + config.node(), 0, Progress.Unit.STEPS)) {
        return NodeCheck.check(config, progress::at);
      }
    } catch (NodeConfig.Mistake e) {
      throw new Failure(
          ExitCode.HERE, String.valueOf(e.getMessage()), "Mend it and run the check again.");
    } catch (NodeCheck.Running e) {
      throw new Failure(
          ExitCode.HERE,
          String.valueOf(e.getMessage()),
          "Stop it (coffer down, for a fleet on this machine) and run the check again.");
    }
  }

  private static ExitCode verdict(NodeCheck.Report report) {
    if (report.findings().count(Weight.CONTRADICTION) > 0) {
      return ExitCode.CONTRADICTORY;
    }
    return report.findings().sound() ? ExitCode.OK : ExitCode.DAMAGED;
  }

  private static ExitCode worse(ExitCode a, ExitCode b) {
    return a.status() >= b.status() ? a : b;
  }

  private void say(NodeCheck.Report report) {
    Speech speech = speech();
    for (NodeCheck.Partition partition : report.partitions()) {
      speech.say(
          "node "
              + report.node()
              + ", partition "
              + partition.partition()
              + ": "
              + (partition.k() < 0
                  ? "nothing says where it stands"
                  : "entry "
                      + partition.k()
                      + ", certified up to "
                      + partition.certified()
                      + ", "
                      + Sizes.count(partition.records(), "sound record"))
              + (partition.hsm() < 0 ? "" : ", HSM at " + partition.hsm()));
    }
    for (Finding finding : report.findings().listed()) {
      String line =
          "node "
              + report.node()
              + "  "
              + finding.weight().name().toLowerCase(Locale.ROOT)
              + "  "
              + finding.where()
              + ": "
              + finding.what()
              + ". "
              + finding.next();
      if (finding.weight() == Weight.NOTE) {
        speech.say(Sizes.printable(line));
      } else {
        speech.result(Sizes.printable(line));
      }
    }
    for (Weight weight : Weight.values()) {
      long more = report.findings().count(weight) - listed(report, weight);
      if (more > 0) {
        speech.result(
            "node "
                + report.node()
                + "  and "
                + more
                + " more: "
                + weight.name().toLowerCase(Locale.ROOT));
      }
    }
    if (report.findings().sound()) {
      speech.result("node " + report.node() + "  sound");
    }
  }

  private static long listed(NodeCheck.Report report, Weight weight) {
    return report.findings().listed().stream().filter(f -> f.weight() == weight).count();
  }

  private static Json json(NodeCheck.Report report) {
    return new Json()
        .put("node", report.node())
        .put("sound", report.findings().sound())
        .put("damages", report.findings().count(Weight.DAMAGE))
        .put("contradictions", report.findings().count(Weight.CONTRADICTION))
        .putAll("partitions", report.partitions().stream().map(NodeCheckCommand::json).toList())
        .putAll(
            "findings", report.findings().listed().stream().map(NodeCheckCommand::json).toList());
  }

  private static Json json(NodeCheck.Partition partition) {
    return new Json()
        .put("partition", partition.partition())
        .put("k", partition.k())
        .put("certified", partition.certified())
        .put("records", partition.records())
        .put("hsm", partition.hsm());
  }

  private static Json json(Finding finding) {
    return new Json()
        .put("weight", finding.weight().name())
        .put("where", finding.where())
        .put("what", finding.what())
        .put("next", finding.next());
  }
}
