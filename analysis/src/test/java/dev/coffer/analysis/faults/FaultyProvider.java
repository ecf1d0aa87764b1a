package dev.coffer.analysis.faults;

import java.io.IOException;
import java.net.URI;
import java.nio.channels.FileChannel;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.AccessMode;
import java.nio.file.CopyOption;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileStore;
import java.nio.file.FileSystem;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.FileAttributeView;
import java.nio.file.attribute.FileStoreAttributeView;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.GroupPrincipal;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.UserPrincipal;
import java.nio.file.spi.FileSystemProvider;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** What the platform asks of a file system, answered by a {@link FaultyTree}. */
final class FaultyProvider extends FileSystemProvider {
  private final FaultyFiles files;

  FaultyProvider(FaultyFiles files) {
    this.files = files;
  }

  private FaultyTree tree() {
    return files.tree();
  }

  private static String name(Path path) {
    return path.toAbsolutePath().normalize().toString();
  }

  @Override
  public String getScheme() {
    return "faulty";
  }

  @Override
  public FileSystem newFileSystem(URI uri, Map<String, ?> environment) {
    throw new UnsupportedOperationException();
  }

  @Override
  public FileSystem getFileSystem(URI uri) {
    return files;
  }

  @Override
  public Path getPath(URI uri) {
    return files.getPath(uri.getPath());
  }

  @Override
  public FileChannel newFileChannel(
      Path path, Set<? extends OpenOption> options, FileAttribute<?>... attributes)
      throws IOException {
    String name = name(path);
    tree().reading();
    if (tree().isFolder(name)) {
      return new FaultyChannel(tree(), name, null, false);
    }
    boolean there = tree().isFile(name);
    if (there && options.contains(StandardOpenOption.CREATE_NEW)) {
      throw new FileAlreadyExistsException(name);
    }
    boolean make =
        options.contains(StandardOpenOption.CREATE_NEW)
            || options.contains(StandardOpenOption.CREATE);
    Path parent = path.toAbsolutePath().normalize().getParent();
    if (!there && (!make || !tree().isFolder(name(parent)))) {
      throw new NoSuchFileException(name);
    }
    FaultyTree.Content content = there ? tree().content(name) : tree().create(name);
    boolean append = options.contains(StandardOpenOption.APPEND);
    FaultyChannel channel = new FaultyChannel(tree(), name, content, append);
    return options.contains(StandardOpenOption.TRUNCATE_EXISTING) ? channel.truncate(0) : channel;
  }

  @Override
  public SeekableByteChannel newByteChannel(
      Path path, Set<? extends OpenOption> options, FileAttribute<?>... attributes)
      throws IOException {
    return newFileChannel(path, options, attributes);
  }

  @Override
  public DirectoryStream<Path> newDirectoryStream(
      Path folder, DirectoryStream.Filter<? super Path> filter) throws IOException {
    List<Path> children = new ArrayList<>();
    for (String name : tree().children(name(folder))) {
      Path child = files.getPath(name);
      if (filter.accept(child)) {
        children.add(child);
      }
    }
    return new DirectoryStream<>() {
      @Override
      public Iterator<Path> iterator() {
        return children.iterator();
      }

      @Override
      public void close() {}
    };
  }

  @Override
  public void createDirectory(Path folder, FileAttribute<?>... attributes) throws IOException {
    String name = name(folder);
    if (tree().isFolder(name) || tree().isFile(name)) {
      throw new FileAlreadyExistsException(name);
    }
    if (!tree().isFolder(name(folder.toAbsolutePath().normalize().getParent()))) {
      throw new NoSuchFileException(name);
    }
    tree().makeFolder(name);
  }

  @Override
  public void delete(Path path) throws IOException {
    String name = name(path);
    if (!tree().isFolder(name) && !tree().isFile(name)) {
      throw new NoSuchFileException(name);
    }
    if (tree().isFolder(name) && !tree().children(name).isEmpty()) {
      throw new DirectoryNotEmptyException(name);
    }
    tree().delete(name);
  }

  @Override
  public void move(Path from, Path to, CopyOption... options) throws IOException {
    if (!tree().isFile(name(from)) && !tree().isFolder(name(from))) {
      throw new NoSuchFileException(name(from));
    }
    List<CopyOption> asked = List.of(options);
    boolean replace =
        asked.contains(StandardCopyOption.ATOMIC_MOVE)
            || asked.contains(StandardCopyOption.REPLACE_EXISTING);
    if (tree().isFile(name(to)) && !replace) {
      throw new FileAlreadyExistsException(name(to));
    }
    tree().move(name(from), name(to));
  }

