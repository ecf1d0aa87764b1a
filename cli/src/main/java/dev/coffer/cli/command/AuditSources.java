package dev.coffer.cli.command;

import dev.coffer.cli.ExitCode;
import dev.coffer.cli.Failure;
import dev.coffer.cli.Session;
import dev.coffer.cli.home.FleetAddress;
import dev.coffer.cli.home.RehearsalHome;
import dev.coffer.cli.home.TrustHome;
import dev.coffer.cli.home.VaultHome;
import dev.coffer.cli.terminal.Output;
import dev.coffer.cli.vault.StatusCall;
import dev.coffer.client.port.VaultTransport;
import dev.coffer.evidence.EvidenceSummary;
import dev.coffer.evidence.Expectations;
import dev.coffer.evidence.PublicKeyPem;
import dev.coffer.notary.http.Fetch;
import dev.coffer.notary.log.RemoteLog;
import dev.coffer.notary.operator.LogAudit;
import dev.coffer.notary.operator.OperatorFailure;
import dev.coffer.notary.operator.OperatorPolicies;
import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.codec.Limits;
import dev.coffer.protocol.codec.Rejected;
import dev.coffer.protocol.fleet.FleetId;
import dev.coffer.protocol.outcome.FleetDelivery;
import dev.coffer.transparency.bundle.BundleDelivery;
import dev.coffer.transparency.text.LowerHex;
import dev.coffer.transparency.text.Refused;
import dev.coffer.transparency.trust.PolicyHistory;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** What an audit of a fleet goes by: a package, what is known from elsewhere, nodes and log. */
class AuditSources {
  private static final int PEM_MAX = 4 << 10;
  private static final Duration DEADLINE = Duration.ofSeconds(30);

  /** The image that this program was started with, and the source tree that both were built of. */
  private static final String IMAGE = "coffer.hsm.image";

  private static final String SOURCE = "coffer.source";

  @Option(
      names = "--evidence",
      paramLabel = "DIR",
      description =
          "The package, as coffer evidence make writes it (default: evidence in the home of --used-by; otherwise in"
              + " that of --home, or, if no option names a fleet, in that of the newest rehearsal).")
  private @Nullable Path evidence;

  @Option(
      names = "--offline",
      paramLabel = "DIR",
      description = "The same, and nothing is fetched: neither nodes nor the log are asked.")
  private @Nullable Path offline;

  @Option(
      names = "--signer",
      paramLabel = "FILE",
      description =
          "The public key that is to have signed it, a PEM file from elsewhere (default: the operator's of --policy).")
  private @Nullable Path signer;

  @Option(
      names = "--fleet",
      paramLabel = "ID",
      description = "The fleet that your app pins or uses, 64 hexadecimal digits.")
  private @Nullable String fleet;

  @Option(
      names = "--image",
      paramLabel = "DIR",
      description =
          "An HSM image that you built, to compare its program with the one in the HSMs (default: the one of the"
              + " source tree that this command was built from and runs in).")
  private @Nullable Path image;

  @Option(
      names = "--rebuild",
      paramLabel = "SOURCE",
      description =
          "In place of --image: a clone of the source, or an address that git knows. The commit that the package names"
              + " is built from it anew, which takes minutes.")
  private @Nullable String rebuild;

  @Option(
      names = "--policy",
      paramLabel = "FILE",
      description = "The trust policy that apps start from.")
  private @Nullable Path policy;

  @Option(
      names = "--bundle",
      paramLabel = "DIR",
      description =
          "A directory with fleet.note, fleet.tlog-proof and trust-policies, as nodes hand them out. Needs --policy.")
  private @Nullable Path bundle;

  @Option(
      names = "--used-by",
      paramLabel = "DIR",
      description =
          "A fleet's home: what its clients pin is expected, its nodes are asked, and its trust policy and bundle"
              + " count if it has them.")
  private @Nullable Path usedBy;

  @Mixin private RevokedOption revoked = new RevokedOption();

  @Mixin private HomeOption where = new HomeOption();

  /** Whether packages are named elsewhere: then no home is looked into, and no node is asked. */
  boolean elsewhere() {
    return false;
  }

  /** The first option that is about one fleet alone, with what to name in its place. */
  final Optional<String> ofOneFleet() {
    if (evidence != null || offline != null) {
      return Optional.of("--evidence or --offline: name each package with --package");
    }
    if (usedBy != null) {
      return Optional.of("--used-by: name what it holds with --policy and --bundle");
    }
    if (fleet != null) {
      return Optional.of("--fleet: a package shows itself of which fleet it is");
    }
    return rebuild == null
        ? Optional.empty()
        : Optional.of("--rebuild: build it with rebuild.sh and name it with --image");
  }

