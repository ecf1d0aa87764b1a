package dev.coffer.verification.cli;

import dev.coffer.cli.Failure;
import dev.coffer.cli.Session;
import dev.coffer.cli.home.FleetAddress;
import dev.coffer.cli.vault.Deployment;
import dev.coffer.cli.vault.LoginSource;
import dev.coffer.node.fleet.LoopbackFleet;
import dev.coffer.node.fleet.TestLogins;
import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.fleet.FleetId;
import dev.coffer.protocol.login.LoginToken;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/**
 * Plays every session {@code vault-….txt} in {@code verification/cli} with a vault behind: a fleet
 * of three in this process, over real sockets, with the real HSM core. They double as a manual:
 * each shows one way through the command, as a user types it. $VAULT is the vault's home; each
 * session has accounts of its own.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Tag("long")
class VaultSessionsTest {
  private static final int NODES = 3;
  private static final int READY_SECONDS = 120;

  @TempDir private static Path directory;
  private LoopbackFleet fleet;
  private Path home;

  /** The fleet's own issuer logs everybody in. */
  private final class LoopbackDeployment implements Deployment {
    @Override
    public LoginSource logins(Session session, Path at, String account)
        throws Failure, IOException {
      if (!at.equals(home)) {
        return Deployment.super.logins(session, at, account);
      }
      return new LoginSource() {
        @Override
        public String tenant() {
          return TestLogins.TENANT;
        }

        @Override
        public LoginToken token(FleetId fleetId, Bytes deviceKey, boolean fresh) {
          return fleet
              .logins()
              .login(
                  fleetId,
                  account,
                  deviceKey,
                  session.clock().instant().plus(Duration.ofMinutes(10)));
        }

        @Override
        public void close() {}
      };
    }
  }

  @BeforeAll
  void found() throws Exception {
    home = Files.createDirectories(directory.resolve("vault")).toRealPath();
    fleet = new LoopbackFleet(home, NODES, 2);
    fleet.startAll();
    LoopbackFleet.await(
        "the fleet", READY_SECONDS, () -> IntStream.rangeClosed(1, NODES).allMatch(fleet::ready));
    List<URI> nodes = IntStream.rangeClosed(1, NODES).mapToObj(fleet::uri).toList();
    new FleetAddress(fleet.fleet().id(), nodes, home.resolve("ca.pem")).write(home);
    Files.write(home.resolve("fleet.bin"), fleet.fleet().encode().toByteArray());
  }

  @AfterAll
  void leave() {
    if (fleet != null) {
      fleet.close();
    }
  }

  @TestFactory
  Stream<DynamicTest> sessions() throws IOException {
    return SessionScript.scripts(name -> name.startsWith("vault-"))
        .map(script ->
            DynamicTest.dynamicTest(
                script.getFileName().toString(),
                () ->
                    SessionScript.play(
                        script,
                        Files.createDirectories(directory.resolve(script.getFileName())),
                        home,
                        new LoopbackDeployment())));
  }
}
