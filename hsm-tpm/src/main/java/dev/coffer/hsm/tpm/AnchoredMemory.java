package dev.coffer.hsm.tpm;

import dev.coffer.hsm.platform.Nvram;
import dev.coffer.hsm.process.HsmHome;
import dev.coffer.hsm.process.SlotMemory;
import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.codec.CanonicalReader;
import dev.coffer.protocol.codec.CanonicalWriter;
import dev.coffer.protocol.codec.Limits;
import dev.coffer.protocol.codec.Rejected;
import dev.coffer.protocol.crypto.Hashes;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * A memory in files that a TPM keeps from going back. An <em>anchor</em> is the list of what every
 * partition held, under a number one higher than the anchor before. It lies in one of two files,
 * written in turn; its number and hash stand in an index of the TPM; and a counter of the TPM,
 * which nothing turns back, stands at its number.
 *
 * <p><b>Guarantees:</b> a memory older than the newest anchor is refused at the start. An anchor is
 * made at every start and after every {@code every} writes, before the last of them returns: with
 * 1, nothing older than the newest image ever works. <b>Not guaranteed:</b> anything if the TPM
 * itself is put back together with the files, which only software TPMs let happen.
 */
final class AnchoredMemory implements Nvram {
  private static final int RECORD = 8 + Limits.DIGEST;
  private static final int FORMAT = 1;
  private static final int FILE_MAX = 64 << 10;

  private final HsmHome home;
  private final SlotMemory slots;
  private final Tpm tpm;
  private final int counter;
  private final int index;
  private final long every;
  private final SortedMap<Integer, Held> held = new TreeMap<>();
  private long number;
  private long writes;

  /** What a partition held. */
  private record Held(long sequence, Bytes imageHash) {
    static Held of(SlotMemory.Slot slot) {
      return new Held(slot.sequence(), Hashes.sha256(slot.image()));
    }
  }

  private AnchoredMemory(
      HsmHome home, SlotMemory slots, Tpm tpm, int counter, int index, long every) {
    this.home = home;
    this.slots = slots;
    this.tpm = tpm;
    this.counter = counter;
    this.index = index;
    this.every = every;
  }

  /** Makes the two indices and the first anchor, of nothing. May be run again after a failure. */
  static void make(HsmHome home, Tpm tpm, int counter, int index) throws IOException {
    if (!tpm.defined(counter)) {
      tpm.defineCounter(counter);
    }
    if (!tpm.defined(index)) {
      tpm.defineData(index, RECORD);
    }
    tpm.increment(counter);
    long first = counterOf(tpm, counter);
    Bytes anchor = encode(first, new TreeMap<>());
    home.replace(name(first), anchor.toByteArray());
    tpm.write(index, record(first, anchor));
  }

  /**
   * Opens the memory {@code slots} of {@code home}.
   *
   * @param every how many writes go without an anchor, the last of them included
   * @throws Fault if it, or the TPM, is older than the other knows
   */
  static AnchoredMemory open(
      HsmHome home, SlotMemory slots, Tpm tpm, int counter, int index, long every)
      throws IOException {
    AnchoredMemory memory = new AnchoredMemory(home, slots, tpm, counter, index, every);
    slots.slots().forEach((partition, slot) -> memory.held.put(partition, Held.of(slot)));
    memory.check();
    memory.anchor();
    return memory;
  }

  private static long counterOf(Tpm tpm, int counter) throws IOException {
    return ByteBuffer.wrap(tpm.read(counter, 8).toByteArray()).getLong();
  }

  private static String name(long number) {
    return "anchor." + (number & 1);
  }

  private static Bytes record(long number, Bytes anchor) {
    return new CanonicalWriter().u64(number).raw(Hashes.sha256(anchor)).toBytes();
  }

  private static Bytes encode(long number, SortedMap<Integer, Held> held) {
    CanonicalWriter out = new CanonicalWriter().u8(FORMAT).u64(number).u16(held.size());
    held.forEach(
        (partition, what) -> out.u16(partition).u64(what.sequence()).raw(what.imageHash()));
    return out.toBytes();
  }

