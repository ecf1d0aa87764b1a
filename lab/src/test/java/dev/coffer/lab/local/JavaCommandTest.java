package dev.coffer.lab.local;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What the programs that the lab starts say of themselves. */
class JavaCommandTest {
  private static List<List<String>> commands() {
    // A command that opens the terminal, as all do, and ends.
    List<String> words = List.of("status", "--nothing-of-this-name");
    return List.of(JavaCommand.service(NodeLife.BRIEF, words), JavaCommand.load(words));
  }

  @ParameterizedTest
  @MethodSource("commands")
  void theVirtualMachineHasNothingToSay(List<String> command) throws Exception {
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    try {
      // Its end waits for its standard input's, which is open until here.
      String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      assertTrue(said.contains("coffer status"), said);
      assertTrue(said.lines().noneMatch(line -> line.startsWith("WARNING")), said);
      assertEquals(2, process.waitFor());
    } finally {
      process.destroyForcibly();
    }
  }
}
