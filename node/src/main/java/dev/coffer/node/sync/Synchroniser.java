package dev.coffer.node.sync;

import dev.coffer.node.store.Reconstruction;
import dev.coffer.node.store.RecordStore;
import dev.coffer.node.store.tree.TreeSourceFailure;
import dev.coffer.node.store.tree.TreeSourceFailure.Reason;
import dev.coffer.protocol.chain.Certificate;
import dev.coffer.protocol.chain.ChainValues;
import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.codec.Rejected;
import dev.coffer.protocol.fleet.Fleet;
import java.util.List;

/**
 * Brings one partition's store to a peer's certified state. Meant to be called in turn for several
 * peers until one call returns: what one of them sent and was verified is not fetched again from
 * the next, nor after a crash. Not thread-safe; nothing else may apply to the partition meanwhile.
 *
 * <p>Guarantee: the store ends at a state that q HSMs certified, or stays marked as synchronising.
 * After it the caller lets the HSM adopt that certificate.
 */
public final class Synchroniser {
  /** Offers taken one after the other while the peer's state moves on under load. */
  private static final int PASSES_MAX = 32;

  private final Fleet fleet;
  private final int partition;
  private final RecordStore store;
  private final Reconstruction reconstruction;

  /** For {@code store}, which is that of {@code partition}. */
  public Synchroniser(Fleet fleet, int partition, RecordStore store) {
    this.fleet = fleet;
    this.partition = partition;
    this.store = store;
    this.reconstruction = store.reconstruct();
  }

  /**
   * Looks for damage first; call it once, before {@link #bring}, when the store itself is
   * suspected.
   *
   * @return how many pages and records will be fetched again
   */
  public long suspectTheDisk() {
    return reconstruction.markDamage();
  }

  /**
   * One attempt with one peer.
   *
   * @param atLeast the least k that is of use: where the HSM stands. The store's own k counts too
   * @return the certificate of the state reached
   * @throws TreeSourceFailure what went wrong, and so whether to ask this peer again
   */
  public Certificate bring(RemoteTree peer, long atLeast) throws TreeSourceFailure {
    long floor = Math.max(atLeast, store.position().values().k());
    for (int pass = 1; ; pass++) {
      RemoteTree.Offer offer = verified(peer.offer(floor), floor);
      try {
        reconstruction.aim(offer.certificate());
        reconstruction.fill(peer.at(offer.certificate().values().k()));
        hashes(peer, offer.certificate().values());
        reconstruction.finish(offer.order());
        return offer.certificate();
      } catch (TreeSourceFailure e) {
        // Each pass leaves less to fetch for the next one, until one fits into a state's life.
        if (e.reason() != Reason.MOVED || pass == PASSES_MAX) {
          throw e;
        }
        floor = Math.max(floor, offer.certificate().values().k());
      }
    }
  }

  private RemoteTree.Offer verified(RemoteTree.Offer offer, long floor) throws TreeSourceFailure {
    ChainValues values = offer.certificate().values();
    try {
      offer.certificate().verify(fleet);
    } catch (Rejected e) {
      throw new TreeSourceFailure(Reason.LIED, "a certificate", e);
    }
    if (values.partition() != partition) {
      throw new TreeSourceFailure(Reason.LIED, "a certificate of another partition");
    }
    if (values.k() < floor) {
      throw new TreeSourceFailure(Reason.BEHIND, "an old certificate");
    }
    return offer;
  }

  private void hashes(RemoteTree peer, ChainValues target) throws TreeSourceFailure {
    while (reconstruction.hashesReach().k() < target.k()) {
      long reach = reconstruction.hashesReach().k();
      int count = (int) Math.min(RemoteTree.HASHES_MAX, target.k() - reach);
      List<Bytes> hashes = peer.entryHashes(reach, count);
      if (hashes.size() != count) {
        throw new TreeSourceFailure(Reason.LIED, "entry hashes");
      }
      reconstruction.entryHashes(hashes);
    }
  }
}
