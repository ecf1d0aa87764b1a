package dev.coffer.cli.command;

import dev.coffer.cli.ExitCode;
import dev.coffer.cli.Failure;
import dev.coffer.cli.Session;
import dev.coffer.cli.vault.LoginCommand;
import dev.coffer.cli.vault.LoginSource;
import dev.coffer.cli.vault.UserVault;
import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
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

  @Option(
      names = "--login-command",
      paramLabel = "PROGRAM",
      description =
          "Logs you in: is run with fleet id, account and device key, and prints the issuer's key, the "
              + "tenant root's signature over it, and the JWT, a line each (default: as the vault says).")
  private @Nullable Path loginCommand;

  @Option(
      names = "--tenant",
      paramLabel = "NAME",
      description = "Whose logins the program prints: the app's name at the vault.")
  private @Nullable String tenant;

  VaultCommand(Session session) {
    super(session);
  }

  final UserVault vault() throws Failure, IOException {
    return UserVault.open(session(), home(), device(), Duration.ofSeconds(waitSeconds), logins());
  }

  /** Who logs the account in. */
  private LoginSource logins() throws Failure, IOException {
    if (loginCommand == null) {
      return session().deployment().logins(session(), home(), device().account());
    }
    if (tenant == null) {
      throw new Failure(ExitCode.USAGE, "A login needs a tenant.", "Name the app's with --tenant.");
    }
    return new LoginCommand(loginCommand.toAbsolutePath(), tenant, handedOn(device().account()));
  }

  /**
   * Refuses a name that this process cannot hand on to a program as it is: Java would put a
   * question mark in the place of what the locale has no octets for, and two accounts would be one.
   */
  private static String handedOn(String name) throws Failure {
    Charset locale = Charset.forName(System.getProperty("sun.jnu.encoding", "UTF-8"));
    if (!locale.newEncoder().canEncode(name)) {
      throw new Failure(
          ExitCode.USAGE,
          "This locale cannot write the account's name for the login program.",
          "Set LC_ALL to a locale with UTF-8, such as C.UTF-8, and run the command again.");
    }
    return name;
  }
}
