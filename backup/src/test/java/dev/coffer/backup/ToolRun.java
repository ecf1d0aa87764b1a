package dev.coffer.backup;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/** One run of a program that is not ours. */
public final class ToolRun {
  private final int exit;
  private final byte[] output;
  private final String errors;

  private ToolRun(int exit, byte[] output, String errors) {
    this.exit = exit;
    this.output = output;
    this.errors = errors;
  }

  /** Its status. */
  public int exit() {
    return exit;
  }

  /** What it wrote. */
  public byte[] output() {
    return output;
  }

  /** What it wrote to its error stream. */
  public String errors() {
    return errors;
  }

  /** Whether the search path, or where Debian has servers, has it. */
  public static boolean isInstalled(String program) {
    for (String directory : (System.getenv("PATH") + ":/usr/sbin").split(":")) {
      if (Files.isExecutable(Path.of(directory, program))) {
        return true;
      }
    }
    return false;
  }

  /** Runs and expects success. */
  public static ToolRun of(Path home, String... command) throws IOException, InterruptedException {
    ToolRun run = any(home, null, command);
    if (run.exit() != 0) {
      throw new IOException(String.join(" ", command) + " said " + run.errors());
    }
    return run;
  }

  /** Runs, with {@code input} on standard input unless null. */
  public static ToolRun any(Path home, Path input, String... command)
      throws IOException, InterruptedException {
    Path errors = home.resolve("tool-errors");
    Path output = home.resolve("tool-output");
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.redirectOutput(output.toFile()).redirectError(errors.toFile());
    builder.redirectInput(
        input == null
            ? ProcessBuilder.Redirect.from(new java.io.File("/dev/null"))
            : ProcessBuilder.Redirect.from(input.toFile()));
    Process process = builder.start();
    if (!process.waitFor(120, TimeUnit.SECONDS)) {
      process.destroyForcibly();
      throw new IOException(command[0] + " does not end");
    }
    return new ToolRun(process.exitValue(), Files.readAllBytes(output), Files.readString(errors));
  }
}
