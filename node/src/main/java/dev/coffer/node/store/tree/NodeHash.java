package dev.coffer.node.store.tree;

import dev.coffer.protocol.codec.Limits;
import java.security.DigestException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/**
 * Hashes tree nodes in place: the same hashes as {@code PartialTree.hash}, without an object for
 * each of the several thousand nodes a batch touches. One a thread: to find an algorithm costs as
 * much as to use it once. Not thread-safe.
 */
final class NodeHash {
  private static final int LEAF = 0;
  private static final int INNER = 1;

  private static final ThreadLocal<NodeHash> MINE = ThreadLocal.withInitial(NodeHash::new);

  private final MessageDigest digest;
  private final byte[] input = new byte[1 + 2 * Limits.DIGEST];

  private NodeHash() {
    try {
      digest = MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("this runtime lacks SHA-256", e);
    }
  }

  /** This thread's. */
  static NodeHash ofThread() {
    return MINE.get();
  }

  /** H(0x00 ‖ key ‖ H(ciphertext)) of the 64 octets {@code leaf} into {@code out[at, at + 32)}. */
  void leaf(byte[] leaf, byte[] out, int at) {
    hash(LEAF, leaf, 0, out, at);
  }

  /** H(0x01 ‖ left ‖ right) of the 64 octets from {@code from} on into {@code out[at, at + 32)}. */
  void inner(byte[] pair, int from, byte[] out, int at) {
    hash(INNER, pair, from, out, at);
  }

  private void hash(int tag, byte[] from, int offset, byte[] out, int at) {
    input[0] = (byte) tag;
    System.arraycopy(from, offset, input, 1, 2 * Limits.DIGEST);
    digest.update(input, 0, input.length);
    try {
      digest.digest(out, at, Limits.DIGEST);
    } catch (DigestException e) {
      throw new IllegalStateException("a SHA-256 digest has 32 octets", e);
    }
  }
}
