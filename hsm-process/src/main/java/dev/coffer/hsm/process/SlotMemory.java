package dev.coffer.hsm.process;

import dev.coffer.hsm.platform.Nvram;
import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.codec.Invariant;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;

/**
 * Non-volatile memory in files: one file a partition with two preallocated slots, written in turn.
 * A slot is magic ‖ u64 sequence ‖ u16 size ‖ image ‖ zeros ‖ its check, 32 octets over all before;
 * the valid slot with the higher sequence counts. A torn write spoils the slot that did not count
 * yet.
 *
 * <p><b>Not guaranteed:</b> to notice that the newest slot was damaged after its write had
 * returned. That looks like a torn write and sets the HSM back by one entry, which the others will
 * tell it. Nor that the whole file is not an older one: who keeps this memory has to look at {@link
 * #slots} for that.
 */
public final class SlotMemory implements Nvram {
  private static final int MAGIC = 16;
  private static final int HEADER = MAGIC + 8 + 2;
  private static final int DIGEST = 32;
  private static final int SLOT = 8 << 10;
  private static final String FILE = "partition-";

  private final Path folder;
  private final Kind kind;

  /** What this process wrote last: nobody else writes here (the home is locked). */
  private final Map<Integer, Slot> latest = new ConcurrentHashMap<>();

  /** How the slots of one kind of HSM are told from others'. */
  public interface Kind {
    /** What a slot begins with, 16 octets. */
    Bytes magic();

    /** What a slot ends with, 32 octets that vouch for {@code covered}. */
    Bytes check(int partition, Bytes covered);
  }

  /** What stands in one of the two places of a partition's file. */
  public sealed interface Place {
    /** Never written. */
    record Blank() implements Place {}

    /** Neither blank nor whole: a write was cut off, or the file was damaged. */
    record Spoilt() implements Place {}
  }

  /** A whole slot, the higher sequence of which counts. */
  public record Slot(int number, long sequence, Bytes image) implements Place {}

  /** The memory in {@code folder}, which is made if it is not there. */
  public SlotMemory(Path folder, Kind kind) {
    this.folder = folder;
    this.kind = kind;
    try {
      Files.createDirectories(folder);
      // The life before may have ended between making a file and making its name last.
      syncFolder();
    } catch (IOException e) {
      throw new Fault("its folder cannot be made", e);
    }
  }

  /** The numbers of the partitions that have a file in {@code folder}, ascending. */
  public static List<Integer> partitions(Path folder) throws IOException {
    if (!Files.isDirectory(folder)) {
      return List.of();
    }
    try (Stream<Path> files = Files.list(folder)) {
      return files
          .map(file -> file.getFileName().toString())
          .filter(name -> name.matches(FILE + "(0|[1-9][0-9]{0,3})"))
          .map(name -> Integer.parseInt(name.substring(FILE.length())))
          .sorted()
          .toList();
    }
  }

  /** What counts of each partition, by its number. */
  public SortedMap<Integer, Slot> slots() {
    SortedMap<Integer, Slot> slots = new TreeMap<>();
    try {
      for (int partition : partitions(folder)) {
        slot(partition).ifPresent(slot -> slots.put(partition, slot));
      }
    } catch (IOException e) {
      throw new Fault("read", e);
    }
    return slots;
  }

  private Path file(int partition) {
    return folder.resolve(FILE + partition);
  }

  @Override
  public Optional<Bytes> read(int partition) {
    return slot(partition).map(Slot::image);
  }

  private Optional<Slot> slot(int partition) {
    Path file = file(partition);
    if (!Files.exists(file)) {
      return Optional.empty();
    }
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
      return newest(partition, channel);
    } catch (IOException e) {
      throw new Fault("read", e);
    }
  }

  @Override
  public void write(int partition, Bytes image) {
    put(partition, image);
  }

  /** Writes, and gives what counts from then on. */
  public Slot put(int partition, Bytes image) {
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
        last = newest(partition, channel).orElse(new Slot(1, 0, Bytes.EMPTY));
      }
      Slot next = new Slot(1 - last.number(), last.sequence() + 1, image);
      // A crash here, or inside the write, leaves the other slot as it was.
      fill(channel, encode(partition, next), (long) next.number() * SLOT);
      channel.force(false);
      latest.put(partition, next);
      return next;
    } catch (IOException e) {
      throw new Fault("write", e);
    }
  }

  private ByteBuffer encode(int partition, Slot content) {
    ByteBuffer slot = ByteBuffer.allocate(SLOT);
    slot.put(kind.magic().toByteArray());
    slot.putLong(content.sequence()).putShort((short) content.image().size());
    slot.put(content.image().toByteArray());
    Bytes covered = Bytes.copyOf(slot.array(), 0, SLOT - DIGEST);
    slot.position(SLOT - DIGEST).put(kind.check(partition, covered).toByteArray());
    return slot.flip();
  }

  private Optional<Slot> newest(int partition, FileChannel channel) throws IOException {
    List<Place> places = places(partition, channel, kind);
    Optional<Slot> best = newest(places);
    long damaged = places.stream().filter(Place.Spoilt.class::isInstance).count();
    // One damaged, the other never written: a crash inside the first write ever, of the founding.
    if (best.isEmpty() && (damaged == 2 || damaged == 1 && channel.size() < 2 * SLOT)) {
      throw new Fault("both slots are damaged");
    }
    return best;
  }

  /** The whole slot with the higher sequence. */
  public static Optional<Slot> newest(List<Place> places) {
    return places.stream()
        .filter(Slot.class::isInstance)
        .map(Slot.class::cast)
        .max(Comparator.comparingLong(Slot::sequence));
  }

  /** Both places of a partition's file. */
  public static List<Place> places(Path folder, int partition, Kind kind) throws IOException {
    try (FileChannel file =
        FileChannel.open(folder.resolve(FILE + partition), StandardOpenOption.READ)) {
      return places(partition, file, kind);
    }
  }

  private static List<Place> places(int partition, FileChannel channel, Kind kind)
      throws IOException {
    List<Place> places = new ArrayList<>();
    for (int number = 0; number < 2; number++) {
      ByteBuffer octets = ByteBuffer.allocate(SLOT);
      long at = (long) number * SLOT;
      while (octets.hasRemaining() && channel.read(octets, at + octets.position()) > 0) {}
      places.add(decode(partition, number, Bytes.copyOf(octets.array()), kind));
    }
    return places;
  }

  private static Place decode(int partition, int number, Bytes octets, Kind kind) {
    if (octets.equals(Bytes.zeros(SLOT))) {
      return new Place.Blank();
    }
    Bytes covered = octets.slice(0, SLOT - DIGEST);
    byte[] check = octets.slice(SLOT - DIGEST, SLOT).toByteArray();
    boolean intact = MessageDigest.isEqual(kind.check(partition, covered).toByteArray(), check);
    if (!intact || !octets.slice(0, MAGIC).equals(kind.magic())) {
      return new Place.Spoilt();
    }
    ByteBuffer header = ByteBuffer.wrap(octets.slice(MAGIC, HEADER).toByteArray());
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
