package dev.coffer.cli.ceremony;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * What the system says of processes: Linux in {@code /proc}. A process is named by its number, its
 * start in ticks since the boot (field 22 of {@code stat}, proc(5)) and the boot: setting a clock
 * changes none of them.
 *
 * <p><b>Not guaranteed</b> where there is no {@code /proc}: there the start is a time of day, which
 * holds as long as nobody sets the clock by more than {@value #SLACK_SECONDS} seconds.
 */
final class ProcessTable {
  private static final long SLACK_SECONDS = 2;
  private static final int AFTER_COMMAND_START = 20;
  private static final String NUMBER = "[0-9]{1,19}";

  private final Path proc;

  /**
   * @param proc where the system shows its processes
   */
  ProcessTable(Path proc) {
    this.proc = proc;
  }

  /** Whether the system says of processes what no clock changes. */
  boolean clockless() {
    return Files.isReadable(boot());
  }

  private Path boot() {
    return proc.resolve("sys").resolve("kernel").resolve("random").resolve("boot_id");
  }

  /** What names a running process, in words with single spaces; empty if there is none. */
  Optional<String> name(long pid) throws IOException {
    if (!clockless()) {
      return second(pid).map(second -> pid + " " + second);
    }
    Path file = proc.resolve(Long.toString(pid)).resolve("stat");
    try {
      String stat = Files.readString(file, StandardCharsets.ISO_8859_1);
      // The command stands in parentheses and may hold some itself.
      String[] words = stat.substring(stat.lastIndexOf(')') + 1).strip().split(" ");
      String boot = Files.readString(boot(), StandardCharsets.US_ASCII).strip();
      return words.length < AFTER_COMMAND_START || words[0].equals("Z")
          ? Optional.empty()
          : Optional.of(pid + " " + words[AFTER_COMMAND_START - 1] + " " + boot);
    } catch (IOException e) {
      if (Files.exists(file)) {
        throw e;
      }
      return Optional.empty();
    }
  }

  private static Optional<Long> second(long pid) {
    return ProcessHandle.of(pid)
        .filter(ProcessHandle::isAlive)
        .flatMap(found -> found.info().startInstant())
        .map(start -> start.getEpochSecond());
  }

  /** The number of the process of this name, if it runs. */
  Optional<Long> running(String name) throws IOException {
    String[] words = name.strip().split(" ");
    if (words.length < 2 || !words[0].matches(NUMBER) || !words[1].matches(NUMBER)) {
      return Optional.empty();
    }
    long pid = Long.parseLong(words[0]);
    if (words.length == 2) {
      long second = Long.parseLong(words[1]);
      return second(pid)
          .filter(found -> Math.abs(found - second) <= SLACK_SECONDS)
          .map(found -> pid);
    }
    return name(pid).filter(name.strip()::equals).map(found -> pid);
  }
}
