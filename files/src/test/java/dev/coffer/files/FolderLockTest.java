package dev.coffer.files;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
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
      try (FolderLock lock = FolderLock.take(Path.of(args[0])).orElseThrow()) {
        System.out.println("holds");
        while (System.in.read() >= 0) {
          // Until the parent lets go.
        }
      }
    }
  }

  /** Where both classes are: tests may run as a module, whose path is another one. */
  private static String classPath() throws Exception {
    List<String> places = new ArrayList<>();
    for (Class<?> type : List.of(FolderLock.class, Holder.class)) {
      places.add(
          Path.of(type.getProtectionDomain().getCodeSource().getLocation().toURI()).toString());
    }
    return String.join(File.pathSeparator, places);
  }

  private Process holder(Path file) throws Exception {
    Process child =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                classPath(),
                Holder.class.getName(),
                file.toString())
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    BufferedReader said = child.inputReader();
    assertEquals("holds", said.readLine());
    return child;
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

  @Test
  void anotherPartOfThisProcessIsNotWaitedFor() throws Exception {
    Path file = folder.resolve("lock");
    try (FolderLock unused = FolderLock.take(file).orElseThrow()) {
      assertTrue(FolderLock.take(file, LONG).isEmpty());
    }
  }
}
