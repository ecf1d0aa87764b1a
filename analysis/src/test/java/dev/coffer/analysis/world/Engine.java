package dev.coffer.analysis.world;

import dev.coffer.node.core.Mailbox;
import dev.coffer.node.order.OrderedLog;
import dev.coffer.node.order.Orderer;
import dev.coffer.node.order.SimulatedOrderer;
import dev.coffer.node.store.OrderPosition;
import dev.coffer.protocol.codec.Bytes;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * A node's end of the order, between {@link SimulatedOrderer}, which never waits, and the node's
 * chain, which may: has a thread that applies, as a real engine has, says what became of a proposal
 * when this node has applied it or after a while, and tells the node to jump.
 */
final class Engine implements OrderedLog, Orderer {
  private static final int ENTRIES_MAX = 1 << 20;

  /** How long a proposal waits to be applied, and one whose fate nobody tells, at most. */
  private static final int PATIENCE = 500_000;

  private record Item(OrderPosition at, Optional<Bytes> payload, boolean jump) {}

  private final World world;
  private final Life life;
  private final SimulatedOrderer.Member member;
  private final OrderedLog log;
  private final Mailbox<Item> items;
  private final Map<Bytes, List<CompletableFuture<Fate>>> open = new HashMap<>();
  private OrderPosition taken;

  Engine(World world, Life life, int node, OrderedLog log) {
    this.world = world;
    this.life = life;
    this.member = world.orderer().member(node);
    this.log = log;
    this.items = life.mailbox(ENTRIES_MAX);
    this.taken = log.durable();
    life.start("engine", this::run);
  }

  private void run() {
    try {
      while (true) {
        Item item = items.take();
        if (item.jump()) {
          OrderPosition reached = log.catchUp(0);
          taken = reached.index() > taken.index() ? reached : taken;
        } else if (item.at().index() > log.taken().index()) {
          apply(item);
        }
      }
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private void apply(Item item) {
    if (item.payload().isEmpty()) {
      log.skip(item.at());
      return;
    }
    Bytes payload = item.payload().get();
    CompletableFuture<Void> done = log.take(item.at(), payload);
    CompletableFuture<?> ignored =
        done.whenComplete((nothing, failure) ->
            open.getOrDefault(payload, List.of()).forEach(fate -> fate.complete(Fate.APPLIED)));
  }

  /** Tells the node that what it misses is no longer kept. */
  void jump() {
    items.offer(new Item(taken, Optional.empty(), true));
  }

  /** Whether the node has been given all that this engine took. */
  boolean idle() {
    return items.size() == 0;
  }

  // From the order
  // ----------------------------------------------------------------------------------------------

  @Override
  public CompletableFuture<Void> take(OrderPosition at, Bytes payload) {
    items.offer(new Item(at, Optional.of(payload), false));
    taken = at;
    return CompletableFuture.completedFuture(null);
  }

  @Override
  public void skip(OrderPosition at) {
    items.offer(new Item(at, Optional.empty(), false));
    taken = at;
  }

  @Override
  public OrderPosition durable() {
    return log.durable();
  }

  @Override
  public OrderPosition taken() {
    return taken;
  }

  @Override
  public OrderPosition catchUp(long first) {
    throw new IllegalStateException("the world itself tells nodes to jump");
  }

  @Override
  public void leadership(Leadership now) {
    log.leadership(now);
  }

  @Override
  public void broken(String what, Throwable cause) {
    throw new IllegalStateException(what, cause);
  }

  // From the node
  // ----------------------------------------------------------------------------------------------

  @Override
  public CompletableFuture<Fate> propose(Bytes payload) {
    CompletableFuture<Fate> fate = new CompletableFuture<>();
    Fate told = member.propose(payload).join();
    if (told == Fate.APPLIED) {
      open.computeIfAbsent(payload, unused -> new ArrayList<>()).add(fate);
    }
    world
        .loop()
        .after(
            told == Fate.APPLIED ? PATIENCE : 1 + world.chance().below(PATIENCE),
            () -> {
              open.remove(payload);
              if (!life.over()) {
                fate.complete(Fate.UNKNOWN);
              }
            });
    return fate;
  }

  @Override
  public Leadership leadership() {
    return member.leadership();
  }

  @Override
  public boolean voting() {
    return member.voting();
  }

  @Override
  public void handOver(int node) {
    world.diary().done("hand-overs");
    member.handOver(node);
  }

  @Override
  public boolean changeVoter(int node, long incarnation) {
    return member.changeVoter(node, incarnation);
  }

  @Override
  public void close() {}
}
