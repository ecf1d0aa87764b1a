package dev.coffer.backup.object;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.regex.Pattern;

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

  /** What a restore works with in its target; no backup holds such files. */
  public static final String UNFINISHED = ".coffer-restore-";

  private static final Pattern UNFINISHED_NAME =
      Pattern.compile("\\.coffer-restore-([0-9a-f]{16}|lock)");

  /** Whether {@code file} has the name of what a restore works with. */
  public static boolean isUnfinished(Path file) {
    return UNFINISHED_NAME.matcher(String.valueOf(file.getFileName())).matches();
  }

  /** Whether {@code directory} holds a repository; backing that up into itself would never end. */
  public static boolean marks(Path directory) {
    return Files.isRegularFile(directory.resolve(NAME), LinkOption.NOFOLLOW_LINKS)
        && Files.isDirectory(directory.resolve(KEYS), LinkOption.NOFOLLOW_LINKS);
  }
}
