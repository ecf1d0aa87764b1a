package dev.coffer.node.core;

import dev.coffer.node.store.RecordStore;
import dev.coffer.protocol.chain.Certificate;
import dev.coffer.protocol.chain.ChainValues;
import dev.coffer.protocol.codec.Limits;
import java.util.Optional;

/** What a start finds, and what follows (docs/replication.md rule 2). Pure. */
public enum Reconciliation {
  /** HSM and store stand at one entry, or the order's replay brings the store there: go on. */
  PROCEED,
  /** The HSM is behind a store whose newest entry is certified: it adopts that certificate. */
  ADOPT_STORED,
  /** They are out of each other's reach: take a certified state from the peers. */
  SYNCHRONISE,
  /** They stand at one entry and differ: an operator has to look; everything is kept. */
  STOP;

  /** Decides for one partition. */
  public static Reconciliation of(ChainValues hsm, RecordStore store) {
    return store.syncing() ? SYNCHRONISE : of(hsm, store.position().values(), store.certificate());
  }

  /** Decides for a store that is whole and stands at {@code store}. */
  public static Reconciliation of(
      ChainValues hsm, ChainValues store, Optional<Certificate> certificate) {
    long ahead = hsm.k() - store.k();
    if (ahead == 0) {
      return hsm.head().equals(store.head()) && hsm.root().equals(store.root()) ? PROCEED : STOP;
    }
    if (ahead > 0) {
      // The HSM gives the outputs of its ring again; the payloads are in the order's log, or the
      // leader's.
      return ahead < Limits.RING ? PROCEED : SYNCHRONISE;
    }
    boolean certified = certificate.filter(newest -> newest.values().equals(store)).isPresent();
    return certified ? ADOPT_STORED : SYNCHRONISE;
  }
}
