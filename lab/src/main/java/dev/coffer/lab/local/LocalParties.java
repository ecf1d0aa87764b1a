package dev.coffer.lab.local;

import dev.coffer.cli.ExitCode;
import dev.coffer.cli.Failure;
import dev.coffer.cli.Session;
import dev.coffer.cli.home.TrustHome;
import dev.coffer.cli.home.VaultHome;
import dev.coffer.cli.operator.Publisher;
import dev.coffer.notary.http.Fetch;
import dev.coffer.notary.operator.Issuance;
import dev.coffer.notary.operator.OperatorFailure;
import dev.coffer.transparency.bundle.Bundle;
import dev.coffer.transparency.bundle.FleetState;
import dev.coffer.transparency.tlog.Policy;
import dev.coffer.transparency.trust.TrustPolicy;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The servers that a development vault's trust needs, on this machine: a notary, a log and its
 * witnesses. Not thread-safe.
 */
public final class LocalParties {
  private static final Duration POLL = Duration.ofMillis(50);

  /** They answer within a second or two; on a machine that does much else, later. */
  private static final Duration READY_TIMEOUT = Duration.ofMinutes(2);

  private static final int HEALTH_MAX = 1024;

  private final Session session;
  private final VaultHome vault;
  private final Map<String, LocalService> started = new HashMap<>();

  /** For the vault in {@code home}. */
  public LocalParties(Session session, VaultHome vault) {
    this.session = session;
    this.vault = vault;
  }

  /** Makes keys and policy the first time, and starts what does not run. */
  public void start(NodeLife life) throws Failure, OperatorFailure, IOException {
    if (!vault.trust().exists()) {
      TrustFounding.found(session, vault.trust());
    }
    for (LocalService service : services()) {
      start(service, life);
    }
  }

  private void start(LocalService service, NodeLife life) throws IOException {
    service.start(life);
    // A tethered process ends with the pipe that its service holds.
    started.put(service.name(), service);
  }

  /** Each of them, to be kept up. */
  List<VaultKeeper.Part> parts(NodeLife life) throws Failure, OperatorFailure, IOException {
    List<VaultKeeper.Part> parts = new ArrayList<>();
    for (LocalService service : services()) {
      parts.add(
          new VaultKeeper.Part() {
            @Override
            public String name() {
              return "The " + service.name();
            }

            @Override
            public boolean runs() {
              return service.running().isPresent();
            }

            @Override
            public void start() throws IOException {
              LocalParties.this.start(service, life);
            }
          });
    }
    return parts;
  }

  /** Hands the newest bundle, if there is one, to the nodes under the log's newest checkpoint. */
  public void refresh() throws Failure, OperatorFailure, IOException {
    try (Publisher publisher = LocalSigners.publisher(session, vault)) {
      Optional<Issuance.HandedOut> handed = publisher.refresh();
      if (handed.isPresent()) {
        publisher.checkFresh(handed.get());
      }
    }
  }

  /** Waits until they answer, and brings the newest bundle, or a first one, to the nodes. */
  public Bundle publish() throws Failure, OperatorFailure, IOException, InterruptedException {
    awaitReady();
    try (Publisher publisher = LocalSigners.publisher(session, vault)) {
      Optional<Bundle> newest = publisher.refresh().map(Issuance.HandedOut::bundle);
      if (newest.isPresent()) {
        return newest.get();
      }
      VaultHome.Member first = vault.members().get(0);
      return publisher.issue(Map.of(first.fleet().id(), FleetState.ACTIVE)).bundle();
    }
  }

  /** Stops all of them, and returns how many ran. */
  public int stop() throws Failure, OperatorFailure, IOException, InterruptedException {
    int stopped = 0;
    if (vault.trust().exists()) {
      for (LocalService service : services()) {
        stopped += service.running().isPresent() ? 1 : 0;
        service.stop();
      }
    }
    return stopped;
  }

