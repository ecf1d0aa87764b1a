package dev.coffer.node;

import dev.coffer.node.peer.Peers;
import dev.coffer.node.peer.Refusal;
import dev.coffer.node.store.NodeStore;
import dev.coffer.node.store.RecordStore;
import dev.coffer.protocol.chain.Certificate;
import dev.coffer.protocol.chain.ChainValues;
import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.codec.Invariant;
import dev.coffer.protocol.codec.Rejected;
import dev.coffer.protocol.fleet.Fleet;
import dev.coffer.protocol.port.HsmPort;
import java.io.IOException;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings store and HSM of this node to one certified state (6-replication rules 2 and 5).
 * Thread-safe.
 */
final class CatchingUp {
  private static final Logger LOG = LoggerFactory.getLogger(CatchingUp.class);
  private static final long PAUSE_MILLIS = 200;

  private final int self;
  private final Fleet fleet;
  private final HsmPort hsm;
  private final NodeStore store;
  private final Peers peers;

  CatchingUp(int self, Fleet fleet, HsmPort hsm, NodeStore store, Peers peers) {
    this.self = self;
    this.fleet = fleet;
    this.hsm = hsm;
    this.store = store;
    this.peers = peers;
  }

  /** Where the HSM stands; waits while its process is away. */
  ChainValues hsmPosition(int partition) throws IOException, InterruptedException {
    while (true) {
      try {
        return hsm.position(partition).values();
      } catch (Rejected e) {
        throw new IOException("The HSM is of no fleet yet: found the fleet first.", e);
      } catch (Invariant.Broken e) {
        throw e;
      } catch (RuntimeException e) {
        LOG.info("Waiting for the HSM: {}", e.toString());
        TimeUnit.MILLISECONDS.sleep(PAUSE_MILLIS);
      }
    }
  }

  /** The HSM is behind the store, whose newest entry is certified. */
  void adoptStored(int partition) throws IOException, InterruptedException {
    RecordStore records = store.partition(partition);
    ChainValues own = hsmPosition(partition);
    Certificate certificate = records.certificate().orElseThrow();
    int distance = Math.toIntExact(certificate.values().k() - own.k());
    try {
      hsm.adopt(certificate, records.entryHashes(own.k(), distance));
    } catch (Rejected e) {
      throw new IOException(
          "The HSM does not follow its own store's certificate ("
              + e.code()
              + "): keep both for inspection.",
          e);
    }
  }

  void synchronise(int partition) throws InterruptedException {
    throw new IllegalStateException("store and HSM are out of reach of each other");
  }

  Bytes page(Bytes question) throws Refusal, Rejected {
    throw new Refusal(Refusal.Reason.NOT_FOUND, "this node serves no pages");
  }
}
