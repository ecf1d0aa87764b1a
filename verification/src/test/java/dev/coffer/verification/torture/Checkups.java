package dev.coffer.verification.torture;

import dev.coffer.files.SettingMistake;
import dev.coffer.node.NodeCheck;
import dev.coffer.node.NodeConfig;
import dev.coffer.node.check.Finding;
import dev.coffer.node.check.Progress;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * What {@code coffer node fsck} says of the disks of nodes that were killed: nothing may be damaged
 * and nothing contradict. One thread.
 */
final class Checkups {
  private static final long GONE_MILLIS = 60_000;

  private final List<String> faults = new ArrayList<>();
  private final Map<Disks.Stage, Integer> reached = new EnumMap<>(Disks.Stage.class);
  private final List<String> repaired = new ArrayList<>();
  private int done;
  private int powerCuts;

  /**
   * Looks at one node that is down.
   *
   * @param home where its configuration is
   */
  Disks.Disk look(int node, Path home) throws IOException, InterruptedException {
    NodeConfig config;
    try {
      config = NodeConfig.read(home.resolve("config.properties"));
    } catch (SettingMistake e) {
      throw new IOException("node " + node + " has no configuration", e);
    }
    NodeCheck.Report report = check(config);
    done++;
    for (Finding finding : report.findings().listed()) {
      if (finding.weight() != Finding.Weight.NOTE) {
        faults.add(
            "the disk of node %d, after it was killed: %s: %s: %s"
                .formatted(node, finding.weight(), finding.where(), finding.what()));
      }
    }
    if (report.partitions().size() != 1) {
      throw new IOException("the check of node " + node + " ended early: " + faults);
    }
    NodeCheck.Partition stands = report.partitions().getFirst();
    return new Disks.Disk(
        RaftLog.operations(config.raftDirectory()),
        stands.ordered(),
        stands.k(),
        stands.certified(),
        stands.hsm());
  }

  /** An HSM whose node was killed may take a moment to notice. */
  private static NodeCheck.Report check(NodeConfig config)
      throws IOException, InterruptedException {
    long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(GONE_MILLIS);
    while (true) {
      try {
        return NodeCheck.check(config, Instant.now(), Progress.NONE);
      } catch (NodeCheck.Running e) {
        if (System.nanoTime() - deadline > 0) {
          throw new IOException("it was killed, and still runs: " + e.getMessage(), e);
        }
        Waiting.pass(100);
      }
    }
  }

  /** Notes what only {@code coffer node repair} could put right. */
  void repaired(String what) {
    repaired.add(what);
  }

  /** Notes what a power cut left. */
  void powerCut(Disks disks) {
    powerCuts++;
    disks.stages().forEach(stage -> reached.merge(stage, 1, Integer::sum));
  }

  /** What the disks of killed nodes should not hold. */
  List<String> faults() {
    return List.copyOf(faults);
  }

  /** Disks looked at. */
  int done() {
    return done;
  }

  /** Power cuts that left an entry at a stage. */
  Map<Disks.Stage, Integer> reached() {
    return Collections.unmodifiableMap(reached);
  }

  /** For people. */
  List<String> lines() {
    List<String> lines = new ArrayList<>();
    lines.add(
        "disks checked after a node was killed: "
            + done
            + (faults.isEmpty() ? ", none damaged" : ""));
    repaired.forEach(what -> lines.add("put right by coffer node repair: " + what));
    if (powerCuts > 0) {
      lines.add("power cuts: " + powerCuts + "; what the disks showed, and how often:");
      for (Disks.Stage stage : Disks.Stage.values()) {
        lines.add("  %-72s %d".formatted(stage.words(), reached.getOrDefault(stage, 0)));
      }
    }
    return lines;
  }
}
