package dev.coffer.ceremony.record;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.coffer.protocol.codec.Bytes;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A folder that somebody else writes in the very instant between our look and our hand. */
class DirectoryFolderTest {
  private static final String NAME = "signature-person-1.sig";

  @TempDir private Path machine;
  private Path secret;
  private Path stick;

  @BeforeEach
  void lay() throws IOException {
    secret = Files.writeString(machine.resolve("secret"), "of this machine");
    stick = Files.createDirectory(machine.resolve("stick"));
  }

  private static Bytes bytes(String text) {
    return Bytes.wrap(text.getBytes(StandardCharsets.US_ASCII));
  }

  private static void link(Path file, Path to) throws IOException {
    Files.delete(file);
    Files.createSymbolicLink(file, to);
  }

  private static void refused(Path below) {
    IOException trouble =
        assertThrows(IOException.class, () -> new DirectoryFolder(below).read(NAME));
    assertTrue(trouble.getMessage().contains("is no file of a ceremony"), trouble.getMessage());
  }

  @Test
  void readsWhatIsThere() throws IOException {
    Folder folder = new DirectoryFolder(stick);
    assertEquals(Optional.empty(), folder.read(NAME));
    folder.write(NAME, bytes("signed"));
    assertEquals(Optional.of(bytes("signed")), folder.read(NAME));
    Files.write(stick.resolve(NAME), new byte[Folder.OCTETS_MAX]);
    assertEquals(Folder.OCTETS_MAX, folder.read(NAME).orElseThrow().size());
    Files.write(stick.resolve(NAME), new byte[Folder.OCTETS_MAX + 1]);
    refused(stick);
  }

  @Test
  void aFileThatBecomesALinkAfterTheLookIsNotRead() throws IOException {
    Files.writeString(stick.resolve(NAME), "signed");
    Path swapped = SwappedFiles.afterLook(stick, file -> link(file, secret));
    refused(swapped);
    assertTrue(Files.isSymbolicLink(stick.resolve(NAME)), "nobody looked before the read");
  }

  @Test
  void aFileThatGrowsAfterTheLookIsNotReadWhole() throws IOException {
    Files.writeString(stick.resolve(NAME), "signed");
    refused(SwappedFiles.afterLook(stick, file -> Files.write(file, new byte[1 << 20])));
  }

  @Test
  void aDraftThatBecomesALinkIsNotWrittenThrough() throws IOException {
    Path swapped = SwappedFiles.afterMaking(stick, file -> link(file, secret));
    new DirectoryFolder(swapped).write(NAME, bytes("what the stick brought"));
    assertEquals("of this machine", Files.readString(secret));
    assertTrue(Files.isSymbolicLink(stick.resolve(NAME)), "nothing was swapped");
  }

  @Test
  void aLinkIsReplacedAndNotWrittenThrough() throws IOException {
    Files.createSymbolicLink(stick.resolve(NAME), secret);
    new DirectoryFolder(stick).write(NAME, bytes("signed"));
    assertEquals("of this machine", Files.readString(secret));
    assertArrayEquals(
        "signed".getBytes(StandardCharsets.US_ASCII), Files.readAllBytes(stick.resolve(NAME)));
  }

  @Test
  void aFifoIsNotWaitedFor() throws Exception {
    Path fifo = stick.resolve(NAME);
    assertEquals(0, new ProcessBuilder("mkfifo", fifo.toString()).start().waitFor());
    refused(stick);
  }
}
