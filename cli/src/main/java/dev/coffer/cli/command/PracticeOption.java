package dev.coffer.cli.command;

import dev.coffer.cli.Session;
import dev.coffer.cli.device.Device;
import dev.coffer.client.secret.RecoveryCode;
import java.io.IOException;
import picocli.CommandLine.Option;

/** Whether the device keeps what {@code coffer practise} checks a code against. */
final class PracticeOption {
  @Option(
      names = "--no-practice",
      description =
          "Keep nothing on this device that coffer practise could check the code against.")
  private boolean none;

  /** Keeps it, of a code that is right now; or erases what there is of an earlier one. */
  void keep(Session session, Device device, RecoveryCode code)
      throws IOException, InterruptedException {
    if (none) {
      device.practice().forget();
    } else {
      device.practice().keep(code, session.randomness());
    }
  }
}
