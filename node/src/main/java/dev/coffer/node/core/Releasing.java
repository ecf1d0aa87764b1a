package dev.coffer.node.core;

import dev.coffer.node.core.Messages.Replies;
import dev.coffer.node.core.Messages.Reply;
import dev.coffer.node.hsm.HsmUnavailable;
import dev.coffer.node.peer.PeerMethod;
import dev.coffer.node.peer.Refusal;
import dev.coffer.node.store.RecordStore;
import dev.coffer.protocol.chain.Certificate;
import dev.coffer.protocol.codec.Rejected;
import dev.coffer.protocol.codec.RejectionCode;
import dev.coffer.protocol.port.HsmPort.PositionedReply;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Hands certificates to the own HSM and its sealed replies to the nodes where the clients wait
 * (INV-4: nothing is released before the certificate, and the HSM checks that itself). One thread a
 * partition; the rest is thread-safe.
 */
final class Releasing {
  private static final Logger LOG = LoggerFactory.getLogger(Releasing.class);
  private static final int QUEUE = 256;
  private static final int PARKED_MAX = 64;

  /** Positions in one call, so that the first replies of a full entry do not wait for the last. */
  private static final int CHUNK = 64;

  /** What came of a certificate. */
  sealed interface Event {
    /** It is dealt with, or put aside. */
    record Done() implements Event {}

    /** It does not hold, or the HSM does not take it. */
    record Refused(Rejected why) implements Event {}

    /** It holds, and contradicts what the own HSM captured as entry {@code k}. */
    record Forked(long k) implements Event {}
  }

  private final NodeContext context;
  private final RecordStore store;
  private final RecentEntries recent;
  private final OpenCalls calls;
  private final Consumer<Certificate> accepted;
  private final Mailbox<Certificate> queue;
  private final TreeMap<Long, Certificate> parked = new TreeMap<>();

  /**
   * @param accepted gets each certificate that has been verified
   */
  Releasing(
      NodeContext context,
      RecordStore store,
      RecentEntries recent,
      OpenCalls calls,
      Consumer<Certificate> accepted) {
    this.context = context;
    this.store = store;
    this.recent = recent;
    this.calls = calls;
    this.accepted = accepted;
    this.queue = context.threads().mailbox(QUEUE);
  }

  /**
   * A certificate from anywhere, not verified. Dropped when too many wait: certificates come again.
   */
  void offer(Certificate certificate) {
    if (!queue.offer(certificate)) {
      context.meters().event("certificate_dropped");
    }
  }

  /** Entry {@code k} has been captured: a certificate may have been waiting for it. */
  void captured(long k) {
    Certificate waiting;
    synchronized (parked) {
      waiting = parked.remove(k);
      parked.headMap(k - PARKED_MAX).clear();
    }
    if (waiting != null) {
      offer(waiting);
    }
  }

  /** Tries parked certificates again: the HSM may speak now. */
  void again() {
    List<Certificate> waiting;
    synchronized (parked) {
      waiting =
          parked.values().stream().filter(c -> recent.get(c.values().k()).isPresent()).toList();
      waiting.forEach(c -> parked.remove(c.values().k()));
    }
    waiting.forEach(this::offer);
  }

  /** Deals with the next certificate; waits while there is none. For one thread. */
  Event step() throws InterruptedException {
    Certificate certificate = queue.take();
    long k = certificate.values().k();
    CapturedEntry entry = recent.get(k).orElse(null);
    try {
      if (entry == null) {
        // Ahead of the own HSM, or so old that nobody waits any more: worth keeping as the newest,
        // after verification.
        certificate.verify(context.fleet());
        accept(certificate);
        park(certificate);
      } else if (entry.certificate().isPresent()) {
        context.meters().event("certificate_again");
      } else if (!entry.values().equals(certificate.values())) {
        certificate.verify(context.fleet());
        return new Event.Forked(k);
      } else {
        release(certificate, entry);
      }
    } catch (Rejected e) {
      if (e.code() != RejectionCode.NOT_YET_HEARD) {
        return new Event.Refused(e);
      }
      park(certificate);
    } catch (HsmUnavailable e) {
      // What it held is gone with it: others answer, or the client asks again for free (INV-8: an
      // answered request costs no second guess).
      LOG.debug("The HSM could not release entry {}: {}", k, e.getMessage());
    }
    return new Event.Done();
  }

