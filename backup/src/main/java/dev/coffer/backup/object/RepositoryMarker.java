package dev.coffer.backup.object;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;

/**
 * The one readable object of a repository: says what it is and how to restore from it without our
 * code.
 */
public final class RepositoryMarker {
  public static final String NAME = "COFFER-BACKUP.txt";
  private static final String KEYS = "key";

  private static final String TEXT =
      """
      This is a backup repository of Coffer, format 1.

      Every other object is a standard age file (age-encryption.org). Whoever holds the 64-digit backup
      key can restore everything with Coffer ("coffer restore"), or without it, with the age program, gzip
      and a shell: see docs/restore-with-age.md and docs/restore-with-age.sh in Coffer's sources.

      Do not rename, change or delete anything in here. A copy of all of it is as good as the original.
      """;

  private RepositoryMarker() {}

  public static byte[] content() {
    return TEXT.getBytes(StandardCharsets.UTF_8);
  }

  /** Whether {@code directory} holds a repository; backing that up into itself would never end. */
  public static boolean marks(Path directory) {
    return Files.isRegularFile(directory.resolve(NAME), LinkOption.NOFOLLOW_LINKS)
        && Files.isDirectory(directory.resolve(KEYS), LinkOption.NOFOLLOW_LINKS);
  }
}
