package dev.coffer.verification.torture;

import dev.coffer.client.https.TrustAnchors;
import dev.coffer.lab.local.DevelopmentIssuer;
import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.codec.Rejected;
import dev.coffer.protocol.crypto.Randomness;
import dev.coffer.protocol.fleet.Fleet;
import dev.coffer.protocol.fleet.HsmIdentity;
import dev.coffer.protocol.fleet.HsmPromises;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.IntStream;

/**
 * Five sites far from each other found a fleet, serve people, lose the way to one of them, and lose
 * a machine for good with its HSM. One thread.
 */
final class FiveSites implements AutoCloseable {
  private static final int SITES = 5;
  private static final int DISK_MIB = 2048;

  /** What the clients' host sends, and what each site sends, takes so long. */
  private static final List<Integer> DELAYS_MILLIS = List.of(20, 20, 35, 50, 65, 80);

  private static final int LOST_OF_THOUSAND = 5;
  private static final CeremonyOnHosts.Ports PORTS =
      new CeremonyOnHosts.Ports(8443, 8444, 8445, 8446);
  private static final long WHOLE_MILLIS = 600_000;
  private static final int USERS = 20;
  private static final int TIMES = 5;
  private static final int MORE = 5;

  private final Consumer<String> progress;
  private final LongCables cables;
  private final Hosts hosts;
  private final NodeHomes homes;
  private final FleetOfProcesses.JavaProgram java;
  private final SiteHardware hardware;
  private final List<NodeOnHost> nodes = new ArrayList<>();
  private final List<String> lines = new ArrayList<>();
  private final List<String> troubles = new ArrayList<>();
  private final long began = System.nanoTime();

  private FiveSites(
      Consumer<String> progress,
      LongCables cables,
      Hosts hosts,
      NodeHomes homes,
      FleetOfProcesses.JavaProgram java) {
    this.progress = progress;
    this.cables = cables;
    this.hosts = hosts;
    this.homes = homes;
    this.java = java;
    this.hardware = new SiteHardware(homes, java.hsm());
  }

  /** Why this cannot be done here; empty if it can. */
  static Optional<String> unavailable() throws InterruptedException {
    Optional<String> hosts = Hosts.unavailable();
    if (hosts.isPresent() || LongCables.possible()) {
      return hosts.or(() ->
          Shell.here("ssh-keygen")
              ? Optional.empty()
              : Optional.of("there is no ssh-keygen: install openssh-client"));
    }
    return Optional.of("this kernel has no TAP devices (/dev/net/tun), the ends of long cables");
  }

  /** Makes the sites' machines; nothing runs on them yet. */
  static FiveSites make(FleetOfProcesses.JavaProgram java, Consumer<String> progress)
      throws IOException, InterruptedException {
    LongCables cables =
        new LongCables(DELAYS_MILLIS, LOST_OF_THOUSAND, new SplittableRandom(SITES));
    Hosts hosts = Hosts.make(SITES, Optional.of(cables));
    NodeHomes homes = NodeHomes.make(SITES, DISK_MIB);
    FleetOfProcesses.JavaProgram kept = Programs.kept(java, homes.directory());
    // One machine carries five: nothing is compiled twice.
    List<String> flags = new ArrayList<>(kept.flags());
    flags.add("-XX:TieredStopAtLevel=1");
    return new FiveSites(
        progress,
        cables,
        hosts,
        homes,
        new FleetOfProcesses.JavaProgram(kept.hsm(), kept.classPath(), flags));
  }

