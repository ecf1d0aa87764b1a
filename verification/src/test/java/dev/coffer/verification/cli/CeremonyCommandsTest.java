package dev.coffer.verification.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.coffer.files.LoopbackPorts;
import dev.coffer.verification.cli.CommandLineUser.Ran;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.IntFunction;
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
    plan(i -> "site.%d.host = 192.0.2.%d\n".formatted(i, i));
  }

  /**
   * @param place the lines of a site that say where it is
   */
  private void plan(IntFunction<String> place) throws Exception {
    StringBuilder text = new StringBuilder("ceremony = commands\nhsms = 3\nguess-limit = 10\n");
    text.append("replace-by-login = yes\ndelete-by-login = no\nsimulated = yes\n");
    text.append("tenant.1.name = app\ntenant.1.root-key = ").append("22".repeat(32)).append('\n');
    for (int i = 1; i <= SITES; i++) {
      text.append("site.%d.name = town-%d\n".formatted(i, i)).append(place.apply(i));
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
    Path old = folder.resolve("old-1");
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
      if (Files.exists(stick().resolve("transcript.txt")) && !Files.exists(old)) {
        people.signWithAnOldKey(stick(), 1);
        people.sign(stick(), SITES);
        go(1).exits(8).warns("signature-person-1.sig");
        Files.delete(stick().resolve("signature-person-1.sig"));
      }
      people.sign(stick(), SITES);
    }
    assertEquals(SITES, founded.size());
    assertTrue(Files.exists(old));
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

  /** Sites 1 and 2 ask each other over the network; site 3 has a stick, and so has site 1. */
  @Test
  void threeSitesFoundOverTheNetworkAndByMedia() throws Exception {
    List<Integer> ports = LoopbackPorts.take(4 * SITES);
    plan(i -> {
      StringBuilder text = new StringBuilder("site.%d.host = 127.0.0.1\n".formatted(i));
      List<String> kinds = List.of("http", "peer", "raft", "exchange");
      for (int kind = 0; kind < (i == SITES ? 3 : 4); kind++) {
        int port = ports.get(4 * (i - 1) + kind);
        text.append("site.%d.%s-port = %d\n".formatted(i, kinds.get(kind), port));
      }
      return text.toString();
    });
    Path unused = Files.createDirectory(stick());
    for (int site = 1; site < SITES; site++) {
      unused = Files.createDirectory(folder.resolve("shown-" + site));
    }
    // One that is alone says who does not answer, and goes on from there later.
    net(2, "--wait", "0").exits(7).warns("site 1 (town-1) does not answer");
    go(SITES).exits(7);
    Map<Integer, Ran> compared = together(List.of(), List.of());
    Map<Integer, List<String>> typed = new TreeMap<>();
    compared.forEach((site, ran) -> {
      Matcher shown = WORDS.matcher(ran.exits(7).out());
      assertTrue(shown.find(), ran.toString());
      typed.put(site, List.of("--yes-they-match", shown.group(1)));
    });
    assertEquals(typed.get(1), typed.get(2));
    Map<Integer, Ran> ended = together(typed.get(1), typed.get(2));
    ended.values().forEach(ran -> ran.exits(0).says("founded"));
    visit(SITES).exits(0).says("founded");
    coffer("ceremony", "verify", folder.resolve("shown-2").toString()).exits(0);
    coffer("ceremony", "verify", stick().toString()).exits(0);
    // The port is open no longer than the command runs.
    net(2, "--wait", "0").exits(0).warns("Whether site 1 (town-1) has all files was not seen");
  }

  private Ran net(int site, String... more) {
    List<String> words = new ArrayList<>(List.of(more));
    if (site == 1) {
      words.addAll(List.of("--exchange", stick().toString()));
    }
    return go(site, folder.resolve("shown-" + site), words.toArray(String[]::new));
  }

  /** Sites 1 and 2 run their commands, while somebody brings site 3's stick and people sign. */
  private Map<Integer, Ran> together(List<String> first, List<String> second) throws Exception {
    try (ExecutorService threads = Executors.newFixedThreadPool(2)) {
      Future<Ran> one = threads.submit(() -> net(1, first.toArray(String[]::new)));
      Future<Ran> two = threads.submit(() -> net(2, second.toArray(String[]::new)));
      while (!one.isDone() || !two.isDone()) {
        Ran unused = visit(SITES);
        people.sign(stick(), SITES);
      }
      return Map.of(1, one.get(), 2, two.get());
    }
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
