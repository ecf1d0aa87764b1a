package dev.coffer.cli.command;

import dev.coffer.cli.ExitCode;
import dev.coffer.cli.Failure;
import dev.coffer.transparency.note.KeyName;
import dev.coffer.transparency.text.Refused;
import picocli.CommandLine.Option;

/** The name under which a key signs. */
final class KeyNameOption {
  @Option(
      names = "--name",
      required = true,
      paramLabel = "NAME",
      description = "The name of the key, such as witness.example/w1.")
  private String name = "";

  KeyName name() throws Failure {
    try {
      return KeyName.parse(name);
    } catch (Refused e) {
      throw new Failure(
          ExitCode.USAGE,
          "This cannot be the name of a key.",
          "Give one without spaces and plus signs with --name, such as witness.example/w1.");
    }
  }
}
