package dev.coffer.files;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;

/** What a file with a secret has to be before anything is read from it. Thread-safe. */
public final class PrivateFile {
  private PrivateFile() {}

  /**
   * Returns if the file is there and, where the file system knows permissions, open to its owner
   * alone (mode 600 or less).
   *
   * @throws IOException with a sentence that says what to do
   */
  public static void check(Path path) throws IOException {
    if (!Files.isRegularFile(path)) {
      throw new IOException("There is no file " + path + ": make one, or correct the setting.");
    }
    if (Files.getFileStore(path).supportsFileAttributeView("posix")) {
      Set<PosixFilePermission> mode = Files.getPosixFilePermissions(path);
      Set<PosixFilePermission> owner =
          Set.of(PosixFilePermission.OWNER_READ, PosixFilePermission.OWNER_WRITE);
      if (!owner.containsAll(mode)) {
        throw new IOException(
            path
                + " has the mode "
                + PosixFilePermissions.toString(mode)
                + ", so it is open to others than its owner: chmod 600 "
                + path
                + ", and think of a new secret.");
      }
    }
  }
}
