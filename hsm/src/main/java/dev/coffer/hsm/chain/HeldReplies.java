package dev.coffer.hsm.chain;

import dev.coffer.protocol.codec.Limits;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The replies that this HSM holds back, of all its partitions together: hosts choose how many
 * entries wait for certificates, and an HSM's memory does not grow with the partitions. Beyond the
 * budget the entry held longest goes, whichever partition it is of: its clients ask again, which is
 * free (INV-8), as they do after a restart.
 *
 * <p>Thread-safe. Calls nothing outside, so that it may be called under any lock.
 */
public final class HeldReplies {
  /** Replies held at a time; each takes about 2 KiB. */
  static final int REPLIES_MAX = 8192;

  private final LinkedHashMap<Place, Map<Integer, HeldReply>> entries = new LinkedHashMap<>();
  private int replies;

  private record Place(int partition, long k) {}

  /** Holds the replies of an entry by position, as the newest. */
  synchronized void hold(int partition, long k, Map<Integer, HeldReply> held) {
    drop(new Place(partition, k));
    if (held.isEmpty()) {
      return;
    }
    entries.put(new Place(partition, k), Map.copyOf(held));
    replies += held.size();
    Iterator<Map.Entry<Place, Map<Integer, HeldReply>>> oldest = entries.entrySet().iterator();
    while (replies > REPLIES_MAX) {
      replies -= oldest.next().getValue().size();
      oldest.remove();
    }
  }

  private void drop(Place place) {
    Map<Integer, HeldReply> dropped = entries.remove(place);
    replies -= dropped == null ? 0 : dropped.size();
  }

  /** What is still held of an entry, by position. */
  synchronized Map<Integer, HeldReply> of(int partition, long k) {
    return entries.getOrDefault(new Place(partition, k), Map.of());
  }

  /** Forgets the entries of a partition that have just left its ring: those up to {@code k}. */
  synchronized void forget(int partition, long k) {
    for (long left = k; left > k - Limits.RING; left--) {
      drop(new Place(partition, left));
    }
  }

  @Override
  public String toString() {
    return "HeldReplies[redacted]";
  }
}
