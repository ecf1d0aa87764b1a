package dev.coffer.cli;

import dev.coffer.cli.terminal.Terminal;
import dev.coffer.cli.vault.Deployment;
import dev.coffer.client.port.Pause;
import dev.coffer.protocol.crypto.Randomness;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Map;

/**
 * The world as one run of the command sees it.
 *
 * @param environment the process environment
 * @param userHome where defaults lie
 * @param deployment what is known of the vaults that commands talk to
 */
public record Session(
    Terminal terminal,
    Map<String, String> environment,
    Path userHome,
    Clock clock,
    Randomness randomness,
    Pause pause,
    Deployment deployment) {
  public Session {
    environment = Map.copyOf(environment);
  }

  /** The real one. */
  public static Session system(Deployment deployment) {
    Map<String, String> environment = System.getenv();
    return new Session(
        Terminal.system(),
        environment,
        userHome(environment, System.getProperty("user.home", ".")),
        Clock.systemUTC(),
        Randomness.system(),
        Pause.blocking(),
        deployment);
  }

  /** What the shell calls the home directory; what the user database says only without that. */
  static Path userHome(Map<String, String> environment, String otherwise) {
    String home = environment.getOrDefault("HOME", "");
    return Path.of(home.startsWith("/") ? home : otherwise);
  }
}
