package dev.coffer.client.exchange;

import dev.coffer.client.trust.Distrust;
import dev.coffer.protocol.chain.ChainValues;
import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.codec.CanonicalReader;
import dev.coffer.protocol.codec.CanonicalWriter;
import dev.coffer.protocol.codec.Limits;
import dev.coffer.protocol.codec.Rejected;

/**
 * How far this device has seen a chain, by verified certificates alone (INV-7).
 *
 * @param epoch of the bundle that named the fleet; 0 for a pinned fleet
 * @param k of the newest certificate; 0 before the first
 * @param head at that k, 32 octets
 */
public record ChainProgress(long epoch, long k, Bytes head) {
  /** Nothing yet. */
  public static final ChainProgress NOTHING = new ChainProgress(0, 0, Bytes.zeros(Limits.DIGEST));

  /** Refuses what is older than this, or another history. */
  public void check(ChainValues values) throws OperationAborted {
    if (values.k() < k) {
      throw OperationAborted.untrusted(Distrust.ROLLED_BACK);
    }
    checkHistory(values);
  }

  /** Refuses another history; an older k is let pass, as of a node that lags. */
  public void checkHistory(ChainValues values) throws OperationAborted {
    if (values.k() == k && !values.head().equals(head)) {
      throw OperationAborted.untrusted(Distrust.FORKED);
    }
  }

  /** The newer of this and verified {@code values}. */
  public ChainProgress advanced(long bundleEpoch, ChainValues values) {
    long newestEpoch = Math.max(epoch, bundleEpoch);
    return values.k() > k
        ? new ChainProgress(newestEpoch, values.k(), values.head())
        : new ChainProgress(newestEpoch, k, head);
  }

  void write(CanonicalWriter out) {
    out.u64(epoch).u64(k).raw(head);
  }

  static ChainProgress read(CanonicalReader in) throws Rejected {
    return new ChainProgress(in.u64(), in.u64(), in.raw(Limits.DIGEST));
  }
}
