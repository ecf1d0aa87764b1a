package dev.coffer.node.core;

import dev.coffer.node.core.Messages.Replies;
import dev.coffer.node.core.Messages.Reply;
import dev.coffer.protocol.chain.Certificate;
import dev.coffer.protocol.codec.Rejected;
import dev.coffer.protocol.codec.RejectionCode;
import dev.coffer.protocol.outcome.OutcomeTree;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The operations of one partition that clients wait for at this node. What peers push is checked as
 * far as a host can: the certificate, the leaf's path, and that each node brings its own HSM's
 * reply. Thread-safe.
 */
final class OpenCalls {
  private static final int VERIFIED_MAX = 128;

  private final NodeContext context;
  private final AtomicLong numbers;
  private final Map<Long, OpenCall> open = new ConcurrentHashMap<>();
  private final ConcurrentSkipListMap<Long, Certificate> verified = new ConcurrentSkipListMap<>();

  /** Numbers start anywhere, so that replies for an earlier life of this process find nobody. */
  OpenCalls(NodeContext context) {
    this.context = context;
    long start = 0;
    for (int i = 0; i < 6; i++) {
      start = start << 8 | context.randomness().bytes(1).at(0);
    }
    this.numbers = new AtomicLong(start);
  }

  long add(OpenCall call) {
    long number = numbers.incrementAndGet();
    open.put(number, call);
    return number;
  }

  void remove(long number) {
    open.remove(number);
  }

  int size() {
    return open.size();
  }

  /** {@code certificate} has been verified. */
  void verified(Certificate certificate) {
    verified.put(certificate.values().k(), certificate);
    while (verified.size() > VERIFIED_MAX) {
      verified.pollFirstEntry();
    }
  }

  /** Tells the calls of this node where their operations stand. */
  void placed(CapturedEntry entry, Certificate certificate) {
    for (int position = 0; position < entry.routes().size(); position++) {
      Envelope.Route route = entry.routes().get(position);
      OpenCall call = route.origin() == context.self() ? open.get(route.call()) : null;
      if (call != null) {
        call.placed(
            new OpenCall.Placement(
                certificate,
                entry.size(),
                position,
                entry.leaf(position),
                entry.path(position),
                route.releasers()));
      }
    }
  }

  /** Replies of HSM {@code node}, brought by its node. */
  void replies(int node, Replies replies) throws Rejected {
    Certificate certificate = known(replies.certificate());
    for (Reply reply : replies.replies()) {
      if (reply.reply().index() != node) {
        throw new Rejected(RejectionCode.WRONG_ADDRESSEE, "another HSM's reply");
      }
      OpenCall call = open.get(reply.call());
      if (call == null) {
        continue;
      }
      if (!OutcomeTree.contains(
          certificate.values().outcomesRoot(),
          replies.entrySize(),
          reply.position(),
          reply.leaf(),
          reply.path())) {
        throw new Rejected(RejectionCode.BAD_PROOF, "the path of a leaf");
      }
      call.reply(certificate, replies.entrySize(), reply);
    }
  }

  /** The verified certificate over the same values: a peer's copy may lack signatures. */
  private Certificate known(Certificate brought) throws Rejected {
    Certificate known = verified.get(brought.values().k());
    if (known != null && known.values().equals(brought.values())) {
      return known;
    }
    brought.verify(context.fleet());
    verified(brought);
    return brought;
  }
}
