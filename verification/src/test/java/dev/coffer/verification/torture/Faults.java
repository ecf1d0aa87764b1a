package dev.coffer.verification.torture;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

/** Makes a fault of each kind from one seeded generator. One thread. */
final class Faults {
  private static final long DAY = 86_400;

  private final FleetOfProcesses fleet;
  private final SplittableRandom random;
  private final PowerCuts cuts;
  private final DiskFaults disks;

  Faults(FleetOfProcesses fleet, Vault vault, SplittableRandom random) {
    this.fleet = fleet;
    this.random = random;
    this.cuts = new PowerCuts(fleet, vault, random);
    this.disks = new DiskFaults(fleet, random);
  }

  /** Kinds that this machine has the means for. */
  static List<FaultKind> possible() {
    List<FaultKind> kinds = new ArrayList<>(List.of(FaultKind.values()));
    if (!NodeOnHost.clocksMove()) {
      kinds.removeAll(List.of(FaultKind.CLOCK_AHEAD, FaultKind.CLOCK_BEHIND));
    }
    return kinds;
  }

  /** A fault of that kind. */
  Fault draw(FaultKind kind) {
    return switch (kind) {
      case KILL_NODE -> kill(List.of(any()));
      case KILL_LEADER -> kill(List.of(leader()));
      case KILL_TWO -> kill(some(2));
      case KILL_JVM -> killJvm(any());
      case KILL_HSM -> killHsm(any());
      case PAUSE_NODE -> pause(any());
      case PAUSE_LEADER -> pause(leader());
      case PAUSE_HSM -> pauseHsm(any());
      case CUT_ONE_WAY -> cutOneWay();
      case CUT_OUTGOING -> cut("nobody hears node ", any(), true);
      case CUT_INCOMING -> cut("deaf node ", any(), false);
      case CUT_ANSWERS -> cutAnswers();
      case ISOLATE_LEADER -> split(List.of(leader()));
      case SPLIT_TWO_THREE -> split(some(2));
      case SPLIT_NO_MAJORITY -> splitThreeWays();
      case SLOW_LINK -> slow(some(1), random.nextInt(64, 512));
      case SLOW_LINKS -> slow(all(), random.nextInt(512, 2_048));
      case DISK_LOW -> disks.fill(any(), random.nextInt(2, 16));
      case DISK_FULL -> disks.fill(any(), 0);
      case CLOCK_AHEAD -> clock(any(), random.nextLong(1, 40) * DAY);
      case CLOCK_BEHIND -> clock(any(), -random.nextLong(1, 40) * DAY);
      case ROLLING_RESTART -> rollingRestart();
      case LOSE_STORE -> disks.lose(any(), List.of("store"));
      case LOSE_RAFT -> disks.lose(any(), List.of("raft"));
      case LOSE_ALL_BUT_HSM ->
          disks.lose(any(), List.of("store", "raft", "voter.properties", "ballast"));
      case LOSE_ORDER -> disks.loseOrder(some(3), all());
      case TORN_RAFT_TAIL -> disks.tearRaft(any());
      case TORN_STORE_TAIL -> disks.tearStore(any());
      case LONG_ABSENCE -> disks.absent(any());
      case POWER_CUT -> cuts.atOnce();
      case POWER_CUT_BEFORE_COMMIT -> cuts.beforeCommit();
      case POWER_CUT_BEFORE_CERTIFICATE -> cuts.beforeCertificate();
      case POWER_CUT_HSMS_FIRST -> cuts.hsmsFirst();
      case POWER_CUT_NODES_FIRST -> cuts.nodesFirst();
      case POWER_CUT_BEFORE_ANSWER -> cuts.beforeAnswer();
    };
  }

  private int any() {
    return random.nextInt(1, fleet.size() + 1);
  }

  private List<Integer> all() {
    return IntStream.rangeClosed(1, fleet.size()).boxed().toList();
  }

  private List<Integer> some(int count) {
    List<Integer> nodes = new ArrayList<>(all());
    Collections.shuffle(nodes, new Random(random.nextLong()));
    return List.copyOf(nodes.subList(0, count));
  }

  /** The leader now, which is the one thing that the seed does not decide. */
  private int leader() {
    int leader = fleet.leader();
    return leader == 0 ? any() : leader;
  }

