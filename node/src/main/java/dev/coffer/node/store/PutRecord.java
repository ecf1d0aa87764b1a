package dev.coffer.node.store;

import dev.coffer.protocol.account.TreeKey;
import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.tree.PartialTree;

/** A record on its way into the tree, which tells it its slot. Not thread-safe. */
final class PutRecord {
  private final byte[] leaf;
  private final Bytes ciphertext;
  private int slot;

  PutRecord(TreeKey key, Bytes ciphertext) {
    this.leaf = TreePage.leaf(key, PartialTree.ciphertextHash(ciphertext));
    this.ciphertext = ciphertext;
  }

  /** Name and H(ciphertext): not to be changed. */
  byte[] leaf() {
    return leaf;
  }

  Bytes ciphertext() {
    return ciphertext;
  }

  /** Where the ciphertext goes; 0 before the tree said so. */
  int slot() {
    return slot;
  }

  int placed(int inSlot) {
    slot = inSlot;
    return inSlot;
  }
}
