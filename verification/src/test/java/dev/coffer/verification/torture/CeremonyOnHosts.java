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
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A ceremony as people hold it, by the commands that they type, on {@link Hosts} that have nothing
 * in common but a network: each site's commands and HSM run on a host of its own and see the disk
 * of that host alone. The last site is not reached in the ceremony: a stick goes to and fro between
 * it and site 1, as a copy that the other does not see. One thread.
 */
final class CeremonyOnHosts {
  /** The stick goes to the last site this often at most. */
  private static final int ROUNDS = 20;

  private static final int WAITING = 7;

  /** Between two ways of the stick, unless something comes to site 1 before. */
  private static final long AWAY_MILLIS = 8_000;

  private static final int MINUTES_MAX = 6;
  private static final Pattern WORDS = Pattern.compile("\"words\":\"([a-z ]+)\"");
  private static final Pattern FOUNDED = Pattern.compile("\"fleet\":\"([0-9a-f]{64})\"");

  private final Hosts hosts;
  private final NodeHomes homes;
  private final FleetOfProcesses.JavaProgram java;
  private final SiteHardware hardware;
  private final Consumer<String> progress;
  private final Set<String> words = new HashSet<>();
  private int count;
  private int carried;

  /**
   * Where a site's node is reached.
   *
   * @param http for clients
   * @param exchange where its files are fetched in the ceremony
   */
  record Ports(int http, int peers, int raft, int exchange) {}

  private record Ran(int status, String out, String err) {}

  /** A command that runs. */
  private record Running(String what, Process process, Path out, Path err) {}

  CeremonyOnHosts(
      Hosts hosts,
      NodeHomes homes,
      FleetOfProcesses.JavaProgram java,
      SiteHardware hardware,
      Consumer<String> progress) {
    this.hosts = hosts;
    this.homes = homes;
    this.java = java;
    this.hardware = hardware;
    this.progress = progress;
  }

  private Path people() {
    return homes.directory().resolve("people");
  }

  /** The stick as a site has it. */
  private Path stick(int site) {
    return homes.directory().resolve("stick-" + site);
  }

  /** What a site shows the others; of the last site, its stick. */
  private Path shown(int site) {
    return site == hosts.count() ? stick(site) : homes.node(site).resolve("shown");
  }

  private Path plan(int site) {
    return shown(site).resolve("plan.txt");
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
      Path unused = Files.createDirectories(shown(site));
      hardware.prepare(site, site(site).resolve("node-" + site).resolve("hsm"));
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
        expect(0, coffer(2, "ceremony", "verify", shown(2).toString()), "ceremony verify");
    progress.accept(
        "ceremony: %d commands on %d hosts, the stick was carried %d times; verify: %s"
            .formatted(count, n, carried, lastLine(verified.out())));
    return fleets.iterator().next();
  }

  private static String lastLine(String text) {
    List<String> lines = text.strip().lines().toList();
    return lines.isEmpty() ? "nothing said" : lines.getLast().strip();
  }

  private Set<String> rounds(int n) throws IOException, InterruptedException {
    Map<Integer, Running> commands = new TreeMap<>();
    Map<Integer, String[]> again = new TreeMap<>();
    for (int site = 2; site < n; site++) {
      commands.put(site, start(site, run(site)));
    }
    Optional<String> none = stickToLast(n);
    commands.put(1, start(1, run(1)));
    for (int site = 1; site < n; site++) {
      Ran ran = expect(WAITING, end(commands.get(site)), commands.get(site).what());
      again.put(site, typed(site, ran));
      commands.put(site, start(site, again.get(site)));
    }
    progress.accept("ceremony: the sites have the identities of all, and the words are typed");
    // A command that is killed once its HSM has committed: the HSM goes on, and so does the next.
    Path committed = site(3).resolve("ceremony").resolve("site-3.commitments");
    if (!Waiting.until(() -> Files.exists(committed), TimeUnit.MINUTES.toMillis(MINUTES_MAX))) {
      throw new IOException("site 3 does not commit");
    }
    int killed = commands.get(3).process().destroyForcibly().waitFor();
    commands.put(3, start(3, again.get(3)));
    progress.accept("ceremony: the command of site 3 was killed (" + killed + ") and run again");
    Set<String> fleets = new HashSet<>();
    for (int round = 0; round < ROUNDS && fleets.isEmpty(); round++) {
      boolean ended = !commands.get(1).process().isAlive();
      commands.get(1).process().destroy();
      Ran ran = end(commands.get(1));
      stickToLast(n).ifPresent(fleets::add);
      for (int site = 1; site <= n; site++) {
        sign(site);
      }
      if (ended) {
        Ran unused = expect(0, ran, commands.get(1).what());
      } else {
        commands.put(1, start(1, run(1)));
      }
      int known = listed(site(1).resolve("ceremony")).size();
      boolean more = Waiting.until(() -> more(commands.get(1), known), AWAY_MILLIS);
    }
    if (fleets.isEmpty()) {
      commands.values().forEach(command -> command.process().destroy());
      throw new IOException("site " + n + " did not come to the end of the ceremony");
    }
    for (Running command : commands.values()) {
      Matcher fleet = FOUNDED.matcher(expect(0, end(command), command.what()).out());
      fleets.add(fleet.find() ? fleet.group(1) : "none");
    }
    return fleets;
  }

