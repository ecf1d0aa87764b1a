package dev.coffer.verification.torture;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * A run's own copy of what a build may replace under its feet: the HSM's image, and the classes of
 * the nodes where they come from a build folder and not from jars.
 */
final class Programs {
  private Programs() {}

  /** The same programs, kept in {@code directory} as long as it exists. */
  static FleetOfProcesses.JavaProgram kept(FleetOfProcesses.JavaProgram java, Path directory)
      throws IOException {
    Path image = java.hsm().getParent().getParent();
    Path hsm = directory.resolve("hsm-image");
    copy(image, hsm, true);
    List<String> entries = new ArrayList<>();
    for (String entry : java.classPath().split(File.pathSeparator)) {
      Path path = Path.of(entry);
      boolean built = path.toString().contains("/target/") && !path.endsWith("test-classes");
      if (!built || !Files.exists(path)) {
        entries.add(entry);
      } else {
        Path own = directory.resolve("classes-" + entries.size());
        // Not linked: a compiler may write into the very files.
        copy(path, own, false);
        entries.add(own.toString());
      }
    }
    return new FleetOfProcesses.JavaProgram(
        hsm.resolve(image.relativize(java.hsm())),
        String.join(File.pathSeparator, entries),
        java.flags());
  }

  private static void copy(Path from, Path to, boolean link) throws IOException {
    try (Stream<Path> files = Files.walk(from)) {
      for (Path file : (Iterable<Path>) files::iterator) {
        Path target = to.resolve(from.relativize(file).toString());
        if (Files.isDirectory(file, LinkOption.NOFOLLOW_LINKS)) {
          Files.createDirectories(target);
        } else if (!link || !linked(file, target)) {
          Files.copy(file, target, StandardCopyOption.COPY_ATTRIBUTES, LinkOption.NOFOLLOW_LINKS);
        }
      }
    }
  }

  /** Whether the file system could give the same file a second name. */
  private static boolean linked(Path file, Path target) {
    try {
      Files.createLink(target, file);
      return true;
    } catch (IOException | UnsupportedOperationException e) {
      return false;
    }
  }
}
