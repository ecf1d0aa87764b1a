package dev.coffer.cli.command;

import dev.coffer.cli.ExitCode;
import dev.coffer.cli.Failure;
import dev.coffer.notary.key.KeyPlace;
import dev.coffer.notary.key.KeySource;
import java.io.IOException;
import java.nio.file.Path;
import picocli.CommandLine.Option;

/** Where a private key is. */
final class KeyOption {
  @Option(
      names = "--key",
      required = true,
      paramLabel = "FILE",
      description =
          "The private key: a PEM file with mode 600 (openssl genpkey -algorithm ed25519), or a token's "
              + "key as pkcs11:token=LABEL;object=LABEL?module-path=LIBRARY&pin-source=PINFILE.")
  private String key = "";

  /** What it names, not opened. */
  KeySource source() throws Failure {
    return source(key);
  }

  /** The same of another option. */
  static KeySource source(String place) throws Failure {
    try {
      return KeyPlace.parse(place, Path.of("").toAbsolutePath());
    } catch (IOException e) {
      throw new Failure(ExitCode.USAGE, "The key cannot be used.", String.valueOf(e.getMessage()));
    }
  }
}
