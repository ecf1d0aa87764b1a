package dev.coffer.transparency.tlog;

import dev.coffer.protocol.codec.Bytes;
import dev.coffer.transparency.text.RefusalCode;
import dev.coffer.transparency.text.Refused;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.List;

/**
 * Merkle tree hashing (RFC 6962 §2.1) and the verification of proofs (RFC 9162 §2.1.3.2, §2.1.4.2).
 * Sizes are at most 2⁶³−1. Stateless and thread-safe.
 */
public final class Tlog {
  /** Octets of every hash. */
  public static final int HASH = 32;

  /** Hashes of the longest proof. */
  public static final int PROOF_MAX = 63;

  /** The root of the tree without leaves: SHA-256 of nothing. */
  public static final Bytes EMPTY_ROOT = Bytes.wrap(sha256().digest());

  private Tlog() {}

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("this runtime lacks SHA-256", e);
    }
  }

  /** SHA-256(0x00 ‖ entry). */
  public static Bytes leafHash(Bytes entry) {
    MessageDigest digest = sha256();
    digest.update((byte) 0);
    return Bytes.wrap(digest.digest(entry.toByteArray()));
  }

  /** SHA-256(0x01 ‖ left ‖ right). */
  public static Bytes nodeHash(Bytes left, Bytes right) {
    MessageDigest digest = sha256();
    digest.update((byte) 1);
    digest.update(left.toByteArray());
    return Bytes.wrap(digest.digest(right.toByteArray()));
  }

  /**
   * Checks that the leaf stands at {@code index} in the tree of {@code size} leaves under {@code
   * root}. The proof has exactly the length that index and size require.
   *
   * @throws Refused {@link RefusalCode#BAD_PROOF} if it does not
   */
  public static void checkInclusion(
      long index, long size, Bytes leafHash, List<Bytes> proof, Bytes root) throws Refused {
    if (index < 0 || index >= size || !areHashes(leafHash, root) || !areHashes(proof)) {
      throw bad("inclusion proof");
    }
    long fn = index;
    long sn = size - 1;
    Bytes hash = leafHash;
    for (Bytes sibling : proof) {
      if (sn == 0) {
        throw bad("inclusion proof is too long");
      }
      if ((fn & 1) == 1 || fn == sn) {
        hash = nodeHash(sibling, hash);
        // A last node without a sibling moved up unhashed: go up with it to where it has one.
        int lonely = Long.numberOfTrailingZeros(fn);
        fn >>>= lonely;
        sn >>>= lonely;
      } else {
        hash = nodeHash(hash, sibling);
      }
      fn >>>= 1;
      sn >>>= 1;
    }
    if (sn != 0 || !hash.equals(root)) {
      throw bad("inclusion proof");
    }
  }

  /**
   * Checks that the tree of {@code size2} leaves under {@code root2} begins with the tree of {@code
   * size1} leaves under {@code root1}. The empty tree begins every tree: then, and for equal sizes,
   * the proof is empty.
   *
   * @throws Refused {@link RefusalCode#BAD_PROOF} if it does not
   */
  public static void checkConsistency(
      long size1, long size2, Bytes root1, Bytes root2, List<Bytes> proof) throws Refused {
    if (size1 < 0 || size1 > size2 || !areHashes(proof)) {
      throw bad("consistency proof");
    }
    if (size1 == size2) {
      boolean real = size1 > 0 || root1.equals(EMPTY_ROOT);
      if (!proof.isEmpty() || !real || !root1.equals(root2)) {
        throw bad("consistency of trees of equal size");
      }
      return;
    }
    if (!areHashes(root1, root2)) {
      throw bad("consistency proof");
    }
    if (size1 == 0) {
      if (!proof.isEmpty() || !root1.equals(EMPTY_ROOT)) {
        throw bad("consistency with the tree without leaves");
      }
      return;
    }
    checkGrowth(size1, size2, root1, root2, proof);
  }

  private static void checkGrowth(
      long size1, long size2, Bytes root1, Bytes root2, List<Bytes> proof) throws Refused {
    if (proof.isEmpty()) {
      throw bad("consistency proof is empty");
    }
    // A complete first tree is a node of the second one, so its root is not sent.
    boolean complete = Long.bitCount(size1) == 1;
    int unhashed = Long.numberOfTrailingZeros(size1);
    long fn = (size1 - 1) >>> unhashed;
    long sn = (size2 - 1) >>> unhashed;
    Bytes first = complete ? root1 : proof.get(0);
    Bytes second = first;
    for (Bytes hash : proof.subList(complete ? 0 : 1, proof.size())) {
      if (sn == 0) {
        throw bad("consistency proof is too long");
      }
      if ((fn & 1) == 1 || fn == sn) {
        first = nodeHash(hash, first);
        second = nodeHash(hash, second);
        int lonely = Long.numberOfTrailingZeros(fn);
        fn >>>= lonely;
        sn >>>= lonely;
      } else {
        second = nodeHash(second, hash);
      }
      fn >>>= 1;
      sn >>>= 1;
    }
    if (sn != 0 || !first.equals(root1) || !second.equals(root2)) {
      throw bad("consistency proof");
    }
  }

  private static boolean areHashes(Bytes one, Bytes other) {
    return one.size() == HASH && other.size() == HASH;
  }

  private static boolean areHashes(List<Bytes> proof) {
    return proof.size() <= PROOF_MAX && proof.stream().allMatch(hash -> hash.size() == HASH);
  }

  private static Refused bad(String what) {
    return new Refused(RefusalCode.BAD_PROOF, what);
  }
}
