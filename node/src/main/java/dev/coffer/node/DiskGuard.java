package dev.coffer.node;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Watches the disk (docs/replication.md rule 8): with too little free space the node takes no new
 * operations, but goes on answering what is certified. A ballast file gives an operator room on a
 * disk that is full all the same: it may be deleted at any time. Thread-safe.
 */
final class DiskGuard {
  private static final Logger LOG = LoggerFactory.getLogger(DiskGuard.class);
  private static final long SLACK_SHARE = 32;
  private static final long BALLAST = 16L << 20;

  private final Path directory;
  private final long freeMin;
  private volatile boolean low;

  DiskGuard(Path directory, long freeMin) {
    this.directory = directory;
    this.freeMin = freeMin;
  }

  /** Puts the ballast there if there is room, and looks for the first time. */
  void begin() throws IOException {
    look();
    Path ballast = directory.resolve("ballast");
    if (!low && !Files.exists(ballast)) {
      try (RandomAccessFile file = new RandomAccessFile(ballast.toFile(), "rw")) {
        byte[] block = new byte[1 << 20];
        for (long written = 0; written < BALLAST; written += block.length) {
          file.write(block);
        }
      }
    }
  }

  /** Looks again. Cheap. */
  void look() {
    try {
      // What is just above the limit and just below it in turn is below it.
      boolean now =
          Files.getFileStore(directory).getUsableSpace()
              < freeMin + (low ? freeMin / SLACK_SHARE : 0);
      if (now != low) {
        LOG.warn(
            now
                ? "Less than {} MiB are free under {}: this node takes no new operations until there are more."
                : "{} MiB and more are free under {} again: this node takes new operations.",
            freeMin >> 20,
            directory);
      }
      low = now;
    } catch (IOException e) {
      LOG.warn("The free space of {} cannot be read: {}", directory, e.toString());
    }
  }

  /** Whether new operations must wait. */
  boolean low() {
    return low;
  }
}