  private Optional<Path> named() {
    return Optional.ofNullable(offline).or(() -> Optional.ofNullable(evidence));
  }

  /** The home to look into where nothing was named. */
  private Optional<Path> home(Session session) {
    if (usedBy != null || elsewhere() || named().isPresent()) {
      return Optional.ofNullable(usedBy).map(Path::toAbsolutePath);
    }
    Path own = where.home(session);
    return Files.exists(VaultHome.evidence(own))
        ? Optional.of(own)
        : rehearsal(session).map(newest -> newest.site(1));
  }

  /** The newest, which is used only where nobody said a word of any fleet. */
  private Optional<RehearsalHome> rehearsal(Session session) {
    boolean anchored = policy != null || bundle != null || fleet != null || signer != null;
    boolean told = anchored || usedBy != null || where.given();
    boolean own = Files.exists(VaultHome.evidence(where.home(session)));
    return told || elsewhere() || named().isPresent() || own
        ? Optional.empty()
        : RehearsalHome.newest(session);
  }

  /** Says that nobody named the package that is looked at. */
  void warnOfRehearsal(Session session, Output speech) {
    if (rehearsal(session).isPresent()) {
      speech.warn("This is the newest rehearsal, by its own key: name a fleet's with --home.");
    }
  }

  /** Where the package is. */
  Path directory(Session session) throws Failure {
    Path directory =
        named()
            .or(() -> home(session).map(VaultHome::evidence))
            .orElseThrow(() ->
                new Failure(
                    ExitCode.USAGE,
                    "No package of evidence is named, and none is in " + where.home(session) + ".",
                    "Name it with --evidence DIR, or make one to look at with coffer ceremony"
                        + " rehearse."));
    if (!Files.isDirectory(directory)) {
      throw new Failure(
          ExitCode.USAGE, "There is no directory " + directory + ".", "Name the package's.");
    }
    return directory;
  }

  /** What the package is compared with. */
  Expectations expectations(Session session, Output speech)
      throws Failure, OperatorFailure, IOException, InterruptedException {
    return new Expectations(
            expectedSigner(session),
            elsewhere() ? Optional.empty() : expectedFleet(session),
            builtImage(session, speech),
            expectedBundle(session),
            challenge(session))
        .on(new Expectations.Today(session.clock().instant(), revoked.lists()));
  }

  private Optional<Expectations.Challenge> challenge(Session session) throws Failure, IOException {
    Optional<FleetAddress> nodes = nodes(session);
    return nodes.isEmpty()
        ? Optional.empty()
        : Optional.of(
            new Expectations.Challenge(
                session.randomness().bytes(Limits.DIGEST), new StatusCall(nodes.get())));
  }

  /** Those that may be asked. */
  private Optional<FleetAddress> nodes(Session session) throws Failure {
    return offline != null || elsewhere()
        ? Optional.empty()
        : address(session).filter(there -> Files.isRegularFile(there.authority()));
  }

  private Optional<Path> builtImage(Session session, Output speech)
      throws Failure, IOException, InterruptedException {
    if (rebuild != null) {
      Path directory = directory(session);
      String commit =
          EvidenceSummary.commit(directory)
              .orElseThrow(() ->
                  new Failure(
                      ExitCode.FAILED,
                      "The package in " + directory + " does not say which commit was built.",
                      "Build what you were told with rebuild.sh, and name it with --image."));
      // Its build is a program, which whoever made the package chose.
      speech.say("Building commit " + commit + " of " + rebuild + ", which takes minutes.");
      return Optional.of(Rebuilding.image(rebuild, commit));
    }
    if (image == null && System.getProperty(SOURCE) != null) {
      return Optional.ofNullable(System.getProperty(IMAGE))
          .map(Path::of)
          .filter(Files::isDirectory);
    }
    return Optional.ofNullable(image);
  }

  private Optional<Bytes> expectedSigner(Session session)
      throws Failure, OperatorFailure, IOException {
    Optional<Path> key =
        Optional.ofNullable(signer)
            .or(() -> rehearsal(session).map(RehearsalHome::operatorPublicKey));
    if (key.isEmpty()) {
      Optional<PolicyHistory> known = policies(session);
      return known.map(history -> history.newest().operator().publicKey());
    }
    if (!Files.isRegularFile(key.get())) {
      throw new Failure(ExitCode.USAGE, "There is no key " + key.get() + ".", "Name a PEM file.");
    }
    try (InputStream in = Files.newInputStream(key.get())) {
      return Optional.of(PublicKeyPem.parse(Bytes.wrap(in.readNBytes(PEM_MAX))));
    } catch (Refused e) {
      throw new Failure(
          ExitCode.USAGE,
          key.get() + " holds no Ed25519 public key.",
          "Write it with openssl pkey -pubout.");
    }
  }

