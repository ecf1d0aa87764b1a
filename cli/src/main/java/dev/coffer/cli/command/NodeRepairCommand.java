package dev.coffer.cli.command;

import dev.coffer.cli.ExitCode;
import dev.coffer.cli.Failure;
import dev.coffer.cli.Session;
import dev.coffer.cli.terminal.Sizes;
import dev.coffer.node.NodeCheck;
import dev.coffer.node.NodeConfig;
import dev.coffer.node.NodeRepair;
import dev.coffer.protocol.json.JsonWriter;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code coffer node repair}: moves what a stopped node's disk has spoiled out of its way. */
@CommandLine.Command(
    name = "repair",
    description = {
      "Put right what fsck found on one stopped node's disk: damaged parts are moved aside, never removed, and the"
          + " next start fetches them from the other nodes.",
      "One node at a time, while the others serve. The HSM's memory is never touched.",
      "Exit codes: 0 repaired or sound, 7 too few other nodes listen, 10 running, 11 damage that needs a person,"
          + " 12 contradictory."
    })
final class NodeRepairCommand extends Command {
  @Mixin private StoppedNodes nodes = new StoppedNodes();

  @Option(
      names = "--keep-name",
      description =
          "Cut a torn end of the Raft log off and let the voter keep its name, where so many nodes are torn that the"
              + " others have no leader. If the disk had promised to keep what is torn, committed entries may vanish.")
  private boolean keepName;

  @Option(
      names = {"-y", "--yes"},
      description = "Do not ask for confirmation.")
  private boolean yes;

  NodeRepairCommand(Session session) {
    super(session);
  }

  @Override
  protected ExitCode run() throws Failure, IOException {
    List<NodeConfig> configs = nodes.configurations(session());
    if (configs.size() != 1) {
      throw new Failure(
          ExitCode.USAGE,
          "Only one node is repaired at a time.",
          "Name it with --node I, or by its configuration file.");
    }
    NodeConfig config = configs.getFirst();
    NodeCheck.Report report = StoppedNodes.check(config, session().clock().instant(), speech());
    NodeRepair repair = new NodeRepair(config, report, keepName);
    if (repair.contradictory()) {
      throw new Failure(
          ExitCode.CONTRADICTORY,
          "Parts of node " + config.node() + " exclude each other; nothing was touched.",
          "Keep all of it, run on with the others, and see coffer node fsck.");
    }
    if (!repair.byHand().isEmpty()) {
      repair
          .byHand()
          .forEach(found ->
              speech()
                  .result(
                      Sizes.printable(found.where() + ": " + found.what() + ". " + found.next())));
      throw new Failure(
          ExitCode.DAMAGED,
          "Some of the damage of node " + config.node() + " needs a person; nothing was touched.",
          "Do what the lines above say, then run this again.");
    }
    if (repair.idle() && report.forgotten()) {
      return forgotten(config);
    }
    if (repair.idle()) {
      speech().result("node " + config.node() + "  sound; nothing to repair");
      return said(config, List.of());
    }
    checkOthers(config, repair);
    Confirmation.ask(session(), yes, question(config, repair));
    try {
      List<Path> aside = repair.carryOut(session().clock().instant(), (done, all) -> {});
      aside.forEach(path -> speech().result("moved aside: " + Sizes.printable(path.toString())));
      speech().result("node " + config.node() + "  repaired; start it.");
      return said(config, aside);
    } catch (NodeCheck.Running e) {
      throw StoppedNodes.running(e);
    }
  }

  private ExitCode said(NodeConfig config, List<Path> aside) {
    JsonWriter json = new JsonWriter().put("node", config.node()).put("repaired", !aside.isEmpty());
    speech().result(json.putTexts("aside", aside.stream().map(Path::toString).toList()));
    return ExitCode.OK;
  }

  /** Nothing is damaged, and yet it does not start by itself. */
  private ExitCode forgotten(NodeConfig config) throws Failure {
    int majority = config.members().size() / 2 + 1;
    if (StoppedNodes.listening(config) < majority) {
      throw new Failure(
          ExitCode.TRY_AGAIN,
          "Node "
              + config.node()
              + " has lost its Raft log, and a leader of the others has to let it in; too few of them listen.",
          "Start the others first. If a majority has lost its Raft logs, run coffer node rebuild-order.");
    }
    speech()
        .result(
            "node " + config.node() + "  nothing to repair; start it, and the others let it in");
    return said(config, List.of());
  }

  private static String question(NodeConfig config, NodeRepair repair) {
    List<String> deeds = new ArrayList<>();
    if (repair.newVoter()) {
      deeds.add("move its Raft directory aside, so that it comes back under a new voter name");
    }
    if (repair.cutsTail()) {
      deeds.add("cut the torn end of its Raft log off and let it vote under its old name");
    }
    if (repair.newStore()) {
      deeds.add("move its store aside, so that it fetches the state from its peers");
    }
    return "Node " + config.node() + ": " + String.join(", and ", deeds) + "?";
  }

  /** Whoever comes back with less than it had depends on the others. */
  private static void checkOthers(NodeConfig config, NodeRepair repair) throws Failure {
    int majority = config.members().size() / 2 + 1;
    long there = StoppedNodes.listening(config);
    if (repair.cutsTail() && there >= majority) {
      throw new Failure(
          ExitCode.USAGE,
          "A majority of the others runs: a voter that has forgotten anything must not keep its name.",
          "Leave --keep-name out; the node comes back under a new one.");
    }
    int needed = repair.newVoter() ? majority : repair.newStore() ? 1 : 0;
    if (there < needed) {
      throw new Failure(
          ExitCode.TRY_AGAIN,
          "Only " + there + " other nodes listen, and " + needed + " have to; nothing was touched.",
          "Start others first. If the Raft logs of as many nodes are torn, see --keep-name; if they are lost,"
              + " coffer node rebuild-order.");
    }
  }
}
