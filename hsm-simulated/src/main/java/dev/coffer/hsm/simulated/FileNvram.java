package dev.coffer.hsm.simulated;

import dev.coffer.hsm.platform.Nvram;
import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.codec.Invariant;
import dev.coffer.protocol.crypto.Hashes;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * SIMULATED non-volatile memory: one file a partition with two preallocated slots, written in turn.
 * A slot is magic ‖ u64 sequence ‖ u16 size ‖ image ‖ zeros ‖ SHA-256 of all before; the valid slot
 * with the higher sequence counts. A torn write spoils the slot that did not count yet.
 *
 * <p><b>Not guaranteed:</b> to notice that the newest slot was damaged after its write had
 * returned. That looks like a torn write and sets the HSM back by one entry, which the others will
 * tell it.
 */
public final class FileNvram implements Nvram {
  private static final byte[] MAGIC = "SIMULATED NVRAM1".getBytes(StandardCharsets.US_ASCII);
  private static final int HEADER = MAGIC.length + 8 + 2;
  private static final int DIGEST = 32;
  private static final int SLOT = 8 << 10;

  private final Path folder;

  /** What this process wrote last: nobody else writes here (the home is locked). */
  private final Map<Integer, Slot> latest = new ConcurrentHashMap<>();

  /** What stands in one of the two places of a partition's file. */
  sealed interface Place {
    /** Never written. */
    record Blank() implements Place {}

    /** Neither blank nor whole: a write was cut off, or the file was damaged. */
    record Spoilt() implements Place {}
  }

  /** A whole slot. */
  record Slot(int number, long sequence, Bytes image) implements Place {}

  /** The memory in {@code folder}, which is made if it is not there. */
  public FileNvram(Path folder) {
    this.folder = folder;
    try {
      Files.createDirectories(folder);
      // The life before may have ended between making a file and making its name last.
      syncFolder();
    } catch (IOException e) {
      throw new Fault("its folder cannot be made", e);
    }
  }

  private Path file(int partition) {
    return folder.resolve("partition-" + partition);
  }

  @Override
  public Optional<Bytes> read(int partition) {
    Path file = file(partition);
    if (!Files.exists(file)) {
      return Optional.empty();
    }
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
      return newest(channel).map(Slot::image);
    } catch (IOException e) {
      throw new Fault("read", e);
    }
  }

  @Override
  public void write(int partition, Bytes image) {
    Invariant.check(image.size() <= IMAGE_MAX, "an image fits its slot");
    Path file = file(partition);
    boolean fresh = !Files.exists(file);
    try (FileChannel channel =
        FileChannel.open(
            file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
      if (fresh) {
        // Both slots now, so that no later write needs space that a full disk does not have.
        fill(channel, ByteBuffer.allocate(2 * SLOT), 0);
        channel.force(true);
        syncFolder();
      }
      Slot last = latest.get(partition);
      if (last == null) {
        last = newest(channel).orElse(new Slot(1, 0, Bytes.EMPTY));
      }
      Slot next = new Slot(1 - last.number(), last.sequence() + 1, image);
      // A crash here, or inside the write, leaves the other slot as it was.
      fill(channel, encode(next), (long) next.number() * SLOT);
      channel.force(false);
      latest.put(partition, next);
    } catch (IOException e) {
      throw new Fault("write", e);
    }
  }

  private static ByteBuffer encode(Slot content) {
    ByteBuffer slot = ByteBuffer.allocate(SLOT);
    slot.put(MAGIC).putLong(content.sequence()).putShort((short) content.image().size());
    slot.put(content.image().toByteArray());
    Bytes covered = Bytes.copyOf(slot.array(), 0, SLOT - DIGEST);
    slot.position(SLOT - DIGEST).put(Hashes.sha256(covered).toByteArray());
    return slot.flip();
  }

  private static Optional<Slot> newest(FileChannel channel) throws IOException {
    List<Place> places = places(channel);
    Optional<Slot> best = newest(places);
    long damaged = places.stream().filter(Place.Spoilt.class::isInstance).count();
    // One damaged, the other never written: a crash inside the first write ever, of the founding.
    if (best.isEmpty() && (damaged == 2 || damaged == 1 && channel.size() < 2 * SLOT)) {
      throw new Fault("both slots are damaged");
    }
    return best;
  }

  /** The whole slot with the higher sequence. */
  static Optional<Slot> newest(List<Place> places) {
    return places.stream()
        .filter(Slot.class::isInstance)
        .map(Slot.class::cast)
        .max(Comparator.comparingLong(Slot::sequence));
  }

  /** Both places of a partition's file. */
  static List<Place> places(FileChannel channel) throws IOException {
    List<Place> places = new ArrayList<>();
    for (int number = 0; number < 2; number++) {
      ByteBuffer octets = ByteBuffer.allocate(SLOT);
      long at = (long) number * SLOT;
      while (octets.hasRemaining() && channel.read(octets, at + octets.position()) > 0) {}
      places.add(decode(number, Bytes.copyOf(octets.array())));
    }
    return places;
  }

  private static Place decode(int number, Bytes octets) {
    if (octets.equals(Bytes.zeros(SLOT))) {
      return new Place.Blank();
    }
    Bytes covered = octets.slice(0, SLOT - DIGEST);
    boolean intact = Hashes.sha256(covered).equals(octets.slice(SLOT - DIGEST, SLOT));
    if (!intact || !octets.slice(0, MAGIC.length).equals(Bytes.wrap(MAGIC))) {
      return new Place.Spoilt();
    }
    ByteBuffer header = ByteBuffer.wrap(octets.slice(MAGIC.length, HEADER).toByteArray());
    long sequence = header.getLong();
    int size = header.getShort();
    return size < 0 || size > IMAGE_MAX
        ? new Place.Spoilt()
        : new Slot(number, sequence, octets.slice(HEADER, HEADER + size));
  }

  private static void fill(FileChannel channel, ByteBuffer octets, long from) throws IOException {
    octets.rewind().limit(octets.capacity());
    for (long at = from; octets.hasRemaining(); ) {
      at += channel.write(octets, at);
    }
  }

  private void syncFolder() throws IOException {
    try (FileChannel directory = FileChannel.open(folder, StandardOpenOption.READ)) {
      directory.force(true);
    }
  }
}
