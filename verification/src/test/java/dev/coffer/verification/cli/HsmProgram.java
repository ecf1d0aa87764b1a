package dev.coffer.verification.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.List;
import java.util.stream.Stream;

/**
 * The HSM's program for tests: the linked image if this build has made one from these classes,
 * otherwise the same classes on the class path.
 */
public final class HsmProgram {
  private static final String PROPERTY = "coffer.hsm.image";

  private HsmProgram() {}

  /** Tells the command where it is. */
  public static void locate() throws IOException {
    Path image = root().resolve("hsm-image").resolve("target").resolve("hsm-image");
    if (!Files.isExecutable(image.resolve("bin").resolve("coffer-hsm")) || outdated(image)) {
      image = standIn();
    }
    System.setProperty(PROPERTY, image.toString());
  }

  private static boolean outdated(Path image) throws IOException {
    FileTime linked = Files.getLastModifiedTime(image.resolve("lib").resolve("modules"));
    for (String module : List.of("files", "protocol", "hsm", "hsm-process", "hsm-simulated")) {
      try (Stream<Path> classes =
          Files.walk(root().resolve(module).resolve("target").resolve("classes"))) {
        if (classes.anyMatch(path -> path.toFile().lastModified() > linked.toMillis())) {
          return true;
        }
      }
    }
    return false;
  }

  private static Path standIn() throws IOException {
    Path image = Files.createTempDirectory(root().resolve("verification/target"), "hsm-stand-in");
    Path program = Files.createDirectories(image.resolve("bin")).resolve("coffer-hsm");
    Files.write(
        program,
        List.of(
            "#!/bin/sh",
            "exec '"
                + Path.of(System.getProperty("java.home"), "bin", "java")
                + "' -XX:+UseSerialGC -Xmx128m -cp '"
                + System.getProperty("java.class.path")
                + "' dev.coffer.hsm.simulated.HsmProcess \"$@\""));
    if (!program.toFile().setExecutable(true)) {
      throw new IOException("the stand-in cannot be made executable");
    }
    return image;
  }

  private static Path root() {
    Path at = Path.of("").toAbsolutePath();
    while (!Files.exists(at.resolve("mvnw"))) {
      at = at.getParent();
    }
    return at;
  }
}