  private List<LocalService> services() throws Failure, OperatorFailure, IOException {
    TrustHome home = vault.trust();
    TrustPolicy policy = vault.policy();
    Policy.Log log = policy.log().logs().get(0);
    List<LocalService> services = new ArrayList<>();
    int number = 0;
    for (Policy.Witness witness : policy.log().witnesses()) {
      number++;
      services.add(
          new LocalService(
              "witness " + number,
              home.witness(number),
              List.of(
                  "witness",
                  "serve",
                  "--dir",
                  home.witness(number).toString(),
                  "--key",
                  home.witnessKey(number).toString(),
                  "--name",
                  witness.key().name().value(),
                  "--policy",
                  home.policy().toString(),
                  "--port",
                  Integer.toString(port(witness.url())))));
    }
    List<String> words =
        new ArrayList<>(
            List.of(
                "log",
                "serve",
                "--dir",
                home.log().toString(),
                "--key",
                home.logKey().toString(),
                "--policy",
                home.policy().toString(),
                "--port",
                Integer.toString(port(log.url()))));
    if (!Files.exists(home.log().resolve("state"))) {
      words.add("--create");
    }
    services.add(new LocalService("log", home.log(), words));
    services.add(new LocalService("notary", home.notary(), notary(home)));
    return services;
  }

  private static List<String> notary(TrustHome home) throws IOException {
    return List.of(
        "notary",
        "serve",
        "--dir",
        home.notary().toString(),
        "--key",
        home.notaryKey().toString(),
        "--audit-key",
        home.notaryAuditKey().toString(),
        "--observe",
        "5",
        "--approvers",
        home.approvers().toString(),
        "--policy",
        home.policy().toString(),
        "--port",
        Integer.toString(URI.create(notaryAddress(home)).getPort()));
  }

  private static String notaryAddress(TrustHome home) throws IOException {
    return Files.readString(home.notaryAddress(), StandardCharsets.US_ASCII).strip();
  }

  private static int port(Optional<String> url) {
    return URI.create(url.orElseThrow()).getPort();
  }

  private void awaitReady() throws Failure, OperatorFailure, IOException, InterruptedException {
    Instant deadline = session.clock().instant().plus(READY_TIMEOUT);
    TrustPolicy policy = vault.policy();
    List<String> addresses = new ArrayList<>();
    policy.log().witnesses().forEach(witness -> witness.url().ifPresent(addresses::add));
    policy.log().logs().get(0).url().ifPresent(addresses::add);
    addresses.add(notaryAddress(vault.trust()));
    // In the same order: witnesses, log, notary.
    List<LocalService> services = services();
    try (Fetch fetch = new Fetch(Duration.ofSeconds(2))) {
      for (int i = 0; i < addresses.size(); i++) {
        while (!healthy(fetch, addresses.get(i))) {
          mayStillAnswer(services.get(i), addresses.get(i), deadline);
          session.pause().await(POLL);
        }
      }
    }
  }

  private void mayStillAnswer(LocalService service, String address, Instant deadline)
      throws Failure {
    if (service.running().isEmpty()) {
      throw new Failure(
          ExitCode.HERE,
          "The " + service.name() + " has stopped; its last words: " + service.lastWords(),
          "Run coffer up again.");
    }
    if (session.clock().instant().isAfter(deadline)) {
      throw new Failure(
          ExitCode.TRY_AGAIN,
          "The "
              + service.name()
              + " runs, and does not answer at "
              + address
              + " for "
              + READY_TIMEOUT.toMinutes()
              + " minutes.",
          "See its serve.out, and whether this machine is too busy; then run coffer up again.");
    }
  }

  private static boolean healthy(Fetch fetch, String address) throws InterruptedException {
    try {
      return fetch.get(URI.create(address + "/healthz"), HEALTH_MAX).status() == 200;
    } catch (IOException e) {
      return false;
    }
  }

  /** Where the log keeps its files. */
  public static Path logFiles(VaultHome vault) {
    return vault.trust().log();
  }
}
