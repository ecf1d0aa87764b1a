package dev.coffer.node.store.tree;

import dev.coffer.protocol.account.TreeKey;
import dev.coffer.protocol.codec.Bytes;
import java.util.List;
import java.util.Optional;

/**
 * Where a {@link TreeFilling} fetches one certified state from. Nothing it gives is believed before
 * it hashes to the certified root.
 */
public interface TreeSource {
  /** Paths asked for in one call. */
  int PAGES_MAX = 64;

  /** Records asked for in one call. */
  int RECORDS_MAX = 256;

  /**
   * Four levels of the tree at each path, encoded, or empty if no page hangs there; for at most
   * {@link #PAGES_MAX} paths, in their order.
   */
  List<Optional<Bytes>> pages(List<PagePath> paths) throws TreeSourceFailure;

  /**
   * Ciphertexts, 1,024 octets each, or empty if there is no such record; for at most {@link
   * #RECORDS_MAX} keys, in their order.
   */
  List<Optional<Bytes>> records(List<TreeKey> keys) throws TreeSourceFailure;
}
