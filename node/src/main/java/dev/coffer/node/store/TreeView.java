package dev.coffer.node.store;

import dev.coffer.protocol.account.TreeKey;
import dev.coffer.protocol.chain.Certificate;
import dev.coffer.protocol.codec.Bytes;
import java.util.Optional;

/**
 * A certified state of the tree that holds still while the store goes on, for peers that
 * synchronise. What the store writes over is set aside for it, up to a limit; past the limit the
 * view is gone. Thread-safe.
 */
public interface TreeView {
  /** The certificate over this state, not verified here. */
  Certificate certificate();

  /** The ordering engine's position of its newest entry. */
  OrderPosition order();

  /**
   * Four levels of the tree: an encoded {@code PartialTree} whose deepest inner nodes are bare
   * hashes, at most {@link PagePath#ENCODED_MAX} octets. Empty if no page hangs there.
   *
   * @throws TreeSourceFailure MOVED if the view is gone
   */
  Optional<Bytes> page(PagePath path) throws TreeSourceFailure;

  /**
   * A ciphertext, 1,024 octets; empty if there is no such record.
   *
   * @throws TreeSourceFailure MOVED if the view is gone
   */
  Optional<Bytes> record(TreeKey key) throws TreeSourceFailure;
}
