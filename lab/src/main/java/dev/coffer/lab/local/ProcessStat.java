package dev.coffer.lab.local;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * What the kernel says of a process ({@code proc(5)}, {@code /proc/PID/stat}): who it is, beyond a
 * number that is used again, and what it has cost. Linux only; elsewhere everything is empty.
 *
 * @param startTicks clock ticks after boot at which it started: with the pid, an identity that no
 *     later process has
 * @param cpuTicks user and system time so far, without children that were waited for
 * @param name of the program, at most 15 octets
 */
record ProcessStat(long pid, long parent, long startTicks, long cpuTicks, String name) {
  /** USER_HZ: fixed at 100 in the kernel's interface on every architecture that Java runs on. */
  static final int TICKS_A_SECOND = 100;

  private static final Path PROC = Path.of("/proc");

  /** The process of that number, if it is there. */
  static Optional<ProcessStat> of(long pid) {
    try {
      return parse(
          Files.readString(
              PROC.resolve(Long.toString(pid)).resolve("stat"), StandardCharsets.ISO_8859_1));
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  /**
   * The program's name stands in parentheses and may hold anything, parentheses included: count
   * from the last one.
   */
  static Optional<ProcessStat> parse(String line) {
    int open = line.indexOf('(');
    int close = line.lastIndexOf(')');
    if (open < 2 || close < open) {
      return Optional.empty();
    }
    String[] rest = line.substring(close + 1).trim().split(" ");
    if (rest.length < 20 || rest[0].equals("Z") || rest[0].equals("X")) {
      return Optional.empty();
    }
    return Optional.of(
        new ProcessStat(
            Long.parseLong(line.substring(0, open).trim()),
            Long.parseLong(rest[1]),
            Long.parseLong(rest[19]),
            Long.parseLong(rest[11]) + Long.parseLong(rest[12]),
            line.substring(open + 1, close)));
  }

  /** All processes whose parent is {@code pid}. */
  static List<ProcessStat> childrenOf(long pid) {
    return ProcessHandle.of(pid)
        .map(ProcessHandle::children)
        .orElseGet(Stream::empty)
        .flatMap(child -> of(child.pid()).stream())
        .toList();
  }

  /** Resident memory in octets ({@code /proc/PID/statm}, second field), 0 if unknown. */
  static long residentBytes(long pid) {
    try {
      String[] pages =
          Files.readString(PROC.resolve(Long.toString(pid)).resolve("statm")).split(" ");
      return pages.length > 1 ? Long.parseLong(pages[1]) * 4096 : 0;
    } catch (IOException e) {
      return 0;
    }
  }

  /**
   * Proportional share of memory in octets ({@code /proc/PID/smaps_rollup}): pages that several
   * processes map, such as class archives, count once in all. 0 if unknown.
   */
  static long proportionalBytes(long pid) {
    try (Stream<String> lines =
        Files.lines(PROC.resolve(Long.toString(pid)).resolve("smaps_rollup"))) {
      return lines
          .filter(line -> line.startsWith("Pss:"))
          .mapToLong(line -> Long.parseLong(line.replaceAll("[^0-9]", "")) * 1024)
          .findFirst()
          .orElse(0);
    } catch (IOException | java.io.UncheckedIOException e) {
      return 0;
    }
  }
}
