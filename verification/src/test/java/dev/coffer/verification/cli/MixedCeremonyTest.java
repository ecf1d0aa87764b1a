package dev.coffer.verification.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.coffer.hsm.tpm.harness.Swtpm;
import dev.coffer.pkcs11.harness.SoftHsm;
import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.crypto.Hashes;
import dev.coffer.protocol.fleet.Fleet;
import dev.coffer.protocol.fleet.HsmPromises;
import dev.coffer.verification.cli.CommandLineUser.Ran;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A ceremony of sites on tokens, TPMs and plain files, as its plan has them and otherwise. */
@Tag("long")
class MixedCeremonyTest {
  private static final List<String> FIVE = List.of("token", "token", "tpm", "tpm", "plain");
  private static final Pattern WORDS = Pattern.compile("\"words\":\"([a-z ]+)\"");

  /** A machine that has measured nothing: PCRs 0, 2, 4 and 7 are zeros. */
  private static final String STATE = Hashes.sha256(Bytes.zeros(4 * 32)).hex();

  @TempDir private Path folder;
  private SshPeople people;
  private final List<Swtpm> chips = new ArrayList<>();

  @BeforeEach
  void assumeTools() throws IOException {
    assumeTrue(SoftHsm.here(), SoftHsm.SKIP);
    assumeTrue(Swtpm.here(), Swtpm.SKIP);
    boolean keygen =
        Stream.of(System.getenv("PATH").split(":"))
            .anyMatch(part -> Files.isExecutable(Path.of(part, "ssh-keygen")));
    assumeTrue(keygen, "there is no ssh-keygen here: install openssh-client");
    people = new SshPeople(folder);
    Path unused = Files.createDirectory(stick());
  }

  @AfterEach
  void end() throws IOException {
    for (int site = 1; site <= FIVE.size(); site++) {
      Path process = home(site).resolve("ceremony").resolve("hsm.process");
      if (Files.exists(process)) {
        ProcessHandle.of(Long.parseLong(Files.readString(process).split(" ")[0]))
            .ifPresent(ProcessHandle::destroyForcibly);
      }
    }
    for (Swtpm chip : chips) {
      chip.close();
    }
  }

  private Path home(int site) {
    return folder.resolve("s" + site);
  }

  private Path stick() {
    return folder.resolve("stick");
  }

  private Path program(String port) throws IOException {
    String main =
        switch (port) {
          case "token" -> "dev.coffer.hsm.pkcs11.TokenHsm";
          case "tpm" -> "dev.coffer.hsm.tpm.TpmHsm";
          default -> "dev.coffer.hsm.simulated.HsmProcess";
        };
    Path program = folder.resolve("hsm-" + port);
    Files.write(
        program,
        List.of(
            "#!/bin/sh",
            "exec '"
                + Path.of(System.getProperty("java.home"), "bin", "java")
                + "' -XX:+UseSerialGC -Xmx128m --enable-native-access=ALL-UNNAMED -cp '"
                + System.getProperty("java.class.path")
                + "' "
                + main
                + " \"$@\""));
    assertTrue(program.toFile().setExecutable(true));
    return program;
  }

  /** What a port needs lies in the HSM's folder before it starts. */
  private void prepare(int site, String port) throws Exception {
    Path hsm = Files.createDirectories(home(site).resolve("node-" + site).resolve("hsm"));
    if (port.equals("token")) {
      SoftHsm tokens = new SoftHsm(folder.resolve("tokens-" + site));
      tokens.insert("member");
      Files.write(
          hsm.resolve("token.settings"),
          List.of(
              "library = " + SoftHsm.LIBRARY,
              "token = member",
              "environment = SOFTHSM2_CONF=" + tokens.conf(),
              "pin-file = " + tokens.pin("pin", "1234")));
    } else if (port.equals("tpm")) {
      Swtpm chip = new Swtpm(folder.resolve("tpm-" + site));
      chips.add(chip);
      chip.start();
      Files.write(
          hsm.resolve("tpm.settings"), List.of("tpm = " + chip.place(), "anchor-every = 64"));
    }
  }

  private Ran coffer(String... words) {
    return CommandLineUser.of(folder, "operator").run(words);
  }

