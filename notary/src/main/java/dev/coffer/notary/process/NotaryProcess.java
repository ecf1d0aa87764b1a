package dev.coffer.notary.process;

import dev.coffer.notary.bundle.EvidenceCheck;
import dev.coffer.notary.bundle.NotaryConfig;
import dev.coffer.notary.bundle.NotaryRules;
import dev.coffer.notary.bundle.NotaryServer;
import dev.coffer.protocol.codec.Bytes;
import dev.coffer.transparency.text.Refused;
import dev.coffer.transparency.trust.TrustPolicy;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.Set;

/**
 * {@code --config FILE}: a notary. Settings: home, name, key, audit-key (files of mode 600),
 * audit-not-before-millis, listen, one line {@code approver = } for each person's verifier key, log
 * (its address), trust-policy (the file with its roots' signatures, which names namespace,
 * operator, the log and its witnesses).
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
            "log",
            "trust-policy");
    ConfigFile in = ConfigFile.read(file, names, Set.of("approver"));
    TrustPolicy policy = policy(in);
    return new NotaryConfig(
        in.path("home"),
        in.keyName("name"),
        in.key("key"),
        in.key("audit-key"),
        in.number("audit-not-before-millis", 0),
        NotaryRules.of(policy, in.verifiers("approver"), evidence),
        address(in),
        policy.log(),
        in.listen("listen"),
        Duration.ofMinutes(5),
        Clock.systemUTC());
  }

  private static TrustPolicy policy(ConfigFile in) throws IOException {
    Path file = in.path("trust-policy");
    try {
      if (Files.size(file) > TrustPolicy.SIZE_MAX) {
        throw new IOException(file + " is longer than a trust policy can be.");
      }
      return TrustPolicy.openFirst(Bytes.wrap(Files.readAllBytes(file)));
    } catch (Refused e) {
      throw new IOException(file + " is no trust policy that holds: " + e.what(), e);
    }
  }

  private static URI address(ConfigFile in) throws IOException {
    try {
      return URI.create(in.text("log"));
    } catch (IllegalArgumentException e) {
      throw new IOException("log is the address of a log: correct it.", e);
    }
  }
}
