package dev.coffer.node.store;

import dev.coffer.node.store.tree.TreePage;
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
  private final Map<Slot, TreePage> pages = new LinkedHashMap<>(1024, 0.75f, true);
  private long octets;

  PageCache(long octetsMax) {
    this.octetsMax = octetsMax;
  }

  synchronized Optional<TreePage> get(Slot slot) {
    return Optional.ofNullable(pages.get(slot));
  }

  synchronized void put(Slot slot, TreePage page) {
    TreePage old = pages.put(slot, page);
    octets += weight(page) - (old == null ? 0 : weight(old));
    Iterator<TreePage> oldest = pages.values().iterator();
    while (octets > octetsMax && oldest.hasNext()) {
      octets -= weight(oldest.next());
      oldest.remove();
    }
  }

  synchronized void remove(Slot slot) {
    TreePage old = pages.remove(slot);
    octets -= old == null ? 0 : weight(old);
  }

  private static int weight(TreePage page) {
    return page.heapOctets() + ENTRY_OCTETS;
  }
}
