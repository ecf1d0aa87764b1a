package dev.coffer.node.core;

import dev.coffer.node.core.Messages.EntryWanted;
import dev.coffer.node.core.OrderStanding.Phase;
import dev.coffer.node.core.OrderStanding.Place;
import dev.coffer.node.hsm.HsmUnavailable;
import dev.coffer.node.order.OrderedLog;
import dev.coffer.node.order.VoterIdentity;
import dev.coffer.node.peer.PeerMethod;
import dev.coffer.node.peer.Refusal;
import dev.coffer.node.store.OrderPosition;
import dev.coffer.node.store.RecordStore;
import dev.coffer.protocol.chain.ChainValues;
import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.codec.Limits;
import dev.coffer.protocol.codec.Rejected;
import dev.coffer.protocol.port.HsmPort;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BiFunction;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings the founders of a new order to one state (docs/replication.md rule 14): the newest that
 * any of their stores holds, so that no HSM has captured an entry that the new order would put
 * another in the place of. What a store lacks it takes from another's, entry by entry, and its own
 * HSM captures it.
 */
final class Rebuilding {
  private static final Logger LOG = LoggerFactory.getLogger(Rebuilding.class);
  private static final Duration DEADLINE = Duration.ofSeconds(2);
  private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(200);
  private static final long LOOK_MILLIS = 200;

  /** No store keeps more entries as they were. */
  private static final int KEPT_MAX = 64;

  private static final Bytes NONE = Bytes.zeros(Limits.DIGEST);

  /** So long all have to be there and none have what an HSM has captured. */
  private static final long HOPE_NANOS = TimeUnit.SECONDS.toNanos(10);

  private final NodeContext context;
  private final Standings standings;
  private final List<? extends OrderedLog> logs;
  private final BiFunction<Integer, OrderPosition, List<Bytes>> left;
  private final Supplier<Optional<String>> stopped;
  private @Nullable String said;

  /** Why this node's HSM takes none of the entries that others have. */
  private Optional<String> beyond = Optional.empty();

  /**
   * @param left payloads behind a position in what this node's log was, by partition
   * @param stopped why this node's chain stands still, if it does
   */
  Rebuilding(
      NodeContext context,
      Standings standings,
      List<? extends OrderedLog> logs,
      BiFunction<Integer, OrderPosition, List<Bytes>> left,
      Supplier<Optional<String>> stopped) {
    this.context = context;
    this.standings = standings;
    this.logs = logs;
    this.left = left;
    this.stopped = stopped;
  }

  /**
   * Blocks until all founders stand at one state.
   *
   * @return that state; empty if the others have founded the order at another one, so that this
   *     node has to be let in
   * @throws IOException with one sentence if an operator has to look
   */
  Optional<Bytes> meet(long number, List<Integer> founders)
      throws IOException, InterruptedException {
    Optional<String> late = notBehind(context, VoterIdentity.start(number));
    // Nobody founds it with this node then; it may have fetched its store from that very order.
    standings.stand(number, late.isEmpty() ? Phase.REBUILDS : Phase.FORGOTTEN, Bytes.EMPTY);
    long hopeful = context.clock().nanos();
    Optional<String> ahead = Optional.empty();
    while (true) {
      OrderStanding own = own();
      Map<Integer, OrderStanding> all = standings.others();
      all.put(context.self(), own);
      all.keySet().retainAll(founders);
      all.values().removeIf(one -> one.number() != number || one.places().size() != logs.size());
      Bytes state = own.state();
      Optional<Bytes> founded = founded(all);
      if (founded.isPresent()) {
        return founded.filter(agreed -> late.isEmpty() && agreed.equals(state));
      }
      if (late.isPresent()) {
        if (context.clock().nanos() - hopeful > HOPE_NANOS) {
          throw new IOException(late.get());
        }
        context.threads().sleep(PAUSE_NANOS);
        continue;
      }
      refuse(StatedHeads.difference(all));
      if (all.size() < founders.size()) {
        // What was found with all of them there stands, also if some have given up for it.
        say("waits for nodes " + without(founders, all));
      } else if (!caughtUp(all, own)) {
        if (beyond.isEmpty()) {
          ahead = Optional.empty();
          hopeful = context.clock().nanos();
        } else if (context.clock().nanos() - hopeful > HOPE_NANOS) {
          throw new IOException(beyond.get());
        }
        continue;
      } else {
        ahead = ahead(all);
        if (ahead.isEmpty() && oneState(all, state)) {
          return Optional.of(state);
        }
        if (ahead.isPresent() && ledOn(all, own)) {
          continue;
        }
      }
      if (ahead.isEmpty()) {
        hopeful = context.clock().nanos();
      } else if (context.clock().nanos() - hopeful > HOPE_NANOS) {
        throw new IOException(ahead.get());
      }
      context.threads().sleep(PAUSE_NANOS);
    }
  }

