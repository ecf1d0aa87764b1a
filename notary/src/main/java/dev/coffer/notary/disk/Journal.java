package dev.coffer.notary.disk;

import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.codec.CanonicalReader;
import dev.coffer.protocol.codec.CanonicalWriter;
import dev.coffer.protocol.codec.Invariant;
import dev.coffer.protocol.codec.Rejected;
import dev.coffer.protocol.crypto.Hashes;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Records that are never changed: u32 length ‖ u32 the same inverted ‖ record ‖ link[32] ‖ 0x5A,
 * where link is SHA-256 over the link before and this record. So none can be taken out, changed or
 * put elsewhere unnoticed.
 *
 * <p>Appends by several threads at once are written and forced together. Thread-safe.
 *
 * <p><b>Guaranteed:</b> once {@link #append} returned, the record survives every crash. A journal
 * whose end was torn by a crash opens without the torn record, which nobody was told of; a journal
 * damaged otherwise does not open at all ({@link JournalDamaged}).
 *
 * <p><b>Not guaranteed:</b> that a whole journal was not exchanged for an older copy of itself.
 */
public final class Journal {
  /** The longest record. */
  public static final int RECORD_MAX = 1 << 20;

  /** The longest journal that is read. */
  public static final int SIZE_MAX = 256 << 20;

  private static final int LINK = 32;
  private static final int HEAD = 8;
  private static final int FRAME = HEAD + LINK + 1;

  /** Not zero, so that a frame whose end never reached the disk is told from a damaged one. */
  private static final int END = 0x5a;

  private final Disk disk;
  private final String path;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition written = lock.newCondition();
  private final List<Waiting> queue = new ArrayList<>();
  private boolean writing;
  private Optional<IOException> fault = Optional.empty();
  private long end;
  private Bytes link = Bytes.zeros(LINK);
  private List<Bytes> found = List.of();

  private static final class Waiting {
    private final Bytes record;
    private boolean done;

    Waiting(Bytes record) {
      this.record = record;
    }
  }

  private Journal(Disk disk, String path) {
    this.disk = disk;
    this.path = path;
  }

  /** Opens a journal, which is empty if there is no such file, and drops a torn end. */
  public static Journal open(Disk disk, String path) throws IOException {
    Journal journal = new Journal(disk, path);
    journal.load();
    return journal;
  }

  private void load() throws IOException {
    Bytes file = disk.read(path, SIZE_MAX).orElse(Bytes.EMPTY);
    List<Bytes> records = new ArrayList<>();
    CanonicalReader in = new CanonicalReader(file);
    while (in.remaining() > 0) {
      int at = file.size() - in.remaining();
      try {
        Bytes head = in.raw(HEAD);
        Bytes record = in.raw(known(head, at));
        Bytes expected = next(link, record);
        if (!in.raw(LINK).equals(expected) || in.u8() != END) {
          throw new JournalDamaged(path, at);
        }
        link = expected;
        records.add(record);
      } catch (Rejected | JournalDamaged e) {
        if (!torn(file, at)) {
          throw new JournalDamaged(path, at);
        }
        // Nobody was told of this record.
        keep(file.slice(0, at), records);
        return;
      }
    }
    if (file.size() > 0) {
      keep(file, records);
    }
  }

  /**
   * Writes what was read to new blocks of the disk: after a crash, or a force that failed, it may
   * stand in the system's cache alone, and forcing it again would not say so.
   */
  private void keep(Bytes whole, List<Bytes> records) throws IOException {
    disk.replace(path, whole);
    end = whole.size();
    found = List.copyOf(records);
  }

  /**
   * Whether the frame at {@code at} looks like a write that a crash cut short: the file ends inside
   * of it, or everything from some place inside of it on is zero, the frame's end included. A frame
   * that is there to its end and wrong was acknowledged once.
   */
  private static boolean torn(Bytes file, int at) {
    if (file.size() - at < HEAD) {
      return true;
    }
    OptionalInt length = length(file.slice(at, at + HEAD));
    // A length that does not match its inversion was damaged, unless it never reached the disk:
    // taken at its word it might point past all the records that follow.
    return length.isEmpty()
        ? zeros(file, at + HEAD - 1)
        : file.size() - at < FRAME + length.getAsInt()
            || zeros(file, at + FRAME + length.getAsInt() - 1);
  }

  private int known(Bytes head, int at) throws JournalDamaged {
    return length(head).orElseThrow(() -> new JournalDamaged(path, at));
  }

  private static OptionalInt length(Bytes head) {
    int length = 0;
    int inverted = 0;
    for (int i = 0; i < 4; i++) {
      length = length << 8 | head.at(i);
      inverted = inverted << 8 | head.at(4 + i);
    }
    return length == ~inverted && length > 0 && length <= RECORD_MAX
        ? OptionalInt.of(length)
        : OptionalInt.empty();
  }

  private static Bytes frame(Bytes record, Bytes newLink) {
    CanonicalWriter out = new CanonicalWriter().u32(record.size());
    for (int shift = 24; shift >= 0; shift -= 8) {
      out.u8(~record.size() >>> shift & 0xff);
    }
    return out.raw(record).raw(newLink).u8(END).toBytes();
  }

  private static boolean zeros(Bytes file, int from) {
    for (int i = from; i < file.size(); i++) {
      if (file.at(i) != 0) {
        return false;
      }
    }
    return true;
  }

  private static Bytes next(Bytes link, Bytes record) {
    return Hashes.sha256(new CanonicalWriter().raw(link).field(record).toBytes());
  }

  /** The records that were there when this was opened, the oldest first. */
  public List<Bytes> found() {
    return found;
  }

  /** Lets the records found at opening go, which are kept for nobody else. */
  public void forgetFound() {
    found = List.of();
  }

  /** Octets of the file. */
  public long size() {
    lock.lock();
    try {
      return end;
    } finally {
      lock.unlock();
    }
  }

  /**
   * Appends a record and returns once it is durable.
   *
   * @throws IOException if it may not be. Then this journal is of no more use: open it again, and
   *     find out whether the record is there.
   */
  public void append(Bytes record) throws IOException {
    Invariant.check(
        record.size() > 0 && record.size() <= RECORD_MAX, "a record of 1 octet to 1 MiB");
    Waiting mine = new Waiting(record);
    lock.lock();
    try {
      queue.add(mine);
      while (!mine.done) {
        throwFault();
        if (writing) {
          written.awaitUninterruptibly();
        } else {
          writeGroup();
        }
      }
    } finally {
      lock.unlock();
    }
  }

  private void throwFault() throws IOException {
    if (fault.isPresent()) {
      throw new IOException(
          path + " could not be written: " + fault.get().getMessage(), fault.get());
    }
  }

  /** Called and left with the lock held; the disk works without it, so that others can queue. */
  private void writeGroup() {
    List<Waiting> group = List.copyOf(queue);
    queue.clear();
    writing = true;
    CanonicalWriter frames = new CanonicalWriter();
    Bytes newLink = link;
    for (Waiting waiting : group) {
      newLink = next(newLink, waiting.record);
      frames.raw(frame(waiting.record, newLink));
    }
    Bytes octets = frames.toBytes();
    lock.unlock();
    Optional<IOException> failed = Optional.empty();
    try {
      // A crash before this returns may lose the whole group, or a suffix of it: nobody was told.
      disk.append(path, end, octets);
    } catch (IOException e) {
      failed = Optional.of(e);
    } finally {
      lock.lock();
    }
    writing = false;
    fault = failed;
    if (failed.isEmpty()) {
      end += octets.size();
      link = newLink;
      group.forEach(waiting -> waiting.done = true);
    }
    written.signalAll();
  }

  /**
   * Writes a journal of these records alone in the place of the one at {@code path}, all at once.
   * No journal may be open on it.
   */
  public static void rewrite(Disk disk, String path, List<Bytes> records) throws IOException {
    CanonicalWriter frames = new CanonicalWriter();
    Bytes link = Bytes.zeros(LINK);
    for (Bytes record : records) {
      link = next(link, record);
      frames.raw(frame(record, link));
    }
    disk.replace(path, frames.toBytes());
  }
}
