package dev.coffer.verification.language;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** Programs of {@code src/test/npm}, with the packages of others that they call. */
public final class NpmFolder {
  private static final Path SOURCES = Path.of("src", "test", "npm");
  private static final Path INSTALLED = Path.of("target", "npm");
  private static final long PATIENCE_SECONDS = 120;

  private NpmFolder() {}

  /**
   * Installs the packages that {@code folder}'s lock file names.
   *
   * @param script a program in it
   * @param scope a package that must be there afterwards, or its scope
   * @return a command that starts the program, to be run in {@link #place}; empty, with the reason
   *     printed, without Node.js or the packages
   */
  public static Optional<List<String>> install(String folder, String script, String scope)
      throws IOException, InterruptedException {
    Path place = place(folder);
    Files.createDirectories(place);
    for (String file : List.of("package.json", "package-lock.json", script)) {
      Files.copy(
          SOURCES.resolve(folder).resolve(file),
          place.resolve(file),
          StandardCopyOption.REPLACE_EXISTING);
    }
    if (!runs(place, "node", "--version")) {
      System.out.println("SKIPPED: no comparison with npm's " + scope + ": there is no node here");
      return Optional.empty();
    }
    if (!Files.isDirectory(place.resolve("node_modules").resolve(scope))
        && !runs(place, "npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund")) {
      System.out.println(
          "SKIPPED: no comparison with npm's " + scope + ": npm, or the package, is not to be had");
      return Optional.empty();
    }
    return Optional.of(List.of("node", script));
  }

  /** Where it is installed. */
  public static Path place(String folder) {
    return INSTALLED.resolve(folder);
  }

  private static boolean runs(Path place, String... command) throws InterruptedException {
    try {
      Process process =
          new ProcessBuilder(command)
              .directory(place.toFile())
              .redirectErrorStream(true)
              .redirectOutput(place.resolve("install.log").toFile())
              .start();
      if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
        process.destroyForcibly();
        return false;
      }
      return process.exitValue() == 0;
    } catch (IOException e) {
      return false;
    }
  }
}