  /** The trust policies, from the one that apps start from. */
  Optional<PolicyHistory> policies(Session session) throws OperatorFailure, IOException {
    Optional<Path> first =
        Optional.ofNullable(policy)
            .or(() ->
                home(session).map(TrustHome::in).filter(TrustHome::exists).map(TrustHome::policy));
    return first.isEmpty() ? Optional.empty() : Optional.of(OperatorPolicies.history(first.get()));
  }

  private Optional<FleetId> expectedFleet(Session session) throws Failure {
    if (fleet == null) {
      Optional<FleetAddress> address = address(session);
      return address.map(FleetAddress::pin);
    }
    try {
      return Optional.of(new FleetId(LowerHex.parse(fleet, Limits.DIGEST, "fleet")));
    } catch (Refused e) {
      throw new Failure(
          ExitCode.USAGE, "This is no fleet's id.", "Give 64 hexadecimal digits in lower case.");
    }
  }

  private Optional<FleetAddress> address(Session session) throws Failure {
    Optional<Path> home = home(session);
    // One that was named has to be a fleet's; a package may lie in any other by itself.
    return home.isEmpty() || (usedBy == null && !FleetAddress.mayBeIn(home.get()))
        ? Optional.empty()
        : Optional.of(FleetAddress.read(home.get()));
  }

  /** The bundle that lists the fleet, if there is one. */
  Optional<Expectations.Logged> expectedBundle(Session session)
      throws Failure, OperatorFailure, IOException {
    Optional<PolicyHistory> policies = policies(session);
    Optional<BundleDelivery> delivery =
        bundle == null ? handedOut(session) : Optional.of(BundleSource.read(bundle));
    if (delivery.isEmpty()) {
      return Optional.empty();
    }
    if (policies.isEmpty()) {
      if (bundle == null) {
        // It is pinned: its nodes hand out a bundle with nothing in it.
        return Optional.empty();
      }
      throw new Failure(
          ExitCode.USAGE,
          "A bundle is checked under a trust policy.",
          "Name the one that apps start from with --policy.");
    }
    return Optional.of(
        new Expectations.Logged(
            delivery.get(),
            policies.get().policies().get(0),
            session.clock().instant().getEpochSecond()));
  }

  /** By the first node that answers; by the files in the home if none does. */
  private Optional<BundleDelivery> handedOut(Session session) throws Failure, IOException {
    Optional<Path> home = home(session);
    if (home.isEmpty()) {
      return Optional.empty();
    }
    Optional<FleetAddress> nodes = nodes(session);
    Optional<BundleDelivery> answered =
        nodes.isEmpty() ? Optional.empty() : asked(nodes.get().transport());
    if (answered.isPresent()) {
      return answered;
    }
    Path folder = VaultHome.bundle(home.get());
    return Files.exists(folder.resolve("fleet.note"))
        ? Optional.of(BundleSource.read(folder))
        : Optional.empty();
  }

  private static Optional<BundleDelivery> asked(VaultTransport nodes) {
    for (int turn = 0; turn < Limits.HSMS_MAX; turn++) {
      if (nodes.bundle(turn) instanceof VaultTransport.Answered answered) {
        try {
          return Optional.of(BundleDelivery.of(FleetDelivery.decode(answered.body())));
        } catch (Rejected e) {
          // This one says nothing; the next may.
        }
      }
    }
    return Optional.empty();
  }

  /**
   * Every epoch of the log; empty if nothing is fetched or nobody said which log.
   *
   * @throws IOException if it cannot be read now
   */
  Optional<LogAudit.Report> walk(Session session)
      throws OperatorFailure, IOException, InterruptedException, Refused {
    Optional<PolicyHistory> policies = policies(session);
    if (offline != null || policies.isEmpty()) {
      return Optional.empty();
    }
    try (Fetch fetch = new Fetch(DEADLINE)) {
      RemoteLog log = new RemoteLog(fetch, OperatorPolicies.logAddress(policies.get().newest()));
      return Optional.of(LogAudit.run(policies.get(), log, Optional.empty()));
    }
  }
}
