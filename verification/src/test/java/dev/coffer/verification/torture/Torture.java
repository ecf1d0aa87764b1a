package dev.coffer.verification.torture;

import dev.coffer.lab.local.DevelopmentIssuer;
import dev.coffer.protocol.crypto.Randomness;
import java.io.IOException;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/** One run: a fleet, a load, one fault after another, and the reckoning. One thread. */
final class Torture implements AutoCloseable {
  private static final int NODES = 5;
  private static final long WHOLE_MILLIS = 600_000;
  private static final long END_MILLIS = 180_000;

  /** Nodes are down, and nobody has touched their disks; other kinds look themselves. */
  private static final Set<FaultKind> UNTOUCHED =
      EnumSet.of(
          FaultKind.KILL_NODE,
          FaultKind.KILL_LEADER,
          FaultKind.KILL_TWO,
          FaultKind.KILL_JVM,
          FaultKind.LONG_ABSENCE);

  private final Plan plan;
  private final Consumer<String> progress;
  private final SplittableRandom random;
  private final Hosts hosts;
  private final NodeHomes homes;
  private final FleetOfProcesses fleet;
  private final DevelopmentIssuer issuer;
  private final Vault vault;
  private final FailOver failOver;
  private final Map<FaultKind, Integer> injected = new EnumMap<>(FaultKind.class);
  private final List<String> troubles = new ArrayList<>();
  private final long began = System.nanoTime();

  /**
   * What to do.
   *
   * @param minutes of faults; the reckoning comes after
   * @param faultsMax after which it ends earlier
   * @param kinds that are drawn, each once before any twice
   * @param failOvers rounds of killing the leader that are measured
   * @param accounts that are busy at the same time
   */
  record Plan(
      double minutes,
      int faultsMax,
      long seed,
      List<FaultKind> kinds,
      int failOvers,
      int accounts) {
    Plan {
      kinds = List.copyOf(kinds);
    }
  }

  private Torture(
      Plan plan, Consumer<String> progress, Hosts hosts, NodeHomes homes, FleetOfProcesses fleet)
      throws IOException {
    this.plan = plan;
    this.progress = progress;
    this.random = new SplittableRandom(plan.seed());
    this.hosts = hosts;
    this.homes = homes;
    this.fleet = fleet;
    this.issuer = DevelopmentIssuer.open(homes.directory().resolve("issuer"), Clock.systemUTC());
    this.vault = new Vault(fleet, issuer, Randomness.system());
    this.failOver = new FailOver(fleet, vault);
  }

  /** Founds a fleet on hosts of its own and starts it. */
  static Torture found(Plan plan, FleetOfProcesses.JavaProgram java, Consumer<String> progress)
      throws IOException, InterruptedException {
    Hosts hosts = Hosts.make(NODES);
    NodeHomes homes = NodeHomes.make(NODES);
    FleetOfProcesses.JavaProgram own = Programs.kept(java, homes.directory());
    FleetOfProcesses fleet = FleetOfProcesses.found(hosts, homes, own, Randomness.system());
    return new Torture(plan, progress, hosts, homes, fleet);
  }

  private void say(String what) {
    long seconds = TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - began);
    progress.accept("[%4d s] %s".formatted(seconds, what));
  }

  /** All of it. */
  TortureResult run() throws IOException, InterruptedException {
    for (NodeOnHost node : fleet.nodes()) {
      node.start();
    }
    if (!fleet.awaitReady(WHOLE_MILLIS)) {
      fleet.lastWords().forEach(this::say);
      throw new IOException("the fleet does not start");
    }
    say("five nodes serve");
    if (plan.failOvers() > 0) {
      // Before the load, which keeps a small machine so busy that it would be what is measured.
      measureFailOver();
    }
    List<Account> accounts = new ArrayList<>();
    try (Load load = new Load(vault, plan.accounts(), random.split())) {
      faults();
      boolean ended = load.end(END_MILLIS);
      if (!ended) {
        troubles.add("some devices were still waiting three minutes after the last fault");
      }
      accounts.addAll(load.accounts());
      accounts.addAll(failOver.accounts());
    }
    say("asking all " + accounts.size() + " accounts, then judging their histories");
    Audit.Result audit = new Audit(vault, accounts).run();
    return new TortureResult(
        plan,
        TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - began),
        injected,
        audit,
        vault.places().entries(),
        fleet.endedByThemselves(),
        failOver.millis(),
        fleet.checkups(),
        troubles);
  }

  private void measureFailOver() throws IOException, InterruptedException {
    failOver.prepare();
    for (int round = 1; round <= plan.failOvers() && troubles.isEmpty(); round++) {
      say("fail-over " + round + ": " + failOver.round() + " ms");
      wholeAgain("after a fail-over");
    }
  }

  private void faults() throws IOException, InterruptedException {
    long end = System.nanoTime() + (long) (plan.minutes() * TimeUnit.MINUTES.toNanos(1));
    Faults faults = new Faults(fleet, vault, random.split());
    List<FaultKind> deck = new ArrayList<>();
    // There has to be something to interrupt.
    boolean busy = Waiting.until(() -> vault.answers() > plan.accounts(), WHOLE_MILLIS);
    if (!busy) {
      troubles.add("no client was answered before the first fault");
    }
    for (int i = 0; i < plan.faultsMax(); i++) {
      if (System.nanoTime() - end > 0 || !troubles.isEmpty()) {
        return;
      }
      if (deck.isEmpty()) {
        deck.addAll(plan.kinds());
        Collections.shuffle(deck, new Random(random.nextLong()));
      }
      fault(deck.removeLast(), faults);
    }
  }

  private void fault(FaultKind kind, Faults faults) throws IOException, InterruptedException {
    Fault fault = faults.draw(kind);
    int lasts = random.nextInt(500, 5_000);
    say(kind.words() + ": " + fault.name());
    long answers = vault.answers();
    try {
      fault.inject();
      injected.merge(kind, 1, Integer::sum);
    } catch (Fault.NotInjected e) {
      say("    not done, and not counted: " + e.getMessage());
    }
    Waiting.until(supervising(), lasts);
    if (UNTOUCHED.contains(kind)) {
      for (NodeOnHost node : fleet.nodes()) {
        if (node.down()) {
          Disks.Disk ignored = fleet.lookAtDisk(node.index());
        }
      }
    }
    fault.heal();
    wholeAgain("after " + kind.words());
    fleet.lastWords().forEach(said -> say("    " + said));
    long healed = vault.answers();
    if (!Waiting.until(() -> vault.answers() > healed, WHOLE_MILLIS)) {
      troubles.add("no client was answered any more after " + kind.words());
    }
    say("    whole again; " + (vault.answers() - answers) + " answers since");
  }

  /** Never true: keeps an eye on the nodes while a fault lasts. */
  private BooleanSupplier supervising() {
    return () -> {
      try {
        fleet.supervise();
        return false;
      } catch (IOException e) {
        throw new java.io.UncheckedIOException(e);
      }
    };
  }

  private void wholeAgain(String when) throws InterruptedException {
    if (!fleet.awaitReady(WHOLE_MILLIS)) {
      List<Integer> late =
          fleet.nodes().stream().filter(node -> !node.ready()).map(NodeOnHost::index).toList();
      troubles.add("nodes " + late + " did not come back " + when);
      say("nodes " + late + " did not come back");
    }
  }

  /** Where the nodes' logs are, as long as this is open. */
  String directory() {
    return homes.directory().toString();
  }

  @Override
  public void close() {
    fleet.close();
    issuer.close();
    homes.close();
    hosts.close();
  }
}
