package dev.coffer.cli.command;

import dev.coffer.cli.ExitCode;
import dev.coffer.cli.Failure;
import dev.coffer.cli.Session;
import dev.coffer.cli.device.Device;
import dev.coffer.cli.home.FleetAddress;
import dev.coffer.client.secret.BackupSecret;
import java.io.IOException;
import java.nio.file.Path;
import picocli.CommandLine.Mixin;

/** A command on behalf of one account from one device. */
abstract class UserCommand extends Command {
  @Mixin private AccountOptions who = new AccountOptions();

  UserCommand(Session session) {
    super(session);
  }

  final Path home() {
    return who.home(session());
  }

  final Device device() throws Failure {
    return who.device(session());
  }

  /** Refuses a directory that holds neither a fleet nor this device: its name was mistyped. */
  final void checkHome(Device device) throws Failure {
    if (!device.exists() && !FleetAddress.mayBeIn(home())) {
      throw new Failure(
          ExitCode.HERE,
          "There is no fleet in " + home() + ", and no key of " + device.account() + " there.",
          "Name the directory of the fleet with --home, or bring a key with coffer key use.");
    }
  }

  /** K of this device; the caller destroys it. */
  final BackupSecret secret() throws Failure, IOException {
    Device device = device();
    checkHome(device);
    return device
        .secret()
        .orElseThrow(() ->
            new Failure(
                ExitCode.NOT_REGISTERED,
                "This device does not have the backup key of " + device.account() + ".",
                "Set a recovery code up with coffer enroll, or get the key back with coffer recover or coffer key"
                    + " use."));
  }
}
