package dev.coffer.cli.command;

import dev.coffer.cli.ExitCode;
import dev.coffer.cli.Failure;
import dev.coffer.cli.Session;
import dev.coffer.cli.terminal.Output;
import dev.coffer.cli.vault.UserVault;
import dev.coffer.client.Enrolment;
import dev.coffer.client.secret.BackupSecret;
import dev.coffer.client.secret.RecoveryCode;
import dev.coffer.protocol.json.JsonWriter;
import java.io.IOException;
import picocli.CommandLine;
import picocli.CommandLine.Mixin;

/** {@code coffer change-code}: another code for the same key. Backups stay as they are. */
@CommandLine.Command(
    name = "change-code",
    description = "Register another recovery code for this device's key; backups stay as they are.")
final class ChangeCodeCommand extends VaultCommand {
  @Mixin private CodeOptions codes = new CodeOptions();

  @Mixin private PracticeOption practice = new PracticeOption();

  ChangeCodeCommand(Session session) {
    super(session);
  }

  @Override
  protected ExitCode run() throws Failure, IOException, InterruptedException {
    codes.checkSource();
    Output speech = speech();
    try (BackupSecret present = secret();
        UserVault vault = vault();
        RecoveryCode code = codes.chosen(session(), vault.device().account(), speech)) {
      // The K on this device proves by a signature that it may change the code (PROTOCOL.md §4.3).
      Enrolment.Enrolled enrolled = Verdicts.enrolled(vault.enrol(code, false));
      practice.keep(session(), vault.device(), code);
      speech.result(
          "The new recovery code of "
              + vault.device().account()
              + " is in force; the old one opens nothing.");
      speech.result(
          new JsonWriter()
              .put("account", vault.device().account())
              .put("generation", enrolled.generation())
              .put("replaced", enrolled.replaced()));
      return ExitCode.OK;
    }
  }
}
