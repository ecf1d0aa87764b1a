package dev.coffer.notary.process;

import dev.coffer.notary.bundle.EvidenceCheck;
import dev.coffer.notary.bundle.NotaryConfig;
import dev.coffer.notary.bundle.NotaryRules;
import dev.coffer.notary.bundle.NotaryServer;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.Set;

/**
 * {@code --config FILE}: a notary. Settings: home, name, key, audit-key (files of mode 600),
 * audit-not-before-millis, listen, namespace, operator (a verifier key), one line {@code approver =
 * } for each person's verifier key, announce-seconds, log (its address), policy (a tlog-policy file
 * that names the log and its witnesses).
 *
 * <p>Evidence is what the two approvers look at: this process does not verify it by itself.
 */
public final class NotaryProcess {
  private NotaryProcess() {}

  /** Runs until SIGTERM. */
  public static void main(String[] arguments) {
    ServerProcess.run(
        "coffer-notary",
        arguments,
        file -> NotaryServer.start(config(file, EvidenceCheck.UNCHECKED)));
  }

  /** Reads the settings. */
  public static NotaryConfig config(Path file, EvidenceCheck evidence) throws IOException {
    Set<String> names =
        Set.of(
            "home",
            "name",
            "key",
            "audit-key",
            "audit-not-before-millis",
            "listen",
            "namespace",
            "operator",
            "announce-seconds",
            "log",
            "policy");
    ConfigFile in = ConfigFile.read(file, names, Set.of("approver"));
    return new NotaryConfig(
        in.path("home"),
        in.keyName("name"),
        in.key("key"),
        in.key("audit-key"),
        in.number("audit-not-before-millis", 0),
        new NotaryRules(
            in.keyName("namespace"),
            in.verifier("operator"),
            in.verifiers("approver"),
            in.number("announce-seconds", 3 * 86_400),
            evidence),
        address(in),
        in.policy("policy")
            .orElseThrow(() -> new IOException("The notary needs a policy that names the log.")),
        in.listen("listen"),
        Duration.ofMinutes(5),
        Clock.systemUTC());
  }

  private static URI address(ConfigFile in) throws IOException {
    try {
      return URI.create(in.text("log"));
    } catch (IllegalArgumentException e) {
      throw new IOException("log is the address of a log: correct it.", e);
    }
  }
}