  private Fault kill(List<Integer> nodes) {
    return Fault.of(
        "kill -9 of nodes " + nodes + " with their HSMs",
        () -> {
          nodes.forEach(node -> fleet.node(node).strike());
          for (int node : nodes) {
            fleet.node(node).kill();
          }
        },
        () -> {
          for (int node : nodes) {
            fleet.node(node).start();
          }
        });
  }

  private Fault killJvm(int node) {
    return Fault.of(
        "kill -9 of node " + node + " without its HSM",
        () -> fleet.node(node).strikeNode(),
        () -> {
          fleet.node(node).kill();
          fleet.node(node).start();
        });
  }

  private Fault killHsm(int node) {
    return Fault.of(
        "kill -9 of HSM " + node,
        () -> fleet.node(node).strikeHsm(),
        () -> fleet.node(node).start());
  }

  private Fault pause(int node) {
    return Fault.of(
        "node " + node + " stands still",
        () -> fleet.node(node).pauseNode(),
        () -> fleet.node(node).resume());
  }

  private Fault pauseHsm(int node) {
    return Fault.of(
        "HSM " + node + " stands still",
        () -> fleet.node(node).pauseHsm(),
        () -> fleet.node(node).resume());
  }

  private Fault cutOneWay() {
    List<Integer> two = some(2);
    return Fault.of(
        "node " + two.get(1) + " does not hear node " + two.get(0),
        () -> fleet.hosts().cut(two.get(0), two.get(1)),
        () -> fleet.hosts().mend(two.get(0), two.get(1)));
  }

  /** One direction of all that a node has to do with the other nodes; clients reach it. */
  private Fault cut(String what, int node, boolean outgoing) {
    return Fault.of(
        what + node,
        () -> {
          for (int other : all()) {
            if (other != node) {
              fleet.hosts().cut(outgoing ? node : other, outgoing ? other : node);
            }
          }
        },
        this::mendAll);
  }

  private Fault cutAnswers() {
    List<Integer> nodes = some(3);
    return Fault.of(
        "clients do not hear nodes " + nodes,
        () -> {
          for (int node : nodes) {
            fleet.hosts().cut(node, 0);
          }
        },
        this::mendAll);
  }

  private Fault split(List<Integer> some) {
    return Fault.of(
        "nodes " + some + " and the others do not hear each other",
        () -> {
          for (int node : some) {
            for (int other : all()) {
              if (!some.contains(other)) {
                part(node, other);
              }
            }
          }
        },
        this::mendAll);
  }

  private Fault splitThreeWays() {
    List<Integer> order = some(fleet.size());
    return Fault.of(
        "no majority hears each other: " + order + " in twos",
        () -> {
          for (int i = 0; i < order.size(); i++) {
            for (int j = i + 1; j < order.size(); j++) {
              if (i / 2 != j / 2) {
                part(order.get(i), order.get(j));
              }
            }
          }
        },
        this::mendAll);
  }

  private void part(int a, int b) throws IOException, InterruptedException {
    fleet.hosts().cut(a, b);
    fleet.hosts().cut(b, a);
  }

  private void mendAll() throws InterruptedException {
    for (int from = 0; from <= fleet.size(); from++) {
      for (int to = 0; to <= fleet.size(); to++) {
        if (from != to) {
          fleet.hosts().mend(from, to);
        }
      }
    }
  }

  private Fault slow(List<Integer> nodes, int kilobits) {
    return Fault.of(
        "nodes " + nodes + " send at " + kilobits + " kbit/s",
        () -> {
          for (int node : nodes) {
            fleet.hosts().slow(node, kilobits);
          }
        },
        () -> {
          for (int node : nodes) {
            fleet.hosts().hurry(node);
          }
        });
  }

  /** The date jumps while node and HSM run; both are started anew to have a clock that can. */
  private Fault clock(int node, long seconds) {
    NodeOnHost host = fleet.node(node);
    return Fault.of(
        "the clock of node " + node + " jumps by " + seconds / DAY + " days",
        () -> {
          host.kill();
          host.fakeClock(true);
          host.start();
          Waiting.until(host::ready, 30_000);
          host.jump(seconds);
          Waiting.pass(4_000);
        },
        () -> {
          host.kill();
          host.fakeClock(false);
          host.start();
        });
  }

  private Fault rollingRestart() {
    return Fault.of(
        "rolling restart",
        () -> {
          for (int node : some(fleet.size())) {
            fleet.node(node).stop();
            fleet.node(node).start();
            if (!fleet.awaitReady(120_000)) {
              return;
            }
          }
        },
        () -> {});
  }
}
