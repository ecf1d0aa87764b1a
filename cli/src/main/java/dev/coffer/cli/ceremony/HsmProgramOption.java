package dev.coffer.cli.ceremony;

import dev.coffer.cli.ExitCode;
import dev.coffer.cli.Failure;
import dev.coffer.evidence.EvidenceMaker;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Which program is the HSM. */
final class HsmProgramOption {
  /** System property: the image's directory. The launcher sets it. */
  private static final String PROPERTY = "coffer.hsm.image";

  @Option(
      names = "--hsm",
      paramLabel = "PROGRAM",
      description =
          "The program that is the HSM: coffer-hsm-pkcs11 or coffer-hsm-tpm of the image (default: its coffer-hsm,"
              + " which says SIMULATED).")
  private @Nullable Path program;

  /** Absolute. */
  Path path() throws Failure {
    Path chosen =
        program != null
            ? program
            : Path.of(System.getProperty(PROPERTY, "")).resolve("bin").resolve("coffer-hsm");
    if (!Files.isExecutable(chosen)) {
      throw new Failure(
          ExitCode.HERE,
          "There is no HSM program " + chosen + ".",
          "Name the one of the HSM's image with --hsm.");
    }
    return chosen.toAbsolutePath().normalize();
  }

  /** The image that such a program is of; empty if it is of none, and measures as development. */
  static Optional<EvidenceMaker.Built> imageOf(Path program) {
    return Optional.ofNullable(program.getParent())
        .map(Path::getParent)
        .filter(image -> Files.isRegularFile(image.resolve("lib").resolve("modules")))
        .map(image -> new EvidenceMaker.Built(image, Optional.empty()));
  }
}
