package dev.coffer.verification.fuzz;

import dev.coffer.backup.BackupException;
import dev.coffer.backup.BackupKey;
import dev.coffer.backup.CheckDepth;
import dev.coffer.backup.ObjectStore;
import dev.coffer.backup.ProgressListener;
import dev.coffer.backup.StoredObject;
import dev.coffer.backup.repository.Repository;
import dev.coffer.protocol.codec.Bytes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.stream.Stream;

/**
 * A repository by somebody who has K and no scruples: a file list of any content, properly
 * compressed, encrypted, named, and referred to by a snapshot. Restoring it must end in a report,
 * and must write nothing outside the folder that was named.
 */
final class HostileBackup {
  private static final Instant TIME = Instant.parse("2030-01-02T03:04:05Z");

  private final Path folder;
  private final BackupKey key = DeviceTargets.backupKey();

  HostileBackup(Path folder) {
    this.folder = folder;
  }

  Target target() {
    String hash = "a".repeat(64);
    String time = "1700000000.000000000";
    return new Target(
        "hostile-backup",
        Stream.of(
                "d\t0755\t" + time + "\t-\t-\t-\tdir\n",
                "l\t-\t-\t-\t-\t../../x\tlink\nd\t0755\t" + time + "\t-\t-\t-\tlink/y\n",
                "f\t0644\t" + time + "\t0\t" + hash + "\t1:2:3\tempty\n",
                "f\t0644\t" + time + "\t3\t" + hash + "\t1:2:3\t../up\np\t" + hash + "\t0\t3\n")
            .map(Codecs::utf8)
            .toList(),
        this::restore);
  }

  private Optional<Bytes> restore(Bytes listing) throws Exception {
    MapStore store = new MapStore();
    Repository repository =
        Repository.open(store, key, Clock.fixed(TIME, ZoneOffset.UTC), Runnable::run);
    plant(store, listing.toByteArray());
    Path jail = Files.createDirectory(folder.resolve("jail"));
    try {
      repository.check(CheckDepth.values()[0], ProgressListener.NONE);
      repository.restore(Optional.empty(), jail.resolve("target"), ProgressListener.NONE);
    } catch (BackupException e) {
      return Optional.empty();
    } finally {
      escaped(jail);
      erase(jail);
    }
    return Optional.of(listing);
  }

  private static void escaped(Path jail) throws IOException {
    try (Stream<Path> children = Files.list(jail)) {
      List<Path> others = children.filter(path -> !path.endsWith("target")).toList();
      if (!others.isEmpty()) {
        throw new AssertionError("a restore wrote outside its folder: " + others);
      }
    }
  }

  private static void erase(Path jail) throws IOException {
    try (Stream<Path> paths = Files.walk(jail)) {
      for (Path path : paths.sorted(Comparator.reverseOrder()).toList()) {
        path.getParent().toFile().setWritable(true);
        Files.delete(path);
      }
    }
  }

  /** What a client with K writes: the page, and the snapshot that refers to it. */
  private void plant(ObjectStore store, byte[] page) throws Exception {
    Object data = kind("DATA");
    String dataMac = mac(store, data, page);
    write(store, "data/" + dataMac.substring(0, 2) + "/" + dataMac, page);
    String snapshot =
        "coffer-snapshot 1\ntime 20300102T030405Z\nsource /home/a\nfiles 1\ndirectories 1\n"
            + "links 0\nbytes 3\nproblems 0\np\t"
            + dataMac
            + "\t0\t"
            + Math.max(1, page.length)
            + "\nend\n";
    byte[] text = Codecs.utf8(snapshot).toByteArray();
    write(store, "snapshots/20300102T030405Z-" + mac(store, kind("SNAPSHOT"), text), text);
  }

  private static Object kind(String name) throws Exception {
    return Doors.door("backup.object.ObjectKind", "valueOf", String.class).call(null, name);
  }

  private Object sealed(ObjectStore store) throws Exception {
    var maker =
        Class.forName("dev.coffer.backup.object.SealedObjects")
            .getDeclaredConstructor(ObjectStore.class, BackupKey.class);
    maker.setAccessible(true);
    return maker.newInstance(store, key);
  }

  private String mac(ObjectStore store, Object kind, byte[] content) throws Exception {
    Object sealed = sealed(store);
    Doors.Door mac = Doors.door(sealed.getClass(), "mac", kind.getClass(), byte[].class, int.class);
    return ((Bytes) mac.call(sealed, kind, content, content.length)).hex();
  }

  private void write(ObjectStore store, String path, byte[] content) throws Exception {
    Object sealed = sealed(store);
    Doors.door(sealed.getClass(), "write", String.class, byte[].class, int.class)
        .call(sealed, path, content, content.length);
  }

  /** A store that does what it is told. */
  private static final class MapStore implements ObjectStore {
    private final Map<String, byte[]> objects = new TreeMap<>();

    @Override
    public void put(String name, byte[] content) {
      objects.put(name, content);
    }

    @Override
    public Optional<byte[]> get(String name, int sizeMax) {
      return Optional.ofNullable(objects.get(name));
    }

    @Override
    public void list(String prefix, Consumer<StoredObject> sink) {
      objects.forEach((name, content) -> {
        if (name.startsWith(prefix)) {
          sink.accept(new StoredObject(name, content.length));
        }
      });
    }

    @Override
    public void delete(String name) {
      objects.remove(name);
    }

    @Override
    public void flush() {}
  }
}
