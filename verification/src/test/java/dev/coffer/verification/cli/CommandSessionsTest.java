package dev.coffer.verification.cli;

import static org.junit.jupiter.api.Assertions.assertFalse;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/**
 * Plays every session in {@code verification/cli}: what is said, where, and with which exit code.
 * No fleet runs.
 */
@Tag("long")
class CommandSessionsTest {
  @TempDir private Path directory;

  @TestFactory
  Stream<DynamicTest> sessions() throws IOException {
    List<Path> scripts;
    try (Stream<Path> found = Files.list(folder())) {
      scripts = found.filter(path -> path.toString().endsWith(".txt")).sorted().toList();
    }
    assertFalse(scripts.isEmpty());
    return scripts.stream()
        .map(script ->
            DynamicTest.dynamicTest(
                script.getFileName().toString(),
                () -> {
                  String name = script.getFileName().toString().replace(".txt", "");
                  SessionScript.play(script, Files.createDirectories(directory.resolve(name)));
                }));
  }

  private static Path folder() {
    Path at = Path.of("").toAbsolutePath();
    while (!Files.isDirectory(at.resolve("verification").resolve("cli"))) {
      at = at.getParent();
    }
    return at.resolve("verification").resolve("cli");
  }
}
