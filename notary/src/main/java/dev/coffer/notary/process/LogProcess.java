package dev.coffer.notary.process;

import dev.coffer.notary.bundle.BundleRule;
import dev.coffer.notary.log.LogConfig;
import dev.coffer.notary.log.LogServer;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Set;

/**
 * {@code --config FILE}: a log of bundles. Settings: home, origin, key (a file of mode 600),
 * listen, policy (a tlog-policy file with the witnesses' addresses; none for a log without
 * witnesses), and what it lets in: namespace, operator, notary (verifier keys), announce-seconds.
 */
public final class LogProcess {
  private LogProcess() {}

  /** Runs until SIGTERM. */
  public static void main(String[] arguments) {
    ServerProcess.run("coffer-log", arguments, file -> LogServer.start(config(file)));
  }

  /** Reads the settings. */
  public static LogConfig config(Path file) throws IOException {
    Set<String> names =
        Set.of(
            "home",
            "origin",
            "key",
            "listen",
            "policy",
            "namespace",
            "operator",
            "notary",
            "announce-seconds");
    ConfigFile in = ConfigFile.read(file, names, Set.of());
    return LogConfig.of(
        in.path("home"),
        in.keyName("origin"),
        in.key("key"),
        BundleRule.of(
            in.keyName("namespace"),
            in.verifier("operator"),
            in.verifier("notary"),
            in.number("announce-seconds", 3 * 86_400)),
        in.policy("policy"),
        in.listen("listen"));
  }
}
