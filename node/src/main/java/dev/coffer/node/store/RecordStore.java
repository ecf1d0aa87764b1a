package dev.coffer.node.store;

import dev.coffer.protocol.account.TreeKey;
import dev.coffer.protocol.chain.Certificate;
import dev.coffer.protocol.chain.ChainValues;
import dev.coffer.protocol.chain.Statement;
import dev.coffer.protocol.codec.Bytes;
import java.util.List;
import java.util.Optional;

/**
 * The store of one partition (docs/replication.md rule 2). One transaction an entry; transactions
 * become durable in order, in groups, in the background. A crash loses at most the newest {@link
 * StoreSettings#lagMax} entries, always a suffix, and never tears one.
 *
 * <p>Thread-safe. {@link #apply} is for one thread at a time, in the order of k; reads see every
 * entry whose {@link #apply} has returned. Every method throws {@link StoreFault} when the store
 * cannot go on; after {@link StoreFault.Unavailable} or {@link StoreFault.Corrupt} from a
 * background write every later call throws it again.
 *
 * <p>Interrupting a thread inside a call is allowed and changes nothing.
 *
 * <p>Guarantees: what is read from disk is checked against the tree's root before it is handed out.
 * It does not guarantee secrecy or freshness: the HSM does.
 */
public interface RecordStore {
  /**
   * A state of the store.
   *
   * @param values of the newest entry in it; {@link ChainValues#founding} before the first
   * @param order the ordering engine's position that goes with it
   */
  record Position(ChainValues values, OrderPosition order) {}

  /** The newest state, durable or not. */
  Position position();

  /** The newest state that survives a power cut. At or behind {@link #position}. */
  Position durable();

  /**
   * The present records and their multiproof against the newest root.
   *
   * @param touched distinct record names, ascending, at most 256
   */
  Proof prove(List<TreeKey> touched);

  /**
   * Applies entry {@code position().values().k() + 1}. Blocks while {@link StoreSettings#lagMax}
   * entries wait for the disk, so that when it returns the HSM may capture one more entry.
   *
   * @throws StoreFault.Divergence if the entry does not follow, or the tree's new root is not
   *     {@code result.values().root()}; nothing is changed then
   */
  void apply(EntryResult result);

  /**
   * Notes that the ordering engine went on to {@code order} without a new entry (a duplicate, a
   * configuration change). Durable with the next transaction; never goes backwards.
   */
  void advance(OrderPosition order);

  /** Returns when everything applied before the call is durable. */
  void sync();

  /** Adds this HSM's statement to a recent entry. Ignored when that entry is no longer kept. */
  void keepStatement(Statement statement);

  /**
   * Keeps {@code certificate} if it is newer than the one kept. The caller has verified it. Durable
   * with the next transaction or {@link #sync}.
   */
  void keepCertificate(Certificate certificate);

  /** The newest certificate kept. */
  Optional<Certificate> certificate();

  /** Entry {@code k}, while it is among the recent ones. */
  Optional<StoredEntry> entry(long k);

  /**
   * The hashes of entries {@code after + 1} … {@code after + count}, oldest first: what {@code
   * HsmPort.adopt} asks for. Kept for ever.
   *
   * @param count at most 65,536
   * @throws IllegalArgumentException if the range is not within 1 … k
   */
  List<Bytes> entryHashes(long after, int count);

  /** Whether a synchronisation began and has not ended: such a store proves and applies nothing. */
  boolean syncing();

  /**
   * A certified state for a peer that needs k ≥ {@code atLeast}. Empty while there is none so new:
   * ask again when its certificate has come. The newest certified state stands ready whatever was
   * applied after it, but not over a restart, nor once more than {@code heldOctets} of it have been
   * written over.
   */
  Optional<TreeView> view(long atLeast);

  /** The view over entry {@code k} that {@link #view} gave out before, unless it is gone. */
  Optional<TreeView> viewAt(long k);

  /**
   * Begins to bring this store to a certified state. Nothing changes before {@link
   * Reconstruction#aim}.
   */
  Reconstruction reconstruct();
}
