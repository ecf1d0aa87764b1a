package dev.coffer.node.store;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.coffer.protocol.codec.Bytes;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** What is done to the disk depends on nothing but what was asked for. */
final class JournaledSlotsTest {
  private static final long JOURNAL_OCTETS = 1 << 16;

  /** A disk that writes down which file is forced. */
  private static final class Watched implements Disk {
    private final FaultyDisk inner = new FaultyDisk(0, FaultyDisk.Failing.DONE);
    private final Map<String, File> open = new TreeMap<>();
    private final List<String> forced = new ArrayList<>();

    @Override
    public File file(String name) {
      return open.computeIfAbsent(name, same -> watched(same, inner.file(same)));
    }

    private File watched(String name, File file) {
      return new File() {
        @Override
        public int read(long offset, byte[] into) throws IOException {
          return file.read(offset, into);
        }

        @Override
        public long size() throws IOException {
          return file.size();
        }

        @Override
        public void write(long offset, byte[] octets, int from, int to) throws IOException {
          file.write(offset, octets, from, to);
        }

        @Override
        public void force() throws IOException {
          forced.add(name);
          file.force();
        }
      };
    }

    @Override
    public void close() {
      inner.close();
    }
  }

  /**
   * Whoever repeats a simulated run by its seed gets the same faults at the same files; a hash set
   * of files would force them in the order in which they lie in memory.
   */
  @Test
  void filesAreForcedInTheOrderOfTheirFirstWrite() {
    for (int turn = 0; turn < 4; turn++) {
      Watched disk = new Watched();
      JournaledSlots slots = JournaledSlots.open(disk, JOURNAL_OCTETS, Runnable::run);
      List<String> written = new ArrayList<>();
      for (int partition : List.of(3, 0, 2, 1)) {
        for (Slot.Kind kind : List.of(Slot.Kind.RECORDS, Slot.Kind.STATE, Slot.Kind.PAGES)) {
          Slot slot = new Slot(partition, kind, 1);
          written.add(slot.fileName());
          slots.commit(List.of(new Slot.Patch(slot, Bytes.zeros(8))));
        }
      }
      disk.forced.clear();
      slots.close();
      assertEquals(written, disk.forced.stream().filter(written::contains).toList());
    }
  }
}
