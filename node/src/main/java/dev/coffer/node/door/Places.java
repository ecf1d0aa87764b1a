package dev.coffer.node.door;

import java.net.InetAddress;
import java.util.HashMap;
import java.util.Map;

/**
 * Places for work that anybody may ask for: so many at once, and of them so many for one address,
 * so that nobody has all of them alone. Thread-safe.
 *
 * <p><b>Not guaranteed:</b> that callers at as many addresses as it takes do not have all of them.
 */
public final class Places {
  private final int total;
  private final int perAddress;
  private final Map<Origin, Integer> taken = new HashMap<>();
  private int all;

  /**
   * All of them are free.
   *
   * @param perAddress from one IPv4 address or IPv6 /64
   */
  public Places(int total, int perAddress) {
    this.total = total;
    this.perAddress = perAddress;
  }

  /** Whether there was one for {@code from}; who has one gives it back. */
  public synchronized boolean take(InetAddress from) {
    Origin origin = Origin.of(from);
    if (all >= total || taken.getOrDefault(origin, 0) >= perAddress) {
      return false;
    }
    taken.merge(origin, 1, Integer::sum);
    all++;
    return true;
  }

  /** One that {@code from} took is free again. */
  public synchronized void giveBack(InetAddress from) {
    taken.computeIfPresent(
        Origin.of(from),
        (origin, count) -> {
          all--;
          return count == 1 ? null : Integer.valueOf(count - 1);
        });
  }
}
