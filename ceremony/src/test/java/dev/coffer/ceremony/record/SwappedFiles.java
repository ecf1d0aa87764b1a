package dev.coffer.ceremony.record;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.net.URI;
import java.nio.channels.FileChannel;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.AccessMode;
import java.nio.file.CopyOption;
import java.nio.file.DirectoryStream;
import java.nio.file.FileStore;
import java.nio.file.FileSystem;
import java.nio.file.LinkOption;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.PathMatcher;
import java.nio.file.StandardOpenOption;
import java.nio.file.WatchService;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.FileAttributeView;
import java.nio.file.attribute.UserPrincipalLookupService;
import java.nio.file.spi.FileSystemProvider;
import java.util.Map;
import java.util.Set;

/**
 * The real files below a path, in a folder that somebody else writes: he moves after each look at a
 * file that is there, and after each file is made.
 */
final class SwappedFiles extends FileSystemProvider {
  private final Path below;
  private final Swap afterLook;
  private final Swap afterMaking;
  private final System system = new System();

  /** What somebody does to a file. */
  @FunctionalInterface
  interface Swap {
    void swap(Path file) throws IOException;
  }

  private SwappedFiles(Path below, Swap afterLook, Swap afterMaking) {
    this.below = below;
    this.afterLook = afterLook;
    this.afterMaking = afterMaking;
  }

  static Path afterLook(Path below, Swap swap) {
    return new SwappedFiles(below, swap, file -> {}).wrap(below);
  }

  static Path afterMaking(Path below, Swap swap) {
    return new SwappedFiles(below, file -> {}, swap).wrap(below);
  }

  private Path wrap(Path real) {
    return (Path)
        Proxy.newProxyInstance(
            Path.class.getClassLoader(),
            new Class<?>[] {Path.class},
            (proxy, method, arguments) -> {
              if (method.getName().equals("getFileSystem")) {
                return system;
              }
              Object[] given = arguments == null ? new Object[0] : arguments.clone();
              for (int i = 0; i < given.length; i++) {
                given[i] = given[i] instanceof Path path ? real(path) : given[i];
              }
              try {
                Object result = method.invoke(real, given);
                return result instanceof Path path ? wrap(path) : result;
              } catch (InvocationTargetException e) {
                throw e.getCause();
              }
            });
  }

  private Path real(Path path) {
    return Proxy.isProxyClass(path.getClass()) ? below.getFileSystem().getPath("" + path) : path;
  }

  private FileSystemProvider provider() {
    return below.getFileSystem().provider();
  }

  private void look(Path file) throws IOException {
    if (!file.equals(below) && file.startsWith(below)) {
      afterLook.swap(file);
    }
  }

  private <T> T opened(Path file, Set<? extends OpenOption> options, T channel) throws IOException {
    if (options.contains(StandardOpenOption.CREATE_NEW)) {
      afterMaking.swap(real(file));
    }
    return channel;
  }

  @Override
  public SeekableByteChannel newByteChannel(
      Path file, Set<? extends OpenOption> options, FileAttribute<?>... attributes)
      throws IOException {
    return opened(file, options, provider().newByteChannel(real(file), options, attributes));
  }

  @Override
  public FileChannel newFileChannel(
      Path file, Set<? extends OpenOption> options, FileAttribute<?>... attributes)
      throws IOException {
    return opened(file, options, provider().newFileChannel(real(file), options, attributes));
  }

  @Override
  public <A extends BasicFileAttributes> A readAttributes(
      Path file, Class<A> type, LinkOption... options) throws IOException {
    A seen = provider().readAttributes(real(file), type, options);
    look(real(file));
    return seen;
  }

  @Override
  public <A extends BasicFileAttributes> A readAttributesIfExists(
      Path file, Class<A> type, LinkOption... options) throws IOException {
    A seen = provider().readAttributesIfExists(real(file), type, options);
    if (seen != null) {
      look(real(file));
    }
    return seen;
  }

  @Override
  public boolean exists(Path file, LinkOption... options) {
    return provider().exists(real(file), options);
  }

  @Override
  public void move(Path from, Path to, CopyOption... options) throws IOException {
    provider().move(real(from), real(to), options);
  }

  @Override
  public void delete(Path file) throws IOException {
    provider().delete(real(file));
  }

  @Override
  public void checkAccess(Path file, AccessMode... modes) throws IOException {
    provider().checkAccess(real(file), modes);
  }

  @Override
  public String getScheme() {
    return "swapped";
  }

  @Override
  public FileSystem newFileSystem(URI uri, Map<String, ?> options) {
    throw new UnsupportedOperationException();
  }

  @Override
  public FileSystem getFileSystem(URI uri) {
    throw new UnsupportedOperationException();
  }

  @Override
  public Path getPath(URI uri) {
    throw new UnsupportedOperationException();
  }

  @Override
  public DirectoryStream<Path> newDirectoryStream(
      Path folder, DirectoryStream.Filter<? super Path> filter) {
    throw new UnsupportedOperationException();
  }

  @Override
  public void createDirectory(Path folder, FileAttribute<?>... attributes) {
    throw new UnsupportedOperationException();
  }

  @Override
  public void copy(Path from, Path to, CopyOption... options) {
    throw new UnsupportedOperationException();
  }

  @Override
  public boolean isSameFile(Path one, Path other) {
    throw new UnsupportedOperationException();
  }

  @Override
  public boolean isHidden(Path file) {
    throw new UnsupportedOperationException();
  }

  @Override
  public FileStore getFileStore(Path file) {
    throw new UnsupportedOperationException();
  }

  @Override
  public <V extends FileAttributeView> V getFileAttributeView(
      Path file, Class<V> type, LinkOption... options) {
    throw new UnsupportedOperationException();
  }

  @Override
  public Map<String, Object> readAttributes(Path file, String names, LinkOption... options) {
    throw new UnsupportedOperationException();
  }

  @Override
  public void setAttribute(Path file, String name, Object value, LinkOption... options) {
    throw new UnsupportedOperationException();
  }

  private final class System extends FileSystem {
    private FileSystem all() {
      return below.getFileSystem();
    }

    @Override
    public FileSystemProvider provider() {
      return SwappedFiles.this;
    }

    @Override
    public void close() throws IOException {
      throw new UncheckedIOException(new IOException("nobody closes it"));
    }

    @Override
    public boolean isOpen() {
      return true;
    }

    @Override
    public boolean isReadOnly() {
      return false;
    }

    @Override
    public String getSeparator() {
      return all().getSeparator();
    }

    @Override
    public Iterable<Path> getRootDirectories() {
      return all().getRootDirectories();
    }

    @Override
    public Iterable<FileStore> getFileStores() {
      return all().getFileStores();
    }

    @Override
    public Set<String> supportedFileAttributeViews() {
      return all().supportedFileAttributeViews();
    }

    @Override
    public Path getPath(String first, String... more) {
      return wrap(all().getPath(first, more));
    }

    @Override
    public PathMatcher getPathMatcher(String pattern) {
      return all().getPathMatcher(pattern);
    }

    @Override
    public UserPrincipalLookupService getUserPrincipalLookupService() {
      return all().getUserPrincipalLookupService();
    }

    @Override
    public WatchService newWatchService() throws IOException {
      return all().newWatchService();
    }
  }
}
