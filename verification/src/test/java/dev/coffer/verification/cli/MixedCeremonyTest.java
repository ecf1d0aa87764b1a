package dev.coffer.verification.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.coffer.cli.Session;
import dev.coffer.cli.vault.Deployment;
import dev.coffer.cli.vault.LoginSource;
import dev.coffer.files.LoopbackPorts;
import dev.coffer.hsm.tpm.harness.Swtpm;
import dev.coffer.lab.local.DevelopmentIssuer;
import dev.coffer.node.NodeProcess;
import dev.coffer.pkcs11.harness.SoftHsm;
import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.crypto.Hashes;
import dev.coffer.protocol.crypto.Randomness;
import dev.coffer.protocol.fleet.Fleet;
import dev.coffer.protocol.fleet.HsmPromises;
import dev.coffer.verification.cli.CommandLineUser.Ran;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.Iterator;
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
  private static final Pattern SAYS =
      Pattern.compile("\"keys\":\"(\\w+)\",\"memory\":\"(\\w+)\",\"voucher\":\"(\\w+)\"");
  private static final Pattern WORDS = Pattern.compile("\"words\":\"([a-z ]+)\"");

  /** A machine that has measured nothing: PCRs 0, 2, 4 and 7 are zeros. */
  private static final String STATE = Hashes.sha256(Bytes.zeros(4 * 32)).hex();

  @TempDir private Path folder;
  private SshPeople people;
  private final List<Swtpm> chips = new ArrayList<>();
  private final List<Process> nodes = new ArrayList<>();

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
  void end() throws Exception {
    for (Process node : nodes) {
      List<ProcessHandle> hsm = node.descendants().toList();
      int unused = node.destroyForcibly().waitFor();
      hsm.forEach(ProcessHandle::destroyForcibly);
    }
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
                + "' -XX:+UseSerialGC -XX:TieredStopAtLevel=1 -Xmx128m"
                + " --enable-native-access=ALL-UNNAMED -cp '"
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
    text.append("tenant.1.name = ").append(DevelopmentIssuer.TENANT).append('\n');
    text.append("tenant.1.root-key = ").append(issuer()).append('\n');
    text.append("hsms = ").append(ports.size()).append('\n');
    text.append("measurement = ");
    text.append(Hashes.sha256(Bytes.wrap("development".getBytes("US-ASCII"))).hex()).append('\n');
    Iterator<Integer> free = LoopbackPorts.take(3 * ports.size()).iterator();
    for (int i = 1; i <= ports.size(); i++) {
      String port = ports.get(i - 1);
      prepare(i, port);
      text.append("site.%d.name = town-%d\nsite.%d.host = 127.0.0.1\n".formatted(i, i, i));
      for (String kind : List.of("http", "peer", "raft")) {
        text.append("site.%d.%s-port = %d\n".formatted(i, kind, free.next()));
      }
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

  private String issuer() throws IOException {
    Path keys = Files.createDirectories(folder.resolve("issuer"));
    try (DevelopmentIssuer made =
        DevelopmentIssuer.create(keys, Randomness.system(), Clock.systemUTC())) {
      return made.tenant().rootKey().hex();
    }
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

  /** Each node on the files that its site wrote; returns once all of them say that they serve. */
  private void start() throws IOException {
    for (int site = 1; site <= FIVE.size(); site++) {
      Path node = home(site).resolve("node-" + site);
      List<String> command = new ArrayList<>();
      command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
      command.addAll(NodeProcess.jvmFlags(160));
      command.addAll(List.of("-XX:TieredStopAtLevel=1"));
      command.addAll(List.of("-cp", System.getProperty("java.class.path")));
      command.addAll(List.of(NodeProcess.class.getName(), "--config"));
      command.add(node.resolve("config.properties").toString());
      nodes.add(new ProcessBuilder(command).redirectError(node.resolve("stderr").toFile()).start());
    }
    for (int site = 1; site <= FIVE.size(); site++) {
      String said = nodes.get(site - 1).inputReader().readLine();
      Path stderr = home(site).resolve("node-" + site).resolve("stderr");
      assertEquals("ready", said, () -> saidOf(stderr));
    }
  }

  private static String saidOf(Path file) {
    try {
      return file + ": " + Files.readString(file);
    } catch (IOException e) {
      return file + ": nothing said";
    }
  }

  /** The vault of site 1's files, as any of its users has them. */
  private Ran user(String phone, List<String> typed, String... words) {
    return CommandLineUser.of(home(1), "alice").on(phone).run(new Served(), typed, words);
  }

  /** Somebody else's vault, at which the test's issuer logs everybody in. */
  private final class Served implements Deployment {
    @Override
    public LoginSource logins(Session session, Path home, String account) throws IOException {
      return DevelopmentIssuer.open(folder.resolve("issuer"), session.clock()).logins(account);
    }
  }

  private void serves() throws Exception {
    start();
    Ran unused = user("old", List.of("468391 ab", "468391 ab"), "enroll").exits(0);
    unused = recover("new", "468391 ab").exits(0);
    Ran wrong = recover("thief", "000000 ab");
    assertTrue(wrong.err().contains("Guesses left: 9"), wrong.toString());
    user("old", List.of(), "status")
        .exits(0)
        .says("HSM 1, 2 by its own word: a copy of its disk")
        .says("HSM 3, 4 by its own word: a copy of its disk")
        .says("an older memory is refused, but for the entries since the last anchor")
        .says("HSM 5 by its own word: ");
    Ran json = user("old", List.of(), "status", "--json").exits(0);
    Matcher says = SAYS.matcher(json.out());
    List<String> all = new ArrayList<>();
    while (says.find()) {
      all.add(says.group(1) + " " + says.group(2) + " " + says.group(3));
    }
    String token = "sealed unnoticed nobody";
    String tpm = "sealed anchored device";
    assertEquals(List.of(token, token, tpm, tpm, "disk unnoticed nobody"), all, json.toString());
  }

  private Ran recover(String phone, String code) {
    Ran ran = user(phone, List.of(code), "recover");
    for (int again = 0; again < 10 && ran.err().contains("Too few HSMs answered"); again++) {
      ran = user(phone, List.of(code), "recover");
    }
    return ran;
  }

  @Test
  void twoTokensTwoTpmsAndPlainFilesFoundAFleetThatServes() throws Exception {
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
    serves();
  }

  @Test
  void aMachineThatStartedOtherwiseThanPlannedStopsTheCeremony() throws Exception {
    List<String> three = List.of("token", "tpm", "plain");
    plan(three, Hashes.sha256(Bytes.zeros(1)).hex());
    Ran unused = visit(1, "token").exits(7);
    unused =
        visit(2, "tpm")
            .exits(8)
            .warns("The TPM of site 2 (town-2) quotes other registers, or another state")
            .warns("No other site has seen it");
    assertFalse(Files.exists(stick().resolve("site-2.identity")));
    // Its HSM ended with that: the next one is another.
    assertFalse(Files.exists(home(2).resolve("ceremony").resolve("hsm.process")));
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
