package dev.coffer.lab.local;

import dev.coffer.cli.ExitCode;
import dev.coffer.cli.Failure;
import java.nio.file.Files;
import java.nio.file.Path;

/** Where the HSM's program is: an image of its own, never on our class path. */
final class HsmImage {
  /** System property: the image's directory. The launcher sets it. */
  private static final String PROPERTY = "coffer.hsm.image";

  private HsmImage() {}

  /** {@code bin/coffer-hsm} of the image. */
  static Path command() throws Failure {
    String image = System.getProperty(PROPERTY, "");
    Path command = Path.of(image).toAbsolutePath().resolve("bin").resolve("coffer-hsm");
    if (image.isEmpty() || !Files.isExecutable(command)) {
      throw new Failure(
          ExitCode.HERE,
          "The HSM's program is not built.",
          "Start through ./coffer, which builds it, or point -D" + PROPERTY + " to the image.");
    }
    return command;
  }
}
