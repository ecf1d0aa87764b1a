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
 * 1, nothing older than the newest image ever works. The founding decides the most that {@code
 * every} may be, and which sealed key goes with the memory: both stand in each anchor, so that
 * nobody who writes the disk alone changes them. <b>Not guaranteed:</b> anything if the TPM itself
 * is put back together with the files, which only software TPMs let happen.
 */
final class AnchoredMemory implements Nvram {
  private static final int RECORD = 8 + Limits.DIGEST;
  private static final int FORMAT = 2;
  private static final int FILE_MAX = 64 << 10;

  private final HsmHome home;
  private final SlotMemory slots;
  private final Tpm tpm;
  private final int counter;
  private final int index;
  private final long every;
  private final Terms terms;
  private final SortedMap<Integer, Held> held = new TreeMap<>();
  private long number;
  private long writes;

  /**
   * What was decided at the founding.
   *
   * @param every how many writes go without an anchor at most, the last of them included
   * @param key the hash of the sealed key: with another one, another memory began
   */
  private record Terms(long every, Bytes key) {
    static Terms of(HsmHome home, long every) throws IOException {
      Path file = home.file(TpmPlatform.KEY);
      return new Terms(every, Hashes.sha256(Bytes.wrap(Files.readAllBytes(file))));
    }
  }

  /** An anchor's content. */
  private record Anchor(Terms terms, SortedMap<Integer, Held> held) {}

  /** What a partition held. */
  private record Held(long sequence, Bytes imageHash) {
    static Held of(SlotMemory.Slot slot) {
      return new Held(slot.sequence(), Hashes.sha256(slot.image()));
    }
  }

  private AnchoredMemory(
      HsmHome home,
      SlotMemory slots,
      Tpm tpm,
      int counter,
      int index,
      long every,
      SortedMap<Integer, Held> held)
      throws IOException {
    this.home = home;
    this.slots = slots;
    this.tpm = tpm;
    this.counter = counter;
    this.index = index;
    this.every = every;
    this.held.putAll(held);
    this.terms = check();
  }

  /**
   * Makes the two indices and the first anchor, of nothing, for the sealed key that is there. May
   * be run again after a failure.
   *
   * @param every the most that it may ever be
   */
  static void make(HsmHome home, Tpm tpm, int counter, int index, long every) throws IOException {
    if (!tpm.defined(counter)) {
      tpm.defineCounter(counter);
    }
    if (!tpm.defined(index)) {
      tpm.defineData(index, RECORD);
    }
    tpm.increment(counter);
    long first = counterOf(tpm, counter);
    Bytes anchor = encode(first, Terms.of(home, every), new TreeMap<>());
    home.replace(name(first), anchor.toByteArray());
    tpm.write(index, record(first, anchor));
  }

  /**
   * Opens the memory {@code slots} of {@code home}.
   *
   * @param every how many writes go without an anchor, the last of them included
   * @throws Fault if it, or the TPM, is older than the other knows
   * @throws IOException if {@code every} is more than was decided at the founding
   */
  static AnchoredMemory open(
      HsmHome home, SlotMemory slots, Tpm tpm, int counter, int index, long every)
      throws IOException {
    SortedMap<Integer, Held> held = new TreeMap<>();
    slots.slots().forEach((partition, slot) -> held.put(partition, Held.of(slot)));
    AnchoredMemory memory = new AnchoredMemory(home, slots, tpm, counter, index, every, held);
    memory.anchor();
    return memory;
  }

  /** Whether nothing older than the newest image ever works, as the founding decided. */
  boolean monotonic() {
    return terms.every() == 1;
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

  private static Bytes encode(long number, Terms terms, SortedMap<Integer, Held> held) {
    CanonicalWriter out =
        new CanonicalWriter().u8(FORMAT).u64(number).u64(terms.every()).raw(terms.key());
    out.u16(held.size());
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

  private Terms check() throws IOException {
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
    Anchor content = decode(anchor.get());
    Terms decided = content.terms();
    if (!decided.key().equals(Terms.of(home, every).key())) {
      throw older();
    }
    if (every > decided.every()) {
      throw new IOException(
          "'anchor-every' is "
              + every
              + ", and this HSM was founded with "
              + decided.every()
              + ", which its promise holds to: set it to that or to less.");
    }
    compare(content.held());
    if (anchored == number + 1) {
      // The power went between the two writes of one anchor: it counts, and the counter follows.
      tpm.increment(counter);
      number = counterOf(tpm, counter);
    }
    return decided;
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
  private void compare(SortedMap<Integer, Held> anchored) {
    for (Map.Entry<Integer, Held> was : anchored.entrySet()) {
      Held now = held.getOrDefault(was.getKey(), new Held(-1, Bytes.EMPTY));
      if (now.sequence() < was.getValue().sequence()
          || now.sequence() == was.getValue().sequence() && !now.equals(was.getValue())) {
        throw older();
      }
    }
  }

  private static Anchor decode(Bytes anchor) throws IOException {
    SortedMap<Integer, Held> held = new TreeMap<>();
    try {
      CanonicalReader in = CanonicalReader.over(anchor.toByteArray());
      in.number(FORMAT, FORMAT, in.u8(), "format of the anchor");
      in.u64();
      Terms terms = new Terms(in.u64(), in.raw(Limits.DIGEST));
      int count = in.u16();
      for (int i = 0; i < count; i++) {
        held.put(in.u16(), new Held(in.u64(), in.raw(Limits.DIGEST)));
      }
      in.end();
      return new Anchor(terms, held);
    } catch (Rejected e) {
      throw new IOException("The anchor is in a form that this program does not know.", e);
    }
  }

  private synchronized void anchor() throws IOException {
    long next = number + 1;
    Bytes anchor = encode(next, terms, held);
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
