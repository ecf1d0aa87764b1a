package dev.coffer.backup;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;

/** What every store promises, checked against an empty one. */
public final class StoreContract {
  private StoreContract() {}

  /** Fails unless {@code store} keeps the promises. */
  public static void check(ObjectStore store) throws BackupException {
    assertEquals(Optional.empty(), store.get("nothing/here", 10));
    store.delete("nothing/here");
    assertEquals(new TreeMap<>(), listed(store, ""));
    TreeMap<String, Long> all = new TreeMap<>();
    for (int i = 0; i < 25; i++) {
      String name = (i % 2 == 0 ? "data/" : "snapshots/") + "object-" + i;
      byte[] content = Sandbox.noise(i, i * 1000);
      store.put(name, content);
      all.put(name, (long) content.length);
      assertArrayEquals(content, store.get(name, content.length).orElseThrow());
    }
    store.flush();
    assertEquals(all, listed(store, ""));
    assertEquals(
        new TreeSet<>(all.headMap("snapshots/").keySet()), listed(store, "data/").keySet());
    assertEquals(new TreeMap<>(), listed(store, "data/none"));
    assertEquals(new TreeMap<>(), listed(store, "none/"));
    store.put("data/object-2", new byte[] {7});
    assertArrayEquals(new byte[] {7}, store.get("data/object-2", 10).orElseThrow());
    BackupException tooLarge =
        assertThrows(BackupException.class, () -> store.get("data/object-4", 3999));
    assertEquals(BackupException.Reason.OBJECT_FAULT, tooLarge.reason());
    store.delete("data/object-2");
    store.delete("data/object-2");
    assertEquals(Optional.empty(), store.get("data/object-2", 10));
    byte[] large = Sandbox.noise(99, BackupLimits.OBJECT_MAX);
    store.put("data/large", large);
    assertArrayEquals(large, store.get("data/large", BackupLimits.OBJECT_MAX).orElseThrow());
    store.flush();
  }

  private static TreeMap<String, Long> listed(ObjectStore store, String prefix)
      throws BackupException {
    TreeMap<String, Long> found = new TreeMap<>();
    store.list(
        prefix,
        object -> assertEquals(null, found.put(object.name(), object.size()), "listed twice"));
    return found;
  }
}
