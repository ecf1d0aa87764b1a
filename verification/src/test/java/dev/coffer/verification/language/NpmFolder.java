package dev.coffer.verification.language;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** Programs of {@code src/test/npm}, with the packages of others that they call. */
public final class NpmFolder {
  private static final Path SOURCES = Path.of("src", "test", "npm");
  private static final Path INSTALLED = Path.of("target", "npm");
  private static final long PATIENCE_SECONDS = 120;

  /** Where the client was built in this run; once is enough. */
  private static Optional<Path> built = Optional.empty();

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

  /**
   * Builds the client of {@code web/client} in a folder of its own.
   *
   * @return where; empty, with the reason printed, without Node.js or the packages
   */
  static synchronized Optional<Path> build() throws IOException, InterruptedException {
    if (built.isPresent()) {
      return built;
    }
    Path sources = Path.of("..", "web", "client");
    Path place = Files.createDirectories(place("client"));
    for (String part : List.of("package.json", "package-lock.json", ".npmrc")) {
      Files.copy(sources.resolve(part), place.resolve(part), StandardCopyOption.REPLACE_EXISTING);
    }
    for (String part : List.of("tsconfig.json", "tsconfig.build.json", "src", "test/fleet")) {
      copy(sources.resolve(part), place.resolve(part));
    }
    if (!runs(place, "node", "--version")) {
      System.out.println("SKIPPED: the TypeScript client was not run: there is no node here");
      return Optional.empty();
    }
    if (!runs(place, "npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund")) {
      System.out.println("SKIPPED: the TypeScript client was not run: npm ci failed here");
      return Optional.empty();
    }
    if (!runs(place, "npm", "run", "build")) {
      throw new IOException("web/client does not build: see " + place.resolve("install.log"));
    }
    built = Optional.of(place);
    return built;
  }

  private static void copy(Path from, Path to) throws IOException {
    try (Stream<Path> all = Files.walk(from)) {
      for (Path one : all.filter(Files::isRegularFile).toList()) {
        Path target = to.resolve(from.relativize(one).toString());
        Files.createDirectories(target.toAbsolutePath().getParent());
        Files.copy(one, target, StandardCopyOption.REPLACE_EXISTING);
      }
    }
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
