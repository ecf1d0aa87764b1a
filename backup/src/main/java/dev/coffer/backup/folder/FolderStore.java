package dev.coffer.backup.folder;

import dev.coffer.backup.BackupException;
import dev.coffer.backup.BackupException.Reason;
import dev.coffer.backup.ObjectStore;
import dev.coffer.backup.StoredObject;
import dev.coffer.backup.local.DiskSpace;
import dev.coffer.backup.remote.ObjectNames;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A store in a folder: one file an object. Thread-safe, also across processes.
 *
 * <p><b>Guarantees:</b> an object appears by an atomic rename after its content was synchronised;
 * {@link #flush} synchronises the folders. <b>Not guaranteed:</b> anything a network file system
 * does not keep of that.
 */
public final class FolderStore implements ObjectStore {
  private static final String TEMPORARY = ObjectNames.TEMPORARY;

  private final Path folder;
  private final Set<Path> unsynchronised = ConcurrentHashMap.newKeySet();

  private FolderStore(Path folder) {
    this.folder = folder;
  }

  /** The store in {@code folder}, which the first put makes if it is not there. */
  public static FolderStore at(Path folder) throws BackupException {
    try {
      if (Files.exists(folder) && !Files.isDirectory(folder)) {
        throw new FileAlreadyExistsException(folder.toString());
      }
      return new FolderStore(
          Files.exists(folder) ? folder.toRealPath() : folder.toAbsolutePath().normalize());
    } catch (IOException e) {
      throw trouble("use", folder, e);
    }
  }

  /** Where it is. */
  public Path folder() {
    return folder;
  }

  private Path file(String name) throws BackupException {
    return folder.resolve(ObjectNames.checkedFile(name));
  }

  @Override
  public void put(String name, byte[] content) throws BackupException {
    Path file = file(name);
    Path parent = folder.resolve(name.substring(0, Math.max(0, name.lastIndexOf('/'))));
    @Nullable Path temporary = null;
    try {
      Path temporaries = directory(folder.resolve(TEMPORARY));
      directory(parent);
      temporary = Files.createTempFile(temporaries, "put", null);
      try (FileChannel out = FileChannel.open(temporary, StandardOpenOption.WRITE)) {
        ByteBuffer source = ByteBuffer.wrap(content);
        while (source.hasRemaining()) {
          out.write(source);
        }
        // A crash before this leaves a file in tmp/, which the next prune removes.
        out.force(true);
      }
      unsynchronised.add(parent);
      Files.move(
          temporary, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException e) {
      discard(temporary);
      throw trouble("write to", folder, e);
    }
  }

  /** Makes a directory below the folder and remembers to synchronise its parent. */
  private Path directory(Path wanted) throws IOException {
    if (!Files.isDirectory(wanted)) {
      Files.createDirectories(wanted);
      for (Path path = wanted.getParent();
          path != null && path.startsWith(folder);
          path = path.getParent()) {
        unsynchronised.add(path);
      }
    }
    return wanted;
  }

  private static void discard(@Nullable Path temporary) {
    if (temporary != null) {
      try {
        Files.deleteIfExists(temporary);
      } catch (IOException e) {
        // The next prune tries again.
        return;
      }
    }
  }

  @Override
  public Optional<byte[]> get(String name, int sizeMax) throws BackupException {
    Path file = file(name);
    try {
      // Looked at before it is opened: a pipe in its place would never answer.
      BasicFileAttributes found =
          Files.readAttributes(file, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
      if (!found.isRegularFile()) {
        throw ObjectNames.fault(name, "is no file");
      }
      if (found.size() > sizeMax) {
        throw ObjectNames.fault(name, "is larger than any Coffer writes");
      }
      try (InputStream in = Files.newInputStream(file, LinkOption.NOFOLLOW_LINKS)) {
        byte[] content = in.readNBytes(sizeMax);
        if (content.length == sizeMax && in.read() >= 0) {
          throw ObjectNames.fault(name, "is larger than any Coffer writes");
        }
        return Optional.of(content);
      }
    } catch (NoSuchFileException | NotDirectoryException e) {
      return Optional.empty();
    } catch (IOException e) {
      throw trouble("read from", folder, e);
    }
  }

  @Override
  public boolean isEmpty() throws BackupException {
    try (DirectoryStream<Path> children = Files.newDirectoryStream(folder)) {
      for (Path child : children) {
        String name = String.valueOf(child.getFileName());
        // A new file system has the one; a put that was cut off leaves the other.
        if (!name.equals("lost+found") && !name.equals(TEMPORARY)) {
          return false;
        }
      }
      return true;
    } catch (NoSuchFileException e) {
      return true;
    } catch (IOException e) {
      throw trouble("list", folder, e);
    }
  }

  @Override
  public void list(String prefix, Consumer<StoredObject> sink) throws BackupException {
    int slash = prefix.lastIndexOf('/');
    Path start = slash < 0 ? folder : folder.resolve(prefix.substring(0, slash));
    try {
      list(start, slash < 0 ? "" : prefix.substring(0, slash + 1), prefix, sink);
    } catch (NoSuchFileException | NotDirectoryException e) {
      // Nothing of that kind was ever put.
      return;
    } catch (IOException e) {
      throw trouble("list", folder, e);
    }
  }

  private void list(Path directory, String base, String prefix, Consumer<StoredObject> sink)
      throws IOException {
    try (DirectoryStream<Path> children = Files.newDirectoryStream(directory)) {
      for (Path child : children) {
        String name = base + child.getFileName();
        if (Files.isDirectory(child, LinkOption.NOFOLLOW_LINKS)) {
          if (!name.equals(TEMPORARY) && (name + "/").startsWith(prefix)) {
            list(child, name + "/", prefix, sink);
          }
        } else if (name.startsWith(prefix) && ObjectNames.isName(name)) {
          try {
            BasicFileAttributes found =
                Files.readAttributes(child, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
            if (found.isRegularFile()) {
              sink.accept(new StoredObject(name, found.size()));
            }
          } catch (NoSuchFileException e) {
            // Deleted since the folder was read: then it is not there.
            continue;
          }
        }
      }
    }
  }

  @Override
  public void delete(String name) throws BackupException {
    Path file = file(name);
    try {
      // A deletion that a power failure undoes is no loss: the next prune deletes again.
      Files.deleteIfExists(file);
    } catch (IOException e) {
      throw trouble("delete in", folder, e);
    }
  }

  @Override
  public void sweep(Instant before) throws BackupException {
    try (DirectoryStream<Path> leftovers = Files.newDirectoryStream(folder.resolve(TEMPORARY))) {
      for (Path leftover : leftovers) {
        if (Files.getLastModifiedTime(leftover).toInstant().isBefore(before)) {
          Files.deleteIfExists(leftover);
        }
      }
    } catch (NoSuchFileException e) {
      // Nothing was ever put, or another prune was faster.
      return;
    } catch (IOException e) {
      throw trouble("delete in", folder, e);
    }
  }

  @Override
  public void flush() throws BackupException {
    for (Path directory : Set.copyOf(unsynchronised)) {
      unsynchronised.remove(directory);
      try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
        channel.force(true);
      } catch (NoSuchFileException e) {
        continue;
      } catch (AccessDeniedException e) {
        // Windows opens no directories; its renames are journalled.
        continue;
      } catch (IOException e) {
        unsynchronised.add(directory);
        throw trouble("write to", folder, e);
      }
    }
  }

  private static BackupException trouble(String action, Path folder, IOException e) {
    if (DiskSpace.isExhausted(e, folder)) {
      return new BackupException(
          Reason.STORE_FULL,
          "The disk of "
              + folder
              + " is full: free some space there and run the same command again.",
          e);
    }
    if (e instanceof AccessDeniedException) {
      return new BackupException(
          Reason.STORE_DENIED,
          "Not allowed to "
              + action
              + " "
              + folder
              + ": change its permissions or name another folder.",
          e);
    }
    return new BackupException(
        Reason.STORE_UNREACHABLE,
        "Cannot " + action + " " + folder + ": check that the disk is connected and run again.",
        e);
  }
}
