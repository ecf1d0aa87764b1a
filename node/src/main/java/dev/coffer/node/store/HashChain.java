package dev.coffer.node.store;

import dev.coffer.protocol.chain.ChainValues;
import dev.coffer.protocol.codec.Bytes;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** The heads that follow from the hashes of all entries, from the founding on. */
public final class HashChain {
  private HashChain() {}

  /**
   * What follows {@code values} once the entry with this hash is appended; its root means nothing.
   */
  static ChainValues next(ChainValues values, Bytes entryHash) {
    return new ChainValues(
        values.fleetId(),
        values.partition(),
        values.k() + 1,
        values.nextHead(entryHash),
        values.root(),
        values.outcomesRoot());
  }

  /**
   * The heads at {@code wanted} and at {@code upTo}, by k; without those that a hash is missing
   * for.
   *
   * @param step runs after each entry
   */
  public static Map<Long, Bytes> heads(
      PartitionFiles files, ChainValues founding, long upTo, Set<Long> wanted, Runnable step) {
    Map<Long, Bytes> heads = new TreeMap<>();
    ChainValues at = founding;
    while (true) {
      if (wanted.contains(at.k()) || at.k() == upTo) {
        heads.put(at.k(), at.head());
      }
      if (at.k() == upTo) {
        return heads;
      }
      try {
        at = next(at, files.entryHash(at.k() + 1));
      } catch (StoreFault missing) {
        return heads;
      }
      step.run();
    }
  }
}
