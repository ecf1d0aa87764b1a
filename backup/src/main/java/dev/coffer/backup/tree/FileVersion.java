package dev.coffer.backup.tree;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What the file system says about a path, links not followed: equal values at two times mean, as
 * far as anyone can tell, that nothing was written in between.
 *
 * @param type what it is
 * @param mode the nine permission bits, set-user-id, set-group-id and sticky; a guess where there
 *     are none
 * @param modified when its content was written last
 * @param size in octets
 * @param identity inode and change time, {@code -} where there are none
 * @param owner the numbers of user and group; empty where there are none
 * @param names how many names (hard links) the file has
 * @param key device and inode, null where there are none
 */
public record FileVersion(
    Type type,
    int mode,
    Instant modified,
    long size,
    String identity,
    Optional<Attributes.Owner> owner,
    int names,
    @Nullable Object key) {
  private static final String UNIX =
      "unix:isRegularFile,isDirectory,isSymbolicLink,mode,lastModifiedTime,size,ino,ctime,uid,gid,"
          + "nlink,fileKey";

  public enum Type {
    DIRECTORY,
    REGULAR_FILE,
    LINK,
    OTHER
  }

  public static FileVersion of(Path path) throws IOException {
    if (path.getFileSystem().supportedFileAttributeViews().contains("unix")) {
      Map<String, Object> found = Files.readAttributes(path, UNIX, LinkOption.NOFOLLOW_LINKS);
      Type type =
          type(
              value(found, "isRegularFile", Boolean.class),
              value(found, "isDirectory", Boolean.class),
              value(found, "isSymbolicLink", Boolean.class));
      Instant changed = value(found, "ctime", FileTime.class).toInstant();
      return new FileVersion(
          type,
          value(found, "mode", Integer.class) & 07777,
          value(found, "lastModifiedTime", FileTime.class).toInstant(),
          value(found, "size", Long.class),
          ListingLine.time(changed) + ":" + value(found, "ino", Long.class),
          Optional.of(
              new Attributes.Owner(
                  value(found, "uid", Integer.class), value(found, "gid", Integer.class))),
          value(found, "nlink", Integer.class),
          found.get("fileKey"));
    }
    BasicFileAttributes found =
        Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
    Type type = type(found.isRegularFile(), found.isDirectory(), found.isSymbolicLink());
    int mode = type == Type.DIRECTORY ? 0755 : 0644;
    Instant modified = found.lastModifiedTime().toInstant();
    return new FileVersion(
        type, mode, modified, found.size(), "-", Optional.empty(), 1, found.fileKey());
  }

  private static <T> T value(Map<String, Object> found, String name, Class<T> type)
      throws IOException {
    Object value = found.get(name);
    if (value == null) {
      throw new IOException("the file system does not tell everything");
    }
    return type.cast(value);
  }

  private static Type type(boolean file, boolean directory, boolean link) {
    if (link) {
      return Type.LINK;
    }
    return file ? Type.REGULAR_FILE : directory ? Type.DIRECTORY : Type.OTHER;
  }
}
