package dev.coffer.node.core;

import dev.coffer.node.peer.PeerMethod;
import dev.coffer.node.peer.Refusal;
import dev.coffer.protocol.codec.Rejected;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Fetches the certificate that another node says it has and this one has not: what was told may
 * have got lost. One at a time. Thread-safe.
 */
final class NewerCertificates {
  private static final Logger LOG = LoggerFactory.getLogger(NewerCertificates.class);
  private static final Duration DEADLINE = Duration.ofMillis(1_000);

  private final NodeContext context;
  private final int partition;
  private final ChainPositions positions;
  private final Certification certification;
  private final Releasing releasing;
  private final PartitionHealth health;
  private final AtomicBoolean fetching = new AtomicBoolean();

  NewerCertificates(
      NodeContext context,
      int partition,
      ChainPositions positions,
      Certification certification,
      Releasing releasing,
      PartitionHealth health) {
    this.context = context;
    this.partition = partition;
    this.positions = positions;
    this.certification = certification;
    this.releasing = releasing;
    this.health = health;
  }

  /** Starts to fetch if there is anything to fetch. */
  void look() {
    int node = positions.aheadOf(partition, certification.certifiedK());
    if (node != 0 && fetching.compareAndSet(false, true)) {
      health.soon("fetch-certificate", () -> fetch(node));
    }
  }

  private void fetch(int node) throws InterruptedException {
    try {
      Messages.certificate(
              context
                  .peers()
                  .ask(node, PeerMethod.CERTIFICATE, Messages.number(partition), DEADLINE))
          .ifPresent(releasing::offer);
    } catch (Refusal | Rejected e) {
      LOG.debug("Node {} gave no certificate: {}", node, e.toString());
    } finally {
      fetching.set(false);
    }
  }
}
