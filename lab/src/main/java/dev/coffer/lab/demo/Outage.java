package dev.coffer.lab.demo;

import dev.coffer.cli.Failure;
import dev.coffer.cli.Session;
import dev.coffer.cli.device.Device;
import dev.coffer.cli.terminal.Sizes;
import dev.coffer.cli.vault.UserVault;
import dev.coffer.client.Recovery;
import dev.coffer.client.secret.RecoveryCode;
import dev.coffer.lab.local.LocalFleet;
import dev.coffer.lab.local.NodeLife;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;

/**
 * Machines die by {@code kill -9}: two change nothing, a third stops the service, and its return
 * resumes it.
 */
final class Outage {
  private static final Duration IMPATIENT = Duration.ofSeconds(2);

  private final Session session;
  private final Story story;
  private final LocalFleet fleet;
  private final Path home;
  private final Device device;

  Outage(Session session, Story story, Path home, LocalFleet fleet) {
    this.session = session;
    this.story = story;
    this.fleet = fleet;
    this.home = home;
    this.device = Demonstration.device(home, "tablet", Alice.ACCOUNT);
  }

  /** Returns how many nodes were killed. */
  int play() throws Failure, IOException, InterruptedException {
    story.step("Machines die");
    fleet.kill(1);
    fleet.kill(2);
    story.tell("Two nodes and their HSMs are killed with kill -9. Alice recovers on her tablet:");
    Instant began = session.clock().instant();
    Recovery withThree = recover(Demonstration.WAIT);
    if (!(withThree instanceof Recovery.Recovered)) {
      throw Alice.unexpected("three of five did not serve", withThree.whatToDoNext());
    }
    story.tell(
        "it works as before, after "
            + Sizes.time(Duration.between(began, session.clock().instant()))
            + ".");

    fleet.kill(3);
    Recovery withTwo = recover(IMPATIENT);
    if (!(withTwo instanceof Recovery.TryAgain || withTwo instanceof Recovery.Unconfirmed)) {
      throw Alice.unexpected("two of five gave a verdict", withTwo.whatToDoNext());
    }
    story.tell(
        "A third is killed: two cannot serve. The client says “try again, no guess is lost”, and gives no verdict.");

    fleet.start(3, NodeLife.BRIEF);
    began = session.clock().instant();
    Recovery resumed = recover(Demonstration.WAIT);
    if (!(resumed instanceof Recovery.Recovered)) {
      throw Alice.unexpected("the attempt did not resume", resumed.whatToDoNext());
    }
    story.tell(
        "It is started again: the same attempt goes on and succeeds after "
            + Sizes.time(Duration.between(began, session.clock().instant()))
            + ".");
    return 3;
  }

  private Recovery recover(Duration wait) throws Failure, IOException, InterruptedException {
    try (UserVault vault = UserVault.open(session, home, device, wait);
        RecoveryCode code = Codes.of(Codes.ALICE)) {
      Recovery recovery = vault.recover(code);
      if (recovery instanceof Recovery.Recovered recovered) {
        recovered.secret().destroy();
      }
      return recovery;
    }
  }
}
