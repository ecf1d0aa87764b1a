package dev.coffer.node.core;

import dev.coffer.node.core.Messages.Submission;
import dev.coffer.node.order.Orderer;
import dev.coffer.node.peer.Refusal;
import dev.coffer.protocol.account.TreeKey;
import dev.coffer.protocol.chain.Entry;
import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.codec.Limits;
import dev.coffer.protocol.request.RequestType;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/**
 * The leader's half of ordering (docs/replication.md rule 6): gathers operations, cuts the next
 * entry when the previous one has been captured, and never lets more than W/2 entries wait for
 * their certificates. Runs on every node, idle on all but the leader.
 */
final class Batcher {
  private static final int QUEUE = 2_048;

  /** Of one record: a client has one operation on its way, and another after a lost answer. */
  private static final int LINE_MAX = 32;

  /** Of one record in one entry: 1/64 of a full one. */
  private static final int SHARE = Limits.OPERATIONS_MAX / 64;

  private static final int OUTSTANDING_MAX = Limits.RING / 2;
  private static final long SPACING_NANOS = TimeUnit.MILLISECONDS.toNanos(5);
  private static final long LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(10);
  private static final long STALLED_NANOS = TimeUnit.MILLISECONDS.toNanos(1_000);

  /** {@code node} is the origin. */
  private record Waiting(int node, Submission submission) {}

  private record Name(TreeKey key, Bytes operation) {}

  private final NodeContext context;
  private final int partition;
  private final Orderer orderer;
  private final Certification certification;
  private final ChainPositions positions;
  private final BooleanSupplier ready;
  private final FairQueue<Waiting> queue;

  /** A signal: the next entry may be due. */
  private final Mailbox<Boolean> change;

  private int outstanding;
  private long blockedSince;
  private boolean blocked;
  private int turn;

  /**
   * @param ready whether a leader may cut an entry: it leads, and what earlier leaders ordered is
   *     applied
   */
  Batcher(
      NodeContext context,
      int partition,
      Orderer orderer,
      Certification certification,
      ChainPositions positions,
      BooleanSupplier ready) {
    this.context = context;
    this.partition = partition;
    this.orderer = orderer;
    this.certification = certification;
    this.positions = positions;
    this.ready = ready;
    this.queue = new FairQueue<>(QUEUE, LINE_MAX, SHARE, context.threads().mailbox(1));
    this.change = context.threads().mailbox(1);
  }

  /**
   * Takes an operation in. It may still get lost with this node's leadership: the origin submits
   * again.
   */
  void submit(int origin, Submission submission) throws Refusal {
    // Elected is enough: what waits here until the leader is ready need not be sent again.
    if (orderer.leadership().node() != context.self()) {
      throw new Refusal(Refusal.Reason.NOT_LEADER, "this node does not lead");
    }
    if (!context.mayOrder().getAsBoolean()) {
      throw new Refusal(Refusal.Reason.NOT_LEADER, "the leading node takes no new operations now");
    }
    if (Integer.bitCount(live()) < context.q()) {
      throw new Refusal(Refusal.Reason.TRY_AGAIN, "too few HSMs are reachable");
    }
    if (stalled()) {
      throw new Refusal(Refusal.Reason.TRY_AGAIN, "entries are waiting for their certificates");
    }
    if (!queue.offer(submission.treeKey(), new Waiting(origin, submission))) {
      context.meters().event("queue_refused");
      throw new Refusal(Refusal.Reason.BUSY, "too many operations are waiting");
    }
  }

  private int live() {
    return positions.live(partition, certification.certifiedK());
  }

  private synchronized boolean stalled() {
    return blocked && context.clock().nanos() - blockedSince > STALLED_NANOS;
  }

  /** A capture, a certificate or a new leader may let the next entry go. */
  void changed() {
    change.offer(true);
  }

  /** What an earlier leadership left behind: the origins have gone on to the new leader. */
  void forget() {
    queue.clear();
  }

