package dev.coffer.backup;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalLong;

/** Tells how much room a disk has left, as far as anybody knows. */
@FunctionalInterface
public interface FreeSpace {
  /**
   * Octets that this user may still write below {@code directory}, which is there; empty if that
   * cannot be told.
   */
  OptionalLong in(Path directory);

  /** Nothing is known, so nothing is refused for want of room. */
  FreeSpace UNKNOWN = directory -> OptionalLong.empty();

  /** What the file system says. */
  FreeSpace SYSTEM =
      directory -> {
        try {
          long free = Files.getFileStore(directory).getUsableSpace();
          // A file system of more octets than a long counts comes out negative.
          return free < 0 ? OptionalLong.empty() : OptionalLong.of(free);
        } catch (IOException | UnsupportedOperationException e) {
          return OptionalLong.empty();
        }
      };

  /** The same of a directory that need not be there: of the nearest one above it that is. */
  default OptionalLong near(Path directory) {
    for (Path at = directory.toAbsolutePath().normalize(); at != null; at = at.getParent()) {
      if (Files.isDirectory(at)) {
        return in(at);
      }
    }
    return OptionalLong.empty();
  }
}
