package dev.coffer.node.store;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.coffer.protocol.account.TreeKey;
import dev.coffer.protocol.chain.ChainValues;
import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.tree.PartialTree;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The store against a map of all records and the tree of all of them, over seeded histories. */
@Tag("long")
final class RecordStoreModelTest {
  @TempDir Path directory;

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4})
  void agreesWithATreeOfAllRecords(long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    Map<TreeKey, Bytes> model = new HashMap<>();
    PartialTree whole = PartialTree.empty();
    StoreSettings settings = new StoreSettings(1 << 20, 8, 1 + random.nextInt(7), 1 << 20, 1 << 20);
    ChainDriver hsm = new ChainDriver(random, ChainValues.founding(ChainDriver.FLEET, 3));
    for (int life = 0; life < 4; life++) {
      try (NodeStore node = NodeStore.open(directory, ChainDriver.FLEET, 4, settings)) {
        RecordStore store = node.partition(3);
        assertEquals(hsm.values(), store.position().values());
        for (int step = 0; step < 25; step++) {
          List<TreeKey> touched = batch(random, List.copyOf(model.keySet()));
          Proof proof = store.prove(touched);
          for (int i = 0; i < touched.size(); i++) {
            assertEquals(Optional.ofNullable(model.get(touched.get(i))), proof.records().get(i));
          }
          EntryResult result = hsm.capture(proof, touched, random.nextInt(4) == 0, 50);
          store.apply(result);
          for (int i = 0; i < touched.size(); i++) {
            TreeKey key = touched.get(i);
            Optional<Bytes> record = result.records().get(i);
            if (record.isPresent()) {
              model.put(key, record.get());
              whole.put(key, PartialTree.ciphertextHash(record.get()));
            }
          }
          assertEquals(whole.rootHash(), store.position().values().root());
        }
      }
    }
  }

  /** Old keys, fresh keys, and keys that share almost all of their bits with an old one. */
  private static List<TreeKey> batch(SplittableRandom random, List<TreeKey> known) {
    Set<TreeKey> keys = new HashSet<>();
    int size = 1 + random.nextInt(random.nextInt(8) == 0 ? 256 : 12);
    List<TreeKey> near = new ArrayList<>(known);
    while (keys.size() < size) {
      TreeKey one =
          near.isEmpty()
              ? ChainDriver.keyNear(random, Bytes.EMPTY, 0)
              : near.get(random.nextInt(near.size()));
      int kind = random.nextInt(4);
      if (kind == 0) {
        keys.add(one);
      } else {
        int shared = kind == 1 ? 0 : kind == 2 ? random.nextInt(40) : 216 + random.nextInt(40);
        keys.add(ChainDriver.keyNear(random, one.value(), near.isEmpty() ? 0 : shared));
      }
      near.add(keys.iterator().next());
    }
    return ChainDriver.ascending(keys);
  }
}
