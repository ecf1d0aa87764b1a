package dev.coffer.node.core;

import dev.coffer.protocol.chain.Certificate;
import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.outcome.SealedReply;
import dev.coffer.protocol.outcome.VaultAnswer;
import dev.coffer.protocol.request.RequestType;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A client's operation at the node where it came in, until enough sealed replies are here. The same
 * operation may stand in several entries; replies count together only at one place, since clients
 * combine only replies of one evaluation. Thread-safe.
 */
final class OpenCall {
  /** After this long at a known place another HSM is asked as well. */
  static final long SLOW_NANOS = TimeUnit.MILLISECONDS.toNanos(20);

  /**
   * Where all live HSMs are wanted: this long, then what is there goes out if it tells who lies, as
   * one reply more than the threshold does.
   */
  private static final long ALL_NANOS = TimeUnit.MILLISECONDS.toNanos(250);

  /**
   * The same if it does not tell: sites may be 150 ms apart, there and back, and a registration
   * begins again without that one reply. Less than a client waits for its first node.
   */
  private static final long FEW_NANOS = TimeUnit.MILLISECONDS.toNanos(600);

  private record Place(long k, int position) {}

  /**
   * Where an operation stands: at {@code position} of a certified entry.
   *
   * @param leaf its outcome's, checked against the certificate
   * @param releasers bit i−1: HSM i was to release its reply at once
   */
  record Placement(
      Certificate certificate,
      int entrySize,
      int position,
      Bytes leaf,
      List<Bytes> path,
      int releasers) {}

  /** Which HSM to ask for one more reply. */
  record Wanted(long k, int position, int node) {}

  private static final class Gathering {
    private final Placement placement;
    private final long sinceNanos;
    private final Map<Integer, SealedReply> replies = new TreeMap<>();
    private int asked;
    private long askedNanos;

    Gathering(Placement placement, long now) {
      this.placement = placement;
      this.sinceNanos = now;
      this.askedNanos = now;
    }
  }

  private final boolean all;
  private final int enough;
  private final int telling;
  private final NodeClock clock;

  /** A signal: something has come. */
  private final Mailbox<Boolean> news;

  private final Map<Place, Gathering> gatherings = new HashMap<>();

  OpenCall(RequestType type, boolean all, NodeContext context) {
    boolean start = type == RequestType.REGISTER_START;
    this.all = all || start;
    boolean evaluates = type == RequestType.ATTEMPT || start;
    this.enough = evaluates ? context.t() : 1;
    this.telling = evaluates ? context.t() + 1 : 1;
    this.clock = context.clock();
    this.news = context.threads().mailbox(1);
  }

  /** The operation stands there. */
  synchronized void placed(Placement placement) {
    gathering(placement);
    news.offer(true);
  }

  /** HSM {@code reply.index()}'s reply, from its own node. */
  synchronized void reply(Certificate certificate, int entrySize, Messages.Reply reply) {
    gathering(
            new Placement(
                certificate,
                entrySize,
                reply.position(),
                reply.leaf(),
                reply.path(),
                reply.releasers()))
        .replies
        .putIfAbsent(reply.reply().index(), reply.reply());
    news.offer(true);
  }

  private Gathering gathering(Placement placement) {
    return gatherings.computeIfAbsent(
        new Place(placement.certificate().values().k(), placement.position()),
        unused -> new Gathering(placement, clock.nanos()));
  }

  /** Whether the operation is known to stand in a certified entry. */
  synchronized boolean placed() {
    return !gatherings.isEmpty();
  }

  /** Waits for an answer, at most {@code millis}; empty if there is none yet. For one thread. */
  Optional<VaultAnswer> await(long millis) throws InterruptedException {
    long until = clock.nanos() + TimeUnit.MILLISECONDS.toNanos(millis);
    while (true) {
      VaultAnswer answer = ready();
      long left = until - clock.nanos();
      if (answer != null || left <= 0) {
        return Optional.ofNullable(answer);
      }
      news.poll(Math.max(left, 1_000_000));
    }
  }

  private synchronized @Nullable VaultAnswer ready() {
    for (Gathering gathering : gatherings.values()) {
      Placement at = gathering.placement;
      int here = gathering.replies.size();
      boolean complete =
          all ? here >= Math.max(Integer.bitCount(at.releasers()), 1) : here >= enough;
      long waited = clock.nanos() - gathering.sinceNanos;
      boolean late =
          all && (here >= telling && waited > ALL_NANOS || here >= enough && waited > FEW_NANOS);
      if (complete || late) {
        return new VaultAnswer(
            at.certificate(),
            at.entrySize(),
            at.position(),
            at.leaf(),
            at.path(),
            new ArrayList<>(gathering.replies.values()));
      }
    }
    return null;
  }

  /**
   * Whom to ask for one more reply now: a live HSM that has not been asked, at the newest place;
   * empty if it is too early.
   */
  synchronized Optional<Wanted> wanted(int live) {
    Place newest = null;
    for (Place place : gatherings.keySet()) {
      newest = newest == null || place.k() > newest.k() ? place : newest;
    }
    if (newest == null) {
      return Optional.empty();
    }
    Gathering gathering = gatherings.get(newest);
    if (gathering == null || clock.nanos() - gathering.askedNanos < SLOW_NANOS) {
      return Optional.empty();
    }
    for (int round = 0; round < 2; round++) {
      // First the HSMs nobody asked, then those that were to release on their own and did not.
      int known = gathering.asked | (round == 0 ? gathering.placement.releasers() : 0);
      for (int node = 1; node <= 7; node++) {
        int bit = 1 << (node - 1);
        if ((live & bit) != 0 && (known & bit) == 0 && !gathering.replies.containsKey(node)) {
          gathering.asked |= bit;
          gathering.askedNanos = clock.nanos();
          return Optional.of(new Wanted(newest.k(), newest.position(), node));
        }
      }
    }
    return Optional.empty();
  }
}
