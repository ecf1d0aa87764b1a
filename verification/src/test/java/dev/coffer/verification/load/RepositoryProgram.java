package dev.coffer.verification.load;

import dev.coffer.backup.BackupException;
import dev.coffer.backup.BackupKey;
import dev.coffer.backup.BackupReport;
import dev.coffer.backup.CheckDepth;
import dev.coffer.backup.CheckReport;
import dev.coffer.backup.ProgressListener;
import dev.coffer.backup.PruneReport;
import dev.coffer.backup.RestoreReport;
import dev.coffer.backup.RetentionPolicy;
import dev.coffer.backup.folder.FolderStore;
import dev.coffer.backup.repository.Repository;
import dev.coffer.protocol.codec.Invariant;
import dev.coffer.protocol.crypto.SecretBytes;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.jspecify.annotations.Nullable;

/**
 * What a repository of many files costs: seconds and the most memory that the process ever had, for
 * each thing that is done with it. Arguments: a folder that is not there yet, and is removed at the
 * end; how many files.
 */
public final class RepositoryProgram {
  private static final int IN_A_FOLDER = 1000;
  private static final int CHANGED_PER = 100;
  private static final int LINKED_PER = 10;
  private static final Instant START = Instant.parse("2030-01-02T03:04:05Z");
  private static final RetentionPolicy LAST_ONLY =
      new RetentionPolicy(1, 0, 0, 0, 0, ZoneOffset.UTC, RetentionPolicy.GRACE_MIN);

  private final PrintStream out = System.out;
  private final Path home;
  private final int files;
  private final ExecutorService executor = Executors.newFixedThreadPool(2);

  private RepositoryProgram(Path home, int files) {
    this.home = home;
    this.files = files;
  }

  /** One thing that is done. */
  private interface Step {
    String run() throws BackupException, IOException;
  }

  public static void main(String[] args) throws IOException, BackupException {
    Path home = Files.createDirectory(Path.of(args[0]));
    RepositoryProgram program = new RepositoryProgram(home, Integer.parseInt(args[1]));
    try (SecretBytes k = SecretBytes.wrap(new byte[32]);
        BackupKey key = BackupKey.derive(k)) {
      program.run(key);
    } finally {
      program.executor.shutdownNow();
      remove(home);
    }
  }

  /** Folder by folder: so many paths do not fit into the memory that is measured. */
  private static void remove(Path home) throws IOException {
    Files.walkFileTree(
        home,
        new SimpleFileVisitor<Path>() {
          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
              throws IOException {
            Files.delete(file);
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult postVisitDirectory(Path folder, @Nullable IOException failure)
              throws IOException {
            Files.delete(folder);
            return FileVisitResult.CONTINUE;
          }
        });
  }

  private void run(BackupKey key) throws IOException, BackupException {
    out.println("seconds  peak MiB  " + files + " files");
    step(() -> "made " + write(0, 1));
    step(() -> {
      BackupReport report = open(key, 0).backup(data(), ProgressListener.NONE);
      Invariant.check(report.problems().isEmpty() && report.files() == files, "backed up");
      return "first backup, objects: " + report.objectsStored();
    });
    write(1, CHANGED_PER);
    step(() -> {
      BackupReport report = open(key, 1).backup(data(), ProgressListener.NONE);
      Invariant.check(report.problems().isEmpty() && report.files() == files, "backed up");
      return "backup again, unchanged: " + report.filesUnchanged();
    });
    step(() -> "check" + checked(key, CheckDepth.PRESENCE, 2));
    step(() -> "check --read" + checked(key, CheckDepth.CONTENT, 2));
    step(() -> {
      PruneReport report = open(key, 3).prune(LAST_ONLY);
      Invariant.check(report.removed().size() == 1, "one snapshot is old");
      return "prune, condemned: " + report.objectsCondemned();
    });
    step(() -> "prune two days later, deleted: " + open(key, 51).prune(LAST_ONLY).objectsDeleted());
    step(() -> "check --read" + checked(key, CheckDepth.CONTENT, 52));
    step(() -> {
      RestoreReport report =
          open(key, 53).restore(Optional.empty(), home.resolve("back"), ProgressListener.NONE);
      Invariant.check(report.problems().isEmpty() && report.filesRestored() == files, "restored");
      return "restore, files: " + report.filesRestored();
    });
  }

  private Path data() {
    return home.resolve("data");
  }

  private Repository open(BackupKey key, int hours) throws BackupException {
    Clock clock = Clock.fixed(START.plus(Duration.ofHours(hours)), ZoneOffset.UTC);
    return Repository.open(FolderStore.at(home.resolve("repository")), key, clock, executor);
  }

  private String checked(BackupKey key, CheckDepth depth, int hours) throws BackupException {
    CheckReport report = open(key, hours).check(depth, ProgressListener.NONE);
    Invariant.check(!report.damaged(), "sound");
    return ", objects: " + report.objects();
  }

  /** Writes every {@code step}-th file; how many. */
  private int write(long seed, int step) throws IOException {
    int written = 0;
    for (int file = 0; file < files; file += step) {
      Random random = new Random(seed << 32 | file);
      byte[] content = new byte[20 + random.nextInt(400)];
      random.nextBytes(content);
      Path folder = data().resolve("folder" + file / IN_A_FOLDER);
      if (file % IN_A_FOLDER == 0) {
        Files.createDirectories(folder);
      }
      Path place = folder.resolve("file" + file);
      int half = files / 2;
      if (file >= half && file % LINKED_PER == LINKED_PER / 2) {
        // Another name of a file that came long before.
        Path first = data().resolve("folder" + (file - half) / IN_A_FOLDER);
        Files.createLink(place, first.resolve("file" + (file - half)));
      } else {
        Files.write(place, content);
      }
      written++;
    }
    return written;
  }

  private void step(Step step) throws IOException, BackupException {
    long started = System.nanoTime();
    String what = step.run();
    out.printf("%7.1f  %8d  %s%n", (System.nanoTime() - started) / 1e9, peak(), what);
  }

  /** MiB that the process had at most, as Linux counts them; 0 elsewhere. */
  private static long peak() throws IOException {
    Path status = Path.of("/proc/self/status");
    List<String> lines = Files.exists(status) ? Files.readAllLines(status) : List.of();
    return lines.stream()
        .filter(line -> line.startsWith("VmHWM:"))
        .mapToLong(line -> Long.parseLong(line.replaceAll("[^0-9]", "")) >> 10)
        .findFirst()
        .orElse(0);
  }
}
