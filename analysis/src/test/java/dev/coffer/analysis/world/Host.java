package dev.coffer.analysis.world;

import dev.coffer.node.SimulatedNode;
import dev.coffer.node.core.Meters;
import dev.coffer.node.hsm.HsmUnavailable;
import dev.coffer.node.peer.PeerMethod;
import dev.coffer.node.peer.Refusal;
import dev.coffer.node.store.NodeStore;
import dev.coffer.node.store.RecordStore;
import dev.coffer.node.store.StoreFault;
import dev.coffer.protocol.chain.Certificate;
import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.codec.Rejected;
import dev.coffer.protocol.outcome.VaultAnswer;
import dev.coffer.protocol.port.HsmPort;
import dev.coffer.protocol.request.RequestType;
import dev.coffer.protocol.request.SealedMessage;
import java.io.IOException;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * The machine of one node: starts its process, which is the real node but for sockets and engine,
 * ends it, and carries to it what the network brings.
 */
final class Host implements SimulatedNode.Watcher {
  private final World world;
  private final int index;
  private final Machine hsm;
  private final HostDisk disk;
  private Life life;
  private SimulatedNode node;
  private RecordStore store;
  private Engine engine;
  private boolean up;
  private long upAt;
  private boolean serves;
  private boolean syncing;
  private long holdsFrom;
  private String stopped = "";

