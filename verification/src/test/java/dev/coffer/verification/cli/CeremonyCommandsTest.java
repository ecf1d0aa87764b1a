package dev.coffer.verification.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.coffer.verification.cli.CommandLineUser.Ran;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A ceremony by its commands, with an HSM process a site, people's real keys, and one stick. */
@Tag("long")
class CeremonyCommandsTest {
  private static final int SITES = 3;
  private static final Pattern WORDS = Pattern.compile("\"words\":\"([a-z ]+)\"");

  @TempDir private Path folder;
  private SshPeople people;

  @BeforeEach
  void locate() throws IOException {
    boolean here =
        Stream.of(System.getenv("PATH").split(":"))
            .anyMatch(part -> Files.isExecutable(Path.of(part, "ssh-keygen")));
    assumeTrue(here, "there is no ssh-keygen here: install openssh-client");
    HsmProgram.locate();
    people = new SshPeople(folder);
  }

  @AfterEach
  void end() throws IOException {
    for (int site = 1; site <= SITES; site++) {
      hsm(site).ifPresent(ProcessHandle::destroyForcibly);
    }
  }

  private Path home(int site) {
    return folder.resolve("s" + site);
  }

  private Path stick() {
    return folder.resolve("stick");
  }

  /** The HSM that runs on between commands. */
  private Optional<ProcessHandle> hsm(int site) throws IOException {
    Path file = home(site).resolve("ceremony").resolve("hsm.process");
    return Files.exists(file)
        ? ProcessHandle.of(Long.parseLong(Files.readString(file).split(" ")[0]))
        : Optional.empty();
  }

  private Ran coffer(String... words) {
    return CommandLineUser.of(folder, "operator").run(words);
  }

  private Ran go(int site, String... more) {
    return go(site, stick(), more);
  }

  private Ran go(int site, Path exchange, String... more) {
    List<String> words = new ArrayList<>(List.of("ceremony", "run", "--json", "--site", "" + site));
    words.addAll(List.of("--home", home(site).toString(), "--exchange", exchange.toString()));
    words.add(folder.resolve("plan.txt").toString());
    words.addAll(List.of(more));
    return coffer(words.toArray(String[]::new));
  }

  /** One visit of the stick: the words are typed as they were shown. */
  private Ran visit(int site) {
    Ran ran = go(site);
    Matcher shown = WORDS.matcher(ran.out());
    return ran.status() == 7 && shown.find() ? go(site, "--yes-they-match", shown.group(1)) : ran;
  }

  private void plan() throws Exception {
    StringBuilder text = new StringBuilder("ceremony = commands\nhsms = 3\nguess-limit = 10\n");
    text.append("replace-by-login = yes\ndelete-by-login = no\nsimulated = yes\n");
    text.append("tenant.1.name = app\ntenant.1.root-key = ").append("22".repeat(32)).append('\n');
    for (int i = 1; i <= SITES; i++) {
      text.append("site.%d.name = town-%d\nsite.%d.host = 192.0.2.%d\n".formatted(i, i, i, i));
      text.append(people.settings(i));
    }
    Path settings = Files.writeString(folder.resolve("settings"), text);
    coffer("ceremony", "plan", settings.toString(), "--to", folder.toString())
        .exits(0)
        .warns("SIMULATED")
        .says("Plan of commands, to be read aloud");
    assertTrue(Files.exists(folder.resolve("script.md")));
  }

  @Test
  void threeSitesFoundByFilesOnMedia() throws Exception {
    plan();
    go(1).exits(2).warns("Mount the stick");
    Files.createDirectory(stick());
    go(1).exits(7).says("site-2.identity");
    Path inside = Files.createSymbolicLink(folder.resolve("inside"), home(1).resolve("ceremony"));
    go(1, inside).exits(2).warns("inside this site's own");
    go(2, "--exception", "the door stood open").exits(7);
    coffer(
            "ceremony",
            "run",
            "--site",
            "3",
            "--home",
            home(1).toString(),
            "--exchange",
            stick().toString(),
            folder.resolve("plan.txt").toString())
        .exits(2)
        .warns("This directory is site 1's");
    Set<Integer> founded = new HashSet<>();
    for (int round = 0; round < 9 && founded.size() < SITES; round++) {
      for (int site = 1; site <= SITES; site++) {
        Path config = home(site).resolve("node-" + site).resolve("config.properties");
        Ran ran = visit(site);
        assertTrue(ran.status() == 0 || ran.status() == 7, ran.toString());
        assertEquals(ran.status() == 0, Files.exists(config), ran.toString());
        if (ran.status() == 0) {
          founded.add(site);
        }
      }
      people.sign(stick(), SITES);
    }
    assertEquals(SITES, founded.size());
    // The HSMs are their nodes' from here on.
    for (int site = 1; site <= SITES; site++) {
      assertEquals(Optional.empty(), hsm(site));
    }
    go(1).exits(0).says("founded");
    coffer("ceremony", "verify", stick().toString())
        .exits(0)
        .says("EXCEPTION  site 2 (town-2)")
        .warns("SIMULATED");
    coffer("ceremony", "verify", "--json", stick().resolve("transcript.txt").toString())
        .exits(0)
        .says("\"holds\":true");
    Path transcript = stick().resolve("transcript.txt");
    String text = Files.readString(transcript).replace("stood open", "was closed");
    Files.write(transcript, text.getBytes(StandardCharsets.UTF_8));
    coffer("ceremony", "verify", stick().toString())
        .exits(8)
        .says("FAIL  transcript.txt is what the sites did");
  }

  @Test
  void aPowerCutAfterTheCommitmentsEndsTheCeremony() throws Exception {
    plan();
    Files.createDirectory(stick());
    Path commitments = home(1).resolve("ceremony").resolve("site-1.commitments");
    for (int round = 0; round < 3 && !Files.exists(commitments); round++) {
      for (int site = 1; site <= SITES; site++) {
        Ran unused = visit(site);
      }
    }
    assertTrue(Files.exists(commitments));
    ProcessHandle hsm = hsm(1).orElseThrow();
    hsm.destroyForcibly();
    hsm.onExit().get();
    Ran ran = visit(1).exits(8);
    assertTrue(ran.err().contains("what it committed to is lost"), ran.toString());
    assertFalse(Files.exists(home(1).resolve("node-1").resolve("config.properties")));
  }

  @Test
  void aRehearsalFoundsServesAndRecovers() {
    coffer(
            "ceremony",
            "rehearse",
            "--sites",
            "3",
            "--dir",
            folder.resolve("r").toString(),
            "--json")
        .exits(0)
        .says("\"recovered\":true");
  }
}