  /**
   * The state at which another has founded the order already. It has seen all founders stand there,
   * this one among them; who stands elsewhere now has lost its store since.
   */
  private static Optional<Bytes> founded(Map<Integer, OrderStanding> all) {
    // Whoever takes part without having founded it was let in.
    all.values().removeIf(one -> one.phase() != Phase.REBUILDS && one.agreed().equals(NONE));
    return all.values().stream()
        .filter(one -> one.phase() == Phase.VOTES)
        .map(OrderStanding::agreed)
        .findFirst();
  }

  private static List<Integer> without(
      List<Integer> founders, Map<Integer, OrderStanding> present) {
    return founders.stream().filter(node -> !present.containsKey(node)).toList();
  }

  private void say(String what) {
    if (!what.equals(said)) {
      said = what;
      LOG.warn("The rebuilding of the order {}", what);
    }
  }

  private OrderStanding own() throws IOException, InterruptedException {
    while (true) {
      try {
        return standings.own();
      } catch (HsmUnavailable e) {
        context.threads().sleep(PAUSE_NANOS);
      } catch (Rejected e) {
        throw silent(e);
      }
    }
  }

  private boolean oneState(Map<Integer, OrderStanding> all, Bytes state) {
    boolean one = all.values().stream().allMatch(each -> each.state().equals(state));
    if (!one) {
      say("waits until all its founders stand at one state");
    }
    return one;
  }

  /** Takes an entry where another founder's store has more; returns whether there was none. */
  private boolean caughtUp(Map<Integer, OrderStanding> all, OrderStanding own)
      throws IOException, InterruptedException {
    boolean caughtUp = true;
    for (int partition = 0; partition < own.places().size(); partition++) {
      long mine = own.places().get(partition).k();
      int holder = newest(all, partition);
      OrderStanding theirs = all.get(holder);
      if (theirs != null && theirs.places().get(partition).k() > mine) {
        take(partition, holder, all);
        caughtUp = false;
      }
    }
    return caughtUp;
  }

  /** The founder on its way whose store has most. */
  private int newest(Map<Integer, OrderStanding> all, int partition) {
    int best = context.self();
    long most = -1;
    for (Map.Entry<Integer, OrderStanding> one : all.entrySet()) {
      List<Place> places = one.getValue().places();
      if (places.get(partition).k() > most) {
        best = one.getKey();
        most = places.get(partition).k();
      }
    }
    return best;
  }

