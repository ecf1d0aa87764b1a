package dev.coffer.node.core;

import dev.coffer.node.peer.Refusal;
import dev.coffer.protocol.chain.Certificate;
import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.codec.Rejected;
import dev.coffer.protocol.fleet.Fleet;
import dev.coffer.protocol.outcome.FleetDelivery;
import java.util.List;

/** What the core needs from the process around it. Thread-safe. */
public interface NodeHost {
  /** Whether new operations may be ordered here: not while the disk is nearly full. */
  boolean mayOrder();

  /**
   * Brings store and HSM of a partition to one certified state of the peers. Blocks until it is
   * done.
   */
  void synchronise(int partition) throws InterruptedException;

  /** A page of the certified state, for node {@code node} that synchronises. */
  Bytes syncPage(int node, Bytes question) throws Refusal, Rejected, InterruptedException;

  /** The certificates of {@code partition} that are kept for ever. */
  CertificateArchive archive(int partition);

  /** What clients are told of the fleet. */
  FleetDelivery delivery(Fleet fleet, List<Certificate> certificates);

  /** The process cannot go on: it halts. */
  void broken(String what, Throwable cause);
}
