package dev.coffer.verification.world;

import dev.coffer.node.core.Reconciliation;
import dev.coffer.node.core.SteppedCore;
import dev.coffer.node.order.OrderedLog;
import dev.coffer.node.order.Orderer;
import dev.coffer.node.store.EntryResult;
import dev.coffer.node.store.NodeStore;
import dev.coffer.node.store.OrderPosition;
import dev.coffer.node.store.Proof;
import dev.coffer.node.store.RecordStore;
import dev.coffer.node.store.StoreDivergence;
import dev.coffer.node.store.StoreFault;
import dev.coffer.node.store.StoreUnavailable;
import dev.coffer.protocol.chain.Certificate;
import dev.coffer.protocol.chain.ChainValues;
import dev.coffer.protocol.chain.Statement;
import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.codec.Limits;
import dev.coffer.protocol.codec.Rejected;
import dev.coffer.protocol.codec.RejectionCode;
import dev.coffer.protocol.port.HsmPort;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * One node's host, stepped by the world: the loop is the simulator's own, its parts are the node's
 * (store, reconciliation, synchronisation, certification, envelope).
 */
final class Host implements OrderedLog, SteppedCore.Ways {
  /** Refusals for want of certificates before the whole state is fetched. */
  private static final int FULL_MAX = 20;

  private record Item(OrderPosition at, Optional<Bytes> payload) {}

  private final World world;
  private final int index;
  private final Machine hsm;
  private final HostDisk disk;
  private final Deque<Item> queue = new ArrayDeque<>();
  private final Batching batching;
  private final Releases releases;
  private final Waking waking;
  private NodeStore node;
  private RecordStore store;
  private SteppedCore core;
  private OrderPosition taken = OrderPosition.NONE;
  private boolean up;
  private long upAt;
  private boolean reconciled;
  private boolean syncing;
  private long holdsFrom;
  private int full;
  private int ticks;
  private String stopped = "";

  Host(World world, int index, Machine hsm) {
    this.world = world;
    this.index = index;
    this.hsm = hsm;
    this.disk = new HostDisk(world);
    this.batching = new Batching(world, this);
    this.releases = new Releases(world, this);
    this.waking = new Waking(world, this);
  }

  int index() {
    return index;
  }

  boolean up() {
    return up;
  }

  Machine hsm() {
    return hsm;
  }

  RecordStore store() {
    return store;
  }

  /** Why its chain stands still; empty while it runs. */
  String stopped() {
    return stopped;
  }

  boolean fetching() {
    return syncing;
  }

  /** Whether it has nothing left to do but serve. */
  boolean quiet() {
    return !stopped.isEmpty()
        || (up
            && hsm.up()
            && reconciled
            && !syncing
            && queue.isEmpty()
            && hsmPosition().speaking());
  }

  /** Whether HSM and store have come to entry {@code k}, and serve. */
  boolean stands(long k) {
    return stopped.isEmpty()
        && quiet()
        && hsmPosition().values().k() >= k
        && store.position().values().k() >= k;
  }

  /** Entries that it has been given and not applied. */
  int queued() {
    return queue.size();
  }

  Optional<Certificate> newest() {
    return core.newest();
  }

  /** Something for this node arrives: lost if it is down; a failing disk takes it down. */
  void deliver(Runnable arrival) {
    if (!up) {
      return;
    }
    try {
      arrival.run();
    } catch (StoreDivergence e) {
      BrokenPromise.unless(disk.spoilt(), "INV-5", "store and HSM disagree: " + e.getMessage());
      fail("store diverged");
    } catch (StoreFault e) {
      fail("store fault");
    } catch (Machine.Away e) {
      world.diary().done("calls to an HSM that is away");
    }
  }

  private void fail(String why) {
    disk.suspect();
    world.diary().fault(why);
    crash(true, 20_000 + world.chance().below(300_000));
  }

  /** Ends the process, or the power of the whole machine. */
  void crash(boolean power, long forMicros) {
    if (up) {
      world.diary().fault(power ? "node power cut" : "node killed");
      disk.crash(power);
      if (power) {
        hsm.crash(forMicros);
      }
    }
    up = false;
    upAt = world.loop().now() + forMicros;
    world.orderer().stop(index);
  }

  HostDisk disk() {
    return disk;
  }

