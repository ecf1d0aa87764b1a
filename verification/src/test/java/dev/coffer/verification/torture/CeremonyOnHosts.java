package dev.coffer.verification.torture;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A ceremony as people hold it, by the commands that they type, on {@link Hosts} that have nothing
 * in common but a stick: each site's commands and HSM run on a host of its own, see the disk of
 * that host alone, and get the stick as a copy of what the last site left on it. One thread.
 */
final class CeremonyOnHosts {
  /** Each site comes by this often at most: once a step, with some to spare. */
  private static final int ROUNDS = 10;

  private static final int WAITING = 7;
  private static final int MINUTES_MAX = 3;
  private static final Pattern WORDS = Pattern.compile("\"words\":\"([a-z ]+)\"");
  private static final Pattern FOUNDED = Pattern.compile("\"fleet\":\"([0-9a-f]{64})\"");

  private final Hosts hosts;
  private final NodeHomes homes;
  private final FleetOfProcesses.JavaProgram java;
  private final Consumer<String> progress;
  private final Set<String> words = new HashSet<>();
  private int commands;
  private int carried;

  /**
   * Where a site's node is reached.
   *
   * @param http for clients
   */
  record Ports(int http, int peers, int raft) {}

  private record Ran(int status, String out, String err) {}

  CeremonyOnHosts(
      Hosts hosts, NodeHomes homes, FleetOfProcesses.JavaProgram java, Consumer<String> progress) {
    this.hosts = hosts;
    this.homes = homes;
    this.java = java;
    this.progress = progress;
  }

  private Path people() {
    return homes.directory().resolve("people");
  }

  /** The stick as a site has it. */
  private Path stick(int site) {
    return homes.directory().resolve("stick-" + site);
  }

  private Path plan(int site) {
    return stick(site).resolve("plan.txt");
  }

  /** The directory of a site below its disk, as {@code coffer ceremony run} fills it. */
  Path site(int site) {
    return homes.node(site).resolve("coffer");
  }

  /**
   * Plans, founds and verifies.
   *
   * @param tenantKey the root key of the login service, hexadecimal
   * @return the fleet's id in hexadecimal, as every site said it
   */
  String found(String tenantKey, Ports ports) throws IOException, InterruptedException {
    int n = hosts.count();
    Path unsigned = Files.createDirectory(people());
    for (int site = 1; site <= n; site++) {
      Files.createDirectory(stick(site));
    }
    for (int site = 1; site <= n; site++) {
      List<Path> elsewhere = new ArrayList<>(List.of(unsigned));
      for (int other = 1; other <= n; other++) {
        if (other != site) {
          elsewhere.add(stick(other));
          elsewhere.add(homes.node(other));
        }
      }
      hosts.hide(site, elsewhere);
    }
    settle(tenantKey, ports);
    Set<String> fleets = rounds(n);
    if (fleets.size() != 1 || words.size() != 1) {
      throw new IOException("the sites founded " + fleets + " with the words " + words);
    }
    Ran verified =
        expect(0, coffer(n, "ceremony", "verify", stick(n).toString()), "ceremony verify");
    progress.accept(
        "ceremony: %d commands on %d hosts, the stick was carried %d times; verify: %s"
            .formatted(commands, n, carried, lastLine(verified.out())));
    return fleets.iterator().next();
  }

  private static String lastLine(String text) {
    List<String> lines = text.strip().lines().toList();
    return lines.isEmpty() ? "nothing said" : lines.getLast().strip();
  }

  private Set<String> rounds(int n) throws IOException, InterruptedException {
    Set<String> fleets = new HashSet<>();
    int last = 1;
    int founded = 0;
    for (int round = 0; round < ROUNDS && founded < n; round++) {
      founded = 0;
      for (int site = 1; site <= n; site++) {
        carry(last, site);
        last = site;
        Optional<String> fleet = visit(site);
        if (fleet.isPresent()) {
          founded++;
          fleets.add(fleet.get());
        }
      }
      sign(last);
    }
    if (founded < n) {
      throw new IOException("only " + founded + " sites came to the end of the ceremony");
    }
    return fleets;
  }

  /** The words of all identities are typed as this site shows them; all sites have to show one. */
  private Optional<String> visit(int site) throws IOException, InterruptedException {
    List<String> run =
        List.of(
            "ceremony",
            "run",
            "--json",
            plan(site).toString(),
            "--site",
            Integer.toString(site),
            "--home",
            site(site).toString(),
            "--exchange",
            stick(site).toString(),
            "--hsm",
            java.hsm().toString());
    Ran ran = coffer(site, run.toArray(String[]::new));
    Matcher shown = WORDS.matcher(ran.out());
    if (ran.status() == WAITING && shown.find()) {
      words.add(shown.group(1));
      List<String> typed = new ArrayList<>(run);
      typed.addAll(List.of("--yes-they-match", shown.group(1)));
      ran = coffer(site, typed.toArray(String[]::new));
    }
    if (ran.status() == WAITING) {
      return Optional.empty();
    }
    Matcher fleet = FOUNDED.matcher(expect(0, ran, "ceremony run at site " + site).out());
    return fleet.find() ? Optional.of(fleet.group(1)) : Optional.empty();
  }

