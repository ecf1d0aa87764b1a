package dev.coffer.node.store;

import dev.coffer.protocol.codec.Bytes;
import java.io.IOException;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Executor;

/**
 * Slots in plain files behind a redo journal that change together: all patches of a commit or none,
 * even if the power fails in between. A commit is first a frame in the journal, forced; then its
 * patches go to their places, unforced. When a journal file is full the data files are forced in
 * the background while commits go on in the other one.
 *
 * <p>{@link #read} may run at any time from any thread; {@link #commit} from one thread at a time.
 * Both throw {@link StoreFault}.
 */
final class JournaledSlots implements AutoCloseable {
  private final Disk disk;
  private final Executor checkpoints;
  private final Journal journal;

  /**
   * Files written since they were last forced, in the order of their first write: a run that is
   * repeated forces them in the same order. Guarded by the monitor.
   */
  private Set<Disk.File> dirty = new LinkedHashSet<>();

  /** Guarded by the monitor. */
  private long forcedUpTo;

  /** Guarded by the monitor. */
  private boolean checkpointing;

  /** Set once, by a write that failed: what stands in the files is unknown then. */
  private boolean failed;

  private JournaledSlots(Disk disk, long journalOctets, Executor checkpoints) throws IOException {
    this.disk = disk;
    this.checkpoints = checkpoints;
    this.journal = Journal.open(disk, journalOctets, this::place);
    for (Disk.File file : dirty) {
      file.force();
    }
    dirty.clear();
    forcedUpTo = journal.newest();
  }

  /**
   * Opens the slots of {@code disk} and repeats what a crash interrupted.
   *
   * @param journalOctets size of each of the two journal files before they take turns
   * @param checkpoints runs the forcing of data files, one at a time
   * @throws StoreFault.Corrupt if a durable commit cannot be read any more
   */
  static JournaledSlots open(Disk disk, long journalOctets, Executor checkpoints) {
    try {
      return new JournaledSlots(disk, journalOctets, checkpoints);
    } catch (IOException e) {
      throw new StoreFault.Unavailable("open", e);
    }
  }

  private void place(List<Slot.Patch> patches) throws IOException {
    for (Slot.Patch patch : patches) {
      Disk.File file = disk.file(patch.slot().fileName());
      byte[] octets = patch.content().toByteArray();
      file.write(patch.slot().offset(), octets, 0, octets.length);
      synchronized (this) {
        dirty.add(file);
      }
    }
  }

  /**
   * The newest committed content of a slot: as many octets as the slot has, fewer where the file
   * ends before, zeros where nothing was ever written. While a commit is on its way the slots it
   * patches may read as old, new or mixed; who reads them holds their new content in memory.
   */
  Bytes read(Slot slot) {
    try {
      return disk.read(slot);
    } catch (IOException e) {
      throw new StoreFault.Unavailable("read", e);
    }
  }

  /** Durable when it returns. */
  void commit(List<Slot.Patch> patches) {
    try {
      if (journal.full()) {
        turn();
      }
      journal.append(patches, forced());
      // A crash from here on: the journal has it, the files have some of it, recovery writes all.
      place(patches);
    } catch (IOException e) {
      fail();
      throw new StoreFault.Unavailable("write", e);
    }
  }

  private synchronized void fail() {
    failed = true;
  }

  private synchronized long forced() {
    return forcedUpTo;
  }

  private void turn() throws IOException {
    awaitCheckpoint();
    if (forced() < journal.newestInOther()) {
      throw new IOException("the data files could not be forced");
    }
    journal.turn(forced());
    startCheckpoint();
  }

  private synchronized void awaitCheckpoint() throws IOException {
    boolean interrupted = false;
    while (checkpointing) {
      try {
        wait();
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
    if (failed) {
      throw new IOException("an earlier write failed");
    }
  }

  private void startCheckpoint() {
    Set<Disk.File> files = takeDirty();
    long target = journal.newest();
    checkpoints.execute(() -> checkpoint(files, target));
  }

  private synchronized Set<Disk.File> takeDirty() {
    Set<Disk.File> taken = dirty;
    dirty = new LinkedHashSet<>();
    checkpointing = true;
    return taken;
  }

  private void checkpoint(Set<Disk.File> files, long target) {
    boolean done = false;
    try {
      for (Disk.File file : files) {
        file.force();
      }
      done = true;
    } catch (IOException e) {
      // The next turn of the journal reports it: until then every commit stands in the journal.
      done = false;
    } finally {
      synchronized (this) {
        forcedUpTo = done ? target : forcedUpTo;
        failed |= !done;
        checkpointing = false;
        notifyAll();
      }
    }
  }

  /** Forces the data files too, so that the next start has nothing to repeat. */
  @Override
  public void close() {
    try {
      try {
        awaitCheckpoint();
        checkpoint(takeDirty(), journal.newest());
        awaitCheckpoint();
        if (journal.newest() > 0) {
          journal.append(List.of(), forced());
        }
      } finally {
        disk.close();
      }
    } catch (IOException e) {
      throw new StoreFault.Unavailable("close", e);
    }
  }
}