  private Optional<Bytes> file(long of) throws IOException {
    Path file = home.file(name(of));
    return Files.isRegularFile(file) && Files.size(file) <= FILE_MAX
        ? Optional.of(Bytes.wrap(Files.readAllBytes(file)))
        : Optional.empty();
  }

  private void check() throws IOException {
    number = counterOf(tpm, counter);
    ByteBuffer stored = ByteBuffer.wrap(tpm.read(index, RECORD).toByteArray());
    long anchored = stored.getLong();
    if (newestFile() > anchored + 1 || anchored > number + 1) {
      throw new Fault(
          "the TPM knows less than this HSM's disk: its state was put back to an older one. Nothing"
              + " here may go on from that. Put the newest state of the TPM back, or replace this"
              + " member");
    }
    Optional<Bytes> anchor = file(anchored);
    if (anchored < number
        || anchor.isEmpty()
        || !record(anchored, anchor.get()).equals(tpm.read(index, RECORD))) {
      throw older();
    }
    compare(anchor.get());
    if (anchored == number + 1) {
      // The power went between the two writes of one anchor: it counts, and the counter follows.
      tpm.increment(counter);
      number = counterOf(tpm, counter);
    }
  }

  /** The highest number that a file claims; 0 if there is none. */
  private long newestFile() throws IOException {
    long newest = 0;
    for (long parity = 0; parity < 2; parity++) {
      Bytes content = file(parity).orElse(Bytes.EMPTY);
      if (content.size() > 9) {
        newest = Math.max(newest, ByteBuffer.wrap(content.slice(1, 9).toByteArray()).getLong());
      }
    }
    return newest;
  }

  private static Fault older() {
    return new Fault(
        "it is older than the TPM knows it: somebody put an older copy of this HSM's home in the"
            + " place of the newest. Put the newest back; if it is lost, replace this member");
  }

  /** Each partition holds at least what the anchor says. */
  private void compare(Bytes anchor) throws IOException {
    for (Map.Entry<Integer, Held> was : decode(anchor).entrySet()) {
      Held now = held.getOrDefault(was.getKey(), new Held(-1, Bytes.EMPTY));
      if (now.sequence() < was.getValue().sequence()
          || now.sequence() == was.getValue().sequence() && !now.equals(was.getValue())) {
        throw older();
      }
    }
  }

  private static SortedMap<Integer, Held> decode(Bytes anchor) throws IOException {
    SortedMap<Integer, Held> held = new TreeMap<>();
    try {
      CanonicalReader in = CanonicalReader.over(anchor.toByteArray());
      in.number(FORMAT, FORMAT, in.u8(), "format of the anchor");
      in.u64();
      int count = in.u16();
      for (int i = 0; i < count; i++) {
        held.put(in.u16(), new Held(in.u64(), in.raw(Limits.DIGEST)));
      }
      in.end();
    } catch (Rejected e) {
      throw new IOException("The anchor is in a form that this program does not know.", e);
    }
    return held;
  }

  private synchronized void anchor() throws IOException {
    long next = number + 1;
    Bytes anchor = encode(next, held);
    // The file of the anchor that counts is the other one.
    home.replace(name(next), anchor.toByteArray());
    // A crash here: the anchor before counts, and every partition holds at least what it says.
    tpm.write(index, record(next, anchor));
    // A crash here: the new anchor counts, and the next start moves the counter.
    tpm.increment(counter);
    number = next;
    writes = 0;
  }

  @Override
  public Optional<Bytes> read(int partition) {
    return slots.read(partition);
  }

  @Override
  public void write(int partition, Bytes image) {
    Held newest = Held.of(slots.put(partition, image));
    try {
      count(partition, newest);
    } catch (TpmFailure e) {
      throw new Fault(String.valueOf(e.getMessage()), e);
    } catch (IOException e) {
      throw new Fault("its anchor cannot be written: see whether the TPM is there", e);
    }
  }

  private synchronized void count(int partition, Held newest) throws IOException {
    held.put(partition, newest);
    writes++;
    if (writes >= every) {
      anchor();
    }
  }
}