  private void start() {
    queue.clear();
    batching.forget();
    releases.forget();
    waking.forget();
    reconciled = false;
    syncing = false;
    node = disk.open(world.fleet().id());
    store = node.partition(0);
    core =
        new SteppedCore(
            index,
            world.fleet(),
            hsm,
            () -> world.loop().now() * 1_000,
            () -> world.orderer().member(index).leadership(),
            this);
    core.restore(store.position().values().k(), store.certificate());
    taken = store.durable().order();
    holdsFrom = store.position().values().k();
    up = true;
    world.diary().note("node " + index + " starts at " + store.position().values().k());
  }

  /** What a node does every few milliseconds. */
  void tick() {
    hsm.tick();
    if (!up && world.loop().now() >= upAt) {
      try {
        start();
      } catch (StoreUnavailable e) {
        disk.crash(true);
        upAt = world.loop().now() + 10_000;
      } catch (StoreFault e) {
        disk.replace();
        upAt = world.loop().now() + 10_000;
      }
    }
    deliver(this::work);
  }

  private void work() {
    ticks++;
    if (!hsm.up() || !stopped.isEmpty()) {
      world.yieldLead(index);
      return;
    }
    if (!reconciled) {
      reconcile();
      return;
    }
    if (syncing) {
      syncing = !synchronise();
    } else {
      apply();
    }
    HsmPort.Position position = hsmPosition();
    core.newest()
        .filter(c -> c.values().k() > position.highestCertified())
        .filter(c -> c.values().k() <= position.values().k())
        .ifPresent(releases::raiseWindow);
    if (position.speaking()) {
      speak();
    } else {
      waking.tick();
      world.yieldLead(index);
    }
    if (ticks % 4 == 0) {
      releases.beat();
    }
  }

  HsmPort.Position hsmPosition() {
    try {
      return hsm.position(0);
    } catch (Rejected e) {
      throw new IllegalStateException(e);
    }
  }

  private void reconcile() {
    ChainValues own = hsmPosition().values();
    switch (Reconciliation.of(own, store)) {
      case PROCEED -> reconciled = true;
      case ADOPT_STORED -> {
        reconciled = adopt(store.certificate().orElseThrow());
        world.diary().note("node " + index + " has its HSM adopt what is stored");
      }
      case SYNCHRONISE -> {
        reconciled = true;
        syncing = true;
      }
      case STOP -> stop("at the start HSM and store differ");
    }
    if (reconciled) {
      taken = store.durable().order();
      world.orderer().start(index, this);
    }
  }

  /** Stops the chain for good. */
  void stop(String why) {
    stopped = why;
    world.stopped(index, why);
    world.diary().done("chains stopped");
  }

  private boolean adopt(Certificate certificate) {
    try {
      long own = hsmPosition().values().k();
      int count = (int) Math.max(0, certificate.values().k() - own);
      hsm.adopt(certificate, count == 0 ? List.of() : store.entryHashes(own, count));
      return true;
    } catch (Rejected e) {
      if (e.code() == RejectionCode.FORK) {
        stop("the HSM does not follow a certified state");
      }
      return false;
    }
  }

  /** Takes a certified state from whichever peer has one. */
  boolean synchronise() {
    Optional<Certificate> reached = Peering.bring(world, this);
    if (reached.isEmpty() || !adopt(reached.get())) {
      return false;
    }
    store.keepCertificate(reached.get());
    store.sync();
    holdsFrom = store.position().values().k();
    core.restore(store.position().values().k(), store.certificate());
    if (store.durable().order().index() > taken.index()) {
      taken = store.durable().order();
    }
    releases.jumped();
    full = 0;
    world.diary().done("synchronisations");
    world.diary().note("node " + index + " synchronised to " + reached.get().values().k());
    return true;
  }

  /** The entry from which on its store has held what was certified. */
  long holdsFrom() {
    return holdsFrom;
  }

  NodeStore nodeStore() {
    return node;
  }

  // The order
  // ----------------------------------------------------------------------------------------------

  @Override
  public CompletableFuture<Void> take(OrderPosition at, Bytes payload) {
    queue.add(new Item(at, Optional.of(payload)));
    taken = at;
    return CompletableFuture.completedFuture(null);
  }

  @Override
  public void skip(OrderPosition at) {
    queue.add(new Item(at, Optional.empty()));
    taken = at;
  }

