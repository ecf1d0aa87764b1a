package dev.coffer.cli.command;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.coffer.cli.ExitCode;
import dev.coffer.cli.Session;
import dev.coffer.cli.home.FleetHome;
import dev.coffer.cli.terminal.Screen;
import dev.coffer.cli.vault.Deployment;
import dev.coffer.client.port.Pause;
import dev.coffer.node.NodeConfig;
import dev.coffer.node.tls.FleetCertificates;
import dev.coffer.protocol.crypto.Randomness;
import dev.coffer.protocol.fleet.Fleet;
import dev.coffer.protocol.fleet.FleetSettings;
import dev.coffer.protocol.fleet.HsmIdentity;
import dev.coffer.protocol.fleet.TenantIssuer;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A certificate from its founding to its renewal, as an operator types it. */
class NodeCertificateCommandTest {
  private static final Instant FOUNDED = Instant.parse("2031-05-01T12:00:00Z");

  @TempDir private Path home;
  private Instant now = FOUNDED;
  private String said = "";

  @BeforeEach
  void found() throws Exception {
    List<HsmIdentity> hsms = new ArrayList<>();
    List<NodeConfig.Member> members = new ArrayList<>();
    List<FleetCertificates.NodeHome> nodes = new ArrayList<>();
    FleetHome fleetHome = new FleetHome(home);
    Randomness random = Randomness.system();
    for (int node = 1; node <= 3; node++) {
      hsms.add(
          new HsmIdentity(
              random.bytes(32), random.bytes(32), "SIMULATED", random.bytes(32), random.bytes(1)));
      members.add(new NodeConfig.Member(node, "127.0.0.1", 4000 + node, 5000 + node));
      nodes.add(new FleetCertificates.NodeHome(node, fleetHome.tls(node), List.of()));
    }
    TenantIssuer tenant = new TenantIssuer("app", random.bytes(32));
    Fleet fleet = Fleet.of(new FleetSettings(3, 2, 10, 1, List.of(tenant), true, false), hsms);
    Files.write(fleetHome.fleet(), fleet.encode().toByteArray());
    FleetCertificates.write(
        fleetHome.authority(),
        Optional.of(new FleetCertificates.Issuer(fleetHome.authorityKey(), fleet.id())),
        nodes,
        Clock.fixed(now, ZoneOffset.UTC),
        new SecureRandom());
    for (int node = 1; node <= 3; node++) {
      NodeConfig.local(home, node, members, 6000 + node, home.resolve("hsm"))
          .write(fleetHome.config(node));
    }
  }

  private int run(String... args) {
    ByteArrayOutputStream words = new ByteArrayOutputStream();
    PrintStream screen = new PrintStream(words, true, StandardCharsets.UTF_8);
    Session session =
        new Session(
            new Screen(screen, screen),
            Map.of("XDG_CONFIG_HOME", home.toString()),
            home,
            Clock.fixed(now, ZoneOffset.UTC),
            Randomness.system(),
            Pause.blocking(),
            Deployment.ELSEWHERE);
    List<String> line = new ArrayList<>(List.of("node", "certificate"));
    line.addAll(List.of(args));
    line.addAll(List.of("--home", home.toString()));
    int status = CofferCommand.run(session, line.toArray(new String[0]));
    said = words.toString(StandardCharsets.UTF_8);
    return status;
  }

  private void assertSays(String words) {
    assertTrue(said.contains(words), () -> words + " is not in: " + said);
  }

  @Test
  void aCertificateThatEndsSoonIsRenewed() {
    assertEquals(ExitCode.OK.status(), run("show", "--node", "2"), said);
    assertSays("Node 2 of fleet ");
    assertSays("until 2032-04-30T12:00:00Z (365 days)");
    now = FOUNDED.plus(Duration.ofDays(336));
    assertEquals(15, run("show", "--node", "2", "--json"), said);
    assertSays("\"soon\":true");
    assertSays("renew it with coffer node certificate request");
    assertEquals(
        ExitCode.OK.status(), run("request", "--node", "2", "--host", "vault.example"), said);
    assertSays("vault.example");
    String key = said.replaceAll("(?s).*  key ([0-9a-f]{32}),.*", "$1");
    String request = home.resolve("node-2/tls/node.csr").toString();
    assertEquals(ExitCode.OK.status(), run("sign", request, "--node", "2"), said);
    assertSays(key);
    String issued = home.resolve("node-2/tls/node-2.pem").toString();
    assertEquals(15, run("show", "--node", "2"), said);
    assertSays("another key waits for its certificate");
    assertEquals(ExitCode.OK.status(), run("install", issued, "--node", "2"), said);
    assertEquals(ExitCode.OK.status(), run("show", "--node", "2"), said);
    assertSays("(365 days)");
    assertSays(key);
    assertFalse(said.contains("waits"), said);
    now = FOUNDED.plus(Duration.ofDays(3640));
    assertEquals(15, run("show", "--node", "2"), said);
    assertSays("no renewal lasts longer than that");
    assertFalse(said.contains("certificate request"), said);
  }

  @Test
  void whatIsNotMeantIsRefusedWithASentence() {
    assertEquals(ExitCode.OK.status(), run("request", "--node", "2"), said);
    String request = home.resolve("node-2/tls/node.csr").toString();
    assertEquals(ExitCode.HERE.status(), run("sign", request, "--node", "3"), said);
    assertSays("The request is for node 2, and you sign for node 3");
    assertEquals(ExitCode.OK.status(), run("sign", request, "--node", "2"), said);
    String issued = home.resolve("node-2/tls/node-2.pem").toString();
    assertEquals(ExitCode.HERE.status(), run("install", issued, "--node", "1"), said);
    assertSays("is node 2's, and this is node 1");
    assertSays("The node's certificate is as it was.");
    assertEquals(ExitCode.USAGE.status(), run("show"), said);
    assertEquals(ExitCode.USAGE.status(), run("request", "--node", "1", "--host", "a b"), said);
  }

  @Test
  void whatIsNoHostIsRefusedBeforeAKeyIsMade() throws Exception {
    assertEquals(
        ExitCode.OK.status(), run("request", "--node", "2", "--host", "2001:db8::1"), said);
    assertSays("2001:db8:0:0:0:0:0:1");
    Path next = home.resolve("node-2/tls/node.key.next");
    byte[] waits = Files.readAllBytes(next);
    for (String host : List.of("vault.example:8443", "999.1.1.1", "10.0.0.1:8443", "1.2.3")) {
      int status = run("request", "--node", "2", "--host", host);
      assertEquals(ExitCode.USAGE.status(), status, said);
      assertSays("cannot name the host " + host + ".");
      assertSays("Give a name such as vault.example or a literal address such as 192.0.2.1");
      assertFalse(said.contains("Exception"), said);
    }
    assertArrayEquals(waits, Files.readAllBytes(next));
    // What the configuration says is checked as well.
    Path config = new FleetHome(home).config(2);
    String text = Files.readString(config);
    assertTrue(text.contains("http.host = 127.0.0.1"), text);
    Files.writeString(config, text.replace("http.host = 127.0.0.1", "http.host = 127.0.0.1:80"));
    assertEquals(ExitCode.HERE.status(), run("request", "--node", "2"), said);
    assertSays("A certificate cannot name the host 127.0.0.1:80: give a name such as");
    assertArrayEquals(waits, Files.readAllBytes(next));
  }
}
