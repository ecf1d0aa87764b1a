package dev.coffer.analysis.memory;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;

/** Everything that a running process can write to: heap, stacks, native memory. Linux. */
final class ProcessMemory {
  private static final int PAGE = 4096;

  private ProcessMemory() {}

  /** Copies it to {@code target}, leaving out pages of zeros. */
  static void copy(long pid, Path target) throws IOException {
    Path folder = Path.of("/proc", Long.toString(pid));
    try (RandomAccessFile memory = new RandomAccessFile(folder.resolve("mem").toFile(), "r");
        OutputStream out = new BufferedOutputStream(Files.newOutputStream(target), 1 << 20)) {
      for (String line : Files.readAllLines(folder.resolve("maps"))) {
        String[] parts = line.split("[- ]");
        long from = Long.parseUnsignedLong(parts[0], 16);
        if (parts[2].startsWith("rw") && from > 0) {
          region(memory, from, Long.parseUnsignedLong(parts[1], 16), out);
        }
      }
    }
  }

  private static void region(RandomAccessFile memory, long from, long to, OutputStream out)
      throws IOException {
    byte[] chunk = new byte[256 * PAGE];
    memory.seek(from);
    for (long at = from; at < to; ) {
      int read;
      try {
        read = memory.read(chunk, 0, (int) Math.min(chunk.length, to - at));
      } catch (IOException e) {
        // Mapped and never there, as the guard pages of stacks are.
        return;
      }
      if (read <= 0) {
        return;
      }
      at += read;
      for (int page = 0; page < read; page += PAGE) {
        if (!empty(chunk, page)) {
          out.write(chunk, page, PAGE);
        }
      }
    }
  }

  private static boolean empty(byte[] chunk, int page) {
    for (int i = page; i < page + PAGE; i++) {
      if (chunk[i] != 0) {
        return false;
      }
    }
    return true;
  }
}
