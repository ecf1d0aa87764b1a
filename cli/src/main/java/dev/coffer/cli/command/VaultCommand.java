package dev.coffer.cli.command;

import dev.coffer.cli.Failure;
import dev.coffer.cli.Session;
import dev.coffer.cli.vault.UserVault;
import java.io.IOException;
import java.time.Duration;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** A command that asks the vault about its account. */
abstract class VaultCommand extends UserCommand {
  @Option(
      names = "--wait",
      paramLabel = "SECONDS",
      defaultValue = "20",
      description =
          "How long to go on trying while the fleet cannot answer (default ${DEFAULT-VALUE}).")
  private int waitSeconds = 20;

  @Mixin private LoginOptions logins = new LoginOptions();

  VaultCommand(Session session) {
    super(session);
  }

  final UserVault vault() throws Failure, IOException {
    return UserVault.open(
        session(),
        home(),
        device(),
        Duration.ofSeconds(waitSeconds),
        logins.logins(session(), home(), device().account()));
  }
}
