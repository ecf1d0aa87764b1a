package dev.coffer.cli.command;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.coffer.cli.Session;
import dev.coffer.cli.terminal.Screen;
import dev.coffer.cli.vault.Deployment;
import dev.coffer.client.port.Pause;
import dev.coffer.evidence.SamplePackage;
import dev.coffer.protocol.crypto.Randomness;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What options of an audit, and of what is published of it, mean together. */
class EvidenceOptionsTest {
  @TempDir private Path directory;
  private final ByteArrayOutputStream said = new ByteArrayOutputStream();

  private int run(String... args) {
    said.reset();
    PrintStream out = new PrintStream(said, true, StandardCharsets.UTF_8);
    Session session =
        new Session(
            new Screen(out, out),
            Map.of("XDG_CONFIG_HOME", directory.toString()),
            directory,
            Clock.systemUTC(),
            Randomness.system(),
            Pause.blocking(),
            Deployment.ELSEWHERE);
    return CofferCommand.run(session, args);
  }

  private String said() {
    return said.toString(StandardCharsets.UTF_8);
  }

  /** A package may name any commit, and its build runs: whoever waits knows whose. */
  @Test
  void whichCommitIsBuiltIsSaidBeforeItIs() throws Exception {
    SamplePackage.in(directory);
    String there = directory.resolve("evidence").toString();
    String nowhere = directory.resolve("nowhere").toString();
    assertEquals(1, run("audit", "fleet", "--offline", there, "--rebuild", nowhere));
    int building = said().indexOf("Building commit " + SamplePackage.COMMIT + " of " + nowhere);
    assertTrue(building >= 0, said());
    assertTrue(building < said().indexOf("could not be built again"), said());
  }

  @Test
  void whatIsAboutOneFleetDoesNotGoWithPackages() throws Exception {
    SamplePackage.in(directory);
    String there = directory.resolve("evidence").toString();
    Path site = directory.resolve("site");
    List<String> publish = List.of("evidence", "publish", site.toString(), "--package", there);
    for (List<String> more :
        List.of(
            List.of("--fleet", "00".repeat(32)),
            List.of("--rebuild", there),
            List.of("--evidence", there),
            List.of("--offline", there),
            List.of("--used-by", directory.toString()))) {
      String[] args = Stream.concat(publish.stream(), more.stream()).toArray(String[]::new);
      assertEquals(2, run(args), said());
      assertTrue(said().contains("With --package there is no "), said());
      assertTrue(said().contains(more.getFirst()), said());
      assertTrue(Files.notExists(site), "nothing was written");
    }
  }
}
