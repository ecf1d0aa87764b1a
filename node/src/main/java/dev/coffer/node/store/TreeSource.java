package dev.coffer.node.store;

import dev.coffer.protocol.account.TreeKey;
import dev.coffer.protocol.codec.Bytes;
import java.util.List;
import java.util.Optional;

/**
 * Where a {@link Reconstruction} fetches one certified state from. Nothing it gives is believed
 * before it hashes to the certified root.
 */
public interface TreeSource {
  /** Paths asked for in one call. */
  int PAGES_MAX = 64;

  /** Records asked for in one call. */
  int RECORDS_MAX = 256;

  /** As {@link TreeView#page}, for at most {@link #PAGES_MAX} paths, in their order. */
  List<Optional<Bytes>> pages(List<PagePath> paths) throws TreeSourceFailure;

  /** As {@link TreeView#record}, for at most {@link #RECORDS_MAX} keys, in their order. */
  List<Optional<Bytes>> records(List<TreeKey> keys) throws TreeSourceFailure;
}