  @Override
  public void copy(Path from, Path to, CopyOption... options) {
    throw new UnsupportedOperationException();
  }

  @Override
  public boolean isSameFile(Path a, Path b) {
    return name(a).equals(name(b));
  }

  @Override
  public boolean isHidden(Path path) {
    return false;
  }

  @Override
  public FileStore getFileStore(Path path) {
    return new Store();
  }

  /** Keeps no permissions, and says so. */
  private static final class Store extends FileStore {
    @Override
    public String name() {
      return "faulty";
    }

    @Override
    public String type() {
      return "faulty";
    }

    @Override
    public boolean isReadOnly() {
      return false;
    }

    @Override
    public long getTotalSpace() {
      return Long.MAX_VALUE;
    }

    @Override
    public long getUsableSpace() {
      return Long.MAX_VALUE;
    }

    @Override
    public long getUnallocatedSpace() {
      return Long.MAX_VALUE;
    }

    @Override
    public boolean supportsFileAttributeView(Class<? extends FileAttributeView> type) {
      return false;
    }

    @Override
    public boolean supportsFileAttributeView(String name) {
      return false;
    }

    @Override
    public <V extends FileStoreAttributeView> V getFileStoreAttributeView(Class<V> type) {
      return null;
    }

    @Override
    public Object getAttribute(String attribute) {
      throw new UnsupportedOperationException();
    }
  }

  @Override
  public void checkAccess(Path path, AccessMode... modes) throws IOException {
    if (!tree().isFile(name(path)) && !tree().isFolder(name(path))) {
      throw new NoSuchFileException(name(path));
    }
  }

  @Override
  public <V extends FileAttributeView> V getFileAttributeView(
      Path path, Class<V> type, LinkOption... options) {
    return type.isInstance(new Attributes(path)) ? type.cast(new Attributes(path)) : null;
  }

  @Override
  public <A extends BasicFileAttributes> A readAttributes(
      Path path, Class<A> type, LinkOption... options) throws IOException {
    checkAccess(path);
    return type.cast(new Attributes(path));
  }

  @Override
  public Map<String, Object> readAttributes(Path path, String attributes, LinkOption... options) {
    throw new UnsupportedOperationException();
  }

  @Override
  public void setAttribute(Path path, String attribute, Object value, LinkOption... options) {}

  /** Permissions are not modelled: they decide who may read, not what lasts. */
  private final class Attributes implements PosixFileAttributes, PosixFileAttributeView {
    private final Path path;

    Attributes(Path path) {
      this.path = path;
    }

    @Override
    public String name() {
      return "posix";
    }

    @Override
    public PosixFileAttributes readAttributes() {
      return this;
    }

    @Override
    public void setPermissions(Set<PosixFilePermission> permissions) {}

    @Override
    public void setGroup(GroupPrincipal group) {}

    @Override
    public void setOwner(UserPrincipal owner) {}

    @Override
    public UserPrincipal getOwner() {
      throw new UnsupportedOperationException();
    }

    @Override
    public void setTimes(FileTime modified, FileTime accessed, FileTime created) {}

    @Override
    public UserPrincipal owner() {
      throw new UnsupportedOperationException();
    }

    @Override
    public GroupPrincipal group() {
      throw new UnsupportedOperationException();
    }

    @Override
    public Set<PosixFilePermission> permissions() {
      return Set.of();
    }

    @Override
    public FileTime lastModifiedTime() {
      return FileTime.fromMillis(0);
    }

    @Override
    public FileTime lastAccessTime() {
      return FileTime.fromMillis(0);
    }

    @Override
    public FileTime creationTime() {
      return FileTime.fromMillis(0);
    }

    @Override
    public boolean isRegularFile() {
      return tree().isFile(FaultyProvider.name(path));
    }

    @Override
    public boolean isDirectory() {
      return tree().isFolder(FaultyProvider.name(path));
    }

    @Override
    public boolean isSymbolicLink() {
      return false;
    }

    @Override
    public boolean isOther() {
      return false;
    }

    @Override
    public long size() {
      return isRegularFile() ? tree().content(FaultyProvider.name(path)).seen().length : 0;
    }

    @Override
    public Object fileKey() {
      return path.toString();
    }
  }
}
