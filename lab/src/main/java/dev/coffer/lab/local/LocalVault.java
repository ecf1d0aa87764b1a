package dev.coffer.lab.local;

import dev.coffer.cli.ExitCode;
import dev.coffer.cli.Failure;
import dev.coffer.cli.Session;
import dev.coffer.cli.home.FleetAddress;
import dev.coffer.cli.home.FleetPlan;
import dev.coffer.cli.home.VaultHome;
import dev.coffer.cli.operator.Publisher;
import dev.coffer.files.AtomicFile;
import dev.coffer.notary.operator.Issuance;
import dev.coffer.notary.operator.OperatorFailure;
import dev.coffer.protocol.fleet.FleetId;
import dev.coffer.transparency.bundle.Bundle;
import dev.coffer.transparency.bundle.FleetState;
import dev.coffer.transparency.bundle.ListedFleet;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * A vault whose fleets come and go: each step is one bundle, and each may be repeated after a
 * failure. Not thread-safe.
 */
public final class LocalVault {

  private final Session session;
  private final VaultHome home;
  private final LocalParties parties;
  private final Map<String, LocalFleet> opened = new HashMap<>();

  /** The vault in that directory. */
  public LocalVault(Session session, VaultHome home) {
    this.session = session;
    this.home = home;
    this.parties = new LocalParties(session, home);
  }

  /** Its directory. */
  public VaultHome home() {
    return home;
  }

  /** Log and witnesses. */
  public LocalParties parties() {
    return parties;
  }

  /** The fleets besides the first, as processes. */
  public List<LocalFleet> added() throws Failure, OperatorFailure, IOException {
    List<LocalFleet> fleets = new ArrayList<>();
    for (VaultHome.Member member : home.members()) {
      if (!member.name().equals(VaultHome.FIRST)) {
        fleets.add(fleet(member));
      }
    }
    return fleets;
  }

  /** The same object each time: tethered nodes end with what holds their pipes. */
  private LocalFleet fleet(VaultHome.Member member) throws Failure, OperatorFailure, IOException {
    LocalFleet fleet = opened.get(member.name());
    if (fleet == null) {
      fleet = LocalFleet.open(member.home(), session);
      opened.put(member.name(), fleet);
    }
    return fleet;
  }

  /** The fleet that was founded first, as processes. */
  public LocalFleet first() throws Failure, OperatorFailure, IOException {
    return fleet(home.named(VaultHome.FIRST));
  }

  /** Keeps all of it up: every fleet's nodes, the parties, the bundle's freshness. */
  public VaultKeeper keeper(NodeLife life, Consumer<String> warn) {
    return new VaultKeeper(session.clock(), () -> parts(life), parties::refresh, warn);
  }

  private List<VaultKeeper.Part> parts(NodeLife life) throws Failure, OperatorFailure, IOException {
    List<VaultKeeper.Part> parts = new ArrayList<>(parties.parts(life));
    for (VaultHome.Member member : home.members()) {
      LocalFleet fleet = fleet(member);
      for (int index = 1; index <= fleet.size(); index++) {
        parts.add(new FleetNode(member.name(), fleet, index, life));
      }
    }
    return parts;
  }

  /** One node, to be kept up. */
  private record FleetNode(String fleetName, LocalFleet fleet, int index, NodeLife life)
      implements VaultKeeper.Part {
    @Override
    public String name() {
      return "Node " + index + (fleetName.equals(VaultHome.FIRST) ? "" : " of " + fleetName);
    }

    @Override
    public boolean runs() {
      return fleet.runs(index);
    }

    @Override
    public void start() throws IOException {
      fleet.start(index, life);
    }
  }