  /**
   * Takes what the holder's store has more, once all of it leads to the head that the holder states
   * and none to another than a founder's store or HSM states: no HSM takes back what it captured.
   */
  private void take(int partition, int holder, Map<Integer, OrderStanding> all)
      throws IOException, InterruptedException {
    Place stated = Objects.requireNonNull(all.get(holder)).places().get(partition);
    ChainValues at = context.store().partition(partition).position().values();
    List<Bytes> entries = new ArrayList<>();
    while (at.k() < stated.k()) {
      Optional<Bytes> entry;
      try {
        entry = entries.size() < KEPT_MAX ? entry(partition, at.k() + 1, holder) : Optional.empty();
      } catch (Refusal | Rejected e) {
        LOG.info("Node {} does not give entry {}: {}", holder, at.k() + 1, e.toString());
        context.threads().sleep(PAUSE_NANOS);
        return;
      }
      if (entry.isEmpty()) {
        // So far behind that the other does not keep it any more: the whole state.
        fetch(partition, all);
        return;
      }
      at = StatedHeads.after(at, entry.get());
      refuse(StatedHeads.against(all, partition, at.k(), at.head(), "node " + holder + " gives"));
      entries.add(entry.get());
    }
    HsmPort.Position hsm = hsm(partition);
    List<Bytes> within = within(partition, hsm, entries);
    for (Bytes entry : within) {
      LOG.warn("Partition {} takes an entry from node {}", partition, holder);
      capture(partition, entry);
    }
    beyond = Optional.empty();
    if (within.isEmpty() && certifiedK(partition) > hsm.values().k()) {
      fetch(partition, all);
    } else if (within.isEmpty()) {
      // The next beat hands the HSM the certificate that opens its window.
      context.threads().sleep(PAUSE_NANOS);
    }
  }

  /** The newest state, where enough others reach it without this HSM, and so certify it. */
  private void fetch(int partition, Map<Integer, OrderStanding> all) throws InterruptedException {
    beyond = beyond(all, partition, certifiedK(partition), context.q());
    if (beyond.isEmpty()) {
      OrderPosition ignored = logs.get(partition).catchUp(0);
    }
    context.threads().sleep(PAUSE_NANOS);
  }

  /**
   * Why an HSM whose window ends before a certified entry cannot be led on: fewer than q of the
   * founders' HSMs stand there, so that nothing newer is certified, and what was certified before
   * nobody has kept. Empty if enough do.
   */
  static Optional<String> beyond(
      Map<Integer, OrderStanding> all, int partition, long certified, int q) {
    List<Integer> behind =
        all.entrySet().stream()
            .filter(one -> one.getValue().places().get(partition).hsm() < certified)
            .map(Map.Entry::getKey)
            .sorted()
            .toList();
    return all.size() - behind.size() >= q
        ? Optional.empty()
        : Optional.of(
            "HSMs "
                + behind
                + " stand before entry "
                + certified
                + " of partition "
                + partition
                + ", which is certified, and too few others stand there to lead them on: start a node more"
                + " whose HSM does, and name it to coffer node rebuild-order.");
  }

  private long certifiedK(int partition) {
    return context.store().partition(partition).certificate().map(c -> c.values().k()).orElse(0L);
  }

  /** The first of these entries, up to where the HSM captures: a ring beyond its certificate. */
  private List<Bytes> within(int partition, HsmPort.Position hsm, List<Bytes> entries) {
    long from = context.store().partition(partition).position().values().k();
    long reach = Math.max(hsm.highestCertified() + Limits.RING, hsm.values().k()) - from;
    return entries.subList(0, Math.clamp(reach, 0, entries.size()));
  }

  private HsmPort.Position hsm(int partition) throws IOException, InterruptedException {
    while (true) {
      try {
        return context.hsm().position(partition);
      } catch (HsmUnavailable e) {
        context.threads().sleep(PAUSE_NANOS);
      } catch (Rejected e) {
        throw silent(e);
      }
    }
  }

  private static IOException silent(Rejected why) {
    return new IOException("The HSM does not say where it stands (" + why.code() + ").", why);
  }

  private Optional<Bytes> entry(int partition, long k, int holder)
      throws Refusal, Rejected, InterruptedException {
    Bytes question = new EntryWanted(partition, k).encode();
    return EntryWanted.answered(context.peers().ask(holder, PeerMethod.ENTRY, question, DEADLINE));
  }

  static void refuse(Optional<String> difference) throws IOException {
    if (difference.isPresent()) {
      throw new IOException(difference.get());
    }
  }

