package dev.coffer.node.store;

import dev.coffer.protocol.account.TreeKey;
import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.codec.CanonicalWriter;

/**
 * The names under which one partition's data stands in the engine: a letter, the partition (u16),
 * the rest.
 */
record Keys(int partition) {
  private Bytes key(char space, Bytes rest) {
    return new CanonicalWriter().u8(space).u16(partition).raw(rest).toBytes();
  }

  private Bytes numbered(char space, long k) {
    return new CanonicalWriter().u8(space).u16(partition).u64(k).toBytes();
  }

  /** Chain values and order position of the newest entry. */
  Bytes position() {
    return key('P', Bytes.EMPTY);
  }

  /** The newest certificate. */
  Bytes certificate() {
    return key('C', Bytes.EMPTY);
  }

  /** There while a synchronisation has not ended. */
  Bytes syncing() {
    return key('Y', Bytes.EMPTY);
  }

  /** A record's ciphertext. */
  Bytes record(TreeKey treeKey) {
    return key('R', treeKey.value());
  }

  /** All records. */
  Bytes records() {
    return key('R', Bytes.EMPTY);
  }

  /** A page of the tree. */
  Bytes page(PagePath path) {
    return key('T', path.nibbles());
  }

  /** All pages. */
  Bytes pages() {
    return key('T', Bytes.EMPTY);
  }

  /** H(entry_k). */
  Bytes entryHash(long k) {
    return numbered('E', k);
  }

  /** A recent entry. */
  Bytes recent(long k) {
    return numbered('N', k);
  }

  /** All recent entries. */
  Bytes recents() {
    return key('N', Bytes.EMPTY);
  }

  /** This HSM's statement on a recent entry. */
  Bytes statement(long k) {
    return numbered('S', k);
  }

  /** All statements. */
  Bytes statements() {
    return key('S', Bytes.EMPTY);
  }
}
