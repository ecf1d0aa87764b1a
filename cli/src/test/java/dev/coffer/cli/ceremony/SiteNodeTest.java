package dev.coffer.cli.ceremony;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.coffer.ceremony.plan.Plan;
import dev.coffer.ceremony.plan.PlanSettings;
import dev.coffer.ceremony.record.Messages.Certificates;
import dev.coffer.cli.home.FleetHome;
import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.fleet.Fleet;
import dev.coffer.protocol.fleet.HsmIdentity;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a site writes for its node, when the disk fails it. */
class SiteNodeTest {
  private static final Instant FOUNDED = Instant.parse("2031-05-01T12:00:00Z");

  @TempDir private Path folder;

  private Plan plan() throws Exception {
    StringBuilder text = new StringBuilder("ceremony = node\nhsms = 3\nguess-limit = 10\n");
    text.append("replace-by-login = yes\ndelete-by-login = no\nsimulated = yes\n");
    text.append("tenant.1.name = app\ntenant.1.root-key = ").append("11".repeat(32)).append('\n');
    for (int i = 1; i <= 3; i++) {
      text.append("site.%d.name = town-%d\nsite.%d.host = 192.0.2.%d\n".formatted(i, i, i, i));
      text.append("participant.%d.name = person-%d\n".formatted(i, i));
      text.append("participant.%d.key = ssh-ed25519 ".formatted(i));
      text.append("AAAAC3NzaC1lZDI1NTE5AAAAI").append("A".repeat(42)).append("ABCD".charAt(i));
      text.append('\n');
    }
    return PlanSettings.read(Files.writeString(folder.resolve("settings"), text));
  }

  private static Bytes bytes(int value) {
    return Bytes.fromHex("%02x".formatted(value).repeat(32));
  }

  private static Fleet fleet(Plan plan) throws Exception {
    List<HsmIdentity> hsms = new ArrayList<>();
    for (int i = 1; i <= 3; i++) {
      hsms.add(new HsmIdentity(bytes(2 * i), bytes(2 * i + 1), "SIMULATED", bytes(9), Bytes.EMPTY));
    }
    return Fleet.of(plan.settings(), hsms);
  }

  private SiteNode node(int site) {
    FleetHome home = new FleetHome(folder.resolve("s" + site));
    return new SiteNode(home, site, folder.resolve("coffer-hsm"), () -> FOUNDED);
  }

  /** Whichever file cannot be written, there is no configuration, and the same call goes on. */
  @Test
  void aNodeWhoseFilesAreNotAllThereHasNoConfiguration() throws Exception {
    Plan plan = plan();
    Fleet fleet = fleet(plan);
    List<Bytes> keys = new ArrayList<>();
    for (int site = 1; site <= 3; site++) {
      keys.add(node(site).tlsKey());
    }
    Certificates certificates = node(1).certify(plan, fleet, keys);
    FleetHome home = new FleetHome(folder.resolve("s2"));
    List<Path> files =
        List.of(
            home.tls(2).resolve("ca.pem"),
            home.tls(2).resolve("node.pem"),
            home.authority(),
            home.fleet(),
            home.directory().resolve("fleet.properties"));
    for (Path file : files) {
      Files.deleteIfExists(file);
      Path inTheWay = Files.createDirectories(file).resolve("in-the-way");
      Files.writeString(inTheWay, "");
      assertThrows(IOException.class, () -> node(2).install(plan, 2, fleet, certificates));
      assertFalse(Files.exists(home.config(2)), file.toString());
      Files.delete(inTheWay);
      Files.delete(file);
    }
    node(2).install(plan, 2, fleet, certificates);
    files.forEach(file -> assertTrue(Files.isRegularFile(file), file.toString()));
    assertTrue(Files.readString(home.config(2)).contains("node = 2"));
  }
}
