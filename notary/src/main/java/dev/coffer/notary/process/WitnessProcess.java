package dev.coffer.notary.process;

import dev.coffer.notary.witness.WitnessConfig;
import dev.coffer.notary.witness.WitnessServer;
import dev.coffer.notary.witness.WitnessedLog;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Set;

/**
 * {@code --config FILE}: a witness. Settings: home, name, key (a file of mode 600), listen, and one
 * line {@code log = } with the verifier key of each log, whose name is its origin.
 */
public final class WitnessProcess {
  private WitnessProcess() {}

  /** Runs until SIGTERM. */
  public static void main(String[] arguments) {
    ServerProcess.run("coffer-witness", arguments, file -> WitnessServer.start(config(file)));
  }

  /** Reads the settings. */
  public static WitnessConfig config(Path file) throws IOException {
    ConfigFile in = ConfigFile.read(file, Set.of("home", "name", "key", "listen"), Set.of("log"));
    return new WitnessConfig(
        in.path("home"),
        in.keyName("name"),
        in.key("key"),
        in.verifiers("log").stream().map(WitnessedLog::of).toList(),
        in.listen("listen"),
        Clock.systemUTC());
  }
}
