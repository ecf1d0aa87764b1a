package dev.coffer.node.store;

import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.crypto.Hashes;
import dev.coffer.protocol.fleet.FleetId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A store as its next start will find it: opened for reading alone, with the journal repeated in
 * memory. Reads through the same {@link PartitionFiles} as the store itself. Takes the directory
 * while it is open. Not thread-safe.
 */
public final class StoppedStore implements AutoCloseable {
  /** Tree pages are read once each, past the cache. */
  private static final int CACHE_OCTETS = 1 << 20;

  private final Disk disk;
  private final PageCache cache = new PageCache(CACHE_OCTETS);

  /** What the journal says the files may lack. */
  private final Map<Slot, Bytes> repeated = new HashMap<>();

  /** Over {@code disk}, on which nothing is written and which is closed with this. */
  public StoppedStore(Disk disk) {
    this.disk = disk;
  }

  /**
   * Takes the store in {@code directory}, which need not be there.
   *
   * @throws StoreFault.Unavailable if a node has it open
   */
  public static StoppedStore open(Path directory) throws IOException {
    return new StoppedStore(DirectoryDisk.reading(directory));
  }

  /** What keeps a node from taking the directory for its own, if anything does. */
  public static Optional<String> foreign(Path directory, FleetId fleetId, int partitions)
      throws IOException {
    return Files.isDirectory(directory)
        ? StoreMarker.difference(directory, NodeStore.FORMAT, fleetId, partitions)
        : Optional.empty();
  }

  /**
   * Repeats the journal; to be called before anything is read.
   *
   * @throws StoreFault.Corrupt if a commit that was durable cannot be read any more
   */
  public void recover() throws IOException {
    Journal ignored =
        Journal.open(
            disk,
            Long.MAX_VALUE,
            patches -> patches.forEach(patch -> repeated.put(patch.slot(), patch.content())));
  }

  /** One partition; {@code ring}: recent entries kept. */
  public PartitionFiles partition(int partition, int ring) {
    return new PartitionFiles(partition, ring, this::read, cache);
  }

  private Bytes read(Slot slot) {
    Bytes below = asItIs(slot);
    Bytes newer = repeated.getOrDefault(slot, Bytes.EMPTY);
    return below.size() <= newer.size()
        ? newer
        : newer.concat(below.slice(newer.size(), below.size()));
  }

  /** A slot without what the journal says. */
  public Bytes asItIs(Slot slot) {
    try {
      return disk.read(slot);
    } catch (IOException e) {
      throw new StoreFault.Unavailable("read", e);
    }
  }

  /** Whether a file ends behind its first {@code slots} slots, or would after the next start. */
  public boolean endsBehind(int partition, Slot.Kind kind, long slots) throws IOException {
    return disk.file(kind.fileName(partition)).size() > slots * kind.slotOctets()
        || repeated.keySet().stream()
            .anyMatch(slot ->
                slot.partition() == partition && slot.kind() == kind && slot.number() >= slots);
  }

  private record Written(int octets, Bytes hash) {}

  /**
   * The slots that hold other octets than the journal says. It still holds what was written last,
   * and a slot changes in a commit alone, so the newest frame that names one says what must stand
   * there. Finds what no sum covers: a file that is gone, or older than the others.
   */
  public List<Slot> differing() throws IOException {
    Map<Slot, Written> newest = new HashMap<>();
    long[] last = new long[1];
    Journal.visit(
        disk,
        frame -> {
          if (frame.number() != last[0] + 1) {
            // A frame between them is gone, and with it what it changed: older ones say nothing
            // certain.
            newest.clear();
          }
          last[0] = frame.number();
          for (Slot.Patch patch : frame.patches()) {
            Bytes content = patch.content();
            newest.put(patch.slot(), new Written(content.size(), Hashes.sha256(content)));
          }
        });
    List<Slot> differing = new ArrayList<>();
    newest.forEach((slot, written) -> {
      if (!stands(slot, written)) {
        differing.add(slot);
      }
    });
    return differing;
  }

  private boolean stands(Slot slot, Written written) {
    try {
      Bytes there = read(slot);
      return there.size() >= written.octets()
          && Hashes.sha256(there.slice(0, written.octets())).equals(written.hash());
    } catch (StoreFault.Unavailable e) {
      return false;
    }
  }

  @Override
  public void close() throws IOException {
    disk.close();
  }
}