  /**
   * As a leader that nobody asks: has an entry ordered that no HSM can read, so that it changes
   * nothing but the chain's head, and is certified if anything can be.
   */
  void probe() {
    if (queue.size() == 0 && mayCut()) {
      order(List.of(), Bytes.zeros(1));
    }
  }

  void run() throws InterruptedException {
    long last = context.clock().nanos() - SPACING_NANOS;
    while (true) {
      queue.await();
      awaitTurn(last);
      List<Waiting> batch = queue.cut(Limits.OPERATIONS_MAX);
      if (!batch.isEmpty()) {
        last = context.clock().nanos();
        propose(batch);
      }
    }
  }

  /**
   * Returns when an entry may be cut: after the previous capture, or when a full one is waiting and
   * the window is open.
   */
  private void awaitTurn(long last) throws InterruptedException {
    long early = last + SPACING_NANOS - context.clock().nanos();
    if (early > 0 && queue.due() < Limits.OPERATIONS_MAX) {
      context.threads().sleep(early);
    }
    while (!open()) {
      change.poll(LOOK_NANOS);
      if (orderer.leadership().node() != context.self()) {
        break;
      }
    }
    unblocked();
  }

  private synchronized void unblocked() {
    blocked = false;
  }

  private synchronized boolean mayCut() {
    long uncertified = certification.capturedK() + outstanding - certification.certifiedK();
    boolean window = outstanding < OUTSTANDING_MAX && uncertified < OUTSTANDING_MAX;
    return window
        && ready.getAsBoolean()
        && (outstanding == 0 || queue.due() >= Limits.OPERATIONS_MAX);
  }

  private synchronized boolean open() {
    boolean open = mayCut();
    // A new leader that still applies what an earlier one ordered is slow, not stalled.
    if (!open && ready.getAsBoolean() && !blocked) {
      blocked = true;
      blockedSince = context.clock().nanos();
    }
    return open;
  }

  private void propose(List<Waiting> batch) {
    int live = live();
    Set<Name> seen = new HashSet<>();
    List<Entry.Item> items = new ArrayList<>();
    List<Envelope.Route> routes = new ArrayList<>();
    for (Waiting waiting : batch) {
      Submission operation = waiting.submission();
      if (seen.add(new Name(operation.treeKey(), operation.operation()))) {
        items.add(
            new Entry.Item(operation.treeKey(), operation.admittingIndex(), operation.operation()));
        routes.add(new Envelope.Route(waiting.node(), operation.call(), releasers(waiting, live)));
      }
    }
    order(routes, new Entry(items).encode());
  }

  private void order(List<Envelope.Route> routes, Bytes entry) {
    Envelope envelope = new Envelope(routes, certification.newest(), entry);
    proposed(1);
    CompletableFuture<?> ignored =
        orderer
            .propose(envelope.encode())
            .whenComplete((fate, failure) -> {
              proposed(-1);
              changed();
              if (fate != Orderer.Fate.APPLIED) {
                context.meters().event("proposal_unknown");
              }
            });
  }

  private synchronized void proposed(int more) {
    outstanding += more;
  }

  /**
   * Who releases at once (rule 7): all live HSMs for a RegisterStart, since the client has to
   * exclude a liar before it relies on the evaluation; t for an attempt; one for the rest. The
   * origin's own HSM saves a hop, the others take turns.
   */
  private int releasers(Waiting waiting, int live) {
    RequestType type = waiting.submission().type();
    if (waiting.submission().all() || type == RequestType.REGISTER_START) {
      return live;
    }
    int wanted = type == RequestType.ATTEMPT ? context.t() : 1;
    int chosen = live & 1 << (waiting.node() - 1);
    int n = context.n();
    turn = (turn + 1) % n;
    for (int step = 0; step < n && Integer.bitCount(chosen) < wanted; step++) {
      chosen |= live & 1 << ((turn + step) % n);
    }
    return chosen;
  }
}
