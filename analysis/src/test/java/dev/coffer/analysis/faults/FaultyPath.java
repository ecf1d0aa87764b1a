package dev.coffer.analysis.faults;

import java.net.URI;
import java.nio.file.FileSystem;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.WatchEvent;
import java.nio.file.WatchKey;
import java.nio.file.WatchService;

/** A path of a {@link FaultyFiles}: all arithmetic is the platform's. */
final class FaultyPath implements Path {
  private final FaultyFiles files;
  private final Path inner;

  FaultyPath(FaultyFiles files, Path inner) {
    this.files = files;
    this.inner = inner;
  }

  private static Path inner(Path path) {
    return path instanceof FaultyPath faulty ? faulty.inner : path;
  }

  private FaultyPath of(Path path) {
    return new FaultyPath(files, path);
  }

  FaultyFiles files() {
    return files;
  }

  @Override
  public FileSystem getFileSystem() {
    return files;
  }

  @Override
  public boolean isAbsolute() {
    return inner.isAbsolute();
  }

  @Override
  public Path getRoot() {
    return of(Path.of("/"));
  }

  @Override
  public Path getFileName() {
    return of(inner.getFileName());
  }

  @Override
  public Path getParent() {
    Path parent = inner.getParent();
    return parent == null ? null : of(parent);
  }

  @Override
  public int getNameCount() {
    return inner.getNameCount();
  }

  @Override
  public Path getName(int index) {
    return of(inner.getName(index));
  }

  @Override
  public Path subpath(int from, int to) {
    return of(inner.subpath(from, to));
  }

  @Override
  public boolean startsWith(Path other) {
    return inner.startsWith(inner(other));
  }

  @Override
  public boolean endsWith(Path other) {
    return inner.endsWith(inner(other));
  }

  @Override
  public Path normalize() {
    return of(inner.normalize());
  }

  @Override
  public Path resolve(Path other) {
    return of(inner.resolve(inner(other)));
  }

  @Override
  public Path relativize(Path other) {
    return of(inner.relativize(inner(other)));
  }

  @Override
  public URI toUri() {
    return URI.create("faulty://" + inner);
  }

  @Override
  public Path toAbsolutePath() {
    return of(Path.of("/").resolve(inner));
  }

  @Override
  public Path toRealPath(LinkOption... options) {
    return toAbsolutePath().normalize();
  }

  @Override
  public WatchKey register(
      WatchService watcher, WatchEvent.Kind<?>[] events, WatchEvent.Modifier... modifiers) {
    throw new UnsupportedOperationException();
  }

  @Override
  public int compareTo(Path other) {
    return inner.compareTo(inner(other));
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof FaultyPath path && path.files == files && path.inner.equals(inner);
  }

  @Override
  public int hashCode() {
    return inner.hashCode();
  }

  @Override
  public String toString() {
    return inner.toString();
  }
}
