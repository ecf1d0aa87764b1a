package dev.coffer.cli.command;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.coffer.cli.Failure;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** All sheets are there, or none. */
class KeySplitCommandTest {
  @TempDir private Path directory;

  private static Map<Path, KeySplitCommand.Content> files(Path into, boolean lastFails) {
    Map<Path, KeySplitCommand.Content> files = new LinkedHashMap<>();
    files.put(into.resolve("sheet-1.txt"), () -> new byte[] {1});
    files.put(into.resolve("sheet-1.pdf"), () -> new byte[] {2});
    files.put(
        into.resolve("sheet-2.txt"),
        () -> {
          if (lastFails) {
            throw new IOException("No space left on device");
          }
          return new byte[] {3};
        });
    return files;
  }

  @Test
  void whatWasWrittenBeforeAFailureGoesAgain() throws Exception {
    Path made = directory.resolve("made");
    assertThrows(IOException.class, () -> KeySplitCommand.write(made, files(made, true)));
    assertTrue(Files.notExists(made));
    Path there = Files.createDirectory(directory.resolve("there"));
    Files.write(there.resolve("other"), new byte[] {9});
    assertThrows(IOException.class, () -> KeySplitCommand.write(there, files(there, true)));
    try (var left = Files.list(there)) {
      assertEquals(there.resolve("other"), left.findFirst().orElseThrow());
    }
    KeySplitCommand.write(made, files(made, false));
    assertArrayEquals(new byte[] {3}, Files.readAllBytes(made.resolve("sheet-2.txt")));
  }

  @Test
  void whatIsThereIsLeftAlone() throws Exception {
    Files.createSymbolicLink(directory.resolve("sheet-2.txt"), Path.of("nowhere"));
    assertThrows(Failure.class, () -> KeySplitCommand.write(directory, files(directory, false)));
    assertTrue(Files.notExists(directory.resolve("sheet-1.txt")));
    assertTrue(Files.isSymbolicLink(directory.resolve("sheet-2.txt")));
  }
}
