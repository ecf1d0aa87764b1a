package dev.coffer.verification.torture;

import dev.coffer.verification.torture.Disks.Stage;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.SplittableRandom;

/**
 * All processes of all nodes end at once. Which stage an entry has reached by then is chosen by
 * what is stopped first, and proved by what the disks hold: a cut that missed its stage is made
 * again, a few times, and then counts as not made. What a process had written stays, as it does
 * when a machine's battery lets the disk finish; what a disk loses is the simulation's part.
 */
final class PowerCuts {
  private static final int TRIES = 4;
  private static final long READY_MILLIS = 300_000;

  private final FleetOfProcesses fleet;
  private final Vault vault;
  private final SplittableRandom random;

  PowerCuts(FleetOfProcesses fleet, Vault vault, SplittableRandom random) {
    this.fleet = fleet;
    this.vault = vault;
    this.random = random;
  }

  private Fault cut(String name, Set<Stage> wanted, Fault.Step before, Fault.Step after) {
    return Fault.of(
        name,
        () -> {
          Set<Stage> reached = EnumSet.noneOf(Stage.class);
          for (int tries = 0; tries < TRIES; tries++) {
            if (tries > 0) {
              restart(after);
            }
            before.run();
            reached = blackout();
            if (reached.containsAll(wanted)) {
              return;
            }
          }
          throw new Fault.NotInjected(
              "after %d power cuts the disks do not show %s, but %s"
                  .formatted(TRIES, wanted, reached));
        },
        () -> {
          after.run();
          startAll();
        });
  }

  /** Ends everything and looks at what is left. */
  private Set<Stage> blackout() throws IOException, InterruptedException {
    // First all are struck, then all are waited for.
    fleet.nodes().forEach(NodeOnHost::strike);
    for (NodeOnHost node : fleet.nodes()) {
      node.kill();
    }
    List<Disks.Disk> disks = new ArrayList<>();
    for (NodeOnHost node : fleet.nodes()) {
      disks.add(fleet.lookAtDisk(node.index()));
    }
    // Asked last: an answer may have been on its way.
    Disks left = new Disks(disks, fleet.fleet().settings().q(), vault.places().newest());
    fleet.checkups().powerCut(left);
    return left.stages();
  }

  /** Everything runs and answers again, so that there is something to interrupt. */
  private void restart(Fault.Step after) throws IOException, InterruptedException {
    after.run();
    startAll();
    long answers = vault.answers();
    boolean back =
        fleet.awaitReady(READY_MILLIS)
            && Waiting.until(() -> vault.answers() > answers, READY_MILLIS);
    if (!back) {
      throw new Fault.NotInjected("the fleet did not come back for another try");
    }
    Waiting.pass(random.nextInt(500, 1_500));
  }

  private void startAll() throws IOException {
    for (NodeOnHost node : fleet.nodes()) {
      node.start();
    }
  }

  private void aWhile(int millisMin, int millisMax) throws InterruptedException {
    Waiting.pass(random.nextInt(millisMin, millisMax));
  }

  /** As many as a majority, the leader not among them: it goes on proposing. */
  private List<NodeOnHost> majorityOfFollowers() {
    int leader = fleet.leader();
    List<NodeOnHost> followers = new ArrayList<>(fleet.nodes());
    followers.removeIf(node -> node.index() == leader);
    Collections.shuffle(followers, new Random(random.nextLong()));
    return followers.subList(0, fleet.size() / 2 + 1);
  }

  /** At any moment. */
  Fault atOnce() {
    return cut("power cut of all", Set.of(), () -> aWhile(1, 100), () -> {});
  }

  /** Entries are proposed, and a majority of nodes takes no notice. */
  Fault beforeCommit() {
    return cut(
        "power cut of all while a majority without the leader stands still",
        Set.of(Stage.PROPOSED),
        () -> {
          for (NodeOnHost node : majorityOfFollowers()) {
            node.pauseNode();
          }
          aWhile(100, 500);
        },
        () -> {});
  }

  /** Entries are committed, and captured by fewer HSMs than a quorum. */
  Fault beforeCertificate() {
    return cut(
        "power cut of all while a majority of HSMs without the leader's stands still",
        Set.of(Stage.CAPTURED),
        () -> {
          for (NodeOnHost node : majorityOfFollowers()) {
            node.pauseHsm();
          }
          aWhile(100, 500);
        },
        () -> {});
  }

  /** Entries are committed, and captured by no HSM: the order goes on for a moment without them. */
  Fault hsmsFirst() {
    return cut(
        "power cut of all, HSMs first",
        Set.of(Stage.ORDERED),
        () -> {
          fleet.pauseHsms();
          aWhile(30, 200);
        },
        () -> {});
  }

  /** HSMs do what their nodes have asked for, and the nodes do not hear of it any more. */
  Fault nodesFirst() {
    return cut(
        "power cut of all, nodes first",
        Set.of(Stage.HSM_AHEAD),
        () -> {
          List<Long> hsms = fleet.pauseHsms();
          aWhile(30, 200);
          fleet.nodes().forEach(NodeOnHost::strikeNode);
          fleet.resume(hsms);
        },
        () -> {});
  }

  /** Everything is done, and no client hears of it. */
  Fault beforeAnswer() {
    return cut(
        "power cut of all while clients hear nobody",
        Set.of(Stage.CERTIFIED),
        () -> {
          for (NodeOnHost node : fleet.nodes()) {
            fleet.hosts().cut(node.index(), 0);
          }
          aWhile(100, 500);
        },
        () -> {
          for (NodeOnHost node : fleet.nodes()) {
            fleet.hosts().mend(node.index(), 0);
          }
        });
  }
}
