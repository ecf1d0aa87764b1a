package dev.coffer.notary.disk;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.coffer.protocol.codec.Bytes;
import dev.coffer.transparency.text.Utf8;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DirectoryDiskTest {
  private static final Bytes ONE = Utf8.encode("one");
  private static final Bytes OTHER = Utf8.encode("other");

  @Test
  void whatIsCreatedNeverChanges(@TempDir Path folder) throws IOException {
    try (Disk disk = DirectoryDisk.open(folder)) {
      disk.create("a/b/c", ONE);
      disk.create("a/b/c", ONE);
      assertThrows(FileConflict.class, () -> disk.create("a/b/c", OTHER));
      assertEquals(Optional.of(ONE), disk.read("a/b/c", 10));
      assertThrows(IOException.class, () -> disk.read("a/b/c", 2));
      disk.replace("a/b/c", OTHER);
      assertEquals(Optional.of(OTHER), disk.read("a/b/c", 10));
      assertEquals(Optional.empty(), disk.read("a/none", 10));
    }
  }

  @Test
  void leftoversOfACrashAreOverwrittenAndNotListed(@TempDir Path folder) throws IOException {
    Files.writeString(folder.resolve("x.part"), "half of somethi");
    try (Disk disk = DirectoryDisk.open(folder)) {
      disk.create("x", ONE);
      disk.create("f/y", OTHER);
      assertEquals(List.of("LOCK", "f/", "x"), disk.list(""));
      disk.deleteFolder("f");
      disk.deleteFolder("f");
      assertEquals(List.of("LOCK", "x"), disk.list(""));
      assertEquals(List.of(), disk.list("f"));
    }
  }

  @Test
  void appendingGoesOnAfterReopening(@TempDir Path folder) throws IOException {
    try (Disk disk = DirectoryDisk.open(folder)) {
      disk.append("log", 0, ONE);
      disk.append("log", 3, ONE);
      assertThrows(IOException.class, () -> disk.append("log", 5, ONE));
      disk.replace("log", OTHER);
      disk.append("log", 5, ONE);
      assertEquals(Optional.of(Utf8.encode("otherone")), disk.read("log", 10));
    }
  }

  @Test
  void oneProcessHasIt(@TempDir Path folder) throws IOException {
    try (Disk held = DirectoryDisk.open(folder)) {
      assertEquals(List.of("LOCK"), held.list(""));
      assertThrows(IOException.class, () -> DirectoryDisk.open(folder));
      assertEquals(List.of("LOCK"), DirectoryDisk.reading(folder).list(""));
    }
    DirectoryDisk.open(folder).close();
  }

  @Test
  void noPathLeadsOut(@TempDir Path folder) throws IOException {
    try (Disk disk = DirectoryDisk.open(folder)) {
      assertThrows(IOException.class, () -> disk.read("../secret", 10));
      assertThrows(IOException.class, () -> disk.create("../secret", ONE));
    }
  }
}
