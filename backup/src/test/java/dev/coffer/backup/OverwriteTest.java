package dev.coffer.backup;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.coffer.backup.RestoreOptions.Overwrite;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is there already stays, or is replaced, as was asked for; and it is known before. */
class OverwriteTest {
  @TempDir private Path home;
  private Sandbox sandbox;
  private Path back;

  /** Restored once; then two files differ, by content and by size, a link leads elsewhere. */
  @BeforeEach
  void fill() throws Exception {
    sandbox = new Sandbox(home.toRealPath());
    sandbox.write("same", Sandbox.prose(1, 500));
    sandbox.write("content", Sandbox.prose(2, 500));
    sandbox.write("size", Sandbox.prose(3, 500));
    Files.createLink(sandbox.data.resolve("zz other name"), sandbox.data.resolve("content"));
    Files.createSymbolicLink(sandbox.data.resolve("link"), Path.of("same"));
    sandbox.backup();
    back = home.resolve("back");
    sandbox.restore("back");
    Files.delete(back.resolve("zz other name"));
    Files.write(back.resolve("zz other name"), Sandbox.prose(9, 500));
    Files.write(back.resolve("content"), Sandbox.prose(10, 500));
    Files.write(back.resolve("size"), Sandbox.prose(11, 400));
    Files.delete(back.resolve("link"));
    Files.createSymbolicLink(back.resolve("link"), Path.of("/etc/passwd"));
    Files.write(back.resolve("mine"), Sandbox.prose(12, 400));
  }

  private RestoreReport restore(Overwrite overwrite) throws BackupException {
    RestoreOptions options = RestoreOptions.standard().withOverwrite(overwrite);
    return sandbox.open().restore(Optional.empty(), back, options, ProgressListener.NONE);
  }

  private RestoreReport rehearse(Overwrite overwrite) throws BackupException {
    RestoreOptions options = RestoreOptions.standard().withOverwrite(overwrite);
    return sandbox.open().rehearse(Optional.empty(), back, options);
  }

  private static List<String> subjects(List<Problem> problems) {
    return problems.stream().map(Problem::subject).sorted().toList();
  }

  private void assertBack() throws Exception {
    Files.delete(back.resolve("mine"));
    Files.setLastModifiedTime(back, Files.getLastModifiedTime(sandbox.data));
    assertEquals(Sandbox.describe(sandbox.data), Sandbox.describe(back));
    assertEquals(
        Files.readAttributes(back.resolve("content"), "unix:ino"),
        Files.readAttributes(back.resolve("zz other name"), "unix:ino"));
  }

  @Test
  void neverLeavesAllAlone() throws Exception {
    String before = Sandbox.describe(back);
    RestoreReport rehearsed = rehearse(Overwrite.NEVER);
    assertEquals(List.of("content", "size", "zz other name"), subjects(rehearsed.problems()));
    assertEquals(before, Sandbox.describe(back), "a rehearsal writes nothing");
    RestoreReport report = restore(Overwrite.NEVER);
    assertEquals(List.of("content", "link", "size", "zz other name"), subjects(report.problems()));
    assertEquals(0, report.filesRestored());
    assertEquals(1, report.filesPresent());
    assertEquals("/etc/passwd", Files.readSymbolicLink(back.resolve("link")).toString());
  }

  @Test
  void changedReplacesWhatDiffersAndNothingElse() throws Exception {
    Object same = Files.getAttribute(back.resolve("same"), "unix:ino");
    RestoreReport rehearsed = rehearse(Overwrite.CHANGED);
    assertEquals(3, rehearsed.filesRestored());
    assertEquals(1000, rehearsed.bytesRestored());
    RestoreReport report = restore(Overwrite.CHANGED);
    assertEquals(List.of(), report.problems());
    assertEquals(3, report.filesRestored());
    assertEquals(4, report.filesReplaced(), "the link too");
    assertEquals(1, report.filesPresent());
    assertEquals(same, Files.getAttribute(back.resolve("same"), "unix:ino"), "not written again");
    assertTrue(Files.exists(back.resolve("mine")), "what the backup never had stays");
    assertBack();
  }

  @Test
  void alwaysReplacesAll() throws Exception {
    Object same = Files.getAttribute(back.resolve("same"), "unix:ino");
    assertEquals(4, rehearse(Overwrite.ALWAYS).filesRestored());
    RestoreReport report = restore(Overwrite.ALWAYS);
    assertEquals(List.of(), report.problems());
    assertFalse(same.equals(Files.getAttribute(back.resolve("same"), "unix:ino")));
    assertBack();
  }

  /** What a link leads to is never written, nor a directory with what is in it removed. */
  @Test
  void linksAreReplacedNotFollowedAndDirectoriesStay() throws Exception {
    Path elsewhere = Files.write(home.resolve("elsewhere"), Sandbox.prose(20, 100));
    Files.delete(back.resolve("size"));
    Files.createSymbolicLink(back.resolve("size"), elsewhere);
    Files.delete(back.resolve("same"));
    Files.createDirectories(back.resolve("same/with/content"));
    RestoreReport report = restore(Overwrite.ALWAYS);
    assertEquals(List.of("same"), subjects(report.problems()));
    assertTrue(Files.isDirectory(back.resolve("same/with/content")));
    assertTrue(Files.isRegularFile(back.resolve("size"), LinkOption.NOFOLLOW_LINKS));
    assertEquals(100, Files.size(elsewhere));
  }

  @Test
  void aRehearsalDoesNotEvenMakeTheDirectory() throws Exception {
    Path fresh = home.resolve("fresh");
    RestoreReport report =
        sandbox.open().rehearse(Optional.empty(), fresh, RestoreOptions.standard());
    assertEquals(4, report.filesRestored());
    assertEquals(1500, report.bytesRestored());
    assertFalse(Files.exists(fresh));
  }
}
