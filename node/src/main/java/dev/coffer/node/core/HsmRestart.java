package dev.coffer.node.core;

import dev.coffer.node.core.Messages.Challenge;
import dev.coffer.node.hsm.HsmUnavailable;
import dev.coffer.node.peer.PeerMethod;
import dev.coffer.node.peer.Refusal;
import dev.coffer.protocol.chain.SignedStatus;
import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.codec.Rejected;
import dev.coffer.protocol.codec.RejectionCode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Lets the own HSM hear where the others stand after each of its starts; before that it signs and
 * releases nothing. Repeated until it speaks. Thread-safe.
 */
final class HsmRestart {
  /** Why a partition stops whose HSM has started without its memory. */
  static final String WIPED =
      "the HSM is of no fleet: its home was emptied or exchanged. Put the home back, or run on with"
          + " the others";

  private static final Logger LOG = LoggerFactory.getLogger(HsmRestart.class);
  private static final Duration DEADLINE = Duration.ofMillis(500);
  private static final long MORE_NANOS = TimeUnit.MILLISECONDS.toNanos(40);

  /**
   * After the HSM has heard enough it may still have to catch up: asking anew would make it forget
   * what it heard.
   */
  private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(3);

  /** Why a partition stops whose HSM contradicts {@code than}. */
  static String otherChain(String than) {
    return "this node's HSM stands on another chain than "
        + than
        + ": one of them was put back from an older copy, or they were fed different entries. Keep"
        + " hsm.home and store.directory for inspection, and run on with the others";
  }

  private final NodeContext context;
  private final int partition;
  private final AtomicBoolean running = new AtomicBoolean();
  private volatile long heardNanos;
  private volatile boolean heard;

  /** HSMs that stand on another chain than the own one: bit i−1 for HSM i. */
  private volatile int forked;

  HsmRestart(NodeContext context, int partition) {
    this.context = context;
    this.partition = partition;
  }

  /**
   * The own HSM does not speak: whether to {@link #ask} around now. Not while that is going on or
   * was done a moment ago.
   */
  boolean due() {
    boolean patient = heard && context.clock().nanos() - heardNanos < PATIENCE_NANOS;
    return !patient && running.compareAndSet(false, true);
  }

  /** The own HSM speaks. */
  void over() {
    heard = false;
  }

  /**
   * Challenges the HSM and hands it what the others answer. Blocks; after {@link #due} alone.
   *
   * @throws Rejected what the HSM says to the challenge or to the answers
   */
  void ask() throws Rejected, InterruptedException {
    try {
      Bytes nonce = context.hsm().challenge(partition);
      List<SignedStatus> statuses = collect(nonce);
      statuses.removeIf(status -> (forked >>> (status.index() - 1) & 1) == 1);
      if (statuses.size() >= context.q() - 1) {
        boolean maySign = false;
        for (SignedStatus status : statuses) {
          Optional<Boolean> said = hear(status);
          if (said.isEmpty()) {
            return;
          }
          maySign = said.get();
        }
        heard = true;
        heardNanos = context.clock().nanos();
        LOG.info(
            "The HSM has heard {} others in partition {}; it speaks: {}",
            statuses.size(),
            partition,
            maySign);
      }
    } catch (HsmUnavailable e) {
      LOG.debug("The HSM is away: {}", e.getMessage());
    } finally {
      running.set(false);
    }
  }

  /**
   * Why this HSM never speaks again: it stands on another chain than so many others that those who
   * are left are no quorum with it. Empty while that may pass.
   */
  Optional<String> forked() {
    if (Integer.bitCount(forked) <= context.n() - context.q()) {
      return Optional.empty();
    }
    String others =
        IntStream.rangeClosed(1, context.n())
            .filter(node -> (forked >>> (node - 1) & 1) == 1)
            .mapToObj(String::valueOf)
            .collect(Collectors.joining(", "));
    return Optional.of(otherChain("HSMs " + others));
  }

  /**
   * One at a time: an HSM on another chain spoils the hearing, and is left out of all later ones.
   *
   * @return whether the own HSM speaks now; empty if all has to be heard again without that one
   */
  private Optional<Boolean> hear(SignedStatus status) throws Rejected {
    try {
      return Optional.of(context.hsm().hear(partition, List.of(status)));
    } catch (Rejected e) {
      if (e.code() == RejectionCode.FORK) {
        LOG.error(
            "HSM {} stands on another chain in partition {}: an operator has to look",
            status.index(),
            partition);
        context.meters().event("fork_heard");
        forked |= 1 << (status.index() - 1);
        return Optional.empty();
      }
      throw e;
    }
  }

  private List<SignedStatus> collect(Bytes nonce) throws InterruptedException {
    Mailbox<SignedStatus> answers = context.threads().mailbox(context.n());
    context
        .others()
        .filter(context.peers()::reachable)
        .forEach(
            node -> context.threads().start("status-" + node, () -> askOne(node, nonce, answers)));
    List<SignedStatus> statuses = new ArrayList<>();
    long until = context.clock().nanos() + DEADLINE.toNanos();
    while (statuses.size() < context.n() - 1) {
      // Enough is enough, but those that answer at the same moment are heard too: more others,
      // fewer repairs missed.
      long wait = statuses.size() >= context.q() - 1 ? MORE_NANOS : until - context.clock().nanos();
      SignedStatus status = answers.poll(Math.max(wait, 0));
      if (status == null) {
        break;
      }
      statuses.add(status);
    }
    return statuses;
  }

  private void askOne(int node, Bytes nonce, Mailbox<SignedStatus> answers) {
    try {
      Bytes body =
          context
              .peers()
              .ask(node, PeerMethod.STATUS, new Challenge(partition, nonce).encode(), DEADLINE);
      SignedStatus status = Messages.status(body);
      boolean fits =
          status.index() == node
              && status.nonce().equals(nonce)
              && status.verifySignature(context.fleet());
      if (fits) {
        answers.offer(status);
      } else {
        context.meters().event("status_bad");
      }
    } catch (Refusal | Rejected e) {
      LOG.debug("Node {} gave no status: {}", node, e.toString());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
