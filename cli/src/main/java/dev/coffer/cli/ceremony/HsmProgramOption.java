package dev.coffer.cli.ceremony;

import dev.coffer.cli.ExitCode;
import dev.coffer.cli.Failure;
import java.nio.file.Files;
import java.nio.file.Path;
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
}
