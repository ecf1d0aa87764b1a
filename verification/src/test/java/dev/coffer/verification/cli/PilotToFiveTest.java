package dev.coffer.verification.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.coffer.cli.Session;
import dev.coffer.cli.home.FleetAddress;
import dev.coffer.cli.home.TrustHome;
import dev.coffer.cli.home.VaultHome;
import dev.coffer.cli.vault.Deployment;
import dev.coffer.cli.vault.LoginSource;
import dev.coffer.lab.command.LocalDeployment;
import dev.coffer.lab.local.DevelopmentIssuer;
import dev.coffer.lab.local.LocalParties;
import dev.coffer.lab.local.NodeLife;
import dev.coffer.lab.local.TemporaryFleet;
import dev.coffer.protocol.crypto.Randomness;
import dev.coffer.protocol.fleet.Fleet;
import dev.coffer.verification.cli.CommandLineUser.Ran;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Section 7 of {@code docs/deploy.md}, step by step: a pilot of three, then five sites, each
 * founded by a ceremony of its own; users move by bundles alone. All of it as processes.
 */
@Tag("long")
class PilotToFiveTest {
  private static final String CODE = "violet kettle 84";
  private static final Pattern PROPOSED = Pattern.compile("\"proposal\":\"([0-9a-f]{64})\"");

  private TemporaryFleet temporary;
  private Path home;
  private String rootKey;
  private LocalParties parties;
  private SteppedCeremony pilot;
  private SteppedCeremony five;

  @BeforeEach
  void make() throws Exception {
    assumeTrue(
        Stream.of(System.getenv("PATH").split(":"))
            .anyMatch(part -> Files.isExecutable(Path.of(part, "ssh-keygen"))),
        "there is no ssh-keygen here: install openssh-client");
    HsmProgram.locate();
    temporary = TemporaryFleet.make("pilot", false);
    home = temporary.home();
    try (DevelopmentIssuer issuer =
        DevelopmentIssuer.create(
            Files.createDirectories(home.resolve("issuer")),
            Randomness.system(),
            Clock.systemUTC())) {
      rootKey = issuer.tenant().rootKey().hex();
    }
    Session session = Session.system(new LocalDeployment());
    parties = new LocalParties(session, new VaultHome(home));
    pilot = new SteppedCeremony(home.resolve("p"), 3);
    five = new SteppedCeremony(home.resolve("f"), 5);
  }

  @AfterEach
  void leave() throws IOException {
    pilot.close();
    five.close();
    temporary.close();
  }

  /** What the operator has of a fleet: three public files of one of its sites. */
  private static void adopt(SteppedCeremony from, Path to) throws IOException {
    Files.createDirectories(to);
    for (String file : List.of("fleet.bin", "fleet.properties", "ca.pem")) {
      Files.write(to.resolve(file), Files.readAllBytes(from.home(1).resolve(file)));
    }
  }

  private CommandLineUser user(String account) {
    return CommandLineUser.of(home, account);
  }

  /** Proposed, approved by two, published, and handed out by the nodes of both. */
  private void bundle(String... states) throws IOException {
    List<String> words = new ArrayList<>(List.of("bundle", "propose", "--json"));
    for (String state : states) {
      words.addAll(List.of("--set", state));
    }
    CommandLineUser operator = user("operator");
    Ran proposed = operator.run(words.toArray(String[]::new)).exits(0);
    Matcher hash = PROPOSED.matcher(proposed.out());
    assertTrue(hash.find(), proposed.toString());
    TrustHome trust = TrustHome.in(home);
    for (int approver = 1; approver <= 2; approver++) {
      operator
          .run(
              "notary",
              "approve",
              hash.group(1),
              "--notary",
              Files.readString(trust.notaryAddress()).strip(),
              "--policy",
              trust.policy().toString(),
              "--key",
              trust.approverKey(approver).toString(),
              "--name",
              Files.readAllLines(trust.approvers()).get(approver - 1).split("\\+")[0],
              "--yes")
          .exits(0);
    }
    operator.run("bundle", "publish", hash.group(1)).exits(0);
    pilot.handOut(VaultHome.bundle(home));
    Path larger = home.resolve("fleets").resolve("global");
    if (Files.exists(larger)) {
      five.handOut(VaultHome.bundle(larger));
    }
  }

