package dev.coffer.cli.command;

import dev.coffer.cli.ExitCode;
import dev.coffer.cli.Failure;
import dev.coffer.cli.Session;
import dev.coffer.node.NodeCheck;
import dev.coffer.node.NodeConfig;
import dev.coffer.node.NodeRebuild;
import dev.coffer.node.check.Finding;
import dev.coffer.node.check.Finding.RepairAction;
import dev.coffer.node.check.Finding.Weight;
import dev.coffer.protocol.json.JsonWriter;
import java.io.IOException;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code coffer node rebuild-order}: founds the order anew where a majority has lost it. */
@CommandLine.Command(
    name = "rebuild-order",
    description = {
      "Found the order anew where the Raft logs of so many nodes are lost that no leader can be. For stopped nodes: at"
          + " their next start they bring each other to the newest state that any of their stores holds, and go on from"
          + " there. HSMs check every entry, so no guess is lost or won.",
      "Run it for all nodes that are there; on each host with the same --number and --founders.",
      "Exit codes: 0 done, 2 not needed or too few nodes, 10 running, 11 damaged, 12 contradictory."
    })
final class NodeRebuildCommand extends Command {
  @Mixin private StoppedNodes nodes = new StoppedNodes();

  @Option(
      names = "--founders",
      paramLabel = "I,...",
      split = ",",
      description =
          "The nodes that are there (default: the ones named here). All of them have to be started.")
  private List<Integer> founders = List.of();

  @Option(
      names = "--number",
      paramLabel = "N",
      description =
          "The new order's number, as the first host printed it: above the order's before, its terms, and its log's"
              + " newest position / 2^20; 2^42 at most (default: the time in seconds).")
  private @Nullable Long number;

  @Option(
      names = {"-y", "--yes"},
      description = "Do not ask for confirmation.")
  private boolean yes;

  NodeRebuildCommand(Session session) {
    super(session);
  }

  @Override
  protected ExitCode run() throws Failure, IOException {
    List<NodeConfig> configs = nodes.configurations(session());
    List<Integer> all =
        (founders.isEmpty() ? configs.stream().map(NodeConfig::node).toList() : founders)
            .stream().distinct().sorted().toList();
    checkFounders(configs, all);
    long chosen = number != null ? number : session().clock().instant().getEpochSecond();
    for (NodeConfig config : configs) {
      checkNumber(chosen, checkDisk(config));
    }
    checkNeeded(configs.getFirst());
    Confirmation.ask(
        session(),
        yes,
        "Nodes " + list(all) + " leave their Raft logs for good and found order " + chosen + "?");
    for (NodeConfig config : configs) {
      try {
        NodeRebuild.request(config, chosen, all);
      } catch (NodeCheck.Running e) {
        throw StoppedNodes.running(e);
      }
      speech().result("node " + config.node() + "  founds order " + chosen + "; start it.");
    }
    List<Integer> elsewhere =
        all.stream()
            .filter(node -> configs.stream().noneMatch(config -> config.node() == node))
            .toList();
    if (!elsewhere.isEmpty()) {
      speech()
          .result(
              "On the hosts of nodes "
                  + list(elsewhere)
                  + ": coffer node rebuild-order --number "
                  + chosen
                  + " --founders "
                  + list(all).replace(" ", "")
                  + " and the node's configuration file.");
    }
    speech().result(new JsonWriter().put("number", chosen).put("founders", list(all)));
    return ExitCode.OK;
  }

  private static String list(List<Integer> nodes) {
    return nodes.stream().map(String::valueOf).collect(Collectors.joining(", "));
  }

  private static void checkFounders(List<NodeConfig> configs, List<Integer> all)
      throws Failure, IOException {
    NodeConfig first = configs.getFirst();
    int n = first.members().size();
    boolean fit =
        all.stream().allMatch(node -> node >= 1 && node <= n)
            && configs.stream().allMatch(config -> all.contains(config.node()));
    if (!fit) {
      throw new Failure(
          ExitCode.USAGE,
          "--founders names no such nodes, or leaves out one that is named here.",
          "Name all nodes that are there, on each host the same.");
    }
    int fewest = NodeRebuild.fewest(first);
    if (all.size() < fewest) {
      throw new Failure(
          ExitCode.USAGE,
          "Only "
              + all.size()
              + " nodes would found the order, and "
              + fewest
              + " have to: with fewer, the others could have a leader in the old one.",
          "Name more of them with --founders, as many as are there.");
    }
  }

  /** Before a node leaves its order: one that begins within the old one cannot go on. */
  static void checkNumber(long number, NodeCheck.Report report) throws Failure {
    long least = NodeRebuild.leastNumber(report);
    if (number < least || number > NodeRebuild.NUMBER_MAX) {
      throw new Failure(
          ExitCode.USAGE,
          "Order "
              + number
              + " does not begin behind what node "
              + report.node()
              + " has taken; nothing was touched.",
          "Take a --number from " + least + " to " + NodeRebuild.NUMBER_MAX + ".");
    }
  }

  private NodeCheck.Report checkDisk(NodeConfig config) throws Failure, IOException {
    NodeCheck.Report report = StoppedNodes.check(config, session().clock().instant(), speech());
    if (report.findings().count(Weight.CONTRADICTION) > 0) {
      throw new Failure(
          ExitCode.CONTRADICTORY,
          "Parts of node " + config.node() + " exclude each other; nothing was touched.",
          "Keep all of it, leave the node out with --founders, and see coffer node fsck.");
    }
    boolean damaged =
        report.findings().listed().stream()
            .filter(found -> found.weight() == Weight.DAMAGE)
            .map(Finding::repair)
            .anyMatch(
                repair -> repair == RepairAction.BY_HAND || repair == RepairAction.STORE_ASIDE);
    if (damaged) {
      throw new Failure(
          ExitCode.DAMAGED,
          "Node "
              + config.node()
              + " is damaged, and not in its Raft log alone; nothing was touched.",
          "Run coffer node fsck and do what it says; a store that nothing can mend may be moved aside.");
    }
    return report;
  }

  private static void checkNeeded(NodeConfig config) throws Failure {
    if (StoppedNodes.listening(config) >= config.members().size() / 2 + 1) {
      throw new Failure(
          ExitCode.USAGE,
          "A majority of the nodes runs: its leader lets a node in that has lost its Raft log.",
          "Start the node. If the others have no leader, stop them first.");
    }
  }
}
