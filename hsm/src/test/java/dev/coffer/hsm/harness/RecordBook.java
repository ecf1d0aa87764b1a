package dev.coffer.hsm.harness;

import dev.coffer.protocol.account.TreeKey;
import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.tree.PartialTree;
import dev.coffer.protocol.tree.PartialTree.Node;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * A host's store at one k: all records of a partition. Immutable, so that old ones can be shown
 * again.
 */
public final class RecordBook {
  private final TreeMap<Bytes, Bytes> records;

  private RecordBook(TreeMap<Bytes, Bytes> records) {
    this.records = records;
  }

  /** No records. */
  public static RecordBook empty() {
    return new RecordBook(new TreeMap<>());
  }

  /** The ciphertext of {@code key}. */
  public Optional<Bytes> record(TreeKey key) {
    return Optional.ofNullable(records.get(key.value()));
  }

  /** The ciphertexts of {@code keys}, as a capture call wants them. */
  public List<Optional<Bytes>> records(Collection<TreeKey> keys) {
    return keys.stream().map(this::record).toList();
  }

  /** With new ciphertexts of {@code keys}. */
  public RecordBook with(List<TreeKey> keys, List<Optional<Bytes>> ciphertexts) {
    TreeMap<Bytes, Bytes> next = new TreeMap<>(records);
    for (int i = 0; i < keys.size(); i++) {
      Bytes key = keys.get(i).value();
      ciphertexts.get(i).ifPresent(record -> next.put(key, record));
    }
    return new RecordBook(next);
  }

  /** All of them. */
  public Map<Bytes, Bytes> all() {
    return records;
  }

  /** The root over all records. */
  public Bytes root() {
    return PartialTree.hash(build(new ArrayList<>(records.keySet()), 0));
  }

  /** The multiproof of {@code keys}. */
  public Bytes proof(Collection<TreeKey> keys) {
    Node whole = build(new ArrayList<>(records.keySet()), 0);
    return PartialTree.of(prune(whole, keys.stream().map(TreeKey::value).toList(), 0)).encode();
  }

  private Node build(List<Bytes> keys, int depth) {
    if (keys.isEmpty()) {
      return new Node.Empty();
    }
    if (keys.size() == 1) {
      Bytes record = records.get(keys.getFirst());
      return new Node.Leaf(new TreeKey(keys.getFirst()), PartialTree.ciphertextHash(record));
    }
    return new Node.Inner(
        build(side(keys, depth, 0), depth + 1), build(side(keys, depth, 1), depth + 1));
  }

  private static List<Bytes> side(List<Bytes> keys, int depth, int bit) {
    return keys.stream().filter(key -> key.bit(depth) == bit).toList();
  }

  private static Node prune(Node node, List<Bytes> keys, int depth) {
    if (node instanceof Node.Inner inner && !keys.isEmpty()) {
      return new Node.Inner(
          prune(inner.left(), side(keys, depth, 0), depth + 1),
          prune(inner.right(), side(keys, depth, 1), depth + 1));
    }
    if (keys.isEmpty() && !(node instanceof Node.Empty)) {
      return new Node.Hashed(PartialTree.hash(node));
    }
    return node;
  }
}