  /** A vault of others' nodes, at which the development issuer logs everybody in. */
  private final class Served implements Deployment {
    @Override
    public LoginSource logins(Session session, Path unused, String account) throws IOException {
      return DevelopmentIssuer.open(home.resolve("issuer"), session.clock()).logins(account);
    }
  }

  private Ran run(String account, String device, List<String> typed, String... words) {
    return user(account).on(device).run(new Served(), typed, words);
  }

  private void enrol(String account) {
    Ran unused = run(account, "phone", List.of(CODE, CODE), "enroll").exits(0);
  }

  private Ran recover(String account, String device, String code) {
    Ran ran = run(account, device, List.of(code), "recover");
    for (int again = 0; again < 10 && ran.err().contains("Too few HSMs answered"); again++) {
      ran = run(account, device, List.of(code), "recover");
    }
    return ran;
  }

  private void uses(String account, String device, Fleet fleet) {
    run(account, device, List.of(), "status", "--json").exits(0).says(fleet.id().value().hex());
  }

  /** The pilot retires, and the code is alive: at the five. */
  private void isSafe(String account, String device) {
    Ran unused =
        run(account, device, List.of(), "status", "--json")
            .exits(0)
            .says("\"retiring\":true")
            .says("\"registered\":true");
  }

  @Test
  void usersOfAPilotMoveToFiveSites() throws Exception {
    pilot.plan("pilot", rootKey, "");
    Fleet three = pilot.found();
    adopt(pilot, home);
    parties.start(NodeLife.BRIEF);
    assertEquals(1, parties.publish().epoch());
    pilot.handOut(VaultHome.bundle(home));
    pilot.start(3);
    for (String name : List.of("alice", "bob", "carol")) {
      enrol(name);
    }
    uses("alice", "phone", three);

    five.plan("global", rootKey, "");
    Fleet unused = five.found();
    adopt(five, home.resolve("fleets").resolve("global"));
    acceptBothAuthorities();
    // One of the five is not there yet, which they tolerate.
    five.start(4);
    // Its operator has no account, and sees the fleet, be it that a leader is still elected.
    Ran seen =
        CommandLineUser.of(five.home(1), "operator").run(Deployment.ELSEWHERE, List.of(), "status");
    seen.says("  node 5  down").says("No account was asked about.");
    bundle("global=announced");
    recover("alice", "tablet", CODE).exits(0);
    uses("alice", "tablet", three);

    bundle("global=active", "first=retiring");
    recover("alice", "new-phone", "wrong code").exits(3);
    recover("alice", "new-phone", CODE).exits(0).says("The vault has moved");
    isSafe("alice", "new-phone");
    enrol("dave");
    isSafe("dave", "phone");

    Path retired = Files.createFile(VaultHome.bundle(home).resolve("retired"));
    assertTrue(Files.exists(retired));
    pilot.handOut(VaultHome.bundle(home));
    // A brand-new phone of somebody who has not moved yet, and one of somebody who has.
    recover("bob", "brand-new", CODE).exits(0).says("The vault has moved");
    Ran again = recover("alice", "brand-new", CODE).exits(0);
    assertFalse(again.out().contains("moved"), again.toString());

    // A machine of the five is lost, and one of the pilot: nobody's registration is.
    five.kill(4);
    pilot.kill(3);
    recover("bob", "last", CODE).exits(0);
    recover("dave", "last", CODE).exits(0);
    // Three of five answer: enough to open what is there, and carol moves with a later recovery.
    recover("carol", "last", CODE).exits(0).says("has the backup key of carol again");
  }

  /** Each ceremony's site 1 made an authority: clients accept the nodes of both. */
  private void acceptBothAuthorities() throws Exception {
    ByteArrayOutputStream both = new ByteArrayOutputStream();
    both.write(Files.readAllBytes(home.resolve("ca.pem")));
    both.write(Files.readAllBytes(home.resolve("fleets").resolve("global").resolve("ca.pem")));
    Path joined = Files.write(home.resolve("client-ca.pem"), both.toByteArray());
    FleetAddress address = FleetAddress.read(home);
    new FleetAddress(address.pin(), address.nodes(), joined).write(home);
  }
}
