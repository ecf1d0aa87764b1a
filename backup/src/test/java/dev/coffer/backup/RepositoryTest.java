package dev.coffer.backup;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.coffer.backup.folder.FolderStore;
import dev.coffer.backup.local.Sha256;
import dev.coffer.backup.repository.Repository;
import dev.coffer.protocol.crypto.SecretBytes;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Clock;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a user sees: back up, change, back up, restore. */
@Tag("long")
class RepositoryTest {
  @TempDir Path home;
  Sandbox sandbox;

  @BeforeEach
  void make() throws Exception {
    sandbox = new Sandbox(home);
  }

  @Test
  void restoresWhatWasBackedUp() throws Exception {
    sandbox.fill();
    BackupReport report = sandbox.backup();
    assertEquals(List.of(), report.problems());
    assertEquals(73, report.files());
    RestoreReport restored = sandbox.restore("back");
    assertEquals(List.of(), restored.problems());
    assertEquals(73, restored.filesRestored());
    assertEquals(Sandbox.describe(sandbox.data), Sandbox.describe(home.resolve("back")));
  }

  @Test
  void worksTheSameOnSeveralThreads() throws Exception {
    sandbox.fill();
    ExecutorService threads = Executors.newFixedThreadPool(3);
    try {
      sandbox
          .open(FolderStore.at(sandbox.repo), threads)
          .backup(sandbox.data, ProgressListener.NONE);
      Repository repository = sandbox.open(FolderStore.at(sandbox.repo), threads);
      RestoreReport restored =
          repository.restore(Optional.empty(), home.resolve("back"), ProgressListener.NONE);
      assertEquals(List.of(), restored.problems());
      assertEquals(Sandbox.describe(sandbox.data), Sandbox.describe(home.resolve("back")));
    } finally {
      threads.shutdownNow();
    }
  }

  @Test
  void readsNothingAndSendsNothingWhenNothingChanged() throws Exception {
    sandbox.fill();
    sandbox.backup();
    BackupReport again = sandbox.backup();
    assertEquals(73, again.filesUnchanged());
    assertEquals(0, again.bytesRead());
    assertEquals(0, again.objectsStored());
    assertEquals(2, sandbox.open().snapshots().snapshots().size());
  }

  @Test
  void sendsOnePageWhenOnePageOfALargeFileChanged() throws Exception {
    sandbox.fill();
    sandbox.backup();
    Path database = sandbox.data.resolve("large/database.sqlite");
    byte[] content = Files.readAllBytes(database);
    content[BackupLimits.PAGE + 5] ^= 1;
    Files.write(database, content);
    BackupReport again = sandbox.backup();
    assertEquals(72, again.filesUnchanged());
    assertEquals(content.length, again.bytesRead());
    // The page and the page of the file list that names it.
    assertEquals(2, again.objectsStored());
    assertTrue(
        again.bytesStored() < BackupLimits.PAGE + BackupLimits.PAGE / 8,
        "stored " + again.bytesStored());
    sandbox.restore("back");
    assertEquals(Sandbox.describe(sandbox.data), Sandbox.describe(home.resolve("back")));
  }

  @Test
  void sendsNoContentAgainWhenFilesWereMovedOrTouched() throws Exception {
    sandbox.fill();
    sandbox.backup();
    Files.move(sandbox.data.resolve("small"), sandbox.data.resolve("moved"));
    Files.move(sandbox.data.resolve("large/text"), sandbox.data.resolve("text"));
    BackupReport again = sandbox.backup();
    assertEquals(1, again.objectsStored(), "only the file list");
    sandbox.restore("back");
    assertEquals(Sandbox.describe(sandbox.data), Sandbox.describe(home.resolve("back")));
  }

  @Test
  void restoresAnyOldSnapshot() throws Exception {
    sandbox.write("file", Sandbox.prose(1, 1000));
    SnapshotId first = sandbox.backup().snapshot().id();
    String before = Sandbox.describe(sandbox.data);
    sandbox.write("file", Sandbox.prose(2, 1000));
    sandbox.backup();
    sandbox.open().restore(Optional.of(first), home.resolve("back"), ProgressListener.NONE);
    assertEquals(before, Sandbox.describe(home.resolve("back")));
  }