  private void plan(List<String> ports, String state) throws Exception {
    StringBuilder text = new StringBuilder("ceremony = mixed\nguess-limit = 10\n");
    text.append("replace-by-login = yes\ndelete-by-login = no\nsimulated = yes\n");
    text.append("tenant.1.name = app\ntenant.1.root-key = ").append("22".repeat(32)).append('\n');
    text.append("hsms = ").append(ports.size()).append('\n');
    text.append("measurement = ");
    text.append(Hashes.sha256(Bytes.wrap("development".getBytes("US-ASCII"))).hex()).append('\n');
    for (int i = 1; i <= ports.size(); i++) {
      String port = ports.get(i - 1);
      prepare(i, port);
      text.append("site.%d.name = town-%d\nsite.%d.host = 192.0.2.%d\n".formatted(i, i, i, i));
      text.append("site.%d.hsm = %s\n".formatted(i, port));
      if (port.equals("tpm")) {
        text.append("site.%d.pcr-digest = %s\n".formatted(i, state));
      }
      text.append(people.settings(i));
    }
    Path settings = Files.writeString(folder.resolve("settings"), text);
    Ran unused =
        coffer("ceremony", "plan", settings.toString(), "--to", folder.toString()).exits(0);
  }

  private Ran go(int site, String port, String... more) throws IOException {
    List<String> words = new ArrayList<>(List.of("ceremony", "run", "--json", "--site", "" + site));
    words.addAll(List.of("--home", home(site).toString(), "--exchange", stick().toString()));
    words.addAll(List.of("--hsm", program(port).toString()));
    words.add(folder.resolve("plan.txt").toString());
    words.addAll(List.of(more));
    return coffer(words.toArray(String[]::new));
  }

  private Ran visit(int site, String port) throws IOException {
    Ran ran = go(site, port);
    Matcher shown = WORDS.matcher(ran.out());
    return ran.status() == 7 && shown.find()
        ? go(site, port, "--yes-they-match", shown.group(1))
        : ran;
  }

  @Test
  void twoTokensTwoTpmsAndPlainFilesFoundAFleet() throws Exception {
    plan(FIVE, STATE);
    Set<Integer> founded = new HashSet<>();
    for (int round = 0; round < 9 && founded.size() < FIVE.size(); round++) {
      for (int site = 1; site <= FIVE.size(); site++) {
        Ran ran = visit(site, FIVE.get(site - 1));
        assertTrue(ran.status() == 0 || ran.status() == 7, ran.toString());
        if (ran.status() == 0) {
          founded.add(site);
        }
      }
      people.sign(stick(), FIVE.size());
    }
    assertEquals(FIVE.size(), founded.size());
    Ran unused = coffer("ceremony", "verify", stick().toString()).exits(0);
    Fleet fleet = Fleet.decode(Bytes.wrap(Files.readAllBytes(stick().resolve("fleet.bin"))));
    assertEquals(
        List.of("sealed unnoticed", "sealed unnoticed", "sealed anchored", "sealed anchored"),
        fleet.hsms().subList(0, 4).stream()
            .map(HsmPromises::of)
            .map(says -> HsmPromises.word(says.keys()) + " " + HsmPromises.word(says.memory()))
            .toList());
    assertEquals(HsmPromises.NONE, HsmPromises.of(fleet.hsms().getLast()));
  }

  @Test
  void aMachineThatStartedOtherwiseThanPlannedStopsTheCeremony() throws Exception {
    List<String> three = List.of("token", "tpm", "plain");
    plan(three, Hashes.sha256(Bytes.zeros(1)).hex());
    for (int site = 1; site <= 2; site++) {
      Ran unused = visit(site, three.get(site - 1)).exits(7);
    }
    Ran refused =
        visit(3, "plain")
            .exits(8)
            .warns("The TPM of site 2 (town-2) quotes other registers, or another state")
            .warns("Find out what started there");
    assertFalse(refused.out().contains("words"), refused.toString());
  }

  @Test
  void anotherPortThanPlannedStopsTheCeremony() throws Exception {
    List<String> three = List.of("plain", "plain", "token");
    plan(three, STATE);
    Ran first = visit(1, "plain").exits(7);
    assertTrue(first.out().contains("site-3.identity"), first.toString());
    Ran unused = visit(2, "plain").exits(7);
    unused =
        visit(3, "plain")
            .exits(8)
            .warns("At site 3 (town-3) stands an HSM on plain files, and the plan has an HSM on a");
  }
}
