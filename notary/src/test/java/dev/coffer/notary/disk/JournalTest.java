package dev.coffer.notary.disk;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.coffer.protocol.codec.Bytes;
import dev.coffer.transparency.text.Utf8;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class JournalTest {
  private static final String PATH = "j";

  private static Bytes record(int i) {
    return Utf8.encode("record " + i);
  }

  private static FaultyDisk filled(int records) throws IOException {
    FaultyDisk disk = new FaultyDisk();
    Journal journal = Journal.open(disk, PATH);
    for (int i = 0; i < records; i++) {
      journal.append(record(i));
    }
    return disk;
  }

  @Test
  void recordsSurvive() throws IOException {
    List<Bytes> found = Journal.open(filled(3), PATH).found();
    assertEquals(List.of(record(0), record(1), record(2)), found);
  }

  @Test
  void everyTruncationLosesOnlyItsTail() throws IOException {
    FaultyDisk disk = filled(3);
    Bytes whole = disk.files().get(PATH);
    for (int size = 0; size < whole.size(); size++) {
      disk.files().put(PATH, whole.slice(0, size));
      List<Bytes> found = Journal.open(disk, PATH).found();
      assertEquals(size / (whole.size() / 3), found.size(), "cut at " + size);
    }
  }

  @Test
  void aTailOfZerosIsTorn() throws IOException {
    FaultyDisk disk = filled(3);
    Bytes whole = disk.files().get(PATH);
    for (int cut = 0; cut < whole.size(); cut++) {
      disk.files().put(PATH, whole.slice(0, cut).concat(Bytes.zeros(whole.size() - cut)));
      assertTrue(Journal.open(disk, PATH).found().size() <= 2, "zeros from " + cut);
    }
  }

  @Test
  void noDamagedJournalOpens() throws IOException {
    FaultyDisk disk = filled(3);
    Bytes whole = disk.files().get(PATH);
    for (int at = 0; at < whole.size(); at++) {
      byte[] damaged = whole.toByteArray();
      damaged[at] ^= 0x10;
      disk.files().put(PATH, Bytes.wrap(damaged));
      assertThrows(JournalDamaged.class, () -> Journal.open(disk, PATH), "octet " + at);
    }
  }

  @Test
  void aRecordTakenOutIsNoticed() throws IOException {
    FaultyDisk disk = filled(3);
    Bytes whole = disk.files().get(PATH);
    int frame = whole.size() / 3;
    Bytes without = whole.slice(0, frame).concat(whole.slice(2 * frame, whole.size()));
    disk.files().put(PATH, without);
    assertThrows(JournalDamaged.class, () -> Journal.open(disk, PATH));
  }

  @Test
  void afterAFailedWriteNothingGoesThroughTheSameJournal() throws IOException {
    for (FaultyDisk.Fault fault : FaultyDisk.Fault.values()) {
      FaultyDisk disk = filled(2);
      Journal journal = Journal.open(disk, PATH);
      disk.failWrite(0, fault, false);
      assertThrows(IOException.class, () -> journal.append(record(2)));
      assertThrows(IOException.class, () -> journal.append(record(3)));
      int expected = fault == FaultyDisk.Fault.DONE ? 3 : 2;
      assertEquals(expected, Journal.open(disk, PATH).found().size(), fault.toString());
    }
  }

  @Test
  void appendsOfManyThreadsShareWrites(@TempDir Path folder) throws Exception {
    Set<Bytes> expected = new HashSet<>();
    try (Disk disk = DirectoryDisk.open(folder);
        ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      Journal journal = Journal.open(disk, PATH);
      List<Future<?>> done = new ArrayList<>();
      for (int i = 0; i < 500; i++) {
        Bytes record = record(i);
        expected.add(record);
        done.add(
            threads.submit(() -> {
              journal.append(record);
              return record;
            }));
      }
      for (Future<?> one : done) {
        one.get();
      }
    }
    try (Disk disk = DirectoryDisk.open(folder)) {
      assertEquals(expected, new HashSet<>(Journal.open(disk, PATH).found()));
    }
  }
}