  Host(World world, int index, Machine hsm) {
    this.world = world;
    this.index = index;
    this.hsm = hsm;
    this.disk = new HostDisk(world);
    this.life = new Life(world);
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

  HostDisk disk() {
    return disk;
  }

  RecordStore store() {
    return store;
  }

  /** The process that runs now, or the last one. */
  Life life() {
    return life;
  }

  /** Why its chain stands still; empty while it runs. */
  String stopped() {
    return stopped;
  }

  /** Whether it waits for a state from its peers, or has not begun to serve. */
  boolean fetching() {
    return up && (syncing || !serves);
  }

  /** Whether it takes part in the order. */
  boolean joined() {
    return up && engine != null;
  }

  /** The entry from which on its store has held what was certified. */
  long holdsFrom() {
    return holdsFrom;
  }

  Optional<Certificate> newest() {
    return up ? store.certificate() : Optional.empty();
  }

  /** Whether it has applied everything that it was given. */
  boolean idle() {
    return engine != null
        && engine.idle()
        && store.position().order().index() >= engine.taken().index();
  }

  /** Whether it has nothing left to do but serve. */
  boolean quiet() {
    return !stopped.isEmpty()
        || (up && hsm.up() && serves && !syncing && idle() && hsmPosition().maySign());
  }

  /** Whether HSM and store have come to entry {@code k}, and serve. */
  boolean stands(long k) {
    return stopped.isEmpty()
        && quiet()
        && hsmPosition().values().k() >= k
        && store.position().values().k() >= k;
  }

  HsmPort.Position hsmPosition() {
    try {
      return hsm.position(0);
    } catch (Rejected e) {
      throw new IllegalStateException(e);
    }
  }

  // Its life
  // ----------------------------------------------------------------------------------------------

  /** What the machine does every few milliseconds. */
  void tick() {
    hsm.tick();
    if (!up && world.loop().now() >= upAt) {
      start();
    }
    if (up && stopped.isEmpty()) {
      node.core().stopped().ifPresent(this::stop);
    }
  }

  private void start() {
    NodeStore opened;
    try {
      opened = disk.open(world.fleet().id());
    } catch (StoreFault.Unavailable e) {
      disk.crash(true);
      upAt = world.loop().now() + 10_000;
      return;
    } catch (StoreFault e) {
      disk.replace();
      upAt = world.loop().now() + 10_000;
      return;
    }
    life = new Life(world);
    store = opened.partition(0);
    node =
        new SimulatedNode(
            index,
            world.fleet(),
            new SimulatedNode.Around(hsm, opened, new Links(world, life, index), world.archive()),
            new SimulatedNode.Ports(life, new Counting(), world.randomness(), life),
            this);
    engine = null;
    stopped = "";
    serves = false;
    syncing = false;
    holdsFrom = store.position().values().k();
    up = true;
    world.diary().note("node " + index + " starts at " + holdsFrom);
    life.start("main", this::main);
  }

  private void main() {
    try {
      node.start(log -> {
        if (store.position().values().k() > holdsFrom) {
          synchronising(false);
        }
        engine = new Engine(world, life, index, log);
        world.orderer().start(index, engine);
        return engine;
      });
      serves = true;
    } catch (IOException e) {
      gaveUp(e);
    } catch (StoreFault e) {
      broken("the store", e);
    } catch (HsmUnavailable e) {
      world.diary().fault("start failed", "node " + index);
      crash(false, world.chance().below(300_000));
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  /** An operator looks, and has the store fetched again if its disk is to blame. */
  private void gaveUp(IOException e) {
    if (disk.spoilt()) {
      fail("store differs");
    } else {
      stop(String.valueOf(e.getMessage()));
    }
  }

  private void stop(String why) {
    stopped = why;
    world.stopped(index, why);
  }

  @Override
  public void synchronising(boolean begins) {
    syncing = begins;
    if (!begins) {
      holdsFrom = store.position().values().k();
      world.diary().done("synchronisations");
      world.diary().note("node " + index + " synchronised to " + holdsFrom);
    }
  }

  @Override
  public void broken(String what, Throwable cause) {
    if (cause instanceof Fibre.Killed killed) {
      // The process is gone already; nothing of it may notice.
      throw killed;
    }
    BrokenPromise.unless(cause instanceof StoreFault, "invariant", what + ": " + cause);
    if (cause instanceof StoreFault.Divergence) {
      BrokenPromise.unless(disk.spoilt(), "INV-5", "store and HSM disagree: " + cause.getMessage());
    }
    fail("store fault");
    throw new Fibre.Killed();
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
      life.end();
      disk.crash(power);
      if (power) {
        hsm.crash(forMicros);
      }
    }
    up = false;
    upAt = world.loop().now() + forMicros;
    world.orderer().stop(index);
  }

  /**
   * Its engine no longer keeps what this node misses: only a node that misses certified entries is
   * ever told so.
   */
  void jump() {
    boolean misses =
        newest().filter(c -> c.values().k() > store.position().values().k()).isPresent();
    if (misses && serves && !syncing) {
      world.diary().fault("jump");
      engine.jump();
    }
  }

  // The network's side
  // ----------------------------------------------------------------------------------------------

  /** A client's message arrives. */
  void post(SealedMessage message, boolean all, Post.RequestSender back) {
    if (!up) {
      back.refused(Refusal.Reason.UNREACHABLE);
      return;
    }
    life.start(
        "http",
        () -> {
          try {
            VaultAnswer answer = node.core().answer(message, all);
            back.answered(index, answer);
          } catch (Refusal e) {
            world.diary().done("refusals: " + e.detail());
            back.refused(e.reason());
          } catch (InterruptedException e) {
            throw new IllegalStateException(e);
          }
        });
  }

  /** A peer asks. */
  void asked(int from, PeerMethod method, Bytes body, Consumer<Links.Answer> back) {
    if (up) {
      life.start("peer-answer", () -> back.accept(answer(from, method, body)));
    }
  }

  private Links.Answer answer(int from, PeerMethod method, Bytes body) {
    try {
      Bytes answer = node.core().asked(from, method, body);
      return new Links.Answer.Given(world.attackers().answered(this, method, body, answer));
    } catch (Refusal e) {
      return new Links.Answer.Refused(e.reason(), e.detail());
    } catch (Rejected e) {
      world.diary().done("questions rejected");
      return new Links.Answer.Refused(Refusal.Reason.MALFORMED, e.code().toString());
    } catch (StoreFault e) {
      world.diary().done("questions that met a failing disk");
      return new Links.Answer.Refused(Refusal.Reason.TRY_AGAIN, "this node is in trouble");
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  /** A peer tells. */
  void told(int from, PeerMethod method, Bytes body) {
    if (!up) {
      return;
    }
    try {
      node.core().told(from, method, body);
    } catch (Rejected e) {
      world.diary().done("told and rejected " + method);
    }
  }

  /** Counts what the node itself counts as unusual. */
  private final class Counting implements Meters {
    @Override
    public void answered(RequestType type, long nanos) {}

    @Override
    public void refused(Refusal.Reason reason) {}

    @Override
    public void captured(int operations, long nanos) {}

    @Override
    public void certified(long nanos) {}

    @Override
    public void released(int replies, long nanos) {}

    @Override
    public void event(String name) {
      world.diary().done("node's " + name);
    }
  }
}