  private void park(Certificate certificate) {
    synchronized (parked) {
      parked.put(certificate.values().k(), certificate);
      if (parked.size() > PARKED_MAX) {
        parked.pollFirstEntry();
      }
    }
  }

  private void accept(Certificate certificate) {
    store.keepCertificate(certificate);
    accepted.accept(certificate);
  }

  private void release(Certificate certificate, CapturedEntry entry) throws Rejected {
    List<Integer> positions = new ArrayList<>();
    boolean local = false;
    for (int position = 0; position < entry.routes().size(); position++) {
      if (entry.routes().get(position).releasedBy(context.self())) {
        positions.add(position);
      }
      local |= entry.routes().get(position).origin() == context.self();
    }
    long began = context.clock().nanos();
    int from = 0;
    int released = 0;
    do {
      List<Integer> chunk = positions.subList(from, Math.min(from + CHUNK, positions.size()));
      List<PositionedReply> replies = context.hsm().release(certificate, chunk);
      if (from == 0) {
        // The HSM has verified it.
        entry.certified(certificate);
        accept(certificate);
        context.meters().certified(began - entry.capturedNanos());
        if (local) {
          calls.placed(entry, certificate);
        }
      }
      released += replies.size();
      push(certificate, entry, replies);
      from += CHUNK;
    } while (from < positions.size());
    context.meters().released(released, context.clock().nanos() - began);
  }

  private void push(Certificate certificate, CapturedEntry entry, List<PositionedReply> released) {
    Map<Integer, List<Reply>> byOrigin = new HashMap<>();
    for (PositionedReply reply : released) {
      Envelope.Route route = entry.routes().get(reply.position());
      byOrigin
          .computeIfAbsent(route.origin(), unused -> new ArrayList<>())
          .add(reply(entry, route, reply));
    }
    byOrigin.forEach((origin, replies) -> {
      Replies message = new Replies(certificate, entry.size(), replies);
      if (origin == context.self()) {
        own(message);
      } else {
        context.peers().tell(origin, PeerMethod.REPLIES, message.encode());
      }
    });
  }

  private void own(Replies replies) {
    try {
      calls.replies(context.self(), replies);
    } catch (Rejected e) {
      LOG.warn("Replies of the own HSM were not usable: {}", e.code());
      context.meters().event("replies_rejected");
    }
  }

  private static Reply reply(CapturedEntry entry, Envelope.Route route, PositionedReply released) {
    int position = released.position();
    return new Reply(
        route.call(),
        position,
        entry.leaf(position),
        entry.path(position),
        route.releasers(),
        released.reply());
  }

  /** One more reply on request, for an origin that waits for a slow HSM. */
  Replies one(long k, int position) throws Refusal, Rejected {
    CapturedEntry entry = recent.get(k).orElse(null);
    Certificate certificate = entry == null ? null : entry.certificate().orElse(null);
    if (entry == null || certificate == null || position >= entry.routes().size()) {
      throw new Refusal(Refusal.Reason.NOT_FOUND, "that entry is not certified here, or too old");
    }
    List<PositionedReply> released = releasedAgain(certificate, position);
    Envelope.Route route = entry.routes().get(position);
    return new Replies(
        certificate,
        entry.size(),
        released.stream().map(reply -> reply(entry, route, reply)).toList());
  }

  private List<PositionedReply> releasedAgain(Certificate certificate, int position)
      throws Refusal, Rejected {
    try {
      return context.hsm().release(certificate, List.of(position));
    } catch (HsmUnavailable e) {
      LOG.debug("The HSM is away: {}", e.getMessage());
      throw new Refusal(Refusal.Reason.TRY_AGAIN, "this node's HSM is away");
    }
  }
}
