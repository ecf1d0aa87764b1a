package dev.coffer.transparency.tlog;

import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.codec.Invariant;
import dev.coffer.transparency.text.Refused;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** Makes roots and proofs (RFC 6962 §2.1) from the hashes of complete subtrees. Stateless. */
public final class TreeProver {
  private final HashReader hashes;

  /** Over the hashes of one tree. */
  public TreeProver(HashReader hashes) {
    this.hashes = hashes;
  }

  /** The root of the first {@code size} leaves. */
  public Bytes root(long size) throws IOException, Refused {
    return size == 0 ? Tlog.EMPTY_ROOT : root(0, size);
  }

  /** The path from leaf {@code index} to the root of the first {@code size} leaves. */
  public List<Bytes> inclusion(long index, long size) throws IOException, Refused {
    Invariant.check(index >= 0 && index < size, "the tree has such a leaf");
    List<Bytes> path = new ArrayList<>();
    inclusion(index, 0, size, path);
    return List.copyOf(path);
  }

  /** The proof that the tree of {@code size2} leaves begins with that of {@code size1}. */
  public List<Bytes> consistency(long size1, long size2) throws IOException, Refused {
    Invariant.check(size1 >= 0 && size1 <= size2, "trees only grow");
    List<Bytes> path = new ArrayList<>();
    if (size1 > 0 && size1 < size2) {
      consistency(size1, 0, size2, true, path);
    }
    return List.copyOf(path);
  }

  private Bytes root(long from, long to) throws IOException, Refused {
    long count = to - from;
    int level = Long.SIZE - 1 - Long.numberOfLeadingZeros(count);
    // Splits fall on multiples of the power of two to their left, so the left part is complete.
    Bytes left = hashes.hash(level, from >>> level);
    long rest = from + (1L << level);
    return rest == to ? left : Tlog.nodeHash(left, root(rest, to));
  }

  private static long split(long from, long to) {
    return from + Long.highestOneBit(to - from - 1);
  }

  private void inclusion(long index, long from, long to, List<Bytes> path)
      throws IOException, Refused {
    if (to - from == 1) {
      return;
    }
    long middle = split(from, to);
    if (index < middle) {
      inclusion(index, from, middle, path);
      path.add(root(middle, to));
    } else {
      inclusion(index, middle, to, path);
      path.add(root(from, middle));
    }
  }

  /** SUBPROOF of RFC 6962 §2.1.2; {@code known}: the verifier has this subtree's root already. */
  private void consistency(long size1, long from, long to, boolean known, List<Bytes> path)
      throws IOException, Refused {
    if (size1 == to) {
      if (!known) {
        path.add(root(from, to));
      }
      return;
    }
    long middle = split(from, to);
    if (size1 <= middle) {
      consistency(size1, from, middle, known, path);
      path.add(root(middle, to));
    } else {
      consistency(size1, middle, to, false, path);
      path.add(root(from, middle));
    }
  }
}
