package dev.coffer.cli.command;

import dev.coffer.cli.ExitCode;
import dev.coffer.cli.Failure;
import dev.coffer.cli.Session;
import dev.coffer.cli.device.Device;
import dev.coffer.cli.vault.LoginCommand;
import dev.coffer.cli.vault.LoginSource;
import dev.coffer.protocol.codec.Limits;
import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Whose vault, from which device. */
final class AccountOptions {
  @Mixin private HomeOption home = new HomeOption();

  @Option(
      names = {"-a", "--account"},
      paramLabel = "NAME",
      description = "The account (COFFER_ACCOUNT; otherwise your user name).")
  private @Nullable String account;

  @Option(
      names = "--device",
      paramLabel = "DIR",
      description =
          "Where this device keeps its keys (COFFER_DEVICE; otherwise client in the fleet's directory).")
  private @Nullable Path device;

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

  /** Who logs the account in. */
  LoginSource logins(Session session) throws Failure, IOException {
    if (loginCommand == null) {
      return session.deployment().logins(session, home(session), account());
    }
    if (tenant == null) {
      throw new Failure(ExitCode.USAGE, "A login needs a tenant.", "Name the app's with --tenant.");
    }
    return new LoginCommand(loginCommand.toAbsolutePath(), tenant, handedOn());
  }

  Path home(Session session) {
    return home.home(session);
  }

  String account() throws Failure {
    String name = account == null ? System.getProperty("user.name", "") : account;
    int size = name.getBytes(StandardCharsets.UTF_8).length;
    if (size < 1
        || size > Limits.ACCOUNT_MAX
        || name.chars().anyMatch(Character::isISOControl)
        || !StandardCharsets.UTF_8.newEncoder().canEncode(name)
        || name.indexOf('\ufffd') >= 0
        || account == null && name.indexOf('?') >= 0) {
      // The last two stand for octets that the locale, or a file's editor, did not understand.
      throw new Failure(
          ExitCode.USAGE,
          "This cannot be an account's name.",
          "Give one of 1 to "
              + Limits.ACCOUNT_MAX
              + " octets of UTF-8 without control characters, with --account.");
    }
    return name;
  }

  /**
   * Refuses a name that this process cannot hand on to a program as it is: Java would put a
   * question mark in the place of what the locale has no octets for, and two accounts would be one.
   */
  private String handedOn() throws Failure {
    String name = account();
    Charset locale = Charset.forName(System.getProperty("sun.jnu.encoding", "UTF-8"));
    if (!locale.newEncoder().canEncode(name)) {
      throw new Failure(
          ExitCode.USAGE,
          "This locale cannot write the account's name for the login program.",
          "Set LC_ALL to a locale with UTF-8, such as C.UTF-8, and run the command again.");
    }
    return name;
  }

  Device device(Session session) throws Failure {
    Path devices =
        device == null ? home(session).resolve("client") : device.toAbsolutePath().normalize();
    return Device.of(devices, account());
  }

  int waitSeconds() {
    return waitSeconds;
  }
}
