package dev.coffer.node.hsm;

import dev.coffer.node.check.Findings;
import dev.coffer.protocol.chain.Certificate;
import dev.coffer.protocol.chain.ChainValues;
import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.codec.CanonicalReader;
import dev.coffer.protocol.codec.Limits;
import dev.coffer.protocol.codec.Rejected;
import dev.coffer.protocol.codec.RejectionCode;
import dev.coffer.protocol.crypto.Hashes;
import dev.coffer.protocol.fleet.Fleet;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A SIMULATED HSM's memory, as anybody can read it who has its folder: that is what SIMULATED
 * means. It holds chain values and certificates, no secret; the sealed keys beside it are not
 * touched. A real HSM's memory cannot be read at all. Holds the home while it is open, so that no
 * HSM starts on it; writes nothing.
 */
public final class SimulatedMemory implements AutoCloseable {
  private static final byte[] MAGIC = "SIMULATED NVRAM1".getBytes(StandardCharsets.US_ASCII);
  private static final int HEADER = MAGIC.length + 8 + 2;
  private static final int SLOT = 8 << 10;
  private static final int VERSION = 1;
  private static final String GONE =
      "Without its memory this HSM never speaks again: run on with the others, and found a new fleet before n − q are"
          + " gone.";

  private final Path home;
  private final Optional<FileChannel> lockFile;

  private SimulatedMemory(Path home, Optional<FileChannel> lockFile) {
    this.home = home;
    this.lockFile = lockFile;
  }

  /** What an HSM remembers of a partition: newest values last, and its newest certificate. */
  public record Image(List<ChainValues> ring, Optional<Certificate> certificate) {
    public Image {
      ring = List.copyOf(ring);
    }

    /** Where it stands. */
    public ChainValues newest() {
      return ring.getLast();
    }
  }

  /** The HSM runs. */
  public static final class InUse extends Exception {
    private static final long serialVersionUID = 1L;
  }

  /** Takes {@code home}; empty if no SIMULATED HSM has its memory there. */
  public static Optional<SimulatedMemory> open(Path home) throws IOException, InUse {
    if (!Files.isDirectory(home.resolve("nvram"))) {
      return Optional.empty();
    }
    Path lockFile = home.resolve("lock");
    if (!Files.isRegularFile(lockFile)) {
      return Optional.of(new SimulatedMemory(home, Optional.empty()));
    }
    FileChannel channel = FileChannel.open(lockFile, StandardOpenOption.READ);
    try {
      FileLock lock = channel.tryLock(0, Long.MAX_VALUE, true);
      if (lock != null) {
        return Optional.of(new SimulatedMemory(home, Optional.of(channel)));
      }
    } catch (OverlappingFileLockException sameProcess) {
      // The same answer as if another process held it.
      channel.close();
      throw new InUse();
    }
    channel.close();
    throw new InUse();
  }

  private static String where(int partition) {
    return "HSM memory, partition " + partition;
  }

  /** The image of {@code partition}; empty, with a finding, if there is none that is whole. */
  public Optional<Image> read(int partition, Fleet fleet, Findings findings) throws IOException {
    Path file = home.resolve("nvram").resolve("partition-" + partition);
    if (!Files.isRegularFile(file)) {
      findings.damage(where(partition), "it is missing", GONE);
      return Optional.empty();
    }
    byte[] octets = new byte[2 * SLOT];
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
      ByteBuffer into = ByteBuffer.wrap(octets);
      while (into.hasRemaining() && channel.read(into) >= 0) {}
    }
    Optional<Bytes> best = Optional.empty();
    long newest = -1;
    boolean damaged = false;
    for (int number = 0; number < 2; number++) {
      Bytes slot = Bytes.copyOf(octets, number * SLOT, (number + 1) * SLOT);
      if (!whole(slot)) {
        damaged |= !slot.equals(Bytes.zeros(SLOT));
      } else if (sequence(slot) > newest) {
        newest = sequence(slot);
        best = Optional.of(slot);
      }
    }
    if (best.isEmpty()) {
      findings.damage(where(partition), "neither of its two slots is whole", GONE);
      return Optional.empty();
    }
    if (damaged) {
      findings.note(
          where(partition),
          "one of its two slots is not whole, as after a crash in a write",
          "Nothing: if it was the newer one, the other HSMs tell this one after its start.");
    }
    return decoded(best.get(), partition, fleet, findings);
  }

  private static boolean whole(Bytes slot) {
    int end = SLOT - Limits.DIGEST;
    return slot.slice(0, MAGIC.length).equals(Bytes.wrap(MAGIC))
        && Hashes.sha256(slot.slice(0, end)).equals(slot.slice(end, SLOT));
  }

  private static long sequence(Bytes slot) {
    return ByteBuffer.wrap(slot.slice(MAGIC.length, HEADER).toByteArray()).getLong();
  }

  private static Optional<Image> decoded(
      Bytes slot, int partition, Fleet fleet, Findings findings) {
    int size = ByteBuffer.wrap(slot.slice(MAGIC.length + 8, HEADER).toByteArray()).getShort();
    try {
      if (size < 0 || HEADER + size > SLOT - Limits.DIGEST) {
        throw new Rejected(RejectionCode.OUT_OF_RANGE, "image");
      }
      CanonicalReader in = new CanonicalReader(slot.slice(HEADER, HEADER + size));
      in.number(VERSION, VERSION, in.u8(), "image version");
      int count = in.number(1, Limits.RING, in.u8(), "ring");
      List<ChainValues> ring = new ArrayList<>(count);
      for (int i = 0; i < count; i++) {
        ring.add(ChainValues.read(in));
      }
      Optional<Certificate> certificate =
          in.bool() ? Optional.of(Certificate.read(in)) : Optional.empty();
      in.end();
      Image image = new Image(ring, certificate);
      check(image, partition, fleet);
      return Optional.of(image);
    } catch (Rejected e) {
      findings.damage(
          where(partition), "it is not this fleet's or this partition's (" + e.code() + ")", GONE);
      return Optional.empty();
    }
  }

  private static void check(Image image, int partition, Fleet fleet) throws Rejected {
    long k = image.ring().getFirst().k();
    for (ChainValues values : image.ring()) {
      boolean fits =
          values.fleetId().equals(fleet.id()) && values.partition() == partition && values.k() == k;
      if (!fits) {
        throw new Rejected(RejectionCode.WRONG_ADDRESSEE, "ring");
      }
      k++;
    }
    if (image.certificate().isPresent()) {
      Certificate certificate = image.certificate().get();
      certificate.verify(fleet);
      if (certificate.values().partition() != partition) {
        throw new Rejected(RejectionCode.WRONG_ADDRESSEE, "certificate");
      }
    }
    long certified = image.certificate().map(c -> c.values().k()).orElse(0L);
    if (image.newest().k() > certified + Limits.RING) {
      throw new Rejected(RejectionCode.WINDOW_FULL, "ring");
    }
  }

  @Override
  public void close() throws IOException {
    if (lockFile.isPresent()) {
      lockFile.get().close();
    }
  }
}
