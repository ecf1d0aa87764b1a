package dev.coffer.backup.walk;

import dev.coffer.backup.tree.FileVersion;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.Channels;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SecureDirectoryStream;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributeView;
import java.util.Objects;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * An open directory of the source. What is in it is opened relative to it, links not followed: a
 * directory that becomes a link meanwhile leads nowhere else. Where the platform cannot do that
 * (Windows), paths are used, and that is not defended against. Not thread-safe.
 */
final class SourceDirectory implements AutoCloseable {
  private final DirectoryStream<Path> stream;
  private final @Nullable SecureDirectoryStream<Path> secure;

  private SourceDirectory(DirectoryStream<Path> stream) {
    this.stream = stream;
    this.secure = stream instanceof SecureDirectoryStream<Path> found ? found : null;
  }

  /**
   * The directory that a backup begins with; links on the way to it were followed by the caller.
   */
  static SourceDirectory root(Path root) throws IOException {
    return new SourceDirectory(Files.newDirectoryStream(root));
  }

  /** Hands out what is in it, once; what was handed out before a failure is there. */
  void children(Consumer<Path> sink) throws IOException {
    try {
      stream.forEach(sink);
    } catch (DirectoryIteratorException e) {
      throw e.getCause();
    }
  }

  private static Path name(Path child) {
    return Objects.requireNonNull(child.getFileName(), "a child has a name");
  }

  /** What {@code child} is; only if its path still leads to what lies in this directory. */
  FileVersion version(Path child) throws IOException {
    if (secure == null) {
      return FileVersion.of(child);
    }
    Object key =
        secure
            .getFileAttributeView(
                name(child), BasicFileAttributeView.class, LinkOption.NOFOLLOW_LINKS)
            .readAttributes()
            .fileKey();
    try {
      FileVersion found = FileVersion.of(child);
      if (Objects.equals(found.key(), key)) {
        return found;
      }
    } catch (NoSuchFileException e) {
      throw moved(child);
    }
    throw moved(child);
  }

  private static FileSystemException moved(Path child) {
    return new FileSystemException(child.toString(), null, "its directory was moved");
  }

  /** The directory {@code child}. */
  SourceDirectory directory(Path child) throws IOException {
    if (secure != null) {
      return new SourceDirectory(secure.newDirectoryStream(name(child), LinkOption.NOFOLLOW_LINKS));
    }
    return new SourceDirectory(Files.newDirectoryStream(child));
  }

  /** The content of the regular file {@code child}. */
  InputStream open(Path child) throws IOException {
    if (secure != null) {
      return Channels.newInputStream(
          secure.newByteChannel(
              name(child), Set.of(StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS)));
    }
    return Files.newInputStream(child, LinkOption.NOFOLLOW_LINKS);
  }

  @Override
  public void close() throws IOException {
    stream.close();
  }
}
