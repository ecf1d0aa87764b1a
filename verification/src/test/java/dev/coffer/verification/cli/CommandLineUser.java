package dev.coffer.verification.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.coffer.cli.Session;
import dev.coffer.cli.command.CofferCommand;
import dev.coffer.cli.vault.Deployment;
import dev.coffer.client.port.Pause;
import dev.coffer.lab.command.LocalDeployment;
import dev.coffer.protocol.crypto.Randomness;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Somebody at a keyboard, with one fleet and one device. */
record CommandLineUser(Path home, String account, Path device, Clock clock) {
  private static final int AGAIN_MAX = 10;

  /** What a command did. */
  record Ran(String command, int status, String out, String err) {
    Ran exits(int expected) {
      assertEquals(expected, status, toString());
      return this;
    }

    Ran says(String text) {
      assertTrue(out.contains(text), toString());
      return this;
    }

    Ran warns(String text) {
      assertTrue(err.contains(text), toString());
      return this;
    }

    @Override
    public String toString() {
      return "$ coffer " + command + "\n--- out\n" + out + "--- err\n" + err + "--- exit " + status;
    }
  }

  static CommandLineUser of(Path home, String account) {
    return new CommandLineUser(home, account, home.resolve("client"), Clock.systemUTC());
  }

  /** The same person with a new phone. */
  CommandLineUser on(String newDevice) {
    return new CommandLineUser(home, account, home.resolve("devices").resolve(newDevice), clock);
  }

  /** The same with another clock. */
  CommandLineUser at(Clock other) {
    return new CommandLineUser(home, account, device, other);
  }

  /** Runs a command; {@code typed} answers its prompts. */
  Ran run(List<String> typed, String... words) {
    return run(new LocalDeployment(), typed, words);
  }

  /** The same against a vault that is deployed otherwise. */
  Ran run(Deployment deployment, List<String> typed, String... words) {
    return run(deployment, Map.of("COFFER_HOME", home.toString()), typed, words);
  }

  /** As somebody who has named no fleet. */
  Ran runWithoutHome(String... words) {
    return run(new LocalDeployment(), Map.of(), List.of(), words);
  }

  /** With these variables besides. */
  Ran runWith(Map<String, String> variables, String... words) {
    Map<String, String> all = new HashMap<>(variables);
    all.put("COFFER_HOME", home.toString());
    return run(new LocalDeployment(), all, List.of(), words);
  }

  private Ran run(
      Deployment deployment, Map<String, String> named, List<String> typed, String... words) {
    Map<String, String> environment = new HashMap<>();
    environment.put("COFFER_ACCOUNT", account);
    environment.put("COFFER_DEVICE", device.toString());
    environment.put("COFFER_REPOSITORY", home.resolve("cloud").resolve(account).toString());
    environment.put("XDG_CONFIG_HOME", home.resolve("config").toString());
    environment.putAll(named);
    ScriptedTerminal terminal = new ScriptedTerminal("", typed);
    Session session =
        new Session(
            terminal, environment, home, clock, Randomness.system(), Pause.blocking(), deployment);
    int status = CofferCommand.run(session, words);
    return new Ran(String.join(" ", words), status, terminal.outText(), terminal.errText());
  }

  Ran run(String... words) {
    return run(List.of(), words);
  }

  /** One guess; the same code again, as the command asks, while too few HSMs answer to judge it. */
  Ran recover(String code, String... more) {
    List<String> words = new ArrayList<>(List.of("recover"));
    words.addAll(List.of(more));
    Ran ran = run(List.of(code), words.toArray(String[]::new));
    for (int again = 0; again < AGAIN_MAX && ran.err().contains("Too few HSMs answered"); again++) {
      ran = run(List.of(code), words.toArray(String[]::new));
    }
    return ran;
  }

  /** A new code, typed twice. */
  Ran choose(String command, String code) {
    return run(List.of(code, code), command);
  }
}
