package dev.coffer.verification.torture;

import java.io.IOException;
import java.util.List;
import java.util.SplittableRandom;

/**
 * All processes of all nodes end at once. Which stage an entry has reached by then is chosen by
 * what is stopped first. What a process had written stays, as it does when a machine's battery lets
 * the disk finish; what a disk loses is the simulation's part.
 */
final class PowerCuts {
  private final FleetOfProcesses fleet;
  private final SplittableRandom random;

  PowerCuts(FleetOfProcesses fleet, SplittableRandom random) {
    this.fleet = fleet;
    this.random = random;
  }

  private Fault cut(String name, Fault.Step before) {
    return Fault.of(
        name,
        () -> {
          before.run();
          // First all are struck, then all are waited for.
          fleet.nodes().forEach(NodeOnHost::strike);
          for (NodeOnHost node : fleet.nodes()) {
            node.kill();
          }
        },
        this::startAll);
  }

  private void startAll() throws IOException {
    for (NodeOnHost node : fleet.nodes()) {
      node.start();
    }
  }

  private void aWhile(int millisMax) throws InterruptedException {
    Waiting.pass(random.nextInt(1, millisMax));
  }

  /** At any moment. */
  Fault atOnce() {
    return cut("power cut of all", () -> aWhile(100));
  }

  /** Entries are proposed, and a majority of nodes takes no notice. */
  Fault beforeCommit(List<Integer> majority) {
    return cut(
        "power cut of all while nodes " + majority + " stand still: proposed, not committed",
        () -> {
          for (int node : majority) {
            fleet.node(node).pauseNode();
          }
          aWhile(400);
        });
  }

  /** Entries are committed, and captured by fewer HSMs than a quorum. */
  Fault beforeCertificate(List<Integer> majority) {
    return cut(
        "power cut of all while HSMs " + majority + " stand still: ordered, not certified",
        () -> {
          for (int node : majority) {
            fleet.node(node).pauseHsm();
          }
          aWhile(400);
        });
  }

  /** HSMs end before their nodes, or after them: either may be ahead of the other. */
  Fault staggered(boolean hsmsFirst) {
    return cut(
        "power cut of all, " + (hsmsFirst ? "HSMs" : "nodes") + " first",
        () -> {
          for (NodeOnHost node : fleet.nodes()) {
            if (hsmsFirst) {
              node.strikeHsm();
            } else {
              node.strikeNode();
            }
            aWhile(15);
          }
        });
  }

  /** Everything is done, and no client hears of it. */
  Fault beforeAnswer() {
    Fault fault =
        cut(
            "power cut of all while clients hear nobody: certified, not answered",
            () -> {
              for (NodeOnHost node : fleet.nodes()) {
                fleet.hosts().cut(node.index(), 0);
              }
              aWhile(400);
            });
    return Fault.of(
        fault.name(),
        fault::inject,
        () -> {
          for (NodeOnHost node : fleet.nodes()) {
            fleet.hosts().mend(node.index(), 0);
          }
          fault.heal();
        });
  }
}
