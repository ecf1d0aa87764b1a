package dev.coffer.cli.command;

import dev.coffer.cli.ExitCode;
import dev.coffer.cli.Failure;
import dev.coffer.cli.Session;
import dev.coffer.cli.terminal.Output;
import dev.coffer.cli.terminal.Sizes;
import dev.coffer.node.NodeCheck;
import dev.coffer.node.NodeConfig;
import dev.coffer.node.check.Finding;
import dev.coffer.node.check.Finding.Weight;
import dev.coffer.protocol.json.JsonWriter;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import picocli.CommandLine;
import picocli.CommandLine.Mixin;

/** {@code coffer node fsck}: looks at every octet of stopped nodes and writes none. */
@CommandLine.Command(
    name = "fsck",
    description = {
      "Check everything a stopped node keeps: store, chain, certificates, Raft log, and its HSM's memory if"
          + " that is SIMULATED. Writes nothing.",
      "Exit codes: 0 sound, 11 damaged, 12 contradictory, 10 running or unreadable."
    })
final class NodeCheckCommand extends Command {
  @Mixin private StoppedNodes nodes = new StoppedNodes();

  NodeCheckCommand(Session session) {
    super(session);
  }

  @Override
  protected ExitCode run() throws Failure, IOException {
    ExitCode worst = ExitCode.OK;
    List<JsonWriter> reports = new ArrayList<>();
    List<NodeCheck.Report> all = new ArrayList<>();
    int members = 0;
    for (NodeConfig config : nodes.configurations(session())) {
      NodeCheck.Report report = StoppedNodes.check(config, session().clock().instant(), speech());
      say(report);
      reports.add(json(report));
      all.add(report);
      members = config.members().size();
      worst = worse(worst, verdict(report));
    }
    List<String> together = all.size() == members ? FleetCheck.damages(all) : List.of();
    together.forEach(line -> speech().result("fleet  damage  " + line));
    worst = together.isEmpty() ? worst : worse(worst, ExitCode.DAMAGED);
    speech()
        .result(
            new JsonWriter()
                .put("sound", worst == ExitCode.OK)
                .putAll("nodes", reports)
                .putTexts("fleet", together));
    return worst;
  }

  static ExitCode verdict(NodeCheck.Report report) {
    if (report.findings().count(Weight.CONTRADICTION) > 0) {
      return ExitCode.CONTRADICTORY;
    }
    return report.findings().sound() ? ExitCode.OK : ExitCode.DAMAGED;
  }

  private static ExitCode worse(ExitCode a, ExitCode b) {
    return a.status() >= b.status() ? a : b;
  }

  private void say(NodeCheck.Report report) {
    Output speech = speech();
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
      speech.result(
          "node "
              + report.node()
              + (report.forgotten()
                  ? "  sound, once a leader of the others lets it in"
                  : "  sound"));
    }
  }

  private static long listed(NodeCheck.Report report, Weight weight) {
    return report.findings().listed().stream().filter(f -> f.weight() == weight).count();
  }

  private static JsonWriter json(NodeCheck.Report report) {
    return new JsonWriter()
        .put("node", report.node())
        .put("sound", report.findings().sound())
        .put("forgotten", report.forgotten())
        .put("damages", report.findings().count(Weight.DAMAGE))
        .put("contradictions", report.findings().count(Weight.CONTRADICTION))
        .putAll("partitions", report.partitions().stream().map(NodeCheckCommand::json).toList())
        .putAll(
            "findings", report.findings().listed().stream().map(NodeCheckCommand::json).toList());
  }

  private static JsonWriter json(NodeCheck.Partition partition) {
    return new JsonWriter()
        .put("partition", partition.partition())
        .put("k", partition.k())
        .put("certified", partition.certified())
        .put("records", partition.records())
        .put("hsm", partition.hsm());
  }

  private static JsonWriter json(Finding finding) {
    return new JsonWriter()
        .put("weight", finding.weight().name())
        .put("where", finding.where())
        .put("what", finding.what())
        .put("next", finding.next());
  }
}
