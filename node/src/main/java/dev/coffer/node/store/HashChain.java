package dev.coffer.node.store;

import dev.coffer.protocol.chain.ChainValues;
import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.codec.Limits;
import java.io.IOException;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** The heads that follow from the hashes of all entries, from the founding on. Not thread-safe. */
final class HashChain {
  private static final int HASHES_AT_ONCE = 2048;

  private final Disk.File file;

  /** Over the file of entry hashes. */
  HashChain(Disk.File file) {
    this.file = file;
  }

  /**
   * The heads at {@code wanted} and at {@code upTo}, by k; without those that a hash is missing
   * for.
   *
   * @param step runs after each entry
   */
  Map<Long, Bytes> heads(ChainValues founding, long upTo, Set<Long> wanted, Runnable step)
      throws IOException {
    Map<Long, Bytes> heads = new TreeMap<>();
    ChainValues at = founding;
    byte[] octets = new byte[HASHES_AT_ONCE * Limits.DIGEST];
    int there = 0;
    while (true) {
      if (wanted.contains(at.k()) || at.k() == upTo) {
        heads.put(at.k(), at.head());
      }
      int within = (int) (at.k() % HASHES_AT_ONCE) * Limits.DIGEST;
      if (within == 0) {
        there = file.read(at.k() * Limits.DIGEST, octets);
      }
      if (at.k() == upTo || within + Limits.DIGEST > there) {
        return heads;
      }
      Bytes hash = Bytes.copyOf(octets, within, within + Limits.DIGEST);
      at =
          new ChainValues(
              at.fleetId(),
              at.partition(),
              at.k() + 1,
              at.nextHead(hash),
              at.root(),
              at.outcomesRoot());
      step.run();
    }
  }
}
