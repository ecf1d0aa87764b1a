package dev.coffer.client.port;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.crypto.SecretBytes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What an app is promised of its memory in files. */
class FileMemoryTest {
  @TempDir private Path home;
  private Path folder;
  private FileMemory memory;

  @BeforeEach
  void make() {
    folder = home.resolve("app").resolve("memory");
    memory = new FileMemory(folder);
  }

  private static SecretBytes octets(int... octets) {
    byte[] value = new byte[octets.length];
    for (int i = 0; i < value.length; i++) {
      value[i] = (byte) octets[i];
    }
    return SecretBytes.wrap(value);
  }

  private static byte[] loaded(ClientMemory memory, String name) throws IOException {
    try (SecretBytes value = memory.load(name).orElseThrow()) {
      return value.copy();
    }
  }

  private static String mode(Path path) throws IOException {
    return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
  }

  private List<Path> files() throws IOException {
    try (Stream<Path> found = Files.list(folder)) {
      return found.toList();
    }
  }

  @Test
  void theNextStartOfTheAppFindsTheNewestValue() throws IOException {
    assertEquals(Optional.empty(), memory.load("recovery-a"));
    memory.store("recovery-a", octets(1, 2));
    memory.store("recovery-a", octets(3));
    memory.store("recovery-b", octets());
    assertArrayEquals(new byte[] {3}, loaded(new FileMemory(folder), "recovery-a"));
    assertArrayEquals(new byte[0], loaded(new FileMemory(folder), "recovery-b"));
    assertEquals(2, files().size(), "nothing is left beside");
  }

  @Test
  void onlyTheOwnerReads() throws IOException {
    memory.store("recovery-a", octets(1));
    assertEquals("rw-------", mode(folder.resolve("recovery-a")));
    assertEquals("rwx------", mode(folder));
    assertEquals("rwx------", mode(folder.getParent()));
  }

  @Test
  void namesStayInTheFolder() {
    for (String name : List.of("../a", "a/b", "", ".", "A", "a.b", "a".repeat(121))) {
      assertThrows(IOException.class, () -> memory.store(name, octets(1)), name);
      assertThrows(IOException.class, () -> memory.load(name), name);
      assertThrows(IOException.class, () -> memory.erase(name), name);
    }
    assertTrue(Files.notExists(home.resolve("app")), "nothing was made for any of them");
  }

  @Test
  void aFileThatIsTooLargeIsNotAValue() throws IOException {
    memory.store("a", SecretBytes.copyOf(Bytes.zeros(ClientMemory.VALUE_MAX)));
    assertEquals(ClientMemory.VALUE_MAX, loaded(memory, "a").length);
    Files.write(folder.resolve("a"), new byte[ClientMemory.VALUE_MAX + 1]);
    assertThrows(IOException.class, () -> memory.load("a"));
  }

  /** A draft holds the blind as the file does; of another name it may be the other's only trace. */
  @Test
  void erasingLeavesNothingThatACrashLeftHalfWritten() throws IOException {
    memory.store("recovery-a", octets(1));
    Path draft = Files.write(folder.resolve(".recovery-a.7.draft"), new byte[] {9, 9});
    Path seen = home.resolve("seen");
    Files.createLink(seen, draft);
    Path other = Files.write(folder.resolve(".recovery-ab.7.draft"), new byte[1]);
    memory.erase("recovery-a");
    assertEquals(List.of(other), files());
    assertArrayEquals(new byte[2], Files.readAllBytes(seen), "overwritten, not just unlinked");
    memory.erase("recovery-a");
  }

  @Test
  void saysWhichFileWasUsedLast() throws IOException {
    assertEquals(folder, memory.touched());
    memory.load("a");
    assertEquals(folder.resolve("a"), memory.touched());
  }
}
