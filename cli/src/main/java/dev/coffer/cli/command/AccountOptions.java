package dev.coffer.cli.command;

import dev.coffer.cli.ExitCode;
import dev.coffer.cli.Failure;
import dev.coffer.cli.Session;
import dev.coffer.cli.device.Device;
import dev.coffer.protocol.codec.Limits;
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

  Device device(Session session) throws Failure {
    Path devices =
        device == null ? home(session).resolve("client") : device.toAbsolutePath().normalize();
    return Device.of(devices, account());
  }
}
