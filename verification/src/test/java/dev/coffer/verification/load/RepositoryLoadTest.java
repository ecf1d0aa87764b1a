package dev.coffer.verification.load;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Backup, check, prune and restore of many small files stay within 300 MB, whatever their number.
 * By hand with a million: {@code -Dfiles=1000000}.
 */
@Tag("long")
class RepositoryLoadTest {
  private static final int PEAK_MIB = 286;

  @TempDir private Path home;

  @Test
  void memoryStaysWithinItsLimit() throws Exception {
    int files = Integer.getInteger("files", 3000);
    Path output = home.resolve("output");
    Process program =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx160m",
                "-XX:+UseSerialGC",
                "-cp",
                System.getProperty(
                    "surefire.test.class.path", System.getProperty("java.class.path")),
                RepositoryProgram.class.getName(),
                home.resolve("load").toString(),
                Integer.toString(files))
            .redirectErrorStream(true)
            .redirectOutput(output.toFile())
            .start();
    assertEquals(0, program.waitFor(), () -> read(output).toString());
    List<String> lines = read(output);
    lines.forEach(System.out::println);
    assertEquals(10, lines.size(), "a heading and nine steps");
    long peak = Long.parseLong(lines.get(9).strip().split(" +")[1]);
    assertTrue(peak <= PEAK_MIB, () -> "at most " + PEAK_MIB + " MiB, but it had " + peak);
    assertTrue(Files.notExists(home.resolve("load")), "nothing stays behind");
  }

  private static List<String> read(Path file) {
    try {
      return Files.readAllLines(file);
    } catch (java.io.IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }
}
