package dev.coffer.cli.command;

import dev.coffer.cli.ExitCode;
import dev.coffer.cli.Failure;
import dev.coffer.evidence.EvidenceSummary;
import dev.coffer.files.ChildEnvironment;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/** Builds the image of the HSM program again, by the script that packages carry. */
final class Rebuilding {
  private static final long MINUTES_MAX = 60;

  private Rebuilding() {}

  /**
   * Of {@code commit}, in a new temporary directory, which stays.
   *
   * @param source a clone, or an address that git knows
   */
  static Path image(String source, String commit)
      throws Failure, IOException, InterruptedException {
    Path folder = Files.createTempDirectory("coffer-rebuild");
    Path script = folder.resolve("rebuild.sh");
    Files.write(script, EvidenceSummary.rebuildScript().toByteArray());
    Path clone = folder.resolve("source");
    Path log = folder.resolve("log");
    ProcessBuilder builder =
        new ProcessBuilder("sh", script.toString(), source, commit, clone.toString())
            .redirectErrorStream(true)
            .redirectOutput(log.toFile());
    ChildEnvironment.clean(builder.environment(), "HOME", "MVNW_", "MAVEN_");
    builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
    Process process = builder.start();
    if (!process.waitFor(MINUTES_MAX, TimeUnit.MINUTES)) {
      process.descendants().forEach(ProcessHandle::destroyForcibly);
      process.destroyForcibly();
    } else if (process.exitValue() == 0) {
      return clone.resolve("hsm-image").resolve("target").resolve("hsm-image");
    }
    throw new Failure(
        ExitCode.FAILED,
        "The HSM program could not be built again: see " + log + ".",
        "Name a clone that has commit " + commit + "; the build needs git and a Maven repository.");
  }
}