  /**
   * In one sentence, which store is not behind {@code start}, so that what it has would count as
   * the order's; empty if all are, or stand there since a founding that was broken off.
   */
  static Optional<String> notBehind(NodeContext context, OrderPosition start) {
    for (int partition = 0; partition < context.fleet().settings().partitions(); partition++) {
      OrderPosition store = context.store().partition(partition).position().order();
      boolean behind = store.index() < start.index() && store.term() < start.term();
      if (!behind && !store.equals(start)) {
        return Optional.of(
            "The order would begin at index "
                + start.index()
                + " and term "
                + start.term()
                + ", and the store of partition "
                + partition
                + " stands at "
                + store.index()
                + " and "
                + store.term()
                + ": run coffer node rebuild-order again with a higher number.");
      }
    }
    return Optional.empty();
  }

  private void capture(int partition, Bytes entry) throws IOException, InterruptedException {
    OrderedLog log = logs.get(partition);
    RecordStore store = context.store().partition(partition);
    OrderPosition last = store.position().order();
    Envelope envelope = new Envelope(List.of(), store.certificate(), entry);
    await(log.take(new OrderPosition(last.term(), last.index() + 1), envelope.encode()));
  }

  /** A chain that stands still completes nothing any more. */
  private void await(CompletableFuture<Void> applied) throws IOException, InterruptedException {
    while (true) {
      try {
        Void ignored = applied.get(LOOK_MILLIS, TimeUnit.MILLISECONDS);
        return;
      } catch (TimeoutException e) {
        Optional<String> why = stopped.get();
        if (why.isPresent()) {
          throw new IOException("The order cannot be rebuilt here: " + why.get() + ".", e);
        }
      } catch (ExecutionException e) {
        throw new IllegalStateException("application completes or does not", e);
      }
    }
  }

  /**
   * Where an HSM has captured what no store has: looks whether it stands in this node's own log,
   * and if the hashes of what stands there lead to that HSM's head, captures it here. The others
   * take it from this store.
   */
  private boolean ledOn(Map<Integer, OrderStanding> all, OrderStanding own)
      throws IOException, InterruptedException {
    boolean led = false;
    for (int partition = 0; partition < own.places().size(); partition++) {
      for (OrderStanding one : all.values()) {
        Place place = one.places().get(partition);
        RecordStore store = context.store().partition(partition);
        if (place.hsm() > store.position().values().k()) {
          List<Bytes> entries = entries(partition, store.position(), place, all);
          for (Bytes entry : within(partition, hsm(partition), entries)) {
            LOG.warn("Partition {} takes an entry from the log that is left behind", partition);
            capture(partition, entry);
            led = true;
          }
        }
      }
    }
    return led;
  }

  /** From the own log, up to where that HSM stands; none if that does not lead there. */
  private List<Bytes> entries(
      int partition, RecordStore.Position from, Place hsm, Map<Integer, OrderStanding> all) {
    List<Bytes> entries = new ArrayList<>();
    ChainValues at = from.values();
    for (Bytes payload : left.apply(partition, from.order())) {
      Bytes entry;
      try {
        entry = Envelope.decode(payload).entry();
      } catch (Rejected skippedByAll) {
        continue;
      }
      entries.add(entry);
      at = StatedHeads.after(at, entry);
      if (StatedHeads.against(all, partition, at.k(), at.head(), "the log has").isPresent()) {
        return List.of();
      }
      if (at.k() == hsm.hsm()) {
        return entries;
      }
    }
    return List.of();
  }

  /** An HSM that has captured what no store has could never go on in the new order. */
  private static Optional<String> ahead(Map<Integer, OrderStanding> all) {
    for (Map.Entry<Integer, OrderStanding> one : all.entrySet()) {
      for (int partition = 0; partition < one.getValue().places().size(); partition++) {
        int number = partition;
        long hsm = one.getValue().places().get(partition).hsm();
        long stored =
            all.values().stream().mapToLong(each -> each.places().get(number).k()).max().orElse(0);
        if (hsm > stored) {
          return Optional.of(
              "HSM "
                  + one.getKey()
                  + " stands at entry "
                  + hsm
                  + " of partition "
                  + partition
                  + ", and the newest store at "
                  + stored
                  + ": put one newer store of any node in its place. Where there is none, run coffer node rebuild-order"
                  + " again without that node; its HSM cannot go on then.");
        }
      }
    }
    return Optional.empty();
  }
}
