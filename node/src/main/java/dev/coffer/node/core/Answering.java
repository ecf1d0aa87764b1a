package dev.coffer.node.core;

import dev.coffer.node.core.Messages.ReleaseWanted;
import dev.coffer.node.core.Messages.Replies;
import dev.coffer.node.core.Messages.Submission;
import dev.coffer.node.order.Orderer;
import dev.coffer.node.peer.PeerMethod;
import dev.coffer.node.peer.Refusal;
import dev.coffer.protocol.codec.Rejected;
import dev.coffer.protocol.outcome.VaultAnswer;
import dev.coffer.protocol.port.HsmPort;
import dev.coffer.protocol.request.RequestType;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Has operations that came in at this node ordered by whoever leads, and waits for their answers.
 * Thread-safe.
 */
final class Answering {
  private static final Logger LOG = LoggerFactory.getLogger(Answering.class);
  private static final Duration SUBMIT_DEADLINE = Duration.ofMillis(800);
  private static final Duration RELEASE_DEADLINE = Duration.ofMillis(1_000);
  private static final long CALL_NANOS = TimeUnit.SECONDS.toNanos(6);
  private static final long SUBMIT_AGAIN_NANOS = TimeUnit.MILLISECONDS.toNanos(1_500);
  private static final long RETRY_MILLIS = 15;
  private static final int CALLS_MAX = 4_096;

  private final NodeContext context;
  private final int partition;
  private final Orderer orderer;
  private final Batcher batcher;
  private final Releasing releasing;
  private final OpenCalls calls;
  private final PartitionHealth health;
  private final Serving serving;

  Answering(
      NodeContext context,
      int partition,
      Orderer orderer,
      Batcher batcher,
      Releasing releasing,
      OpenCalls calls,
      PartitionHealth health,
      Serving serving) {
    this.context = context;
    this.partition = partition;
    this.orderer = orderer;
    this.batcher = batcher;
    this.releasing = releasing;
    this.calls = calls;
    this.health = health;
    this.serving = serving;
  }

  /** Has an admitted operation ordered and answered. */
  VaultAnswer answer(HsmPort.Admission admission, RequestType type, int admittingIndex, boolean all)
      throws Refusal, InterruptedException {
    if (!health.running()) {
      throw new Refusal(Refusal.Reason.STOPPED, "this node's chain stands still");
    }
    if (calls.size() >= CALLS_MAX) {
      throw new Refusal(Refusal.Reason.BUSY, "too many requests are open here");
    }
    OpenCall call = new OpenCall(type, all, context);
    long number = calls.add(call);
    long began = context.clock().nanos();
    try {
      return drive(
          call,
          new Submission(
              partition,
              admission.treeKey(),
              admittingIndex,
              admission.operation(),
              type,
              all,
              number));
    } catch (Refusal e) {
      if (e.reason() == Refusal.Reason.TRY_AGAIN) {
        serving.failed(began);
      }
      throw e;
    } finally {
      calls.remove(number);
    }
  }

  /**
   * Submits, again after a change of leader or a long silence, and asks further HSMs when some are
   * slow.
   */
  private VaultAnswer drive(OpenCall call, Submission submission)
      throws Refusal, InterruptedException {
    long began = context.clock().nanos();
    int submittedTo = 0;
    long submittedNanos = began;
    while (context.clock().nanos() - began < CALL_NANOS) {
      int leader = orderer.leadership().node();
      boolean moved = leader != 0 && leader != submittedTo && !call.placed();
      boolean silent = context.clock().nanos() - submittedNanos > SUBMIT_AGAIN_NANOS;
      if (moved || (silent && leader != 0)) {
        submittedTo = submit(leader, submission) ? leader : 0;
        submittedNanos = context.clock().nanos();
      }
      Optional<VaultAnswer> answer = call.await(submittedTo == 0 ? RETRY_MILLIS : patience(call));
      if (answer.isPresent()) {
        return answer.get();
      }
      call.wanted(serving.live()).ifPresent(this::askOneMore);
    }
    throw new Refusal(Refusal.Reason.TRY_AGAIN, "no quorum answered in time");
  }

  private static long patience(OpenCall call) {
    return call.placed()
        ? TimeUnit.NANOSECONDS.toMillis(OpenCall.SLOW_NANOS) + 1
        : 2 * RETRY_MILLIS;
  }

  private boolean submit(int leader, Submission submission) throws Refusal, InterruptedException {
    try {
      if (leader == context.self()) {
        batcher.submit(context.self(), submission);
      } else {
        context.peers().ask(leader, PeerMethod.SUBMIT, submission.encode(), SUBMIT_DEADLINE);
      }
      return true;
    } catch (Refusal e) {
      if (e.reason() == Refusal.Reason.NOT_LEADER || e.reason() == Refusal.Reason.UNREACHABLE) {
        return false;
      }
      throw e;
    }
  }

  private void askOneMore(OpenCall.Wanted wanted) {
    context.meters().event("reply_asked");
    health.soon(
        "ask-reply",
        () -> {
          try {
            calls.replies(wanted.node(), oneMore(wanted));
          } catch (Refusal | Rejected e) {
            LOG.debug("Node {} gave no reply: {}", wanted.node(), e.toString());
          }
        });
  }

  private Replies oneMore(OpenCall.Wanted wanted) throws Refusal, Rejected, InterruptedException {
    if (wanted.node() == context.self()) {
      return releasing.one(wanted.k(), wanted.position());
    }
    ReleaseWanted question = new ReleaseWanted(partition, wanted.k(), wanted.position());
    return Replies.decode(
        context
            .peers()
            .ask(wanted.node(), PeerMethod.RELEASE, question.encode(), RELEASE_DEADLINE));
  }
}
