package dev.coffer.verification.world;

import dev.coffer.hsm.harness.MemoryNvram;
import dev.coffer.hsm.harness.TestClient;
import dev.coffer.hsm.harness.TestFleet;
import dev.coffer.hsm.harness.TestIssuer;
import dev.coffer.node.core.SteppedCore;
import dev.coffer.node.order.SimulatedOrderer;
import dev.coffer.protocol.account.RegistrationId;
import dev.coffer.protocol.chain.Entry;
import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.codec.Rejected;
import dev.coffer.protocol.fleet.Fleet;
import dev.coffer.protocol.fleet.FleetSettings;
import dev.coffer.protocol.port.HsmPort;
import dev.coffer.protocol.request.SealedMessage;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
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

  private record Stored(String code, Bytes secret, RegistrationId id) {}

  private static final long TICK = 10_000;
  private static final long REST = 20_000_000;
  private static final long STEP = 100_000;

  /** How long a deposed leader may think that it leads, at most. */
  private static final long DELUSION = 1_500_000;

  private final Setting setting;
  private final Chance chance;
  private final Loop loop = new Loop();
  private final Diary diary = new Diary(loop);
  private final Wires wires;
  private final TestFleet vault;
  private final Ledger ledger;
  private final Attackers attackers;
  private final SimulatedOrderer orderer;
  private final List<Host> hosts = new ArrayList<>();
  private final List<Client> users = new ArrayList<>();
  private final Map<Long, Client> calls = new HashMap<>();
  private final Map<Bytes, Stored> stored = new HashMap<>();
  private final List<String> forks = new ArrayList<>();
  private final List<String> losses = new ArrayList<>();
  private final Set<Integer> rolledBack = new TreeSet<>();
  private long lastCall;
  private boolean healed;

  World(long seed) {
    this(Setting.of(seed));
  }

  World(Setting setting) {
    this.setting = setting;
    this.chance = new Chance(setting.seed());
    this.wires = new Wires(loop, chance, diary, setting.lossPermille());
    this.orderer = new SimulatedOrderer(setting.seed());
    TestIssuer issuer = new TestIssuer(7);
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
    this.ledger = new Ledger(setting, vault.fleet(), diary);
    this.attackers = new Attackers(this);
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

  Ledger ledger() {
    return ledger;
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

  boolean hasForked() {
    return !forks.isEmpty();
  }

  /** A node gave its chain up: only a fork excuses that. */
  void stopped(int node, String why) {
    diary.note("node " + node + " stops: " + why);
    BrokenPromise.unless(
        !forks.isEmpty() || !rolledBack.isEmpty(),
        "liveness",
        "node " + node + " stops without need: " + why);
  }

  /** An HSM forgot: from then on it may count as absent. */
  void rolledBack(int hsm) {
    rolledBack.add(hsm);
    diary.fault("HSM memory rolled back");
    if (setting.n() - rolledBack.size() < setting.q()) {
      forks.add("too many memories were rolled back");
    }
  }

  /** A node came to an empty disk. */
  void storeLost() {
    diary.fault("store lost");
    losses.add("a store was lost");
  }

  Set<Integer> rolledBack() {
    return rolledBack;
  }

  /** What a registration holds, by its hash. */
  void stored(Bytes registrationHash, String code, Bytes secret, RegistrationId id) {
    stored.put(registrationHash, new Stored(code, secret, id));
  }

  /** From node to node. */
  void tell(int from, int to, Consumer<Host> what) {
    Host host = hosts.get(to - 1);
    wires.send(from, to, () -> host.deliver(() -> what.accept(host)));
  }

  /** A node whose HSM is away or silent lets another lead. */
  void yieldLead(int node) {
    if (orderer.leader() == node && chance.oneIn(10)) {
      orderer.member(node).handOver(1 + chance.below(setting.n()));
      diary.done("hand-overs");
    }
  }

  /** From a client to the node of the admitting HSM. */
  void post(Client client, SealedMessage message) {
    long call = ++lastCall;
    calls.put(call, client);
    int node = message.admittingIndex();
    Host host = hosts.get(node - 1);
    wires.send(0, node, () -> host.deliver(() -> admit(host, message, call)));
  }

  private void admit(Host host, SealedMessage message, long call) {
    try {
      HsmPort.Admission admission = host.hsm().admit(message);
      Entry.Item item =
          new Entry.Item(admission.treeKey(), message.admittingIndex(), admission.operation());
      attackers.saw(item);
      host.batching()
          .submit(new Batching.Submission(item, new SteppedCore.Waiting(host.index(), call)));
    } catch (Rejected e) {
      BrokenPromise.unless(false, "INV-8", "an honest message was not admitted: " + e.code());
    }
  }

  /** A hostile node shows a client something forged. */
  void lie(int node, long call, Reply reply) {
    Reply lie = attackers.lie(reply);
    wires.send(node, 0, () -> answered(call, lie));
  }

  void answered(long call, Reply reply) {
    Client client = calls.get(call);
    if (client != null) {
      client.answered(reply);
    }
  }

  // A run
  // ----------------------------------------------------------------------------------------------

  Verdict run() {
    try {
      begin();
      loop.runUntil(setting.micros());
      heal();
      String end = settle();
      return new Verdict(
          setting, diary.hash(), ledger.mostGuesses(), end, diary.faults(), diary.doings());
    } catch (RuntimeException | AssertionError e) {
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
    every(150_000, 2_000_000, this::somethingBreaks);
    if (!setting.hostile().isEmpty()) {
      every(40_000, 500_000, this::somebodyStrikes);
    }
    for (int account = 0; account < setting.accounts(); account++) {
      String name = "account" + account;
      user(name, name, 10L * account, false).later(300_000);
      if (chance.oneIn(2)) {
        user(name, "thief of " + name, 10L * account + 1, true).later(2_000_000);
      }
    }
  }

  private Client user(String account, String name, long seed, boolean thief) {
    TestClient device = new TestClient(vault, account, setting.seed() * 1_000 + seed);
    Client client = new Client(this, device, name, thief);
    users.add(client);
    return client;
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

  private void somethingBreaks() {
    if (healed) {
      return;
    }
    int node = 1 + chance.below(setting.n());
    Host host = hosts.get(node - 1);
    switch (chance.below(16)) {
      case 0 -> host.crash(true, chance.below(1_500_000));
      case 1 -> host.crash(false, chance.below(500_000));
      case 2 -> host.hsm().crash(chance.below(800_000));
      case 3 -> host.hsm().failNextWrite(MemoryNvram.Failing.BEFORE);
      case 4 -> host.hsm().failNextWrite(MemoryNvram.Failing.AFTER);
      case 5 -> isolate(node);
      case 6, 7 -> wires.toggle(node, 1 + chance.below(setting.n()));
      case 8 -> lead(node);
      case 9 -> host.deliver(() -> host.catchUp(0));
      case 10 -> rot(host);
      case 11 -> powerCut();
      case 12 -> slow();
      case 13 -> forget();
      default -> tamper();
    }
  }

  private void isolate(int node) {
    wires.isolate(node, true);
    loop.after(chance.below(2_000_000), () -> wires.isolate(node, false));
  }

  private void lead(int node) {
    diary.fault("leader changed");
    orderer.lead(node);
  }

  private void rot(Host host) {
    host.crash(false, 50_000);
    host.disk().rot();
  }

  private void powerCut() {
    diary.fault("power cut of all");
    hosts.forEach(host -> host.crash(true, chance.below(300_000)));
  }

  private void slow() {
    wires.slow(1 + chance.below(40));
    loop.after(1_000_000, () -> wires.slow(1));
  }

  private void forget() {
    if (setting.forgetting() && orderer.size() > 3 && chance.oneIn(3)) {
      orderer.forget(1 + chance.below(3));
      forked("the order lost committed entries");
    }
  }

  private void tamper() {
    for (int hsm : setting.corrupted()) {
      hosts.get(hsm - 1).hsm().tamper();
    }
  }

  private void heal() {
    healed = true;
    wires.heal();
    orderer.lead(orderer.leader());
    diary.note("all heals");
    restUntil(() -> hosts.stream().allMatch(Host::quiet) && users.stream().allMatch(Client::idle));
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
    Ending ending = new Ending(this);
    for (int account = 0; account < setting.accounts(); account++) {
      String name = "account" + account;
      String why = ending.whyStuck();
      Client device = user(name, "new device of " + name, 10L * account + 5, false);
      ModelAccount model = model(name);
      Stored right = stored.get(model.registrationHash());
      device.recoverOnce(
          right == null ? "none" : right.code(),
          right == null ? new RegistrationId(Bytes.zeros(32)) : right.id());
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
            device.recovered().equals(right.secret()), "INV-5", "another secret came back");
      }
    }
    nobodyLeftBehind();
    return "recovered";
  }

  /**
   * Every request has come to its certified end, and where nothing broke the chain every node
   * stands at its newest certified entry.
   */
  private void nobodyLeftBehind() {
    restUntil(() -> users.stream().allMatch(Client::idle));
    users.forEach(user ->
        BrokenPromise.unless(user.idle(), "liveness", user + " waits for ever after all healed"));
    if (!forks.isEmpty() || !rolledBack.isEmpty()) {
      return;
    }
    long newest = ledger.newestCertified().map(spot -> spot.values().k()).orElse(0L);
    BooleanSupplier there = () -> hosts.stream().allMatch(host -> host.stands(newest));
    restUntil(there);
    hosts.forEach(host ->
        BrokenPromise.unless(
            host.stands(newest), "liveness", "node " + host.index() + " stays before " + newest));
  }

  private static boolean gone(Client device) {
    return device.verdict().equals("EXHAUSTED") || device.verdict().equals("NOT_REGISTERED");
  }

  private ModelAccount model(String account) {
    return ledger
        .newestCertified()
        .map(spot -> spot.accounts().getOrDefault(account, ModelAccount.NEVER))
        .orElse(ModelAccount.NEVER);
  }
}
