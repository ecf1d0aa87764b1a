package dev.coffer.lab.local;

import dev.coffer.cli.ExitCode;
import dev.coffer.cli.Failure;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Nodes refuse to work on a disk that is nearly full; better to say so before any is started. */
public final class FreeSpace {
  /** A node's own limit unless its configuration says otherwise: {@code disk.free-min-mib}. */
  private static final long LEAST = 1L << 30;

  private FreeSpace() {}

  /** Whether the disk of {@code directory} has too little room. */
  static boolean low(Path directory) throws IOException {
    return usable(directory) < LEAST;
  }

  /** Refuses if the disk of {@code directory}, which need not exist yet, has too little room. */
  static void check(Path directory) throws Failure, IOException {
    check(directory, usable(directory));
  }

  /** The same for {@code usable} octets that are free. */
  public static void check(Path directory, long usable) throws Failure {
    if (usable < LEAST) {
      throw new Failure(
          ExitCode.HERE,
          "There is less than 1 GiB free on the disk of " + directory + ".",
          "Free some space, or name a directory on another disk with --home; then run coffer up again.");
    }
  }

  /** Octets that may still be written where {@code directory} is, or will be. */
  private static long usable(Path directory) throws IOException {
    Path at = directory.toAbsolutePath().normalize();
    for (Path up = at.getParent(); up != null && !Files.exists(at); up = at.getParent()) {
      at = up;
    }
    return Files.getFileStore(at).getUsableSpace();
  }
}
