package dev.coffer.cli.command;

import dev.coffer.notary.http.Fetch;
import dev.coffer.notary.log.LogSource;
import dev.coffer.notary.log.RemoteLog;
import dev.coffer.notary.operator.OperatorFailure;
import dev.coffer.notary.operator.OperatorPolicies;
import dev.coffer.notary.operator.Webhook;
import dev.coffer.transparency.trust.TrustPolicy;
import java.net.URI;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Where the log is. */
final class LogOption {
  @Option(
      names = "--log",
      paramLabel = "URL",
      description = "Where the log is (default: as the policy says).")
  private @Nullable URI log;

  /** Its address. */
  URI address(TrustPolicy trusted) throws OperatorFailure {
    return log == null ? OperatorPolicies.logAddress(trusted) : Webhook.checked(log, "--log");
  }

  /** The log itself, not verified. */
  LogSource open(Fetch fetch, TrustPolicy trusted) throws OperatorFailure {
    return new RemoteLog(fetch, address(trusted));
  }
}
