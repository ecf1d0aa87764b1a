package dev.coffer.verification.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.coffer.files.AtomicFile;
import dev.coffer.files.LoopbackPorts;
import dev.coffer.lab.local.DevelopmentIssuer;
import dev.coffer.node.NodeProcess;
import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.fleet.Fleet;
import dev.coffer.verification.cli.CommandLineUser.Ran;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * A fleet founded by the ceremony's commands over one stick, and its nodes as processes on what
 * each site wrote. All below one folder with a short name, for its sockets.
 */
final class SteppedCeremony implements AutoCloseable {
  private static final Pattern WORDS = Pattern.compile("\"words\":\"([a-z ]+)\"");

  private final Path folder;
  private final int n;
  private final SshPeople people;
  private final List<Process> nodes = new ArrayList<>();

  SteppedCeremony(Path folder, int n) throws IOException {
    this.folder = Files.createDirectories(folder);
    this.n = n;
    this.people = new SshPeople(folder);
    Path unused = Files.createDirectory(stick());
  }

  Path stick() {
    return folder.resolve("stick");
  }

  Path home(int site) {
    return folder.resolve("s" + site);
  }

  Path plan() {
    return folder.resolve("plan.txt");
  }

  Ran coffer(String... words) {
    return CommandLineUser.of(folder, "operator").run(words);
  }

  /** Writes the settings, with this tenant's root key and more lines, and plans. */
  void plan(String name, String rootKey, String more) throws Exception {
    StringBuilder text = new StringBuilder("ceremony = " + name + "\nguess-limit = 10\n");
    text.append("replace-by-login = yes\ndelete-by-login = no\nsimulated = yes\n").append(more);
    text.append("tenant.1.name = ").append(DevelopmentIssuer.TENANT).append('\n');
    text.append("tenant.1.root-key = ").append(rootKey).append('\n');
    text.append("hsms = ").append(n).append('\n');
    Iterator<Integer> free = LoopbackPorts.take(3 * n).iterator();
    for (int i = 1; i <= n; i++) {
      text.append("site.%d.name = town-%d\nsite.%d.host = 127.0.0.1\n".formatted(i, i, i));
      for (String kind : List.of("http", "peer", "raft")) {
        text.append("site.%d.%s-port = %d\n".formatted(i, kind, free.next()));
      }
      text.append(people.settings(i));
    }
    Path settings = Files.writeString(folder.resolve("settings"), text);
    Ran unused =
        coffer("ceremony", "plan", settings.toString(), "--to", folder.toString()).exits(0);
  }

  /** The command of one site, once. */
  Ran go(int site, String... more) {
    List<String> words = new ArrayList<>(List.of("ceremony", "run", "--json", "--site", "" + site));
    words.addAll(List.of("--home", home(site).toString(), "--exchange", stick().toString()));
    words.add(plan().toString());
    words.addAll(List.of(more));
    return coffer(words.toArray(String[]::new));
  }

  /** The same, and the words are typed as they were shown. */
  Ran visit(int site) {
    Ran ran = go(site);
    Matcher shown = WORDS.matcher(ran.out());
    return ran.status() == 7 && shown.find() ? go(site, "--yes-they-match", shown.group(1)) : ran;
  }

  /** Carries the stick round until every site has founded. */
  Fleet found() throws Exception {
    Set<Integer> founded = new HashSet<>();
    for (int round = 0; round < 9 && founded.size() < n; round++) {
      for (int site = 1; site <= n; site++) {
        Ran ran = visit(site);
        assertTrue(ran.status() == 0 || ran.status() == 7, ran.toString());
        if (ran.status() == 0) {
          founded.add(site);
        }
      }
      people.sign(stick(), n);
    }
    assertEquals(n, founded.size());
    Ran unused = coffer("ceremony", "verify", stick().toString()).exits(0);
    return Fleet.decode(Bytes.wrap(Files.readAllBytes(stick().resolve("fleet.bin"))));
  }

  /** Starts the nodes of the first sites, and returns once all of them say that they serve. */
  void start(int sites) throws IOException {
    for (int site = 1; site <= sites; site++) {
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
    for (int site = 1; site <= sites; site++) {
      Path said = home(site).resolve("node-" + site).resolve("stderr");
      assertEquals("ready", nodes.get(site - 1).inputReader().readLine(), said.toString());
    }
  }

  /** One machine dies, its HSM with it. */
  void kill(int site) throws InterruptedException {
    Process node = nodes.get(site - 1);
    List<ProcessHandle> hsm = node.descendants().toList();
    int unused = node.destroyForcibly().waitFor();
    hsm.forEach(ProcessHandle::destroyForcibly);
  }

  /** Each site's operator puts what was published where its node reads it. */
  void handOut(Path bundle) throws IOException {
    for (int site = 1; site <= n; site++) {
      Path to = AtomicFile.privateFolder(home(site).resolve("bundle"));
      try (Stream<Path> files = Files.list(bundle)) {
        for (Path file : files.sorted().toList()) {
          AtomicFile.replace(
              to.resolve(file.getFileName()), Files.readAllBytes(file), AtomicFile.Access.OWNER);
        }
      }
    }
  }

  @Override
  public void close() throws IOException {
    for (int i = 1; i <= nodes.size(); i++) {
      try {
        kill(i);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
    for (int site = 1; site <= n; site++) {
      Path process = home(site).resolve("ceremony").resolve("hsm.process");
      if (Files.exists(process)) {
        ProcessHandle.of(Long.parseLong(Files.readString(process).split(" ")[0]))
            .ifPresent(ProcessHandle::destroyForcibly);
      }
    }
  }
}
