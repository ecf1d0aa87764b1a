package dev.coffer.backup;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.coffer.backup.repository.Repository;
import dev.coffer.protocol.crypto.SecretBytes;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** What every store promises, checked against an empty one. */
public final class StoreContract {
  private StoreContract() {}

  /** Fails unless {@code store} keeps the promises. */
  public static void check(ObjectStore store) throws BackupException {
    assertEquals(Optional.empty(), store.get("nothing/here", 10));
    store.delete("nothing/here");
    assertEquals(new TreeMap<>(), listed(store, ""));
    assertTrue(store.isEmpty());
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
    assertFalse(store.isEmpty());
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
    store.put("deposit/writer/7", new byte[0]);
    assertArrayEquals(new byte[0], store.get("deposit/writer/7", 10).orElseThrow());
    assertEquals(Set.of("deposit/writer/7"), listed(store, "deposit/").keySet());
    store.sweep(Instant.now().minus(Duration.ofDays(1)));
    store.flush();
    manyAtOnce(store);
  }

  /** As many threads as a backup has, and more than a server may like. */
  private static void manyAtOnce(ObjectStore store) throws BackupException {
    ExecutorService threads = Executors.newFixedThreadPool(12);
    try {
      List<Future<byte[]>> read = new ArrayList<>();
      for (int i = 0; i < 60; i++) {
        byte[] content = Sandbox.noise(i, 10 + i);
        String name = "many/" + i % 7 + "/" + i;
        read.add(
            threads.submit(() -> {
              store.put(name, content);
              return store.get(name, 100).orElseThrow();
            }));
      }
      for (int i = 0; i < 60; i++) {
        assertArrayEquals(Sandbox.noise(i, 10 + i), read.get(i).get());
      }
    } catch (ExecutionException | InterruptedException e) {
      throw new AssertionError(e);
    } finally {
      threads.shutdownNow();
    }
    assertEquals(60, listed(store, "many/").size());
  }

  /** A tree goes into {@code store} and comes back, with one page of it changed in between. */
  public static void backsUpAndRestores(ObjectStore store, Path home) throws Exception {
    Path data = Files.createDirectories(home.resolve("data"));
    byte[] large = Sandbox.noise(1, 3_000_000);
    Files.write(data.resolve("large"), large);
    for (int i = 0; i < 50; i++) {
      Files.writeString(data.resolve("small" + i), "file " + i);
    }
    ExecutorService threads = Executors.newFixedThreadPool(3);
    try (SecretBytes k = SecretBytes.wrap(new byte[32]);
        BackupKey key = BackupKey.derive(k)) {
      Repository repository = Repository.open(store, key, Clock.systemUTC(), threads);
      assertEquals(List.of(), repository.backup(data, ProgressListener.NONE).problems());
      large[1_500_000] ^= 1;
      Files.write(data.resolve("large"), large);
      BackupReport second = repository.backup(data, ProgressListener.NONE);
      assertEquals(2, second.objectsStored(), "a page and the file list");
      RestoreReport restored =
          repository.restore(Optional.empty(), home.resolve("back"), ProgressListener.NONE);
      assertEquals(List.of(), restored.problems());
      assertEquals(-1, Files.mismatch(data.resolve("large"), home.resolve("back/large")));
      assertEquals("file 49", Files.readString(home.resolve("back/small49")));
      assertEquals(
          List.of(), repository.check(CheckDepth.CONTENT, ProgressListener.NONE).problems());
      repository.prune(
          new RetentionPolicy(1, 0, 0, 0, 0, ZoneOffset.UTC, RetentionPolicy.GRACE_MIN));
      assertEquals(1, repository.snapshots().snapshots().size());
    } finally {
      threads.shutdownNow();
    }
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
