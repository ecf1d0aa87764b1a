package dev.coffer.node.store;

import dev.coffer.protocol.codec.Bytes;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Decoded pages, least recently used out first. Every batch passes through the top of the tree, so
 * the top stays. Thread-safe.
 */
final class PageCache {
  /** The map's own share of the heap an entry, roughly. */
  private static final int ENTRY_OCTETS = 150;

  private final long octetsMax;
  private final Map<Bytes, TreePage> pages = new LinkedHashMap<>(1024, 0.75f, true);
  private long octets;

  PageCache(long octetsMax) {
    this.octetsMax = octetsMax;
  }

  synchronized Optional<TreePage> get(Bytes key) {
    return Optional.ofNullable(pages.get(key));
  }

  synchronized void put(Bytes key, TreePage page) {
    TreePage old = pages.put(key, page);
    octets += weight(page) - (old == null ? 0 : weight(old));
    Iterator<TreePage> oldest = pages.values().iterator();
    while (octets > octetsMax && oldest.hasNext()) {
      octets -= weight(oldest.next());
      oldest.remove();
    }
  }

  synchronized void remove(Bytes key) {
    TreePage old = pages.remove(key);
    octets -= old == null ? 0 : weight(old);
  }

  private static int weight(TreePage page) {
    return page.heapOctets() + ENTRY_OCTETS;
  }
}
