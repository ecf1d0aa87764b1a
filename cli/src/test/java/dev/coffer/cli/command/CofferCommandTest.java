package dev.coffer.cli.command;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.coffer.cli.Session;
import dev.coffer.cli.terminal.Screen;
import dev.coffer.cli.vault.Deployment;
import dev.coffer.client.port.Pause;
import dev.coffer.protocol.crypto.Randomness;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Map;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** Output that nobody can read is not success. */
class CofferCommandTest {
  @TempDir private Path directory;

  /** Takes some octets and then no more, as a full disk does, or a pipe that nobody reads. */
  private static final class Full extends OutputStream {
    private int left;

    private Full(int left) {
      this.left = left;
    }

    @Override
    public void write(int octet) throws IOException {
      if (left-- <= 0) {
        throw new IOException("no space left");
      }
    }
  }

  private int run(Screen screen, String... args) {
    return run(screen, Deployment.ELSEWHERE, args);
  }

  private int run(Screen screen, Deployment deployment, String... args) {
    Session session =
        new Session(
            screen,
            Map.of("XDG_CONFIG_HOME", directory.toString()),
            directory,
            Clock.systemUTC(),
            Randomness.system(),
            Pause.blocking(),
            deployment);
    return CofferCommand.run(session, args);
  }

  private static Screen screen(OutputStream out, OutputStream said) {
    return new Screen(
        new PrintStream(out, true, StandardCharsets.UTF_8),
        new PrintStream(said, true, StandardCharsets.UTF_8));
  }

  @Test
  void outputThatCannotBeWrittenIsNotSuccess() {
    for (int octets : new int[] {0, 1, 20}) {
      for (String[] args : new String[][] {{}, {"help"}, {"--version"}, {"key", "--help"}}) {
        ByteArrayOutputStream words = new ByteArrayOutputStream();
        Screen screen = screen(new Full(octets), words);
        assertEquals(10, run(screen, args), String.join(" ", args) + octets);
        String said = words.toString(StandardCharsets.UTF_8);
        assertTrue(said.contains("Standard output does not take"), said);
      }
    }
    assertEquals(
        0, run(screen(OutputStream.nullOutputStream(), OutputStream.nullOutputStream()), "help"));
  }

  @CommandLine.Command(name = "greedy")
  private static final class Greedy implements Callable<Integer> {
    @Override
    public Integer call() {
      throw new OutOfMemoryError("Java heap space");
    }
  }

  @Test
  void tooLittleMemoryIsASentence() {
    Deployment deployment =
        new Deployment() {
          @Override
          public void extend(CommandLine tree, Session session) {
            tree.addSubcommand(new Greedy());
          }
        };
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ByteArrayOutputStream words = new ByteArrayOutputStream();
    assertEquals(10, run(screen(out, words), deployment, "greedy"));
    String said = words.toString(StandardCharsets.UTF_8);
    assertTrue(said.contains("memory of this process was not enough: at most "), said);
    assertTrue(said.contains("COFFER_JAVA_OPTS=-Xmx4g"), said);
    assertFalse(said.contains("\tat "), said);
    assertEquals(2, said.lines().count(), said);
  }

  @Test
  void aFailureKeepsItsOwnExitCode() {
    Screen screen = screen(new Full(0), OutputStream.nullOutputStream());
    assertEquals(2, run(screen, "frobnicate", "--json"));
  }
}
