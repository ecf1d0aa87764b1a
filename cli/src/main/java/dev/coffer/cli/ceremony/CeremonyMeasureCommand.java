package dev.coffer.cli.ceremony;

import dev.coffer.cli.ExitCode;
import dev.coffer.cli.Failure;
import dev.coffer.cli.Session;
import dev.coffer.cli.command.Command;
import dev.coffer.files.TreeManifest;
import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.crypto.Hashes;
import dev.coffer.protocol.json.JsonWriter;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import picocli.CommandLine;
import picocli.CommandLine.Parameters;

/** {@code coffer ceremony measure}. */
@CommandLine.Command(
    name = "measure",
    description = {
      "Print what HSMs measure that are started from an image: SHA-256 of the list of all its"
          + " files, the plan's measurement.",
      "Whoever builds the same commit with the same JDK gets the same."
    })
public final class CeremonyMeasureCommand extends Command {
  @Parameters(
      paramLabel = "IMAGE",
      description = "The HSM's image, such as hsm-image/target/hsm-image.")
  private Path image = Path.of("");

  /** In {@code session}. */
  public CeremonyMeasureCommand(Session session) {
    super(session);
  }

  @Override
  protected ExitCode run() throws Failure, IOException {
    if (!Files.isRegularFile(image.resolve("lib").resolve("modules"))) {
      throw new Failure(
          ExitCode.USAGE,
          image + " is no HSM image: it has no lib/modules.",
          "Name the folder that has bin and lib of the image in it.");
    }
    byte[] list = TreeManifest.of(image).getBytes(StandardCharsets.US_ASCII);
    String measurement = Hashes.sha256(Bytes.wrap(list)).hex();
    speech().result(measurement);
    speech().result(new JsonWriter().put("measurement", measurement));
    return ExitCode.OK;
  }
}
