package dev.coffer.backup;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.codec.Label;
import dev.coffer.protocol.crypto.Hashes;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
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
  void bringsBackFurtherNamesAndSaysWhatIsMissing() throws Exception {
    Path first = sandbox.write("a/first", Sandbox.noise(1, 1000));
    Files.createLink(sandbox.data.resolve("b"), first);
    Files.createDirectories(sandbox.data.resolve("keys"));
    sandbox
        .open()
        .backup(
            sandbox.data,
            BackupOptions.standard()
                .withAccessLists((path, directory) ->
                    new String(path, StandardCharsets.UTF_8).endsWith("/a/first")
                        ? OptionalInt.of(0700)
                        : OptionalInt.empty())
                .withLeaveOut(Map.of(sandbox.data.toRealPath().resolve("keys"), "keys")),
            ProgressListener.NONE);
    ToolRun run = run("sh");
    assertEquals(0, run.exit());
    assertEquals(
        "not in the backup, or not as it was: keys (LEFT_OUT)\n"
            + "had an access control list or capabilities, which a backup does not keep: 1 entries\n",
        run.errors());
    assertEquals(
        Files.readAttributes(home.resolve("back/a/first"), "unix:ino"),
        Files.readAttributes(home.resolve("back/b"), "unix:ino"));
  }

  @Test
  void restoresSeveralSources() throws Exception {
    sandbox.fill();
    List<Path> sources =
        List.of(sandbox.data.resolve("small"), sandbox.data.resolve("names/with space"));
    sandbox.open().backup(sources, BackupOptions.standard(), ProgressListener.NONE);
    ToolRun run = run("sh");
    assertEquals("", run.errors());
    assertEquals(0, run.exit());
    Path back = home.resolve("back");
    assertEquals(Sandbox.describe(sources.get(0)), Sandbox.describe(back.resolve("small")));
    assertEquals(
        Sandbox.describe(sources.get(1)), Sandbox.describe(back.resolve("names/with space")));
    assertFalse(Files.exists(back.resolve("large")));
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

  private String modified(String name) throws Exception {
    Path file = home.resolve("back").resolve(name);
    return new String(
            ToolRun.of(home, "stat", "-c", "%.9Y", file.toString()).output(),
            StandardCharsets.US_ASCII)
        .strip();
  }

  @Test
  void timesBefore1970ComeBack() throws Exception {
    List<String> times = List.of("-1.250000000", "-86399.000000001", "-2.000000000", "1.500000000");
    for (String time : times) {
      Path file = sandbox.write("at" + time, Sandbox.prose(1, 10));
      ToolRun.of(home, "touch", "-d", "@" + time, file.toString());
    }
    sandbox.backup();
    assertEquals(0, run("sh").exit());
    for (String time : times) {
      assertEquals(time, modified("at" + time));
    }
  }

  @Test
  void wholeSecondsDoWhereTouchTakesNoFraction() throws Exception {
    Path file = sandbox.write("old", Sandbox.prose(1, 10));
    ToolRun.of(home, "touch", "-d", "@1000.750000000", file.toString());
    sandbox.backup();
    Path bin = Files.createDirectories(home.resolve("bin"));
    Path busy = bin.resolve("touch");
    Files.writeString(
        busy, "#!/bin/sh\ncase $2 in *.*) exit 1 ;; esac\nPATH=${PATH#*:} exec touch \"$@\"\n");
    Files.setPosixFilePermissions(busy, PosixFilePermissions.fromString("rwx------"));
    ToolRun run =
        ToolRun.any(
            home,
            keyFile,
            "sh",
            "-c",
            "PATH=$0:$PATH exec sh \"$@\"",
            bin.toString(),
            SCRIPT.toString(),
            sandbox.repo.toString(),
            home.resolve("back").toString());
    assertEquals(0, run.exit(), run.errors());
    assertEquals("1000.000000000", modified("old"));
  }

  /** What coffer key show prints. */
  private String shown() {
    byte[] k = sandbox.k;
    StringBuilder check = new StringBuilder();
    for (int group = 0; group < 8; group++) {
      Bytes part = Bytes.copyOf(k).slice(4 * group, 4 * group + 4);
      Bytes hash = Hashes.sha256(Label.KEY_CHECKSUM.tuple().field(group).field(part));
      check.append(' ').append(hash.slice(0, 1).hex());
    }
    String digits = Bytes.copyOf(k).hex();
    return "    "
        + digits.substring(0, 32).replaceAll("(.{8})", "$1 ")
        + "\n    "
        + digits.substring(32).replaceAll("(.{8})", "$1 ")
        + "\n    check:"
        + check
        + "\n";
  }

  @Test
  void takesTheKeyAsItIsShown() throws Exception {
    sandbox.write("file", Sandbox.prose(1, 1000));
    sandbox.backup();
    Files.writeString(keyFile, shown());
    ToolRun run = run("sh");
    assertEquals(0, run.exit(), run.errors());
    assertTrue(Files.exists(home.resolve("back/file")));
  }

  @Test
  void namesTheGroupThatDoesNotMatchItsCheck() throws Exception {
    sandbox.write("file", Sandbox.prose(1, 1000));
    sandbox.backup();
    String shown = shown();
    String last = shown.substring(shown.length() - 3);
    Files.writeString(
        keyFile, shown.substring(0, shown.length() - 3) + (last.equals("00\n") ? "01" : "00"));
    ToolRun run = run("sh");
    assertEquals(1, run.exit());
    assertTrue(run.errors().contains("Group 8"), run.errors());
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
