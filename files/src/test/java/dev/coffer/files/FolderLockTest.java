package dev.coffer.files;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Between real processes: within one the system knows of no two holders. */
final class FolderLockTest {
  private static final Duration LONG = Duration.ofMinutes(1);

  @TempDir private Path folder;

  /** Holds a lock until its input ends. */
  static final class Holder {
    private Holder() {}

    public static void main(String[] args) throws Exception {
      Optional<FolderLock> taken = FolderLock.take(Path.of(args[0]));
      if (args.length > 1) {
        System.out.println(taken.isPresent() ? "free" : "in use");
        return;
      }
      try (FolderLock lock = taken.orElseThrow()) {
        System.out.println("holds");
        while (System.in.read() >= 0) {
          // Until the parent lets go.
        }
      }
    }
  }

  /** Where both classes are: tests may run as a module, whose path is another one. */
  static String classPath() throws Exception {
    List<String> places = new ArrayList<>();
    for (Class<?> type : List.of(FolderLock.class, Holder.class)) {
      places.add(
          Path.of(type.getProtectionDomain().getCodeSource().getLocation().toURI()).toString());
    }
    return String.join(File.pathSeparator, places);
  }

  private Process holder(Path file) throws Exception {
    Process child = child(file.toString());
    assertEquals("holds", child.inputReader().readLine());
    return child;
  }

  /** What another process finds. */
  private String asked(Path file) throws Exception {
    Process child = child(file.toString(), "only to see");
    String said = child.inputReader().readLine();
    assertEquals(0, child.waitFor()); // and with it whatever it held
    return said;
  }

  private static Process child(String... arguments) throws Exception {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-cp", classPath(), Holder.class.getName()));
    command.addAll(List.of(arguments));
    return new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
  }

  @Test
  void whoWaitsGetsItWhenTheHolderDies() throws Exception {
    Path file = folder.resolve("lock");
    Process child = holder(file);
    try {
      assertTrue(FolderLock.take(file).isEmpty());
      assertTrue(FolderLock.take(file, Duration.ofMillis(1)).isEmpty());
      CompletableFuture<Optional<FolderLock>> waiting =
          CompletableFuture.supplyAsync(() -> {
            try {
              return FolderLock.take(file, LONG);
            } catch (IOException e) {
              throw new UncheckedIOException(e);
            }
          });
      child.destroyForcibly();
      waiting.get(LONG.toSeconds(), TimeUnit.SECONDS).orElseThrow().close();
      FolderLock.take(file).orElseThrow().close();
    } finally {
      child.destroyForcibly();
    }
  }

  /** Nor does its asking let go what is held: to the system, a process has one lock on a file. */
  @Test
  void anotherPartOfThisProcessIsNotWaitedFor() throws Exception {
    Path file = folder.resolve("lock");
    try (FolderLock unused = FolderLock.take(file).orElseThrow()) {
      assertTrue(FolderLock.take(file, LONG).isEmpty());
      assertTrue(FolderLock.take(folder.resolve(".").resolve("lock")).isEmpty());
      assertEquals("in use", asked(file));
    }
    assertEquals("free", asked(file));
    FolderLock.take(file).orElseThrow().close();
  }

  @Test
  void whatCannotBeOpenedIsNotInUse() throws Exception {
    Path file = folder.resolve("nowhere").resolve("lock");
    assertThrows(IOException.class, () -> FolderLock.take(file));
    assertThrows(IOException.class, () -> FolderLock.take(file, LONG));
    Path folderInstead = Files.createDirectory(folder.resolve("folder"));
    assertThrows(IOException.class, () -> FolderLock.take(folderInstead));
    assertThrows(IOException.class, () -> FolderLock.take(folderInstead, LONG));
  }
}
