package dev.coffer.backup.walk;

import dev.coffer.backup.Exclusions;
import dev.coffer.backup.tree.FileVersion;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;

/** Why something that could be backed up is not. Stateless but for the exclusions. */
final class LeftOut {
  private static final String TAG = "CACHEDIR.TAG";

  /** Cache Directory Tagging Specification: what such a file begins with. */
  private static final byte[] TAG_CONTENT =
      "Signature: 8a477f597d28d172789f06886806bc55".getBytes(StandardCharsets.US_ASCII);

  private final Exclusions exclusions;

  LeftOut(Exclusions exclusions) {
    this.exclusions = exclusions;
  }

  /**
   * For its name.
   *
   * @param below its path as patterns see it
   */
  Optional<String> byName(Path file, String below) {
    String reason = exclusions.paths().get(file);
    if (reason != null) {
      return Optional.of(reason);
    }
    return exclusions.pattern().test(below)
        ? Optional.of("excluded by a pattern")
        : Optional.empty();
  }

  /**
   * For what it is.
   *
   * @param device of the source that it lies in, as {@link #device} tells it
   */
  Optional<String> byVersion(Path file, FileVersion version, long device) throws IOException {
    if (version.type() == FileVersion.Type.REGULAR_FILE && version.size() > exclusions.sizeMax()) {
      return Optional.of("larger than " + exclusions.sizeMax() + " octets");
    }
    if (version.type() != FileVersion.Type.DIRECTORY) {
      return Optional.empty();
    }
    if (exclusions.oneFileSystem() && device(file) != device) {
      return Optional.of("another file system is mounted there");
    }
    return exclusions.caches() && isCache(file)
        ? Optional.of("a cache, as its " + TAG + " says")
        : Optional.empty();
  }

  /** The number of the file system that {@code file} lies in; 0 where nobody asks. */
  long device(Path file) throws IOException {
    if (!exclusions.oneFileSystem()) {
      return 0;
    }
    try {
      return (long) Files.getAttribute(file, "unix:dev", LinkOption.NOFOLLOW_LINKS);
    } catch (UnsupportedOperationException e) {
      throw new IOException("this system does not tell file systems apart", e);
    }
  }

  private static boolean isCache(Path directory) {
    Path tag = directory.resolve(TAG);
    if (!Files.isRegularFile(tag, LinkOption.NOFOLLOW_LINKS)) {
      return false;
    }
    try (InputStream in = Files.newInputStream(tag, LinkOption.NOFOLLOW_LINKS)) {
      return Arrays.equals(in.readNBytes(TAG_CONTENT.length), TAG_CONTENT);
    } catch (IOException e) {
      // Rather too much in the backup than too little.
      return false;
    }
  }
}
