package dev.coffer.cli.command;

import dev.coffer.notary.operator.OperatorFailure;
import dev.coffer.notary.operator.OperatorPolicies;
import dev.coffer.transparency.trust.PolicyHistory;
import dev.coffer.transparency.trust.TrustPolicy;
import java.io.IOException;
import java.nio.file.Path;
import picocli.CommandLine.Option;

/** Whose keys count. */
final class PolicyOption {
  @Option(
      names = "--policy",
      required = true,
      paramLabel = "FILE",
      description = "The trust policy that names log and witnesses, with its roots' signatures.")
  private Path policy = Path.of("");

  /** All versions that lie beside it, each verified by the one before. */
  PolicyHistory history() throws OperatorFailure, IOException {
    return OperatorPolicies.history(policy);
  }

  /** The version that counts. */
  TrustPolicy newest() throws OperatorFailure, IOException {
    return OperatorPolicies.newest(policy);
  }
}
