package dev.coffer.node.store.tree;

import dev.coffer.protocol.account.TreeKey;
import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.codec.Invariant;
import dev.coffer.protocol.codec.Limits;

/**
 * Where a page of the record tree hangs: the first {@code nibbles.size()} half-octets of all keys
 * below it, one an octet (0 to 15), so that a page sorts directly before the pages below it.
 *
 * @param nibbles 0 to 63 of them
 */
public record PagePath(Bytes nibbles) {
  /** The top of the tree. */
  public static final PagePath ROOT = new PagePath(Bytes.EMPTY);

  /** The longest path: a page there ends at the last bit of a key. */
  public static final int NIBBLES_MAX = Limits.TREE_DEPTH / TreePage.LEVELS - 1;

  /** The longest page as peers see it: 15 forks, 16 records. */
  public static final int ENCODED_MAX = 15 + 16 * 65;

  public PagePath {
    Invariant.check(nibbles.size() <= NIBBLES_MAX, "a path has at most 63 nibbles");
    for (int i = 0; i < nibbles.size(); i++) {
      Invariant.check(nibbles.at(i) < 16, "a nibble has four bits");
    }
  }

  /** The page below at boundary slot {@code nibble} (0 to 15). */
  public PagePath child(int nibble) {
    return new PagePath(nibbles.concat(Bytes.wrap(new byte[] {(byte) nibble})));
  }

  /** Depth of the page's topmost node in the tree, in levels. */
  public int depth() {
    return nibbles.size() * TreePage.LEVELS;
  }

  /** Whether {@code key} lies below this path. */
  public boolean covers(TreeKey key) {
    for (int i = 0; i < nibbles.size(); i++) {
      int octet = key.value().at(i >> 1);
      if (nibbles.at(i) != ((i & 1) == 0 ? octet >>> 4 : octet & 15)) {
        return false;
      }
    }
    return true;
  }
}