  /** Founds and starts another fleet, and announces it. Nobody uses it before it is active. */
  public Issuance.Published add(String name, FleetPlan plan, NodeLife life)
      throws Failure, OperatorFailure, IOException, InterruptedException {
    mustBeOverTheAir();
    if (name.equals(VaultHome.FIRST) || !name.matches("[a-z0-9-]{1,32}")) {
      throw new Failure(
          ExitCode.USAGE,
          "This cannot be the name of a fleet.",
          "Give one of small letters, digits and hyphens with --name.");
    }
    if (!LocalFleet.isIn(home.fleet(name))) {
      Founder.foundBeside(session, home.fleet(name), plan, home.directory());
    }
    joinAuthorities();
    LocalFleet fleet = LocalFleet.open(home.fleet(name), session);
    fleet.start(life);
    fleet.awaitReady(fleet.size(), LocalFleet.READY_TIMEOUT);
    return issue(Map.of(fleet.fleet().id(), FleetState.ANNOUNCED));
  }

  /** One bundle: {@code successor} is active, {@code old} only recovers from now on. */
  public Issuance.Published retire(String old, String successor)
      throws Failure, OperatorFailure, IOException, InterruptedException {
    mustBeOverTheAir();
    FleetId from = home.named(old).fleet().id();
    FleetId to = home.named(successor).fleet().id();
    if (from.equals(to)) {
      throw new Failure(
          ExitCode.USAGE,
          "A fleet cannot take its own place.",
          "Add another with coffer fleet add, and name it with --to.");
    }
    return issue(Map.of(from, FleetState.RETIRING, to, FleetState.ACTIVE));
  }

  /** Makes the nodes of a retiring fleet send clients on. Its HSMs go on for those who insist. */
  public void retired(String name) throws Failure, OperatorFailure, IOException {
    mustBeOverTheAir();
    VaultHome.Member member = home.named(name);
    try (Publisher publisher = LocalSigners.publisher(session, home)) {
      boolean retiring =
          publisher
              .lineage()
              .newest()
              .flatMap(bundle -> bundle.fleet(member.fleet().id()))
              .map(ListedFleet::state)
              .filter(state -> state == FleetState.RETIRING || state == FleetState.REVOKED)
              .isPresent();
      if (!retiring) {
        throw new Failure(
            ExitCode.USAGE,
            "This fleet is not retiring yet.",
            "Retire it first with coffer fleet retire, and give users time to move.");
      }
    }
    member.markRetired();
  }

  /** Never used again: what was not moved is lost. */
  public Issuance.Published revoke(String name)
      throws Failure, OperatorFailure, IOException, InterruptedException {
    mustBeOverTheAir();
    VaultHome.Member member = home.named(name);
    Issuance.Published published = issue(Map.of(member.fleet().id(), FleetState.REVOKED));
    member.markRetired();
    return published;
  }

  private Issuance.Published issue(Map<FleetId, FleetState> states)
      throws Failure, OperatorFailure, IOException, InterruptedException {
    try (Publisher publisher = LocalSigners.publisher(session, home)) {
      return publisher.issue(states);
    }
  }

  /** The newest bundle. */
  public Bundle newest() throws Failure, OperatorFailure, IOException {
    mustBeOverTheAir();
    try (Publisher publisher = LocalSigners.publisher(session, home)) {
      return publisher
          .lineage()
          .newest()
          .orElseThrow(() ->
              new Failure(
                  ExitCode.FAILED, "The log holds no bundle.", "Run coffer up, which issues one."));
    }
  }

  private void mustBeOverTheAir() throws Failure, OperatorFailure {
    if (!Files.exists(home.directory().resolve("fleet.bin")) || !home.trust().exists()) {
      throw new Failure(
          ExitCode.HERE,
          "There is no vault in " + home.directory() + ".",
          "Start one with coffer up --home " + home.directory() + ", or name another with --home.");
    }
  }

  /** Lets clients of this vault accept the TLS certificates of all its fleets' nodes. */
  private void joinAuthorities() throws Failure, IOException {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    for (VaultHome.Member member : home.members()) {
      all.write(Files.readAllBytes(member.home().resolve("ca.pem")));
    }
    Path joined = home.directory().resolve("client-ca.pem");
    AtomicFile.replace(joined, all.toByteArray(), AtomicFile.Access.OWNER);
    FleetAddress address = FleetAddress.read(home.directory());
    new FleetAddress(address.pin(), address.nodes(), joined).write(home.directory());
  }
}