  /** The next file of each other site came over the network to site 1, or its command has ended. */
  private boolean more(Running command, int known) {
    try {
      int now = listed(site(1).resolve("ceremony")).size();
      return !command.process().isAlive() || now >= known + hosts.count() - 2;
    } catch (IOException e) {
      return true;
    }
  }

  /** Site 1 puts what it has on the stick, and takes from it what the last site says. */
  private Optional<String> stickToLast(int n) throws IOException, InterruptedException {
    String[] once = run(1, "--exchange", stick(1).toString(), "--wait", "0");
    Ran ran = coffer(1, once);
    carry(1, n);
    Optional<String> fleet = visit(n);
    carry(n, 1);
    ran = coffer(1, once);
    if (ran.status() != 0 && ran.status() != WAITING) {
      throw new IOException("site 1 with the stick: " + ran.err() + ran.out());
    }
    return fleet;
  }

  private String[] run(int site, String... more) {
    List<String> run = new ArrayList<>(List.of("ceremony", "run", "--json"));
    run.addAll(List.of(plan(site).toString(), "--site", Integer.toString(site)));
    run.addAll(List.of("--home", site(site).toString(), "--exchange", shown(site).toString()));
    run.addAll(List.of("--hsm", hardware.program(site).toString()));
    run.addAll(List.of(more));
    return run.toArray(String[]::new);
  }

  /** The words of all identities are typed as this site shows them; all sites have to show one. */
  private String[] typed(int site, Ran ran) throws IOException {
    Matcher shown = WORDS.matcher(ran.out());
    if (!shown.find()) {
      throw new IOException("site " + site + " showed no words: " + ran.err() + ran.out());
    }
    words.add(shown.group(1));
    return run(site, "--yes-they-match", shown.group(1));
  }

  private Optional<String> visit(int site) throws IOException, InterruptedException {
    Ran ran = coffer(site, run(site));
    if (ran.status() == WAITING && WORDS.matcher(ran.out()).find()) {
      ran = coffer(site, typed(site, ran));
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
    carried++;
    for (Path old : listed(stick(to))) {
      Files.delete(old);
    }
    for (Path file : listed(stick(from))) {
      Files.copy(file, stick(to).resolve(file.getFileName().toString()));
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
      text.append("site.%d.hsm = %s\n".formatted(i, hardware.port(i)));
      if (i < hosts.count()) {
        text.append("site.%d.exchange-port = %d\n".formatted(i, ports.exchange()));
      }
      Path key = people().resolve("person-" + i);
      String ignored =
          Shell.run(List.of("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", key.toString()));
      String shown = Files.readString(people().resolve("person-" + i + ".pub")).strip();
      text.append("participant.%d.name = person-%d\n".formatted(i, i));
      text.append("participant.%d.key = %s\n".formatted(i, shown));
    }
    Path settings = Files.writeString(homes.node(1).resolve("ceremony.settings"), text);
    Path plans = Files.createDirectory(homes.node(1).resolve("plan"));
    Ran unused =
        expect(
            0,
            coffer(1, "ceremony", "plan", settings.toString(), "--to", plans.toString()),
            "ceremony plan");
    for (int i = 1; i <= hosts.count(); i++) {
      Files.copy(plans.resolve("plan.txt"), plan(i));
    }
  }

  /**
   * The participant of a site signs the transcript, once it is there, on a machine of their own;
   * the last site's one signs on the stick, which is at site 1 then.
   */
  private void sign(int site) throws IOException, InterruptedException {
    Path desk = site == hosts.count() ? stick(1) : shown(site);
    Path transcript = desk.resolve("transcript.txt");
    String name = "signature-person-" + site + ".sig";
    if (!Files.exists(transcript) || Files.exists(people().resolve(name))) {
      return;
    }
    Path read = people().resolve("transcript.txt");
    Files.copy(transcript, read, StandardCopyOption.REPLACE_EXISTING);
    List<String> sign = new ArrayList<>(List.of("ssh-keygen", "-q", "-Y", "sign", "-f"));
    sign.add(people().resolve("person-" + site).toString());
    sign.addAll(List.of("-n", "coffer-ceremony", read.toString()));
    String ignored = Shell.run(sign);
    Path signed = people().resolve("transcript.txt.sig");
    Files.copy(signed, people().resolve(name));
    Files.copy(signed, desk.resolve("." + name));
    Files.move(desk.resolve("." + name), desk.resolve(name), StandardCopyOption.ATOMIC_MOVE);
    Files.delete(signed);
  }

  private Ran coffer(int site, String... words) throws IOException, InterruptedException {
    return end(start(site, words));
  }

  private Running start(int site, String... words) throws IOException {
    count++;
    Path err = homes.directory().resolve("command-" + site + ".err");
    Path out = homes.directory().resolve("command-" + site + ".out");
    Process process =
        new ProcessBuilder(hosts.on(site, java.coffer(List.of(words))))
            .redirectError(err.toFile())
            .redirectOutput(out.toFile())
            .start();
    process.getOutputStream().close();
    return new Running("ceremony run at site " + site, process, out, err);
  }

  private static Ran end(Running command) throws IOException, InterruptedException {
    if (!command.process().waitFor(MINUTES_MAX, TimeUnit.MINUTES)) {
      command.process().destroyForcibly();
      throw new IOException(command.what() + " does not end");
    }
    return new Ran(
        command.process().exitValue(),
        Files.readString(command.out(), StandardCharsets.UTF_8),
        Files.readString(command.err(), StandardCharsets.UTF_8));
  }
}
