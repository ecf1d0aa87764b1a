package dev.coffer.verification.cli;

import dev.coffer.cli.Session;
import dev.coffer.cli.home.FleetPlan;
import dev.coffer.lab.command.LocalDeployment;
import dev.coffer.lab.local.LocalFleet;
import dev.coffer.lab.local.NodeLife;
import dev.coffer.lab.local.TemporaryFleet;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;

/** One fleet of five nodes and five HSM processes, founded once for the tests of a class. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class FiveNodes {
  static final String CODE = "violet kettle 84";
  static final Duration READY = Duration.ofMinutes(3);

  final Session session = Session.system(new LocalDeployment());
  TemporaryFleet temporary;
  LocalFleet fleet;
  Path home;
  Path photos;

  @BeforeAll
  void found() throws Exception {
    HsmProgram.locate();
    temporary = TemporaryFleet.make("whole-fleet", false);
    home = temporary.home();
    fleet = temporary.found(session, FleetPlan.FIVE, NodeLife.BRIEF);
    photos = home.resolve("photos");
    SplittableRandom random = new SplittableRandom(7);
    for (String name : List.of("a.jpg", "Zoë/夏休み.jpg", "Zoë/empty", "long/long.bin")) {
      byte[] content = new byte[name.endsWith("empty") ? 0 : random.nextInt(10_000, 300_000)];
      random.nextBytes(content);
      Files.createDirectories(photos.resolve(name).getParent());
      Files.write(photos.resolve(name), content);
    }
  }

  @AfterAll
  void leave() {
    if (temporary != null) {
      temporary.close();
    }
  }

  final CommandLineUser user(String account) {
    return CommandLineUser.of(home, account);
  }
}