  private static Ran expect(int status, Ran ran, String what) throws IOException {
    if (ran.status() != status) {
      throw new IOException(
          what
              + " ended with "
              + ran.status()
              + ": "
              + ran.err().strip()
              + " "
              + ran.out().strip());
    }
    return ran;
  }

  private void carry(int from, int to) throws IOException {
    if (from == to) {
      return;
    }
    carried++;
    for (Path old : listed(stick(to))) {
      Files.delete(old);
    }
    for (Path file : listed(stick(from))) {
      Files.copy(
          file,
          stick(to).resolve(file.getFileName().toString()),
          StandardCopyOption.REPLACE_EXISTING);
    }
  }

  private static List<Path> listed(Path folder) throws IOException {
    List<Path> files = new ArrayList<>();
    try (DirectoryStream<Path> found = Files.newDirectoryStream(folder)) {
      found.forEach(files::add);
    }
    return files;
  }

  /** The settings as people write them, and the plan that comes of them. */
  private void settle(String tenantKey, Ports ports) throws IOException, InterruptedException {
    StringBuilder text = new StringBuilder("ceremony = five-sites\n");
    text.append("hsms = ").append(hosts.count()).append("\nguess-limit = 10\n");
    text.append("replace-by-login = yes\ndelete-by-login = no\nsimulated = yes\n");
    text.append("tenant.1.name = local\ntenant.1.root-key = ").append(tenantKey).append('\n');
    for (int i = 1; i <= hosts.count(); i++) {
      text.append("site.%d.name = town-%d\nsite.%d.host = ".formatted(i, i, i));
      text.append(hosts.address(i)).append('\n');
      text.append("site.%d.http-port = %d\n".formatted(i, ports.http()));
      text.append("site.%d.peer-port = %d\n".formatted(i, ports.peers()));
      text.append("site.%d.raft-port = %d\n".formatted(i, ports.raft()));
      Path key = people().resolve("person-" + i);
      String ignored =
          Shell.run(List.of("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", key.toString()));
      String shown = Files.readString(people().resolve("person-" + i + ".pub")).strip();
      text.append("participant.%d.name = person-%d\n".formatted(i, i));
      text.append("participant.%d.key = %s\n".formatted(i, shown));
    }
    Path settings = Files.writeString(stick(1).resolve("ceremony.settings"), text);
    Path plans = Files.createDirectory(homes.node(1).resolve("plan"));
    Ran unused =
        expect(
            0,
            coffer(1, "ceremony", "plan", settings.toString(), "--to", plans.toString()),
            "ceremony plan");
    Files.delete(settings);
    Files.copy(plans.resolve("plan.txt"), plan(1));
  }

  /** Every participant signs the transcript, once it is there, on a machine of their own. */
  private void sign(int site) throws IOException, InterruptedException {
    Path transcript = stick(site).resolve("transcript.txt");
    if (!Files.exists(transcript)) {
      return;
    }
    for (int i = 1; i <= hosts.count(); i++) {
      Path signature = stick(site).resolve("signature-person-" + i + ".sig");
      if (!Files.exists(signature)) {
        List<String> words = new ArrayList<>(List.of("ssh-keygen", "-q", "-Y", "sign", "-f"));
        words.add(people().resolve("person-" + i).toString());
        words.addAll(List.of("-n", "coffer-ceremony", transcript.toString()));
        String ignored = Shell.run(words);
        Files.move(stick(site).resolve("transcript.txt.sig"), signature);
      }
    }
  }

  private Ran coffer(int site, String... words) throws IOException, InterruptedException {
    commands++;
    Path err = homes.directory().resolve("command.err");
    Path out = homes.directory().resolve("command.out");
    Process process =
        new ProcessBuilder(hosts.on(site, java.coffer(List.of(words))))
            .redirectError(err.toFile())
            .redirectOutput(out.toFile())
            .start();
    process.getOutputStream().close();
    if (!process.waitFor(MINUTES_MAX, TimeUnit.MINUTES)) {
      process.destroyForcibly();
      throw new IOException(String.join(" ", words) + " does not end at site " + site);
    }
    return new Ran(
        process.exitValue(),
        Files.readString(out, StandardCharsets.UTF_8),
        Files.readString(err, StandardCharsets.UTF_8));
  }
}
