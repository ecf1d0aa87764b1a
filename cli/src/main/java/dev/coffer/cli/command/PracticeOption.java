package dev.coffer.cli.command;

import dev.coffer.cli.Session;
import dev.coffer.cli.device.Device;
import dev.coffer.client.secret.RecoveryCode;
import java.io.IOException;
import picocli.CommandLine.Option;

/** Whether the device keeps what {@code coffer practise} checks a code against. */
final class PracticeOption {
  @Option(
      names = "--practice",
      description =
          "Keep on this device what coffer practise checks the code against. Whoever reads that file finds a short"
              + " code within hours; without this option, what an earlier one kept is erased.")
  private boolean wanted;

  /** Keeps it, of a code that is right now; or erases what there is of an earlier one. */
  void keep(Session session, Device device, RecoveryCode code)
      throws IOException, InterruptedException {
    if (wanted) {
      device.practice().keep(code, session.randomness(), session.clock().instant());
    } else {
      device.practice().forget();
    }
  }
}
