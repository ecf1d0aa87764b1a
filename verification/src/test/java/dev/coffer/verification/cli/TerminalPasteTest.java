package dev.coffer.verification.cli;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Pastes into the real command at a real terminal, which util-linux's {@code script} makes: a paste
 * of several lines is taken whole, and nothing of it is left for the shell behind the command.
 */
@Tag("long")
class TerminalPasteTest {
  private static final String DIGITS = "00112233 44556677 8899aabb ccddeeff\n".repeat(2);
  private static final String CHECK = "    check: 46 6a 0e 5c 18 79 5c dd\n";

  @TempDir private Path directory;

  @BeforeEach
  void tools() throws Exception {
    boolean there = true;
    for (String tool : List.of("script --version", "stty --version")) {
      there &= installed(tool.split(" "));
    }
    if (!there) {
      System.out.println("SKIPPED: no pastes into a terminal: util-linux's script is not here");
    }
    assumeTrue(there, "util-linux's script is not here");
  }

  private boolean installed(String... command) throws InterruptedException {
    try {
      return new ProcessBuilder(command)
              .redirectOutput(directory.resolve("version").toFile())
              .start()
              .waitFor()
          == 0;
    } catch (IOException e) {
      return false;
    }
  }

  /** What the terminal shows when a command was started and text pasted, and what was left over. */
  private String pasted(String command, String text) throws Exception {
    String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
    String path =
        System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
    Path program = directory.resolve("program");
    Files.writeString(
        program,
        String.join(
            "\n",
            "export CLASSPATH='" + path + "'",
            "export HOME='" + directory + "' XDG_CONFIG_HOME='" + directory + "'",
            java
                + " -XX:+UseSerialGC --enable-native-access=ALL-UNNAMED dev.coffer.cli.Main "
                + command,
            "echo \"exit $?\"",
            "stty -icanon min 0 time 0",
            "echo \"left over: [$(cat)]\"",
            ""));
    Process process =
        new ProcessBuilder("script", "-qec", "sh " + program, "/dev/null")
            .redirectErrorStream(true)
            .start();
    try (OutputStream keyboard = process.getOutputStream()) {
      StringBuilder seen = new StringBuilder();
      // Nobody pastes before he is asked.
      while (!seen.toString().endsWith(": ")) {
        int octet = process.getInputStream().read();
        assertTrue(octet >= 0, seen.toString());
        seen.append((char) octet);
      }
      keyboard.write(text.getBytes(StandardCharsets.UTF_8));
      keyboard.flush();
      seen.append(new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8));
      process.waitFor();
      return seen.toString();
    }
  }

  private String keyUse(String device) {
    return "key use --home " + directory + " --account alice --device " + directory.resolve(device);
  }

  @Test
  void aPasteOfThreeLinesIsOneKey() throws Exception {
    String shown = pasted(keyUse("a"), DIGITS + CHECK);
    assertTrue(shown.contains("This device has the key of alice."), shown);
    assertTrue(shown.contains("exit 0"), shown);
    assertTrue(shown.contains("left over: []"), shown);
    assertFalse(shown.contains("8899"), shown);
  }

  @Test
  void whatComesBehindTheKeyDoesNotReachTheShell() throws Exception {
    String shown = pasted(keyUse("b"), DIGITS + CHECK + "another line\nand 8899 without its end");
    assertTrue(shown.contains("These are not the digits of a key."), shown);
    assertTrue(shown.contains("left over: []"), shown);
    assertFalse(shown.contains("8899"), shown);
  }
}
