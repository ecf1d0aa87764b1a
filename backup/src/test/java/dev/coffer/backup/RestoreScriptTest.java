package dev.coffer.backup;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.coffer.protocol.codec.Bytes;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Whoever has the 64 digits, a shell, age and gzip gets everything back: docs/restore-with-age.sh,
 * which is none of our code.
 */
@Tag("long")
class RestoreScriptTest {
  private static final Path SCRIPT =
      Path.of("..", "docs", "restore-with-age.sh").toAbsolutePath().normalize();

  @TempDir Path home;
  Sandbox sandbox;
  Path keyFile;

  @BeforeEach
  void make() throws Exception {
    boolean installed = true;
    for (String tool : List.of("sh", "age", "gzip", "sha256sum")) {
      installed &= ToolRun.isInstalled(tool);
    }
    if (!installed) {
      System.out.println(
          "SKIPPED RestoreScriptTest: sh, age, gzip or sha256sum is not installed (Debian: age gzip coreutils)");
    }
    assumeTrue(installed, "stock tools are not installed");
    sandbox = new Sandbox(home);
    keyFile = home.resolve("key");
    // Grouped and with capitals, as a person would have typed it.
    String hex = Bytes.copyOf(sandbox.k).hex().toUpperCase(java.util.Locale.ROOT);
    Files.writeString(keyFile, hex.replaceAll("(.{4})", "$1 ") + "\n");
  }

  private ToolRun run(String shell, String... extra) throws Exception {
    List<String> command =
        new java.util.ArrayList<>(List.of(shell, SCRIPT.toString(), sandbox.repo.toString()));
    command.add(home.resolve("back").toString());
    command.addAll(List.of(extra));
    return ToolRun.any(home, keyFile, command.toArray(new String[0]));
  }

  @Test
  void restoresEverything() throws Exception {
    sandbox.fill();
    sandbox.backup();
    sandbox.write("small/file7", Sandbox.prose(999, 5000));
    sandbox.backup();
    ToolRun run = run("sh");
    assertEquals("", run.errors());
    assertEquals(0, run.exit());
    assertEquals(Sandbox.describe(sandbox.data), Sandbox.describe(home.resolve("back")));
  }

  @Test
  void worksInBashToo() throws Exception {
    assumeTrue(ToolRun.isInstalled("bash"), "bash is not installed");
    sandbox.fill();
    sandbox.backup();
    ToolRun run = run("bash");
    assertEquals(0, run.exit(), run.errors());
    assertEquals(Sandbox.describe(sandbox.data), Sandbox.describe(home.resolve("back")));
  }

  @Test
  void restoresTheRestOfADamagedRepository() throws Exception {
    sandbox.fill();
    BackupReport report = sandbox.backup();
    Path page = DataObjects.of(sandbox, report.snapshot(), "large/database.sqlite").get(1);
    Files.delete(page);
    ToolRun run = run("sh");
    assertEquals(3, run.exit());
    assertTrue(run.errors().contains("large/database.sqlite"), run.errors());
    assertFalse(Files.exists(home.resolve("back/large/database.sqlite")));
    assertTrue(Files.exists(home.resolve("back/small/file59")));
    assertTrue(Files.isSymbolicLink(home.resolve("back/link")));
  }

  @Test
  void fallsBackToAnOlderSnapshotWhenTheNewestIsForged() throws Exception {
    sandbox.write("file", Sandbox.prose(1, 1000));
    BackupReport first = sandbox.backup();
    Path snapshot = sandbox.repo.resolve(first.snapshot().id().path());
    Files.copy(snapshot, sandbox.repo.resolve("snapshots/20980101T000000Z-" + "0".repeat(64)));
    // An old snapshot under a new name, its MAC right.
    Files.copy(
        snapshot,
        sandbox.repo.resolve("snapshots/20990101T000000Z-" + first.snapshot().id().mac()));
    ToolRun run = run("sh");
    assertEquals(3, run.exit());
    assertTrue(run.errors().contains("20980101T000000Z"), run.errors());
    assertTrue(run.errors().contains("20990101T000000Z"), run.errors());
    assertTrue(Files.exists(home.resolve("back/file")));
  }

  @Test
  void refusesAnotherKeyAndAShortOne() throws Exception {
    sandbox.write("file", Sandbox.prose(1, 1000));
    sandbox.backup();
    Files.writeString(keyFile, "00".repeat(32));
    assertEquals(1, run("sh").exit());
    Files.writeString(keyFile, "00".repeat(31));
    ToolRun run = run("sh");
    assertEquals(1, run.exit());
    assertTrue(run.errors().contains("62 digits"), run.errors());
  }
}
