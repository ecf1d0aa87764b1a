package dev.coffer.lab.local;

import dev.coffer.files.AtomicFile;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Remembers a process we started: its number and the instant it started at. A number alone is used
 * again by the system; with the start it names one process for as long as the machine is up, so
 * that nobody else's process is ever stopped.
 */
final class PidFile {
  private final Path path;

  PidFile(Path path) {
    this.path = path;
  }

  /** Remembers a running process. */
  void write(ProcessHandle process) throws IOException {
    AtomicFile.replace(
        path,
        (process.pid() + " " + identity(process) + "\n").getBytes(StandardCharsets.US_ASCII),
        AtomicFile.Access.OWNER);
  }

  /** The process, if it still runs and is the one that was remembered. */
  Optional<ProcessHandle> running() {
    try {
      String[] parts = Files.readString(path, StandardCharsets.US_ASCII).trim().split(" ");
      if (parts.length != 2 || !parts[0].matches("[1-9][0-9]{0,9}")) {
        return Optional.empty();
      }
      return ProcessHandle.of(Long.parseLong(parts[0]))
          .filter(ProcessHandle::isAlive)
          .filter(process -> identity(process).equals(parts[1]));
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  /** Forgets it. */
  void erase() throws IOException {
    Files.deleteIfExists(path);
  }

  /**
   * Ticks after boot with the boot's id where the kernel tells them, else the start to the second.
   */
  private static String identity(ProcessHandle process) {
    return ProcessStat.of(process.pid())
        .map(stat -> bootId() + ":" + stat.startTicks())
        .orElseGet(() ->
            process
                .info()
                .startInstant()
                .map(start -> "s" + start.getEpochSecond())
                .orElse("gone"));
  }

  private static String bootId() {
    try {
      return Files.readString(Path.of("/proc/sys/kernel/random/boot_id")).trim();
    } catch (IOException e) {
      return "boot";
    }
  }
}
