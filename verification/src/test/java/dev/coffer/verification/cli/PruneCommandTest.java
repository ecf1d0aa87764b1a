package dev.coffer.verification.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Backups that somebody removes by their names. */
class PruneCommandTest {
  private static final String DIGITS =
      "00112233 44556677 8899aabb ccddeeff 00112233 44556677 8899AABB ccddeeff 46 6a 0e 5c 18 79 5c dd";

  @TempDir private Path home;
  private CommandLineUser ada;

  @BeforeEach
  void make() throws Exception {
    ada = CommandLineUser.of(home, "ada");
    ada.run(List.of(DIGITS), "key", "use").exits(0);
    Files.createDirectory(home.resolve("photos"));
    for (int i = 0; i < 3; i++) {
      Files.writeString(home.resolve("photos/" + i), "picture " + i);
      ada.run("backup", home.resolve("photos").toString()).exits(0);
    }
  }

  /** Names, newest first. */
  private List<String> names() {
    return Pattern.compile("^[0-9]{8}T[0-9]{6}Z-[0-9a-f]{64}$", Pattern.MULTILINE)
        .matcher(ada.run("snapshots").out())
        .results()
        .map(found -> found.group())
        .toList();
  }

  @Test
  void oneGoesAndNoOther() {
    List<String> all = names();
    ada.run("prune", "--remove", all.get(1), "--dry-run").exits(0).says("remove").says("2 files");
    ada.run(List.of("n"), "prune", "--remove", all.get(1)).exits(130).warns("Nothing was done.");
    assertEquals(all, names());
    ada.run("prune", "--remove", all.get(1), "--yes", "--json")
        .exits(0)
        .says("\"removed\":[\"" + all.get(1) + "\"]");
    assertEquals(List.of(all.get(0), all.get(2)), names());
    ada.run("prune", "--remove", "1999").exits(5).warns("No backup's name begins like that.");
    ada.run("prune", "--remove", "", "--yes").exits(2).warns("The name of a backup is empty.");
    ada.run("prune", "--remove", "2").exits(2).warns("Several backups begin like that");
  }

  @Test
  void theFullestIsAskedForAndTheNewestIsNotCalledHidden() {
    List<String> all = names();
    ada.run(List.of("y"), "prune", "--remove", all.get(0), "--remove", all.get(1))
        .exits(0)
        .warns("No other of the same sources holds as much.");
    assertFalse(ada.run("snapshots").exits(0).err().contains("does not show"));
    ada.run("restore", home.resolve("back").toString()).exits(0).says("Restored 1 file");
  }

  /** It is in the way of all rules: a user has to get rid of it. */
  @Test
  void oneThatCannotBeReadGoesByItsName() throws Exception {
    String damaged = names().get(1);
    Path file = home.resolve("cloud/ada/snapshots").resolve(damaged);
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
      channel.truncate(100);
    }
    ada.run("check").exits(11).says("coffer prune --remove ID");
    ada.run("prune").exits(1).warns(damaged).warns("coffer prune --remove ID");
    ada.run("prune", "--remove", damaged, "--yes").exits(0).says("cannot be read");
    ada.run("prune").exits(0).says("Kept 2 backups");
    ada.run("check", "--read").exits(0).says("sound");
  }
}
