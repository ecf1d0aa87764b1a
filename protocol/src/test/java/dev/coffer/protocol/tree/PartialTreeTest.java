package dev.coffer.protocol.tree;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.coffer.protocol.Samples;
import dev.coffer.protocol.account.TreeKey;
import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.codec.Rejected;
import dev.coffer.protocol.tree.PartialTree.Node;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** The record tree: its shape depends on its records alone, and proofs prove what they say. */
final class PartialTreeTest {
  private final Random random = new Random(11);

  /** Keys that share long prefixes as often as not. */
  private TreeKey key() {
    byte[] octets = new byte[32];
    if (random.nextBoolean()) {
      random.nextBytes(octets);
    } else {
      octets[random.nextInt(32)] = (byte) (1 << random.nextInt(8));
    }
    return new TreeKey(Bytes.wrap(octets));
  }

  private Bytes hash() {
    byte[] octets = new byte[32];
    random.nextBytes(octets);
    return Bytes.wrap(octets);
  }

  private Map<TreeKey, Bytes> records(int count) {
    Map<TreeKey, Bytes> records = new TreeMap<>((a, b) -> a.value().compareTo(b.value()));
    for (int i = 0; i < count; i++) {
      records.put(key(), hash());
    }
    return records;
  }

  private static PartialTree tree(List<TreeKey> order, Map<TreeKey, Bytes> records) {
    PartialTree tree = PartialTree.empty();
    order.forEach(key -> tree.put(key, records.get(key)));
    return tree;
  }

  @Test
  void theRootDependsOnTheRecordsNotOnTheirOrder() throws Exception {
    for (int round = 0; round < 50; round++) {
      Map<TreeKey, Bytes> records = records(random.nextInt(20));
      List<TreeKey> order = new ArrayList<>(records.keySet());
      Bytes root = tree(order, records).rootHash();
      Collections.shuffle(order, random);
      PartialTree tree = tree(order, records);
      assertEquals(root, tree.rootHash());
      assertEquals(tree.root(), PartialTree.decode(tree.encode()).root());
      for (TreeKey key : order) {
        assertEquals(Optional.of(records.get(key)), tree.find(key));
      }
      TreeKey stranger = key();
      assertEquals(Optional.ofNullable(records.get(stranger)), tree.find(stranger));
    }
    assertEquals(Bytes.zeros(32), PartialTree.empty().rootHash());
  }

  /** Keeps the paths to {@code keys} and reduces everything beside them. */
  private static Node prune(Node node, List<TreeKey> keys, int depth) {
    if (keys.isEmpty()) {
      return node instanceof Node.Empty ? node : new Node.Hashed(PartialTree.hash(node));
    }
    if (node instanceof Node.Inner inner) {
      return new Node.Inner(
          prune(inner.left(), side(keys, depth, 0), depth + 1),
          prune(inner.right(), side(keys, depth, 1), depth + 1));
    }
    return node;
  }

  private static List<TreeKey> side(List<TreeKey> keys, int depth, int bit) {
    return keys.stream().filter(key -> key.value().bit(depth) == bit).toList();
  }

  @Test
  void aProofProvesPresenceAbsenceAndTheRootAfterwards() throws Exception {
    for (int round = 0; round < 100; round++) {
      Map<TreeKey, Bytes> records = records(random.nextInt(30));
      PartialTree whole = tree(new ArrayList<>(records.keySet()), records);
      List<TreeKey> keys = new ArrayList<>(List.of(key(), key()));
      records.keySet().stream().limit(2).forEach(keys::add);
      PartialTree proof = PartialTree.decode(PartialTree.of(prune(whole.root(), keys, 0)).encode());
      assertEquals(whole.rootHash(), proof.rootHash());
      for (TreeKey key : keys) {
        assertEquals(Optional.ofNullable(records.get(key)), proof.find(key));
        Bytes next = hash();
        proof.put(key, next);
        whole.put(key, next);
        records.put(key, next);
      }
      assertEquals(whole.rootHash(), proof.rootHash());
    }
  }

  @Test
  void aPathThatIsNotThereProvesNothing() {
    Map<TreeKey, Bytes> records = records(20);
    PartialTree whole = tree(new ArrayList<>(records.keySet()), records);
    PartialTree nothing = PartialTree.of(new Node.Hashed(whole.rootHash()));
    assertThrows(Rejected.class, () -> nothing.find(key()));
  }

  @Test
  void hostileEncodingsAreRejected() {
    Bytes leafElsewhere =
        Bytes.fromHex("03")
            .concat(Bytes.fromHex("02").concat(Samples.octets(0xff, 32)).concat(Samples.digest(1)))
            .concat(Bytes.zeros(1));
    Bytes emptyAsHash = Bytes.fromHex("01").concat(Bytes.zeros(32));
    Bytes tooDeep = Samples.octets(3, 1000);
    for (Bytes bad :
        List.of(
            Bytes.EMPTY,
            Bytes.fromHex("04"),
            Bytes.fromHex("0000"),
            Bytes.fromHex("0300"),
            leafElsewhere,
            emptyAsHash,
            tooDeep,
            Bytes.zeros(5 << 20))) {
      assertThrows(Rejected.class, () -> PartialTree.decode(bad));
    }
  }

  @Test
  void leavesAndInnerNodesNeverHashAlike() {
    Bytes a = Samples.digest(1);
    Bytes b = Samples.digest(2);
    assertNotEquals(
        PartialTree.hash(new Node.Leaf(new TreeKey(a), b)),
        PartialTree.hash(new Node.Inner(new Node.Hashed(a), new Node.Hashed(b))));
  }
}
