package dev.coffer.node.sync;

import dev.coffer.node.store.OrderPosition;
import dev.coffer.node.store.PagePath;
import dev.coffer.node.store.TreeSourceFailure;
import dev.coffer.protocol.account.TreeKey;
import dev.coffer.protocol.chain.Certificate;
import dev.coffer.protocol.codec.Bytes;
import java.util.List;
import java.util.Optional;

/**
 * One partition of a peer's store, as far as a synchronisation needs it. Nothing is verified here.
 */
public interface PeerTree {
  /** Entry hashes asked for in one call. */
  int HASHES_MAX = 4096;

  /** A certified state that the peer holds still for a while. */
  record Offer(Certificate certificate, OrderPosition order) {}

  /**
   * The peer's newest certified state.
   *
   * @throws TreeSourceFailure BEHIND while it has none with k ≥ {@code atLeast}: ask again some
   *     milliseconds later
   */
  Offer offer(long atLeast) throws TreeSourceFailure;

  /** Pages of the state offered at {@code k}; see {@code TreeSource}. */
  List<Optional<Bytes>> pages(long k, List<PagePath> paths) throws TreeSourceFailure;

  /** Records of the state offered at {@code k}; see {@code TreeSource}. */
  List<Optional<Bytes>> records(long k, List<TreeKey> keys) throws TreeSourceFailure;

  /**
   * The hashes of entries {@code after + 1} … {@code after + count}, count ≤ {@link #HASHES_MAX}.
   */
  List<Bytes> entryHashes(long after, int count) throws TreeSourceFailure;
}
