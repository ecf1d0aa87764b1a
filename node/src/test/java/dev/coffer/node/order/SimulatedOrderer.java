package dev.coffer.node.order;

import dev.coffer.node.store.OrderPosition;
import dev.coffer.protocol.codec.Bytes;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;

/**
 * An ordering engine that does whatever Ratis may do, and more, on one seed: proposals get lost,
 * are ordered twice or late, their fate stays unknown; leaders change at any moment and two may
 * think they lead; nodes replay from their snapshot, fall behind and are told to catch up; and,
 * beyond Ratis, what was ordered at the end can vanish ({@link #forget}). Nothing happens by
 * itself: each {@link #step} delivers something to somebody, so that a test sees every interleaving
 * it likes. Not thread-safe.
 */
public final class SimulatedOrderer {
  private record Slot(OrderPosition at, Bytes payload) {}

  private final Random random;
  private final List<Slot> ordered = new ArrayList<>();
  private final Map<Integer, Member> members = new HashMap<>();
  private final List<Bytes> delayed = new ArrayList<>();
  private long term = 1;
  private int leader = 1;

  /** Faults follow from {@code seed}. */
  public SimulatedOrderer(long seed) {
    this.random = new Random(seed);
  }

  /** A node's end. */
  public final class Member implements Orderer {
    private final int node;
    private OrderedLog log;
    private boolean up;
    private boolean deluded;

    private Member(int node) {
      this.node = node;
    }

    @Override
    public CompletableFuture<Fate> propose(Bytes payload) {
      if (!up || !(node == leader || deluded) || random.nextInt(10) == 0) {
        return CompletableFuture.completedFuture(Fate.UNKNOWN);
      }
      int luck = random.nextInt(10);
      if (luck == 0 || deluded) {
        // Neither taken nor refused: it may turn up later.
        delayed.add(payload);
        return CompletableFuture.completedFuture(Fate.UNKNOWN);
      }
      append(payload);
      if (luck == 1) {
        append(payload);
      }
      return CompletableFuture.completedFuture(luck == 2 ? Fate.UNKNOWN : Fate.APPLIED);
    }

    @Override
    public Leadership leadership() {
      boolean mine = up && (node == leader || deluded);
      return new Leadership(deluded ? node : leader, mine);
    }

    @Override
    public boolean voting() {
      return true;
    }

    @Override
    public void handOver(int to) {
      if (node == leader) {
        lead(to);
      }
    }

    @Override
    public boolean changeVoter(int who, long incarnation) {
      return node == leader;
    }

    @Override
    public void close() {
      up = false;
    }
  }

  /** The end of {@code node}. */
  public Member member(int node) {
    return members.computeIfAbsent(node, Member::new);
  }

  /** (Re)starts a node: from now on {@code log} gets what comes after its durable position. */
  public void start(int node, OrderedLog log) {
    Member member = member(node);
    member.log = log;
    member.up = true;
    log.leadership(member.leadership());
  }

  /** Ends a node. */
  public void stop(int node) {
    member(node).close();
  }

  private void append(Bytes payload) {
    if (random.nextInt(8) == 0) {
      // The engine numbers entries of its own.
      ordered.add(new Slot(new OrderPosition(term, ordered.size()), Bytes.EMPTY));
    }
    ordered.add(new Slot(new OrderPosition(term, ordered.size()), payload));
  }

  /** Makes {@code node} the leader, the old one perhaps not knowing. */
  public void lead(int node) {
    members.values().forEach(member -> member.deluded = false);
    Member old = member(leader);
    old.deluded = random.nextBoolean() && leader != node;
    leader = node;
    term++;
    members.values().stream()
        .filter(member -> member.up)
        .forEach(member -> member.log.leadership(member.leadership()));
  }

  /** Whoever still thinks that it leads learns better, as it does when its lease runs out. */
  public void undeceive() {
    for (Member member : members.values()) {
      if (member.deluded) {
        member.deluded = false;
        if (member.up) {
          member.log.leadership(member.leadership());
        }
      }
    }
  }

  /** Who leads in truth. */
  public int leader() {
    return leader;
  }

  /** How many payloads have been ordered. */
  public int size() {
    return ordered.size();
  }

  /**
   * Loses the newest {@code count}: what no engine should do, and a majority of lost disks does.
   */
  public void forget(int count) {
    for (int i = 0; i < count && !ordered.isEmpty(); i++) {
      ordered.removeLast();
    }
    term++;
  }

  /**
   * Delivers one more payload to one node, or lets a delayed one be ordered after all. Returns
   * whether anything is left.
   */
  public boolean step() {
    if (!delayed.isEmpty() && random.nextInt(4) == 0) {
      append(delayed.remove(random.nextInt(delayed.size())));
    }
    List<Member> behind =
        members.values().stream()
            .filter(member -> member.up && member.log.taken().index() + 1 < ordered.size())
            .toList();
    if (behind.isEmpty()) {
      return !delayed.isEmpty();
    }
    Member member = behind.get(random.nextInt(behind.size()));
    deliver(member);
    return true;
  }

  private void deliver(Member member) {
    int next = Math.toIntExact(member.log.taken().index() + 1);
    if (random.nextInt(6) == 0 && next > 0) {
      // A repetition of something long taken.
      next = random.nextInt(next);
    }
    Slot slot = ordered.get(next);
    if (slot.payload().size() == 0) {
      if (slot.at().index() > member.log.taken().index()) {
        member.log.skip(slot.at());
      }
    } else if (slot.at().index() > member.log.taken().index()) {
      CompletableFuture<Void> ignored = member.log.take(slot.at(), slot.payload());
    }
  }

  /** Delivers until nothing is left. */
  public void settle() {
    while (step()) {
      // Each step moves somebody on.
      continue;
    }
  }
}
