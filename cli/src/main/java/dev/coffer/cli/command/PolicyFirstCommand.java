package dev.coffer.cli.command;

import dev.coffer.cli.ExitCode;
import dev.coffer.cli.Failure;
import dev.coffer.cli.Session;
import dev.coffer.notary.operator.PolicyDraft;
import dev.coffer.protocol.codec.Bytes;
import dev.coffer.transparency.note.KeyName;
import dev.coffer.transparency.note.VerifierKey;
import dev.coffer.transparency.text.Refused;
import dev.coffer.transparency.tlog.Policy;
import dev.coffer.transparency.trust.TrustPolicy;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code coffer policy first}. */
@CommandLine.Command(
    name = "first",
    description = {
      "Make version 1 of a vault's trust policy, unsigned: what its apps compile in.",
      "Roots, operator, notary, log and witnesses each make a key of their own, and give the public"
          + " half as coffer policy key prints it."
    })
final class PolicyFirstCommand extends Command {
  private static final long A_WEEK = 7 * 86_400L;

  @Parameters(paramLabel = "DRAFT", description = "The file to make.")
  private Path draft = Path.of("");

  @Option(
      names = "--namespace",
      required = true,
      paramLabel = "NAME",
      description = "The vault's name, such as vault.example/app.")
  private String namespace = "";

  @Option(
      names = "--operator",
      required = true,
      paramLabel = "VERIFIER",
      description = "The operator's key.")
  private String operator = "";

  @Option(
      names = "--notary",
      required = true,
      paramLabel = "VERIFIER",
      description = "The notary's key.")
  private String notary = "";

  @Option(
      names = "--root",
      required = true,
      paramLabel = "VERIFIER",
      description = "All roots, one option each; five are usual.")
  private List<String> roots = new ArrayList<>();

  @Option(
      names = "--root-threshold",
      paramLabel = "K",
      description = "How many of them decide (default: ${DEFAULT-VALUE}).")
  private int threshold = 3;

  @Option(
      names = "--max-age-hard",
      paramLabel = "SECONDS",
      description = "Age of a checkpoint at which clients refuse it (default: ${DEFAULT-VALUE}).")
  private long hard = TrustPolicy.MAX_AGE_HARD;

  @Option(
      names = "--max-age-soft",
      paramLabel = "SECONDS",
      description = "Age of a checkpoint at which clients say so (default: ${DEFAULT-VALUE}).")
  private long soft = TrustPolicy.MAX_AGE_SOFT;

  @Option(
      names = "--announce",
      paramLabel = "SECONDS",
      description =
          "How long a fleet is announced before it is active (default: ${DEFAULT-VALUE}; 0 in"
              + " development alone).")
  private long announce = A_WEEK;

  @Option(
      names = "--log-policy",
      required = true,
      paramLabel = "FILE",
      description =
          "The log with its address, its witnesses and their quorum (c2sp.org/tlog-policy).")
  private Path logPolicy = Path.of("");

  PolicyFirstCommand(Session session) {
    super(session);
  }

  @Override
  protected ExitCode run() throws Failure, IOException {
    try {
      List<VerifierKey> keys = new ArrayList<>();
      for (String root : roots) {
        keys.add(VerifierKey.parse(root));
      }
      TrustPolicy first =
          new TrustPolicy(
              KeyName.parse(namespace),
              1,
              TrustPolicy.NO_PREV,
              threshold,
              keys,
              VerifierKey.parse(operator),
              VerifierKey.parse(notary),
              hard,
              soft,
              announce,
              Policy.parse(Bytes.wrap(Files.readAllBytes(logPolicy))));
      // Read as everyone will read it, so that nobody signs what nobody accepts.
      PolicyDraft made =
          new PolicyDraft(Optional.empty(), TrustPolicy.parse(first.text()), List.of());
      made.write(draft.toAbsolutePath());
      made.next().text().lines().forEach(line -> speech().result("  " + line));
      PolicyCommand.tell(speech(), made);
      speech().say("Every root looks at it and signs: coffer policy sign " + draft + ".");
      return ExitCode.OK;
    } catch (Refused e) {
      throw new Failure(
          ExitCode.USAGE,
          "This would be no trust policy: " + e.what() + ".",
          "Write keys as coffer policy key prints them; nobody has two roles.");
    }
  }
}