  @Test
  void refusesAnotherKey() throws Exception {
    sandbox.fill();
    sandbox.backup();
    sandbox.k[0] ^= 1;
    BackupException refused = assertThrows(BackupException.class, sandbox::open);
    assertEquals(BackupException.Reason.WRONG_KEY, refused.reason());
  }

  @Test
  void leavesOtherFilesAlone() throws Exception {
    sandbox.write("a", Sandbox.prose(1, 100));
    sandbox.write("b", Sandbox.prose(2, 100));
    sandbox.backup();
    Path back = Files.createDirectories(home.resolve("back"));
    Files.writeString(back.resolve("a"), "mine");
    RestoreReport report = sandbox.restore("back");
    assertEquals(1, report.problems().size());
    assertEquals(Problem.Kind.CONFLICT, report.problems().get(0).kind());
    assertEquals("a", report.problems().get(0).subject());
    assertEquals("mine", Files.readString(back.resolve("a")));
    assertTrue(Files.exists(back.resolve("b")));
  }

  @Test
  void leavesItselfOut() throws Exception {
    sandbox.write("a", Sandbox.prose(1, 100));
    FolderStore inside = FolderStore.at(sandbox.data.resolve("the backup"));
    BackupReport report = sandbox.open(inside).backup(sandbox.data, ProgressListener.NONE);
    assertEquals(1, report.files());
    assertFalse(report.partial());
    assertEquals(Problem.Kind.REPOSITORY_SKIPPED, report.notices().get(0).kind());
  }

  @Test
  void readsAFileAgainThatWasWrittenWhileTheBackupRan() throws Exception {
    Path file = sandbox.write("file", Sandbox.prose(1, 100));
    Clock now = Clock.systemUTC();
    Repository.open(FolderStore.at(sandbox.repo), sandbox.key(), now, Runnable::run)
        .backup(sandbox.data, ProgressListener.NONE);
    // The file is as old as the snapshot: a second write in the same tick of the file system would
    // look the same.
    BackupReport again =
        Repository.open(FolderStore.at(sandbox.repo), sandbox.key(), now, Runnable::run)
            .backup(sandbox.data, ProgressListener.NONE);
    assertEquals(0, again.filesUnchanged());
    assertEquals(Files.size(file), again.bytesRead());
  }

  @Test
  void survivesARestoreOverAFinishedRestore() throws Exception {
    sandbox.fill();
    sandbox.backup();
    sandbox.restore("back");
    RestoreReport again = sandbox.restore("back");
    assertEquals(List.of(), again.problems());
    assertEquals(0, again.bytesRestored());
    assertEquals(73, again.filesPresent());
    assertEquals(Sandbox.describe(sandbox.data), Sandbox.describe(home.resolve("back")));
  }

  @Test
  void continuesALargeFileFromItsLastGoodPage() throws Exception {
    byte[] content = Sandbox.noise(5, 5 * BackupLimits.PAGE);
    sandbox.write("large", content);
    sandbox.backup();
    sandbox.restore("back");
    Path finished = home.resolve("back/large");
    Path partial = home.resolve("back/.coffer-restore-" + partialHash("large"));
    Files.move(finished, partial);
    try (var channel = java.nio.channels.FileChannel.open(partial, StandardOpenOption.WRITE)) {
      channel.truncate(3L * BackupLimits.PAGE + 17);
    }
    RestoreReport again = sandbox.restore("back");
    assertEquals(List.of(), again.problems());
    assertEquals(2L * BackupLimits.PAGE, again.bytesRestored());
    assertTrue(Arrays.equals(content, Files.readAllBytes(finished)));
  }

  private static String partialHash(String path) {
    byte[] hash = Sha256.digest().digest(path.getBytes(java.nio.charset.StandardCharsets.UTF_8));
    return dev.coffer.protocol.codec.Bytes.wrap(hash).hex().substring(0, 16);
  }

  @Test
  void keepsKeysOutOfText() {
    try (SecretBytes k = SecretBytes.copyOf(sandbox.k);
        BackupKey key = BackupKey.derive(k)) {
      assertEquals("BackupKey[redacted]", key.toString());
    }
  }
}
