package dev.coffer.node.store.tree;

import dev.coffer.protocol.codec.Bytes;
import java.util.Optional;

/** The slots that pages and ciphertexts stand in, as whoever looks for damage reads them. */
public interface TreeSlots {
  /** What a slot holds, whatever it hashes to; empty if it is not a page for {@code path}. */
  Optional<TreePage> pageAsItIs(int slot, PagePath path);

  /** The ciphertext in a slot; empty if it does not hash to what its leaf says. */
  Optional<Bytes> recordIfSound(RecordTree.Found found);
}
