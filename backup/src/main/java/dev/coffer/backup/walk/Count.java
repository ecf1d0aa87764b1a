package dev.coffer.backup.walk;

import dev.coffer.backup.BackupException;
import dev.coffer.backup.BackupException.Reason;
import dev.coffer.backup.BackupOptions;
import dev.coffer.backup.object.RepositoryMarker;
import dev.coffer.backup.tree.EntryPath;
import dev.coffer.backup.tree.FileVersion;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import org.jspecify.annotations.Nullable;

/**
 * A quick look at how much there is to back up, for whoever watches: no file is opened. What it
 * says is a guess, because files change, and the walk itself relies on none of it.
 */
final class Count extends SimpleFileVisitor<Path> {
  private final LeftOut leftOut;
  private Path source;
  private long device;
  private long files;
  private long bytes;

  private Count(Path source, BackupOptions options) {
    this.source = source;
    this.leftOut = new LeftOut(options.exclusions());
  }

  /** Of {@code sources}, without what the options leave out. */
  static Count of(Sources sources, BackupOptions options) throws BackupException {
    Count count = new Count(sources.root(), options);
    try {
      for (Path path : sources.paths()) {
        count.source = path;
        count.device = count.leftOut.device(path);
        Files.walkFileTree(path, count);
      }
    } catch (IOException e) {
      // The walk itself will say what it cannot read.
      return count;
    }
    if (Thread.currentThread().isInterrupted()) {
      throw new BackupException(
          Reason.INTERRUPTED, "The backup was stopped; run the same command again to continue.");
    }
    return count;
  }

  long files() {
    return files;
  }

  /** In octets. */
  long bytes() {
    return bytes;
  }

  private boolean isLeftOut(Path path) {
    if (path.equals(source)) {
      return false;
    }
    String text =
        EntryPath.escape(source.relativize(path).toString().getBytes(StandardCharsets.UTF_8));
    try {
      return leftOut.byName(path, text).isPresent()
          || leftOut.byVersion(path, FileVersion.of(path), device).isPresent();
    } catch (IOException e) {
      // The walk itself will say what it cannot read.
      return true;
    }
  }

  @Override
  public FileVisitResult preVisitDirectory(Path directory, BasicFileAttributes attributes) {
    if (Thread.currentThread().isInterrupted()) {
      return FileVisitResult.TERMINATE;
    }
    return isLeftOut(directory) || RepositoryMarker.marks(directory)
        ? FileVisitResult.SKIP_SUBTREE
        : FileVisitResult.CONTINUE;
  }

  @Override
  public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
    if (attributes.isRegularFile() && !isLeftOut(file)) {
      files++;
      bytes += attributes.size();
    }
    return FileVisitResult.CONTINUE;
  }

  @Override
  public FileVisitResult visitFileFailed(Path file, IOException e) {
    return FileVisitResult.CONTINUE;
  }

  @Override
  public FileVisitResult postVisitDirectory(Path directory, @Nullable IOException e) {
    return FileVisitResult.CONTINUE;
  }
}
