package dev.coffer.cli.command;

import dev.coffer.cli.ExitCode;
import dev.coffer.cli.Failure;
import dev.coffer.cli.Session;
import dev.coffer.cli.vault.LoginCommand;
import dev.coffer.cli.vault.LoginSource;
import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Who logs the account in where the vault is asked. */
final class LoginOptions {
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

  /** The source of logins; the caller closes it. */
  LoginSource logins(Session session, Path home, String account) throws Failure, IOException {
    if (loginCommand == null) {
      return session.deployment().logins(session, home, account);
    }
    if (tenant == null) {
      throw new Failure(ExitCode.USAGE, "A login needs a tenant.", "Name the app's with --tenant.");
    }
    return new LoginCommand(
        loginCommand.toAbsolutePath(), tenant, handedOn(account), LoginCommand.PATIENCE);
  }

  /** The same as words of a command line. */
  List<String> words() {
    List<String> words = new ArrayList<>();
    if (loginCommand != null) {
      words.addAll(List.of("--login-command", loginCommand.toAbsolutePath().toString()));
    }
    if (tenant != null) {
      words.addAll(List.of("--tenant", tenant));
    }
    return words;
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
