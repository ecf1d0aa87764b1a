package dev.coffer.node.core;

import dev.coffer.node.core.Messages.Challenge;
import dev.coffer.node.peer.PeerMethod;
import dev.coffer.node.peer.Refusal;
import dev.coffer.protocol.chain.SignedStatus;
import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.codec.Invariant;
import dev.coffer.protocol.codec.Rejected;
import dev.coffer.protocol.codec.RejectionCode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Lets the own HSM hear where the others stand after each of its starts; before that it signs and
 * releases nothing (PROTOCOL.md §12.6). Repeated until it speaks. Thread-safe.
 */
final class Awakening {
  private static final Logger LOG = LoggerFactory.getLogger(Awakening.class);
  private static final Duration DEADLINE = Duration.ofMillis(500);
  private static final long MORE_NANOS = TimeUnit.MILLISECONDS.toNanos(40);

  /**
   * After the HSM has heard enough it may still have to catch up: asking anew would make it forget
   * what it heard.
   */
  private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(3);

  private final Site site;
  private final int partition;
  private final AtomicBoolean running = new AtomicBoolean();
  private volatile long heardNanos;
  private volatile boolean heard;
  private volatile int forked;

  Awakening(Site site, int partition) {
    this.site = site;
    this.partition = partition;
  }

  /**
   * The own HSM does not speak: asks around, unless that is already going on or was done a moment
   * ago.
   */
  void tick() {
    boolean patient = heard && site.clock().nanos() - heardNanos < PATIENCE_NANOS;
    if (patient || !running.compareAndSet(false, true)) {
      return;
    }
    site.threads()
        .start(
            "awakening-" + partition,
            () -> {
              try {
                ask();
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
              } finally {
                running.set(false);
              }
            });
  }

  /** The own HSM speaks. */
  void awake() {
    heard = false;
  }

  private void ask() throws InterruptedException {
    try {
      Bytes nonce = site.hsm().challenge(partition);
      List<SignedStatus> statuses = collect(nonce);
      statuses.removeIf(status -> status.index() == forked);
      forked = 0;
      if (statuses.size() >= site.q() - 1) {
        boolean speaking = false;
        for (SignedStatus status : statuses) {
          speaking = hear(status);
        }
        heard = true;
        heardNanos = site.clock().nanos();
        LOG.info(
            "The HSM has heard {} others in partition {}; it speaks: {}",
            statuses.size(),
            partition,
            speaking);
      }
    } catch (Rejected e) {
      LOG.warn("The HSM does not take the others' statuses: {}", e.code());
      site.meters().event("hear_refused");
    } catch (Invariant.Broken e) {
      throw e;
    } catch (RuntimeException e) {
      LOG.debug("The HSM is away: {}", e.toString());
    }
  }

  /** One at a time: an HSM on another chain spoils the hearing, and is left out of the next one. */
  private boolean hear(SignedStatus status) throws Rejected {
    try {
      return site.hsm().hear(partition, List.of(status));
    } catch (Rejected e) {
      if (e.code() == RejectionCode.FORK) {
        LOG.error(
            "HSM {} stands on another chain in partition {}: an operator has to look",
            status.index(),
            partition);
        site.meters().event("fork_heard");
        forked = status.index();
      }
      throw e;
    }
  }

  private List<SignedStatus> collect(Bytes nonce) throws InterruptedException {
    Mailbox<SignedStatus> answers = site.threads().mailbox(site.fleet().settings().n());
    site.others()
        .filter(site.peers()::reachable)
        .forEach(
            node -> site.threads().start("status-" + node, () -> askOne(node, nonce, answers)));
    List<SignedStatus> statuses = new ArrayList<>();
    long until = site.clock().nanos() + DEADLINE.toNanos();
    while (statuses.size() < site.fleet().settings().n() - 1) {
      // Enough is enough, but those that answer at the same moment are heard too: more others,
      // fewer repairs missed.
      long wait = statuses.size() >= site.q() - 1 ? MORE_NANOS : until - site.clock().nanos();
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
          site.peers()
              .ask(node, PeerMethod.STATUS, new Challenge(partition, nonce).encode(), DEADLINE);
      SignedStatus status = Messages.status(body);
      boolean fits =
          status.index() == node
              && status.nonce().equals(nonce)
              && status.verifySignature(site.fleet());
      if (fits) {
        answers.offer(status);
      } else {
        site.meters().event("status_bad");
      }
    } catch (Refusal | Rejected e) {
      LOG.debug("Node {} gave no status: {}", node, e.toString());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
