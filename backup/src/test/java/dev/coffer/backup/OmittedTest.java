package dev.coffer.backup;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A snapshot knows what it lacks. */
@Tag("long")
class OmittedTest {
  @TempDir Path home;

  @Test
  void aRestoreSaysWhatTheBackupNeverHad() throws Exception {
    Sandbox sandbox = new Sandbox(home);
    Path busy = sandbox.write("busy", Sandbox.noise(1, BackupLimits.PAGE + 1));
    sandbox.write("calm", Sandbox.prose(2, 10));
    sandbox.write("lost/file", Sandbox.prose(3, 10));
    Path lost = sandbox.data.resolve("lost");
    int[] changes = new int[1];
    ProgressListener changing =
        progress -> {
          try {
            if (progress.current().isEmpty()) {
              // The same size, another content for all anybody knows: a mixture.
              Files.setLastModifiedTime(
                  busy, FileTime.from(Instant.ofEpochSecond(1_000_000 + changes[0]++)));
            } else if (progress.current().equals("calm")) {
              // A directory that turns into something that cannot be listed as one.
              Files.move(lost, home.resolve("moved"));
              Files.createSymbolicLink(lost, home.resolve("moved"));
            }
          } catch (java.io.IOException e) {
            throw new AssertionError(e);
          }
        };
    BackupReport report = sandbox.open().backup(sandbox.data, changing);
    assertTrue(report.partial());
    assertEquals(List.of("busy"), report.problems().stream().map(Problem::subject).toList());
    RestoreReport restored = sandbox.restore("back");
    assertEquals(List.of(), restored.problems(), "all that the snapshot has is there");
    assertEquals(1, restored.snapshot().problems());
    assertEquals(Problem.Kind.CHANGED_WHILE_READ, restored.omitted().get(0).kind());
    assertEquals("busy", restored.omitted().get(0).subject());
    assertTrue(restored.partial(), "and yet it is not what it should be");
    // A whole backup after it is whole again.
    assertFalse(sandbox.backup().partial());
    RestoreReport whole = sandbox.restore("whole");
    assertFalse(whole.partial());
    assertEquals(List.of(), whole.omitted());
  }
}
