package dev.coffer.analysis.world;

import dev.coffer.hsm.harness.MemoryPlatform;
import dev.coffer.hsm.harness.TestClient;
import dev.coffer.hsm.harness.TestFleet;
import dev.coffer.hsm.harness.TestIssuer;
import dev.coffer.node.SimulatedNode;
import dev.coffer.node.core.CertificateArchive;
import dev.coffer.node.order.SimulatedOrderer;
import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.codec.Rejected;
import dev.coffer.protocol.crypto.Randomness;
import dev.coffer.protocol.fleet.Fleet;
import dev.coffer.protocol.fleet.FleetSettings;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.function.BooleanSupplier;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A whole fleet on one seed. {@link #run} lets everything go wrong for some simulated seconds,
 * heals it all, and then demands that the right code recovers every account, unless hosts or disks
 * broke the chain for good, which the world must be able to show.
 */
final class World {
  /** How a world ended. */
  record Verdict(
      Setting setting,
      Bytes trace,
      int mostGuesses,
      String end,
      TreeMap<String, Long> faults,
      TreeMap<String, Long> doings) {
    /** The end without particulars. */
    String ending() {
      return end.replaceAll("^stopped: .* after ", "stopped after ").replaceAll(" ?[0-9]+", "");
    }
  }

  /** So much breaks here that nodes would log for ever: {@code -Dworld.log=true} lets them. */
  private static final Logger NODES = Logger.getLogger("dev.coffer.node");

  private static final long TICK = 10_000;
  private static final long REST = 20_000_000;
  private static final long STEP = 100_000;

  /** How long a deposed leader may think that it leads, at most. */
  private static final long DELUSION = 1_500_000;

  /** How often somebody looks whether the leader is still there. */
  private static final long ELECTION = 200_000;

  private final Setting setting;
  private final Chance chance;
  private final Loop loop = new Loop();
  private final Diary diary = new Diary(loop);
  private final Wires wires;
  private final TestIssuer issuer = new TestIssuer(7);
  private final TestFleet vault;
  private final SessionKeys sessionKeys;
  private final Ledger ledger;
  private final Attackers attackers;
  private final Traitors traitors;
  private final Troubles troubles = new Troubles(this);
  private final Post post;
  private final SimulatedOrderer orderer;
  private final List<Host> hosts = new ArrayList<>();
  private final List<Device> devices = new ArrayList<>();
  private final List<Thief> thieves = new ArrayList<>();
  private final Registrations registrations;
  private final List<String> forks = new ArrayList<>();
  private final List<String> losses = new ArrayList<>();
  private final Set<Integer> untrusted = new TreeSet<>();
  private final Randomness randomness;
  private final CertificateArchive archive;
  private Fibre running;
  private boolean forgetful;
  private boolean healed;

  World(long seed) {
    this(Setting.of(seed));
  }

  World(Setting setting) {
    NODES.setLevel(Boolean.getBoolean("world.log") ? Level.FINE : Level.OFF);
    this.setting = setting;
    this.chance = new Chance(setting.seed());
    this.wires = new Wires(loop, chance, diary, setting.lossPermille());
    this.orderer = new SimulatedOrderer(setting.seed());
    this.randomness = MemoryPlatform.seeded(setting.seed());
    FleetSettings settings =
        new FleetSettings(
            setting.n(),
            setting.q(),
            setting.limit(),
            1,
            List.of(issuer.tenant()),
            setting.replaceByLogin(),
            false);
    try {
      this.vault = TestFleet.silent(settings, issuer);
    } catch (Rejected e) {
      throw new IllegalStateException(e);
    }
    this.archive = SimulatedNode.archive(vault.fleet());
    this.registrations = new Registrations(vault.fleet().id());
    this.sessionKeys = new SessionKeys(vault);
    this.ledger = new Ledger(setting, vault.fleet(), sessionKeys, diary);
    this.attackers = new Attackers(this);
    this.traitors = new Traitors(this, vault);
    this.post = new Post(this);
    for (int i = 1; i <= setting.n(); i++) {
      hosts.add(new Host(this, i, new Machine(vault.host(i), this)));
    }
  }

  Setting setting() {
    return setting;
  }

  Chance chance() {
    return chance;
  }

  Loop loop() {
    return loop;
  }

  Diary diary() {
    return diary;
  }

  Wires wires() {
    return wires;
  }

  Fleet fleet() {
    return vault.fleet();
  }

  /** Who logs people in. */
  TestIssuer issuer() {
    return issuer;
  }

  Registrations registrations() {
    return registrations;
  }

  SessionKeys sessionKeys() {
    return sessionKeys;
  }

  Ledger ledger() {
    return ledger;
  }

  Post post() {
    return post;
  }

  Traitors traitors() {
    return traitors;
  }

  Attackers attackers() {
    return attackers;
  }

  SimulatedOrderer orderer() {
    return orderer;
  }

  List<Host> hosts() {
    return hosts;
  }

  boolean healed() {
    return healed;
  }

  boolean hostile(int node) {
    return !healed && setting.hostile().contains(node);
  }

  /** Something happened that can break the chain for good. */
  void forked(String why) {
    forks.add(why);
    diary.fault("fork");
  }

  /** Whether some nodes may have taken what the order does not hold any more. */
  boolean hasForgotten() {
    return forgetful;
  }

  /** The order has lost what it had committed. */
  void forgot() {
    forgetful = true;
    forked("the order lost committed entries");
  }

  boolean hasForked() {
    return !forks.isEmpty();
  }

  /** A node gave its chain up: only a fork excuses that. */
  void stopped(int node, String why) {
    diary.note("node " + node + " stops: " + why);
    BrokenPromise.unless(
        !forks.isEmpty() || !untrusted.isEmpty(),
        "liveness",
        "node " + node + " stops without need: " + why);
  }

  /** An HSM forgot or lied: from then on it may count as absent. */
  void untrusted(int hsm) {
    untrusted.add(hsm);
    if (setting.n() - untrusted.size() < setting.q()) {
      forks.add("too many HSMs were corrupted");
    }
  }

  /** A node came to an empty disk. */
  void storeLost() {
    diary.fault("store lost");
    losses.add("a store was lost");
  }

  Set<Integer> untrusted() {
    return untrusted;
  }

  /** Host {@code index}, from 1. */
  Host host(int index) {
    return hosts.get(index - 1);
  }

  /** What nodes keep for ever, of which no world lasts long enough to see any. */
  CertificateArchive archive() {
    return archive;
  }

  /** What is random in nodes. */
  Randomness randomness() {
    return randomness;
  }

  /** The node's thread that runs now; null while none does. */
  Fibre running() {
    return running;
  }

  /** Lets a thread go on until it waits. */
  void baton(Fibre fibre, Runnable go) {
    Fibre before = running;
    running = fibre;
    try {
      go.run();
    } finally {
      running = before;
    }
  }

  // A run
  // ----------------------------------------------------------------------------------------------

  /** On a light thread, as nodes are: so that the baton goes from hand to hand quickly. */
  Verdict run() {
    FutureTask<Verdict> whole = new FutureTask<>(this::live);
    Thread.ofVirtual().name("world " + setting.seed()).start(whole);
    try {
      return whole.get();
    } catch (ExecutionException e) {
      throw new IllegalStateException(String.valueOf(e.getCause().getMessage()), e.getCause());
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private Verdict live() {
    try {
      begin();
      loop.runUntil(setting.micros());
      heal();
      String end = settle();
      return new Verdict(
          setting, diary.hash(), ledger.mostGuesses(), end, diary.faults(), diary.doings());
    } catch (RuntimeException | AssertionError | BrokenPromise e) {
      throw new IllegalStateException(
          e
              + "\n  world: "
              + setting
              + "\n  the end of it:\n  "
              + diary.tail()
              + "\n"
              + stories()
              + "\n  "
              + diary.doings(),
          e);
    } finally {
      hosts.forEach(host -> host.life().reap());
      devices.forEach(device -> device.life().reap());
      closeArchive();
    }
  }

  private void closeArchive() {
    try {
      archive.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private String stories() {
    StringBuilder all = new StringBuilder("  node " + orderer.leader() + " leads, ordered ");
    all.append(orderer.size());
    hosts.forEach(host -> all.append("\n  ").append(Story.of(host)));
    return all.toString();
  }

  private void begin() {
    for (Host host : hosts) {
      every(TICK, chance.below((int) TICK), host::tick);
    }
    every(2_000, 0, orderer::step);
    every(DELUSION, DELUSION, orderer::undeceive);
    every(ELECTION, ELECTION, troubles::elect);
    every(400_000, 1_500_000, troubles::somethingBreaks);
    if (!setting.hostile().isEmpty()) {
      every(40_000, 500_000, this::somebodyStrikes);
    }
    if (!setting.traitors().isEmpty()) {
      every(60_000, 700_000, traitors::strike);
    }
    every(300_000, 900_000, this::somebodysAppEnds);
    for (int account = 0; account < setting.accounts(); account++) {
      String name = "account" + account;
      Person person = new Person(name);
      device(person, "phone of " + name, 10L * account).later(300_000);
      if (chance.oneIn(3)) {
        device(person, "tablet of " + name, 10L * account + 2).later(1_000_000);
      }
      if (chance.oneIn(2)) {
        TestClient program =
            new TestClient(vault, name, setting.seed() * 1_000 + 10L * account + 1);
        Thief thief = new Thief(this, program, "thief of " + name);
        thieves.add(thief);
        thief.later(2_000_000);
      }
    }
  }

  private Device device(Person person, String name, long seed) {
    Device device = new Device(this, person, name, seed);
    devices.add(device);
    return device;
  }

  private void somebodysAppEnds() {
    if (!healed && chance.oneIn(2)) {
      chance.of(devices).crash();
    }
  }

  private void every(long micros, long first, Runnable what) {
    loop.after(
        micros + first,
        () -> {
          what.run();
          every(micros, 0, what);
        });
  }

  private void somebodyStrikes() {
    for (int node : setting.hostile()) {
      if (hostile(node) && chance.oneIn(4)) {
        attackers.strike(hosts.get(node - 1));
      }
    }
  }

  private void heal() {
    healed = true;
    wires.heal();
    orderer.lead(orderer.leader());
    diary.note("all heals");
    restUntil(() -> hosts.stream().allMatch(Host::quiet) && allIdle());
  }

  private boolean allIdle() {
    return devices.stream().allMatch(Device::idle) && thieves.stream().allMatch(Thief::idle);
  }

  /** Lets time pass until something holds, but not for ever. */
  private void restUntil(BooleanSupplier holds) {
    long end = loop.now() + REST;
    while (loop.now() < end && !holds.getAsBoolean()) {
      loop.runUntil(loop.now() + STEP);
    }
  }

  private String settle() {
    if (setting.oneChain()) {
      ledger.newestCertified().ifPresent(ledger::nothingLost);
    }
    if (ledger.forked()) {
      // Which of the two chains an account lives on now is the hosts' choice.
      diary.done("chains that were both certified");
      return "two certified chains";
    }
    Ending ending = new Ending(this);
    for (int account = 0; account < setting.accounts(); account++) {
      String name = "account" + account;
      String why = ending.whyStuck();
      ModelAccount model = model(name);
      Optional<Registrations.Stored> right =
          model.registration().map(live -> registrations.of(live.ownerKey()));
      Person person = Person.knowing(name, right.map(Registrations.Stored::code).orElse("no code"));
      Device device = device(person, "new device of " + name, 10L * account + 5);
      device.recoverOnce();
      restUntil(() -> !device.verdict().isEmpty());
      Optional<String> excuse = Stream.concat(forks.stream(), losses.stream()).findFirst();
      if (device.verdict().isEmpty() && !why.isEmpty() && excuse.isPresent()) {
        diary.done("chains stopped for good");
        return "stopped: " + why + " after " + excuse.get();
      }
      boolean dead = model.guessesLeft() == 0;
      String due = dead ? device.verdict() : "RECOVERED";
      BrokenPromise.unless(
          !device.verdict().isEmpty() && device.verdict().equals(due) && (!dead || gone(device)),
          "liveness",
          name + " ends " + device.verdict() + " instead of " + due + "; stuck: " + why);
      if (!dead) {
        BrokenPromise.unless(
            device.recovered().equals(right.orElseThrow().secret()),
            "INV-5",
            "another secret came back");
      }
    }
    nobodyLeftBehind();
    return "recovered";
  }

  /**
   * Every request has come to its certified end, unless forks have left too few HSMs to serve it;
   * and where nothing broke the chain every node stands at its newest certified entry.
   */
  private void nobodyLeftBehind() {
    restUntil(this::allIdle);
    String waiting =
        Stream.concat(
                devices.stream().filter(device -> !device.idle()),
                thieves.stream().filter(thief -> !thief.idle()))
            .map(Object::toString)
            .collect(Collectors.joining(", "));
    long newest = ledger.newestCertified().map(spot -> spot.values().k()).orElse(0L);
    // A registration, and the verdict that a code is wrong, take one HSM more than t that agrees.
    int needed = Math.max(setting.q(), setting.n() / 2 + 2);
    if (!waiting.isEmpty() && !forks.isEmpty() && new Ending(this).able(newest) < needed) {
      // Entries are certified with the help of HSMs whose evaluations are of no use.
      diary.done("devices that too few HSMs serve");
      return;
    }
    BrokenPromise.unless(
        waiting.isEmpty(), "liveness", waiting + " waits for ever after all healed");
    if (!forks.isEmpty() || !untrusted.isEmpty()) {
      return;
    }
    BooleanSupplier there = () -> hosts.stream().allMatch(host -> host.stands(newest));
    restUntil(there);
    hosts.forEach(host ->
        BrokenPromise.unless(
            host.stands(newest), "liveness", "node " + host.index() + " stays before " + newest));
  }

  private static boolean gone(Device device) {
    return device.verdict().equals("EXHAUSTED") || device.verdict().equals("NOT_REGISTERED");
  }

  private ModelAccount model(String account) {
    return ledger
        .newestCertified()
        .map(spot -> spot.accounts().getOrDefault(account, ModelAccount.NEVER))
        .orElse(ModelAccount.NEVER);
  }
}
