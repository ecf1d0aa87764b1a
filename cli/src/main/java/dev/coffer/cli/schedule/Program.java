package dev.coffer.cli.schedule;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** A program of this machine that is found by its name, as a shell finds it. */
final class Program {
  private static final int OUTPUT_MAX = 1 << 20;

  private final Path file;

  private Program(Path file) {
    this.file = file;
  }

  /** What it said, both streams together, and how it ended. */
  record Answer(int status, String text) {
    boolean isFine() {
      return status == 0;
    }
  }

  /**
   * The first of that name.
   *
   * @param path folders, with colons between them
   */
  static Optional<Program> find(String name, String path) {
    for (String folder : path.split(":", -1)) {
      Path file = Path.of(folder.isEmpty() ? "." : folder).resolve(name);
      if (folder.startsWith("/") && Files.isRegularFile(file) && Files.isExecutable(file)) {
        return Optional.of(new Program(file));
      }
    }
    return Optional.empty();
  }

  /** Runs it to its end; what it says beyond a mebibyte is a failure. */
  Answer run(String input, String... words) throws IOException {
    List<String> line = new ArrayList<>(List.of(file.toString()));
    line.addAll(List.of(words));
    ProcessBuilder builder = new ProcessBuilder(line).redirectErrorStream(true);
    builder.environment().put("LC_ALL", "C");
    Process process = builder.start();
    try {
      try (OutputStream in = process.getOutputStream()) {
        in.write(input.getBytes(StandardCharsets.UTF_8));
      }
      String said;
      try (InputStream out = process.getInputStream()) {
        byte[] octets = out.readNBytes(OUTPUT_MAX + 1);
        if (octets.length > OUTPUT_MAX) {
          throw new IOException(file + " says more than anybody would read.");
        }
        said = new String(octets, StandardCharsets.UTF_8);
      }
      return new Answer(process.waitFor(), said);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("Stopped while " + file + " ran.", e);
    } finally {
      process.destroy();
    }
  }
}