  private void say(String what) {
    long seconds = TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - began);
    progress.accept("[%4d s] %s".formatted(seconds, what));
  }

  /** Where everything lies while this is open. */
  Path directory() {
    return homes.directory();
  }

  /** What was measured, for people. */
  List<String> lines() {
    return List.copyOf(lines);
  }

  /** All of it; whether every promise was kept. */
  boolean run() throws IOException, InterruptedException {
    Path keys = Files.createDirectory(homes.directory().resolve("issuer"));
    try (DevelopmentIssuer issuer =
        DevelopmentIssuer.create(keys, Randomness.system(), Clock.systemUTC())) {
      CeremonyOnHosts ceremony = new CeremonyOnHosts(hosts, homes, java, hardware, this::say);
      String founded = ceremony.found(issuer.tenant().rootKey().hex(), PORTS);
      SiteUsers users = users(ceremony, founded, issuer);
      start(ceremony);
      serve(users);
      lines.add(
          "people: "
              + users.count()
              + "; calls that ended without a verdict and were"
              + " repeated at no cost: "
              + users.withoutVerdict());
      troubles.addAll(users.faults());
    }
    troubles.forEach(what -> lines.add("BROKEN: " + what));
    lines.add(
        troubles.isEmpty()
            ? "No failed verdict, no lost registration."
            : "Not every promise was kept.");
    return troubles.isEmpty();
  }

  private SiteUsers users(CeremonyOnHosts ceremony, String founded, DevelopmentIssuer issuer)
      throws IOException {
    Bytes authority = authority(ceremony);
    List<URI> addresses = IntStream.rangeClosed(1, SITES).mapToObj(this::address).toList();
    try {
      Fleet fleet =
          Fleet.decode(Bytes.wrap(Files.readAllBytes(ceremony.site(1).resolve("fleet.bin"))));
      if (!fleet.id().value().hex().equals(founded)) {
        throw new IOException("fleet.bin is not of the fleet that the sites said");
      }
      for (int site = 1; site <= SITES; site++) {
        HsmIdentity hsm = fleet.hsm(site);
        String says = String.join("; ", HsmPromises.of(hsm).meaning());
        lines.add("HSM " + site + " (" + hsm.model() + ") by its own word: " + says);
      }
      return new SiteUsers(fleet.id(), addresses, authority, issuer, Randomness.system());
    } catch (Rejected e) {
      throw new IOException("fleet.bin is none: " + e.code(), e);
    }
  }

  private static Bytes authority(CeremonyOnHosts ceremony) throws IOException {
    return Bytes.wrap(Files.readAllBytes(ceremony.site(1).resolve("ca.pem")));
  }

  private URI address(int site) {
    return URI.create("https://" + hosts.address(site) + ":" + PORTS.http());
  }

  private void start(CeremonyOnHosts ceremony) throws IOException, InterruptedException {
    for (int site = 1; site <= SITES; site++) {
      URI none = URI.create("http://" + hosts.address(site) + ":1/");
      NodeProbe probe = new NodeProbe(address(site), none, TrustAnchors.of(authority(ceremony)));
      Path home = ceremony.site(site).resolve("node-" + site);
      nodes.add(new NodeOnHost(site, hosts, home, java, probe));
      nodes.getLast().start();
    }
    ready("after the ceremony", IntStream.rangeClosed(1, SITES).toArray());
    say("five nodes serve, each on the files that its site wrote");
  }

  private void ready(String when, int... sites) throws IOException, InterruptedException {
    for (int site : sites) {
      NodeOnHost node = nodes.get(site - 1);
      if (!Waiting.until(node::ready, WHOLE_MILLIS)) {
        throw new IOException("site " + site + " is not ready " + when);
      }
    }
  }

  private void serve(SiteUsers users) throws IOException, InterruptedException {
    users.enrol(USERS);
    say(USERS + " people have registered");
    measure("whole fleet", users.recover(TIMES));
    cut(4);
    measure("site 4 cut off", users.recover(1));
    users.enrol(MORE);
    mend(4);
    ready("after its way was mended", 4);
    say("site 4 is back, and ready");
    nodes.get(1).kill();
    homes.lose(2);
    say("site 2 burnt down: its disk is gone, and its HSM with it");
    measure("site 2 lost for good", users.recover(1));
    users.enrol(MORE);
    cut(5);
    measure("site 2 lost, site 5 cut off: three of five left", users.recover(1));
    mend(5);
    ready("in the end", 1, 3, 4, 5);
    measure("site 2 lost, the other four in reach", users.recover(1));
  }

  private void cut(int site) throws IOException, InterruptedException {
    for (int other = 0; other <= SITES; other++) {
      if (other != site) {
        hosts.cut(site, other);
        hosts.cut(other, site);
      }
    }
    say("site " + site + " is cut off");
  }

  private void mend(int site) throws InterruptedException {
    for (int other = 0; other <= SITES; other++) {
      if (other != site) {
        hosts.mend(site, other);
        hosts.mend(other, site);
      }
    }
  }

  private void measure(String when, List<SiteUsers.Took> took) {
    List<Long> millis = took.stream().map(SiteUsers.Took::millis).sorted().toList();
    int fewest = took.stream().mapToInt(SiteUsers.Took::exchanges).min().orElse(0);
    double mean = took.stream().mapToInt(SiteUsers.Took::exchanges).average().orElse(0);
    String line =
        "%s: %d recoveries, p50 %d ms, p99 %d ms, longest %d ms; exchanges over HTTPS %d, mean %.2f"
            .formatted(
                when,
                millis.size(),
                percentile(millis, 50),
                percentile(millis, 99),
                percentile(millis, 100),
                fewest,
                mean);
    lines.add(line);
    say(line);
  }

  /** The smallest value that so many of a hundred do not exceed. */
  private static long percentile(List<Long> sorted, int percent) {
    return sorted.get(Math.max(0, Math.ceilDiv(sorted.size() * percent, 100) - 1));
  }

  /** What the cables are like. */
  String network() {
    List<String> trips = new ArrayList<>();
    for (int site = 1; site <= SITES; site++) {
      trips.add("site " + site + " " + cables.roundTripMillis(0, site) + " ms");
    }
    return "Round trips from the clients: "
        + String.join(", ", trips)
        + "; between two sites "
        + cables.roundTripMillis(1, 2)
        + " to "
        + cables.roundTripMillis(4, 5)
        + " ms; "
        + LOST_OF_THOUSAND / 10.0
        + " % of all frames get lost.";
  }

  @Override
  public void close() {
    for (NodeOnHost node : nodes) {
      try {
        node.kill();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
    hosts.close();
    hardware.close();
    homes.close();
  }
}
