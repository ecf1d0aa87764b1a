package dev.coffer.node.hsm;

import dev.coffer.files.ChildEnvironment;
import dev.coffer.files.FolderLock;
import dev.coffer.node.check.HsmMemory;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/**
 * Holds the home of an HSM that does not run, so that none starts on it, and has the HSM's own
 * program say what it remembers. A program that cannot say it (a real HSM's memory cannot be read
 * at all) leaves the home's lock to be taken here. Not thread-safe.
 */
public final class HsmInspection implements AutoCloseable {
  /** The program's exit status where another process holds the home. */
  private static final int IN_USE = 75;

  /** Its status where it knows no such command. */
  private static final int UNKNOWN = 64;

  /** So long it may take to say everything. */
  private static final long DEADLINE_SECONDS = 180;

  /** A ring of 8 in each of 1,024 partitions, and as much again. */
  private static final int LINES_MAX = 20_000;

  private final Optional<HsmMemory> memory;
  private final Hold held;

  /** Keeps others from the home. */
  private interface Hold {
    void release() throws IOException;
  }

  private HsmInspection(Optional<HsmMemory> memory, Hold held) {
    this.memory = memory;
    this.held = held;
  }

  /** The HSM runs. */
  public static final class InUse extends Exception {
    private static final long serialVersionUID = 1L;
  }

  /**
   * Takes {@code home}.
   *
   * @param program the HSM's: {@code hsm.command}
   * @throws InUse if an HSM or another inspection has it
   */
  public static HsmInspection open(Path program, Path home) throws IOException, InUse {
    ProcessBuilder builder =
        new ProcessBuilder(program.toString(), "inspect", home.toString())
            .redirectError(ProcessBuilder.Redirect.DISCARD);
    ChildEnvironment.clean(builder.environment(), ChildEnvironment.HSM);
    Process process;
    try {
      process = builder.start();
    } catch (IOException e) {
      return new HsmInspection(Optional.empty(), lock(home));
    }
    CompletableFuture<Void> watchdog =
        CompletableFuture.runAsync(
            () -> end(process),
            CompletableFuture.delayedExecutor(DEADLINE_SECONDS, TimeUnit.SECONDS));
    try {
      List<String> lines = lines(process);
      // Late, it would find a process that has ended.
      boolean ignored = watchdog.cancel(false);
      if (!lines.isEmpty() && lines.getLast().equals(HsmMemory.LAST)) {
        return new HsmInspection(Optional.of(HsmMemory.of(lines)), () -> end(process));
      }
      end(process);
      return switch (process.exitValue()) {
        case IN_USE -> throw new InUse();
        case UNKNOWN -> new HsmInspection(Optional.empty(), lock(home));
        // What cannot be read is not the same as what nobody can tell.
        default ->
            throw new IOException(
                "the HSM's program did not say what its home holds (status "
                    + process.exitValue()
                    + "): see whether that disk can be read, and whether this machine is too busy");
      };
    } catch (IOException e) {
      end(process);
      throw e;
    }
  }

  private static List<String> lines(Process process) throws IOException {
    List<String> lines = new ArrayList<>();
    BufferedReader in = process.inputReader();
    String line = in.readLine();
    while (line != null && lines.size() < LINES_MAX) {
      lines.add(line);
      if (line.equals(HsmMemory.LAST)) {
        return lines;
      }
      line = in.readLine();
    }
    return lines;
  }

  /** It ends when its standard input does. */
  private static void end(Process process) {
    try {
      process.getOutputStream().close();
    } catch (IOException e) {
      // It has ended, or does not listen: see below.
    }
    try {
      if (!process.waitFor(1, TimeUnit.SECONDS)) {
        // What it has started may hold its output open.
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly().waitFor();
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
  }

  private static Hold lock(Path home) throws IOException, InUse {
    if (!Files.isDirectory(home)) {
      return () -> {};
    }
    Optional<FolderLock> lock = FolderLock.take(home.resolve("lock"));
    if (lock.isEmpty()) {
      throw new InUse();
    }
    return lock.get()::close;
  }

  /** What the HSM remembers; empty where its program does not say so. */
  public Optional<HsmMemory> memory() {
    return memory;
  }

  /** Lets an HSM have the home. */
  @Override
  public void close() throws IOException {
    held.release();
  }
}
