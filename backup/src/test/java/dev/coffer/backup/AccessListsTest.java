package dev.coffer.backup;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Access control lists are not kept: that is counted, and nobody gets more without them. */
class AccessListsTest {
  private static final BackupOptions OPTIONS =
      BackupOptions.standard().withAccessLists(AccessListsTest::ofName);

  @TempDir private Path home;
  private Sandbox sandbox;

  private static OptionalInt ofName(byte[] path, boolean directory) {
    String text = new String(path, StandardCharsets.UTF_8);
    return text.startsWith("/")
            && text.matches(".*/(listed|gr\u00fc\u00dfe)")
            && directory == text.endsWith("data/listed")
        ? OptionalInt.of(0740)
        : OptionalInt.empty();
  }

  private static int mode(Path file) throws Exception {
    return (int) Files.getAttribute(file, "unix:mode") & 07777;
  }

  @BeforeEach
  void make() throws Exception {
    sandbox = new Sandbox(home.toRealPath());
    for (String name : List.of("a/listed", "listed/gr\u00fc\u00dfe", "plain")) {
      Files.setAttribute(sandbox.write(name, Sandbox.prose(1, 20)), "unix:mode", 0664);
    }
    Files.setAttribute(sandbox.data.resolve("listed"), "unix:mode", 01775);
  }

  private static void assertOne(List<Problem> notices, String first, int count) {
    assertEquals(List.of(Problem.Kind.ACCESS_LIST), notices.stream().map(Problem::kind).toList());
    assertEquals(first, notices.get(0).subject());
    assertTrue(notices.get(0).sentence().endsWith(": " + count), notices.toString());
  }

  @Test
  void areCountedByBackupAndRestoreAndTheModeGivesNoMore() throws Exception {
    for (int night = 0; night < 2; night++) {
      // The second one reads nothing again, and says it all the same.
      BackupReport report = sandbox.open().backup(sandbox.data, OPTIONS, ProgressListener.NONE);
      assertEquals(List.of(), report.problems());
      assertEquals(0, report.snapshot().omitted(), "nothing is missing");
      assertOne(report.notices(), "a/listed", 3);
      RestoreReport restored = sandbox.restore("back" + night);
      assertEquals(List.of(), restored.problems());
      assertEquals(List.of(), restored.omitted());
      assertOne(restored.notices(), "a/listed", 3);
      Path back = home.resolve("back" + night);
      assertEquals(01740, mode(back.resolve("listed")));
      assertEquals(0640, mode(back.resolve("a/listed")));
      assertEquals(0640, mode(back.resolve("listed/gr\u00fc\u00dfe")));
      assertEquals(0664, mode(back.resolve("plain")), "without a list as it was");
    }
  }

  @Test
  void aPartARehearsalAndAnArchiveCountTheirOwn() throws Exception {
    SnapshotId id =
        sandbox.open().backup(sandbox.data, OPTIONS, ProgressListener.NONE).snapshot().id();
    RestoreOptions part = RestoreOptions.standard().withWanted(path -> path.startsWith("listed"));
    assertOne(
        sandbox.open().rehearse(Optional.of(id), home.resolve("back"), part).notices(),
        "listed",
        2);
    assertOne(
        sandbox
            .open()
            .restore(Optional.of(id), home.resolve("back"), part, ProgressListener.NONE)
            .notices(),
        "listed",
        2);
    assertOne(
        sandbox.open().writeTar(id, path -> true, OutputStream.nullOutputStream()).notices(),
        "a/listed",
        3);
    List<String> listed = new ArrayList<>();
    sandbox.open().list(id, entry -> listed.add(entry.path()));
    assertEquals(
        List.of(".", "a", "a/listed", "listed", "listed/gr\u00fc\u00dfe", "plain"),
        listed,
        "each once");
  }
}
