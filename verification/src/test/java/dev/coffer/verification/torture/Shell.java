package dev.coffer.verification.torture;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** Runs the system's own programs. Thread-safe. */
final class Shell {
  private static final long DEADLINE_SECONDS = 20;

  private Shell() {}

  /** Runs to the end and returns what was printed; fails with it when the status is not 0. */
  static String run(List<String> command) throws IOException, InterruptedException {
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    process.getOutputStream().close();
    String printed;
    try (var output = process.getInputStream()) {
      printed = new String(output.readNBytes(1 << 20), StandardCharsets.UTF_8);
    }
    if (!process.waitFor(DEADLINE_SECONDS, TimeUnit.SECONDS)) {
      process.destroyForcibly();
      throw new IOException(String.join(" ", command) + " does not end");
    }
    if (process.exitValue() != 0) {
      throw new IOException(String.join(" ", command) + ": " + printed.strip());
    }
    return printed;
  }

  /** Whether there is such a program. */
  static boolean here(String program) {
    return Stream.of(System.getenv().getOrDefault("PATH", "").split(":"))
        .anyMatch(folder -> Files.isExecutable(Path.of(folder, program)));
  }

  /** The same for words separated by spaces. */
  static String run(String command) throws IOException, InterruptedException {
    return run(List.of(command.split(" ")));
  }

  /** The same where a failure means that there was nothing to do. */
  static boolean succeeds(String command) throws InterruptedException {
    try {
      run(command);
      return true;
    } catch (IOException e) {
      return false;
    }
  }
}