  @Override
  public OrderPosition durable() {
    return store.durable().order();
  }

  @Override
  public OrderPosition taken() {
    return taken;
  }

  @Override
  public OrderPosition catchUp(long first) {
    // Only a node that misses certified entries is ever told to jump.
    syncing = reconciled && core.certifiedK() > store.position().values().k();
    return taken;
  }

  @Override
  public void leadership(Orderer.Leadership now) {
    if (!now.mine()) {
      batching.forget();
    }
    world.loop().after(1, () -> deliver(core::again));
  }

  @Override
  public void broken(String what, Throwable cause) {
    throw new IllegalStateException(what, cause);
  }

  private void apply() {
    while (!queue.isEmpty() && stopped.isEmpty() && !syncing) {
      Item item = queue.peek();
      if (item.at().index() > store.position().order().index()) {
        if (item.payload().isEmpty()) {
          store.advance(item.at());
        } else if (!ordered(item.at(), item.payload().get())) {
          return;
        }
      }
      queue.remove();
    }
  }

  private boolean ordered(OrderPosition at, Bytes payload) {
    SteppedCore.Ordered ordered;
    try {
      ordered = SteppedCore.open(payload);
    } catch (Rejected e) {
      store.advance(at);
      return true;
    }
    long k = store.position().values().k() + 1;
    ordered
        .certificate()
        .filter(c -> c.values().k() > core.certifiedK())
        .ifPresent(this::certificate);
    try {
      Proof proof = store.prove(Batching.touched(ordered.entry()));
      world.attackers().saw(proof);
      HsmPort.Capture capture =
          hsm.capture(0, k, ordered.entry(), proof.records(), proof.multiproof().encode());
      store.apply(EntryResult.of(ordered.entry(), capture, at));
      full = 0;
      core.captured(k, capture.statement());
      releases.captured(capture, ordered.waiting());
      return true;
    } catch (Rejected e) {
      refused(e.code(), k, ordered);
      return false;
    }
  }

  private void refused(RejectionCode code, long k, SteppedCore.Ordered ordered) {
    switch (code) {
      case WINDOW_FULL -> {
        full++;
        if (full > FULL_MAX && core.certifiedK() >= k + Limits.RING) {
          syncing = true;
        }
        ordered.certificate().ifPresent(releases::raiseWindow);
      }
      case NOT_IN_RING -> syncing = true;
      case FORK -> stop("the HSM has captured another entry " + k);
      case BAD_PROOF -> stop("the records are not those under the HSM's root before " + k);
      default -> throw new IllegalStateException("capture refused: " + code);
    }
  }

  // Statements, certificates, replies
  // ----------------------------------------------------------------------------------------------

  @Override
  public void statement(int to, Statement statement) {
    world.attackers().saw(statement);
    world.tell(index, to, host -> host.stated(index, statement));
  }

  void stated(int from, Statement statement) {
    try {
      core.stated(from, statement);
    } catch (Rejected e) {
      world.diary().done("statements refused");
    }
  }

  @Override
  public void formed(Certificate certificate) {
    world.attackers().saw(certificate);
    certificate(certificate);
    for (int other = 1; other <= world.setting().n(); other++) {
      if (other != index) {
        world.tell(index, other, host -> host.certificate(certificate));
      }
    }
  }

  /** A certificate from anywhere. */
  void certificate(Certificate certificate) {
    releases.certificate(certificate);
  }

  Batching batching() {
    return batching;
  }

  Releases releases() {
    return releases;
  }

  Waking waking() {
    return waking;
  }

  SteppedCore core() {
    return core;
  }

  /** A reply for a client of this node. */
  void replied(long call, Reply reply) {
    if (world.hostile(index) && world.chance().oneIn(4)) {
      world.lie(index, call, reply);
    }
    world.wires().send(index, 0, () -> world.answered(call, reply));
  }

  private void speak() {
    for (long k : core.owed()) {
      try {
        Statement statement = hsm.restate(0, k);
        store.keepStatement(statement);
        core.ownStatement(statement);
      } catch (Rejected e) {
        world.diary().done("restatements refused");
      }
    }
    core.again();
    releases.again();
    if (queue.isEmpty() && !syncing) {
      batching.lead();
    }
  }
}
