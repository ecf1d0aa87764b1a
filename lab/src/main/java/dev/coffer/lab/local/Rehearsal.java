package dev.coffer.lab.local;

import dev.coffer.cli.ExitCode;
import dev.coffer.cli.Failure;
import dev.coffer.cli.Session;
import dev.coffer.cli.device.Device;
import dev.coffer.cli.home.FleetPlan;
import dev.coffer.cli.vault.UserVault;
import dev.coffer.client.secret.RecoveryCode;
import dev.coffer.client.secret.UnacceptableCode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;

/**
 * Lets a small fleet live through a registration and a recovery once, and records a {@link
 * NodeCache} of it.
 */
public final class Rehearsal {
  private static final Duration WAIT = Duration.ofSeconds(60);
  private static final String CODE = "rehearsal";

  private Rehearsal() {}

  /** Records; replaces an earlier cache. */
  public static Path record(Session session) throws Failure, IOException, InterruptedException {
    Path cache =
        NodeCache.place()
            .orElseThrow(() ->
                new Failure(
                    ExitCode.HERE,
                    "This program does not run from a distribution of jars.",
                    "Start it through ./coffer."));
    try (TemporaryFleet temporary = TemporaryFleet.make("rehearsal", false)) {
      LocalFleet fleet = temporary.found(session, new FleetPlan(3, 0, 0), NodeLife.RECORDING);
      Device device = Device.of(temporary.home().resolve("client"), "rehearsal");
      try (UserVault vault = UserVault.open(session, temporary.home(), device, WAIT);
          RecoveryCode code = RecoveryCode.typed(CODE.toCharArray())) {
        vault.enrol(code, false);
        vault.recover(code);
      } catch (UnacceptableCode e) {
        throw new IllegalStateException("the rehearsal's own code", e);
      }
      Path recorded = fleet.finishRecording();
      Files.move(recorded, cache, StandardCopyOption.REPLACE_EXISTING);
      return cache;
    }
  }
}
