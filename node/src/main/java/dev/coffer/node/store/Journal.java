package dev.coffer.node.store;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * Two files that take turns. A commit is one frame at the end of the active one; once a file is
 * full and what the other one holds stands in the data files, the other one is written over from
 * its start. Every frame says up to where the data files are known to be forced; recovery replays
 * all that follows, and says so if a piece of it is missing, which a torn write cannot cause.
 *
 * <p>Not thread-safe.
 */
final class Journal {
  private record Place(int file, long offset, int length, long number, long forcedUpTo) {
    long end() {
      return offset + length;
    }
  }

  private final Disk.File[] files;
  private final long octetsMax;
  private final long[] newestIn = new long[2];
  private int active;
  private long end;
  private long newest;

  /** The forced-up-to of the newest frame: what recovery would believe. */
  private long announced;

  private Journal(Disk.File[] files, long octetsMax) {
    this.files = files;
    this.octetsMax = octetsMax;
  }

  /** Takes each commit that recovery must repeat, oldest first. */
  interface Replay {
    void frame(List<Slot.Patch> patches) throws IOException;
  }

  private static Journal of(Disk disk, long octetsMax) throws IOException {
    return new Journal(new Disk.File[] {disk.file("journal-0"), disk.file("journal-1")}, octetsMax);
  }

  /**
   * Opens the journal and replays what the data files may lack; writes nothing itself.
   *
   * @throws StoreFault.Corrupt if a commit that was durable cannot be read any more
   */
  static Journal open(Disk disk, long octetsMax, Replay replay) throws IOException {
    Journal journal = of(disk, octetsMax);
    List<Place> places = journal.scan();
    if (!places.isEmpty()) {
      journal.recover(places, replay);
    }
    return journal;
  }

  /** Takes each frame that is whole. */
  interface Visit {
    void frame(JournalFrame frame);
  }

  /** Every whole frame there is, oldest first, whether recovery needs it or not; writes nothing. */
  static void visit(Disk disk, Visit visit) throws IOException {
    Journal journal = of(disk, 0);
    for (Place place : journal.scan()) {
      journal.frame(place).ifPresent(visit::frame);
    }
  }

  private List<Place> scan() throws IOException {
    List<Place> places = new ArrayList<>();
    for (int file = 0; file < files.length; file++) {
      places.addAll(scan(file));
    }
    places.sort(Comparator.comparingLong(Place::number));
    return places;
  }

  private Optional<JournalFrame> frame(Place place) throws IOException {
    return read(place.file(), place.offset(), place.length()).flatMap(JournalFrame::decode);
  }

  private void recover(List<Place> places, Replay replay) throws IOException {
    Place last = places.get(places.size() - 1);
    long expected = last.forcedUpTo() + 1;
    for (Place place : places) {
      newestIn[place.file()] = Math.max(newestIn[place.file()], place.number());
      if (place.number() < expected) {
        continue;
      }
      Optional<JournalFrame> frame = frame(place);
      if (place.number() != expected || frame.isEmpty()) {
        // A torn frame is the last one: the next is begun only after it was forced. This is rot.
        throw new StoreFault.Corrupt("a durable commit is missing from the journal");
      }
      replay.frame(frame.get().patches());
      expected++;
    }
    active = last.file();
    end = last.end();
    newest = last.number();
    announced = last.forcedUpTo();
  }

  private List<Place> scan(int file) throws IOException {
    List<Place> places = new ArrayList<>();
    byte[] block = new byte[JournalFrame.BLOCK];
    long at = 0;
    while (files[file].read(at, block) == block.length) {
      int length = JournalFrame.length(block);
      Optional<JournalFrame.Header> header =
          length == 0 ? Optional.empty() : read(file, at, length).flatMap(JournalFrame::header);
      if (header.isPresent()) {
        places.add(new Place(file, at, length, header.get().number(), header.get().forcedUpTo()));
        at += length;
      } else {
        at += block.length;
      }
    }
    return places;
  }

  private Optional<byte[]> read(int file, long at, int length) throws IOException {
    byte[] blocks = new byte[length];
    return files[file].read(at, blocks) < length ? Optional.empty() : Optional.of(blocks);
  }

  /** The number of the newest commit. */
  long newest() {
    return newest;
  }

  /** Whether the next commit would begin to write over the other file. */
  boolean full() {
    return end >= octetsMax;
  }

  /** The newest commit in the file that is not active: it must be forced before {@link #turn}. */
  long newestInOther() {
    return newestIn[1 - active];
  }

  /**
   * Goes on at the start of the other file.
   *
   * @param forcedUpTo at least {@link #newestInOther}
   */
  void turn(long forcedUpTo) throws IOException {
    if (announced < newestInOther()) {
      // Were the first frame over there torn, nothing would say that what it destroyed is not
      // needed.
      append(List.of(), forcedUpTo);
    }
    active = 1 - active;
    end = 0;
  }

  /** Appends a commit; durable when it returns. */
  void append(List<Slot.Patch> patches, long forcedUpTo) throws IOException {
    byte[] blocks = new JournalFrame(newest + 1, forcedUpTo, patches).encode();
    files[active].write(end, blocks, 0, blocks.length);
    // A crash here leaves a torn frame that nobody was told of.
    files[active].force();
    end += blocks.length;
    newest++;
    newestIn[active] = newest;
    announced = forcedUpTo;
  }
}
