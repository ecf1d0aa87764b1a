package dev.coffer.cli.command;

import dev.coffer.cli.ExitCode;
import dev.coffer.cli.Failure;
import dev.coffer.cli.Session;
import dev.coffer.cli.operator.PackageCheck;
import dev.coffer.notary.bundle.EvidenceCheck;
import dev.coffer.notary.bundle.NotaryConfig;
import dev.coffer.notary.bundle.NotaryServer;
import dev.coffer.notary.http.Fetch;
import dev.coffer.notary.key.KeySource;
import dev.coffer.notary.key.NoteSigner;
import dev.coffer.notary.operator.NotaryAnswer;
import dev.coffer.notary.operator.NotaryLink;
import dev.coffer.notary.operator.OperatorFailure;
import dev.coffer.notary.operator.ProposalReview;
import dev.coffer.notary.server.Servers;
import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.json.JsonWriter;
import dev.coffer.transparency.note.SignatureType;
import dev.coffer.transparency.note.VerifierKey;
import dev.coffer.transparency.text.Refused;
import dev.coffer.transparency.trust.PolicyHistory;
import dev.coffer.transparency.trust.TrustPolicy;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code coffer notary}: signs bundles that follow and that two people approved. */
@CommandLine.Command(
    name = "notary",
    description = "The notary: serve it, or approve what an operator has proposed to it.",
    subcommands = {NotaryCommand.Serve.class, NotaryCommand.Approve.class})
final class NotaryCommand extends CommandGroup {
  private static final Duration DEADLINE = Duration.ofSeconds(30);

  /** {@code coffer notary serve}. */
  @CommandLine.Command(
      name = "serve",
      description =
          "Serve a notary: takes proposals and approvals, follows the log, answers Plexi's clients. Stays until ended.")
  static final class Serve extends Command {
    @Mixin private ServeOptions server = new ServeOptions();

    @Option(
        names = "--audit-key",
        required = true,
        paramLabel = "FILE",
        description = "The private key of the audits that Plexi's clients read, as with --key.")
    private String auditKey = "";

    @Option(
        names = "--audit-not-before",
        paramLabel = "SECONDS",
        defaultValue = "0",
        description = "Since when that key counts, in seconds since 1970 (default: always).")
    private long auditNotBefore;

    @Option(
        names = "--approvers",
        required = true,
        paramLabel = "FILE",
        description = "The public keys of two or more people who approve, a line each.")
    private Path approvers = Path.of("");

    @Option(
        names = "--observe",
        paramLabel = "SECONDS",
        defaultValue = "60",
        description = "How often to look for new leaves (default ${DEFAULT-VALUE}).")
    private long observe = 60;

    @Option(
        names = "--evidence",
        paramLabel = "DIR",
        description =
            "What operators gave you: a directory a fleet, with its package as evidence in it, its fleet.properties and"
                + " its certificate. With it nothing is signed for a fleet whose package does not hold or whose HSMs do"
                + " not answer a challenge; without it your two approvers are all who look.")
    private @Nullable Path evidence;

    @Option(
        names = "--image",
        paramLabel = "DIR",
        description = "An HSM image that you built: with --evidence, HSMs have to run it.")
    private @Nullable Path image;

    @Mixin private LogOption log = new LogOption();

    Serve(Session session) {
      super(session);
    }

    @Override
    protected ExitCode run() throws Failure, OperatorFailure, IOException, InterruptedException {
      TrustPolicy policy = server.policy();
      NotaryConfig config =
          Servers.notary(
              server.directory(),
              server.key(),
              KeyOption.source(auditKey),
              Math.max(0, auditNotBefore) * 1000,
              keys(),
              evidence(policy),
              policy,
              log.address(policy),
              Duration.ofSeconds(Math.max(1, observe)),
              server.listen(),
              session().clock());
      try (NotaryServer served = NotaryServer.start(config)) {
        ServeOptions.stay(session(), "The notary " + policy.notary().name(), served.port());
      }
      return ExitCode.OK;
    }

    private EvidenceCheck evidence(TrustPolicy policy) throws Failure {
      if (evidence == null) {
        return EvidenceCheck.UNCHECKED;
      }
      return PackageCheck.of(evidence, policy, Optional.ofNullable(image), session().randomness());
    }

    private List<VerifierKey> keys() throws Failure, OperatorFailure, IOException {
      List<VerifierKey> keys = new ArrayList<>();
      try {
        for (String line : Files.readAllLines(approvers, StandardCharsets.UTF_8)) {
          keys.add(VerifierKey.parse(line));
        }
        return keys;
      } catch (Refused e) {
        throw new Failure(
            ExitCode.USAGE,
            "A line of " + approvers + " is no public key.",
            "Write one a line: name+hex+base64.");
      }
    }
  }

  /** {@code coffer notary approve}. */
  @CommandLine.Command(
      name = "approve",
      description =
          "Show what a proposal changes, by your own reading of the log, and approve it as one of two people.")
  static final class Approve extends Command {
    @Parameters(
        paramLabel = "HASH",
        description = "The proposal's SHA-256, which the operator tells.")
    private String hash = "";

    @Option(
        names = "--notary",
        required = true,
        paramLabel = "URL",
        description = "Where the notary is.")
    private URI notary = URI.create("");

    @Mixin private KeyOption key = new KeyOption();

    @Mixin private PolicyOption policy = new PolicyOption();

    @Mixin private LogOption log = new LogOption();

    @Mixin private KeyNameOption name = new KeyNameOption();

    @Option(
        names = {"-y", "--yes"},
        description = "Do not ask for confirmation.")
    private boolean yes;

    Approve(Session session) {
      super(session);
    }

    @Override
    protected ExitCode run() throws Failure, OperatorFailure, IOException, InterruptedException {
      Bytes proposal = ProposalHash.parse(hash);
      KeySource own = key.source();
      PolicyHistory policies = policy.history();
      TrustPolicy trusted = policies.newest();
      try (Fetch fetch = new Fetch(DEADLINE)) {
        NotaryLink link = new NotaryLink(fetch, notary);
        String shown =
            link.proposal(proposal)
                .orElseThrow(() ->
                    new Failure(
                        ExitCode.USAGE,
                        "The notary has no such proposal.",
                        "Compare the 64 digits with what the operator told you."));
        ProposalReview review =
            ProposalReview.of(
                proposal,
                shown,
                log.open(fetch, trusted),
                policies,
                session().clock().instant().getEpochSecond());
        review.lines().forEach(speech()::say);
        Confirmation.ask(session(), yes, "Have you checked every key and state above? Approve it?");
        return approve(link, proposal, own);
      }
    }

    private ExitCode approve(NotaryLink link, Bytes proposal, KeySource own)
        throws Failure, OperatorFailure, IOException, InterruptedException {
      try (NoteSigner approver = approver(own)) {
        if (link.approve(proposal, approver) instanceof NotaryAnswer.Objection no) {
          throw new Failure(
              ExitCode.FAILED,
              "The notary refuses this approval: " + no.why() + ".",
              "If your key is on its list, ask the operator to propose again.");
        }
      }
      boolean signed = link.note(proposal).isPresent();
      speech().result(signed ? "Approved, and signed by the notary." : "Approved.");
      speech().result(new JsonWriter().put("proposal", proposal.hex()).put("signed", signed));
      return ExitCode.OK;
    }

    private NoteSigner approver(KeySource own) throws Failure, OperatorFailure, IOException {
      return new NoteSigner(name.name(), SignatureType.ED25519, own.open());
    }
  }
}
