package dev.coffer.cli.command;

import dev.coffer.ceremony.record.SshKeygen;
import dev.coffer.cli.ExitCode;
import dev.coffer.cli.Failure;
import dev.coffer.cli.Session;
import dev.coffer.cli.home.FleetAddress;
import dev.coffer.cli.home.TrustHome;
import dev.coffer.cli.home.VaultHome;
import dev.coffer.evidence.Audit;
import dev.coffer.evidence.Expectations;
import dev.coffer.evidence.Finding.Outcome;
import dev.coffer.evidence.PublicKeyPem;
import dev.coffer.notary.operator.OperatorFailure;
import dev.coffer.notary.operator.OperatorPolicies;
import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.codec.Limits;
import dev.coffer.protocol.fleet.FleetId;
import dev.coffer.protocol.fleet.HsmIdentity;
import dev.coffer.protocol.json.JsonWriter;
import dev.coffer.transparency.text.LowerHex;
import dev.coffer.transparency.text.Refused;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Option;

/** {@code coffer audit fleet}. */
@CommandLine.Command(
    name = "fleet",
    description = {
      "Check the evidence of a fleet, claim by claim: PASS, FAIL, or SKIP with what it would take to check it.",
      "Exit codes: 0 nothing failed, 8 something did. What was skipped is not known to hold."
    })
final class AuditFleetCommand extends Command {
  private static final int PEM_MAX = 4 << 10;

  @Option(
      names = "--offline",
      required = true,
      paramLabel = "DIR",
      description = "The package, as coffer evidence make writes it; nothing is fetched.")
  private Path directory = Path.of("");

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
      description = "An HSM image that you built, to compare its program with the one in the HSMs.")
  private @Nullable Path image;

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
          "A fleet's home: what its clients pin is expected, and its trust policy and bundle if it has them.")
  private @Nullable Path usedBy;

  @Option(
      names = "--ssh-keygen",
      paramLabel = "PROGRAM",
      description = "The program that verifies people's signatures (default: ${DEFAULT-VALUE}).")
  private String program = "ssh-keygen";

  AuditFleetCommand(Session session) {
    super(session);
  }

  @Override
  protected ExitCode run() throws Failure, OperatorFailure, IOException {
    if (!Files.isDirectory(directory)) {
      throw new Failure(
          ExitCode.USAGE, "There is no directory " + directory + ".", "Name the package's.");
    }
    Audit audit = Audit.of(directory, new SshKeygen(program), expectations());
    tell(audit);
    return audit.clean() ? ExitCode.OK : ExitCode.UNTRUSTED;
  }

  private Expectations expectations() throws Failure, OperatorFailure, IOException {
    return new Expectations(
        expectedSigner(), expectedFleet(), Optional.ofNullable(image), expectedBundle());
  }

  private Optional<Bytes> expectedSigner() throws Failure, OperatorFailure, IOException {
    if (signer == null) {
      Optional<Path> first = policies();
      return first.isEmpty()
          ? Optional.empty()
          : Optional.of(OperatorPolicies.newest(first.get()).operator().publicKey());
    }
    if (!Files.isRegularFile(signer)) {
      throw new Failure(ExitCode.USAGE, "There is no key " + signer + ".", "Name a PEM file.");
    }
    try (InputStream in = Files.newInputStream(signer)) {
      return Optional.of(PublicKeyPem.parse(Bytes.wrap(in.readNBytes(PEM_MAX))));
    } catch (Refused e) {
      throw new Failure(
          ExitCode.USAGE,
          signer + " holds no Ed25519 public key.",
          "Write it with openssl pkey -pubout.");
    }
  }

  /** The trust policy to start from. */
  private Optional<Path> policies() {
    Optional<TrustHome> trust =
        Optional.ofNullable(usedBy).map(TrustHome::in).filter(TrustHome::exists);
    return Optional.ofNullable(policy).or(() -> trust.map(TrustHome::policy));
  }

  private Optional<Path> handedOut() {
    Optional<Path> ofHome =
        Optional.ofNullable(usedBy)
            .map(VaultHome::bundle)
            .filter(folder -> Files.exists(folder.resolve("fleet.note")));
    return Optional.ofNullable(bundle).or(() -> ofHome);
  }

  private Optional<FleetId> expectedFleet() throws Failure {
    if (fleet == null) {
      return usedBy == null
          ? Optional.empty()
          : Optional.of(FleetAddress.read(usedBy.toAbsolutePath()).pin());
    }
    try {
      return Optional.of(new FleetId(LowerHex.parse(fleet, Limits.DIGEST, "fleet")));
    } catch (Refused e) {
      throw new Failure(
          ExitCode.USAGE, "This is no fleet's id.", "Give 64 hexadecimal digits in lower case.");
    }
  }

  private Optional<Expectations.Logged> expectedBundle()
      throws Failure, OperatorFailure, IOException {
    Optional<Path> folder = handedOut();
    if (folder.isEmpty()) {
      return Optional.empty();
    }
    if (policies().isEmpty()) {
      throw new Failure(
          ExitCode.USAGE,
          "A bundle is checked under a trust policy.",
          "Name the one that apps start from with --policy.");
    }
    return Optional.of(
        new Expectations.Logged(
            BundleSource.read(folder.get()),
            BundleSource.anchor(policies().get()),
            session().clock().instant().getEpochSecond()));
  }

  private void tell(Audit audit) {
    List<JsonWriter> claims = new ArrayList<>();
    audit
        .findings()
        .forEach((claim, finding) -> {
          speech()
              .result(
                  "%s  %s: %s (%s)"
                      .formatted(finding.outcome(), claim.word(), claim.says(), finding.why()));
          claims.add(
              new JsonWriter()
                  .put("claim", claim.word())
                  .put("says", claim.says())
                  .put("outcome", finding.outcome().name())
                  .put("why", finding.why()));
        });
    int passed = audit.with(Outcome.PASS).size();
    int failed = audit.with(Outcome.FAIL).size();
    int skipped = audit.with(Outcome.SKIP).size();
    speech()
        .result("%d claims passed, %d failed, %d skipped".formatted(passed, failed, skipped) + ".");
    JsonWriter line =
        new JsonWriter()
            .put("clean", audit.clean())
            .put("passed", passed)
            .put("failed", failed)
            .put("skipped", skipped)
            .putAll("claims", claims);
    audit.fleet().ifPresent(found -> line.put("fleet", found.id().value().hex()));
    speech().result(line);
    if (audit.fleet().stream().flatMap(f -> f.hsms().stream()).anyMatch(HsmIdentity::simulated)) {
      speech().warn("HSMs of this fleet say SIMULATED: it is for rehearsals alone.");
    }
  }
}
