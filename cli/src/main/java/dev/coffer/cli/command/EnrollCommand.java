package dev.coffer.cli.command;

import dev.coffer.cli.ExitCode;
import dev.coffer.cli.Failure;
import dev.coffer.cli.Session;
import dev.coffer.cli.terminal.Output;
import dev.coffer.cli.vault.UserVault;
import dev.coffer.client.Enrolment;
import dev.coffer.client.secret.RecoveryCode;
import dev.coffer.protocol.json.JsonWriter;
import java.io.IOException;
import picocli.CommandLine;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code coffer enroll}: makes a backup key and registers a recovery code for it. */
@CommandLine.Command(
    name = "enroll",
    aliases = "enrol",
    description = "Make a backup key on this device and register a recovery code for it.")
final class EnrollCommand extends VaultCommand {
  @Mixin private CodeOptions codes = new CodeOptions();

  @Mixin private PracticeOption practice = new PracticeOption();

  @Option(
      names = "--replace",
      description =
          "Replace a registration whose key this device does not have, by login alone. What that code opened is then"
              + " reached with its 64-digit key only.")
  private boolean replace;

  EnrollCommand(Session session) {
    super(session);
  }

  @Override
  protected ExitCode run() throws Failure, IOException, InterruptedException {
    codes.checkSource();
    Output speech = speech();
    try (UserVault vault = vault();
        RecoveryCode code = codes.chosen(session(), vault.device().account(), speech)) {
      Enrolment.Enrolled enrolled = Verdicts.enrolled(vault.enrol(code, replace));
      practice.keep(session(), vault.device(), code);
      speech.result(
          (enrolled.replaced()
                  ? "Replaced the recovery code of "
                  : "Registered a recovery code for ")
              + vault.device().account()
              + ". A quorum of the vault's HSMs (SIMULATED) has signed for it.");
      speech.say(
          "Next: coffer backup DIR. Keep the 64-digit key too (coffer key show): it needs no vault.");
      speech.result(
          new JsonWriter()
              .put("account", vault.device().account())
              .put("generation", enrolled.generation())
              .put("replaced", enrolled.replaced()));
      return ExitCode.OK;
    }
  }
}
