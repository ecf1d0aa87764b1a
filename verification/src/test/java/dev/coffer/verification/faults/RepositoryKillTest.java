package dev.coffer.verification.faults;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.coffer.backup.CheckDepth;
import dev.coffer.backup.Problem;
import dev.coffer.backup.ProgressListener;
import dev.coffer.backup.deposit.Depositor;
import dev.coffer.backup.folder.FolderStore;
import dev.coffer.backup.repository.Repository;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Real processes, killed while they write to a repository in a folder, at writes drawn from a seed.
 * By hand with more: {@code -Dkills=200 -Dseed=2}.
 */
@Tag("long")
class RepositoryKillTest {
  private static final int KILLS = Integer.getInteger("kills", 1);
  private static final long SEED = Long.getLong("seed", 1);
  private static final int FILES = 8;
  private static final List<String> DEPOSITS = List.of("one", "two", "three");

  @TempDir private Path home;

  /** A repository with an old snapshot, and a tree of which the newest one has everything. */
  private Path template() throws Exception {
    Path made = home.resolve("template");
    Path data = Files.createDirectories(made.resolve("data/files")).getParent();
    Random random = new Random(SEED);
    for (int round = 0; round < 2; round++) {
      for (int i = 0; i < FILES; i++) {
        byte[] content = new byte[600_000];
        random.nextBytes(content);
        Files.write(data.resolve("files/" + i), content);
      }
      RepositoryAtWork.repository(made, () -> {}).backup(data, ProgressListener.NONE);
    }
    return made;
  }

  private static void copy(Path from, Path to) throws Exception {
    try (Stream<Path> paths = Files.walk(from)) {
      for (Path path : (Iterable<Path>) paths::iterator) {
        Files.copy(path, to.resolve(from.relativize(path)), StandardCopyOption.COPY_ATTRIBUTES);
      }
    }
  }

  /** Starts it, and kills it once it has begun write number {@code write}, counted from 1. */
  private static void killed(Path at, String what, long write) throws Exception {
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty(
                    "surefire.test.class.path", System.getProperty("java.class.path")),
                RepositoryAtWork.class.getName(),
                at.toString(),
                what)
            .redirectError(at.resolve("errors").toFile())
            .start();
    try (InputStream out = process.getInputStream()) {
      for (long seen = 0; seen < write; seen++) {
        assertEquals('.', out.read(), () -> read(at.resolve("errors")));
      }
      process.destroyForcibly().waitFor();
    }
  }

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (java.io.IOException e) {
      return e.toString();
    }
  }

  /** Something to do to a repository, or to look at. */
  private interface Step {
    void on(Path at) throws Exception;
  }

  private void kill(String what, Step before, Step after) throws Exception {
    Path template = template();
    before.on(template);
    Path whole = home.resolve("whole");
    copy(template, whole);
    AtomicLong writes = new AtomicLong();
    RepositoryAtWork.work(whole, what, writes::incrementAndGet);
    assertTrue(writes.get() >= 5, what + " has writes: " + writes);
    Random random = new Random(SEED);
    for (int i = 0; i < KILLS; i++) {
      long write = 1 + random.nextLong(writes.get());
      Path at = home.resolve(what + i);
      copy(template, at);
      killed(at, what, write);
      System.out.println("killed at write " + write + " of " + writes + " of " + what);
      after.on(at);
      RepositoryAtWork.work(at, what, () -> {});
      sound(at);
      after.on(at);
    }
  }

  /** Everything that the newest snapshot has comes back as it was. */
  private static void sound(Path at) throws Exception {
    Repository repository = RepositoryAtWork.repository(at, () -> {});
    assertEquals(
        List.of(),
        repository.check(CheckDepth.CONTENT, ProgressListener.NONE).problems().stream()
            .filter(problem -> problem.kind() != Problem.Kind.DAMAGED)
            .toList());
    Path back = Files.createTempDirectory(at, "back");
    assertEquals(
        List.of(),
        repository
            .restore(Optional.empty(), back.resolve("tree"), ProgressListener.NONE)
            .problems());
    for (int i = 0; i < FILES; i++) {
      assertEquals(
          -1, Files.mismatch(at.resolve("data/files/" + i), back.resolve("tree/files/" + i)));
    }
  }

  @Test
  void aPrune() throws Exception {
    kill("prune", at -> {}, RepositoryKillTest::sound);
  }

  @Test
  void aRepair() throws Exception {
    kill(
        "repair",
        at -> {
          // Of the old snapshot nothing can be made again, of the new one everything.
          RepositoryAtWork.work(at, "prune", () -> {});
          List<Path> objects = objects(at);
          for (int i = 0; i < 4; i++) {
            Files.write(objects.get(2 * i), new byte[] {1, 2, 3});
          }
        },
        at -> assertTrue(objects(at).size() >= 8, "what is sound stays"));
  }

  private static List<Path> objects(Path at) throws Exception {
    try (Stream<Path> files = Files.walk(at.resolve("repository/data"))) {
      return files
          .filter(Files::isRegularFile)
          .sorted(java.util.Comparator.comparing((Path file) -> file.toFile().length()).reversed())
          .toList();
    }
  }

  @Test
  void deposits() throws Exception {
    kill(
        "deposit",
        at -> {
          for (String text : DEPOSITS) {
            new Depositor(
                    FolderStore.at(at.resolve("inbox")),
                    FolderStore.at(at.resolve("sent")),
                    RepositoryAtWork.depositKey().recipient(),
                    RepositoryAtWork.writerSeed(),
                    Clock.systemUTC())
                .put(text.getBytes(StandardCharsets.UTF_8));
          }
        },
        RepositoryKillTest::nothingDepositedIsLost);
  }

  /** Each entry is in the inbox or in the newest snapshot, at any moment. */
  private static void nothingDepositedIsLost(Path at) throws Exception {
    TreeSet<String> names = new TreeSet<>();
    FolderStore.at(at.resolve("inbox"))
        .list("deposit/", object -> names.add(object.name().substring("deposit/".length())));
    Repository repository = RepositoryAtWork.repository(at, () -> {});
    repository.list(
        repository.names().get(0),
        entry -> {
          if (entry.path().matches("messages/[0-9a-f]{64}/[0-9]{16}")) {
            names.add(entry.path().substring("messages/".length()));
          }
        });
    assertEquals(DEPOSITS.size(), names.size(), names.toString());
  }
}
