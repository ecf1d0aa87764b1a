package dev.coffer.backup.tree;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.Map;

/**
 * What the file system says about a path, links not followed: equal values at two times mean, as
 * far as anyone can tell, that nothing was written in between.
 *
 * @param type what it is
 * @param mode the nine permission bits; a guess where there are none
 * @param modified when its content was written last
 * @param size in octets
 * @param identity inode and change time, {@code -} where there are none
 */
public record FileVersion(Type type, int mode, Instant modified, long size, String identity) {
  public enum Type {
    DIRECTORY,
    REGULAR_FILE,
    LINK,
    OTHER
  }

  public static FileVersion of(Path path) throws IOException {
    if (path.getFileSystem().supportedFileAttributeViews().contains("unix")) {
      String wanted =
          "unix:isRegularFile,isDirectory,isSymbolicLink,mode,lastModifiedTime,size,ino,ctime";
      Map<String, Object> found = Files.readAttributes(path, wanted, LinkOption.NOFOLLOW_LINKS);
      Type type =
          type(
              value(found, "isRegularFile", Boolean.class),
              value(found, "isDirectory", Boolean.class),
              value(found, "isSymbolicLink", Boolean.class));
      Instant changed = value(found, "ctime", FileTime.class).toInstant();
      String identity = ListingLine.time(changed) + ":" + value(found, "ino", Long.class);
      Instant modified = value(found, "lastModifiedTime", FileTime.class).toInstant();
      int mode = value(found, "mode", Integer.class) & 0777;
      return new FileVersion(type, mode, modified, value(found, "size", Long.class), identity);
    }
    BasicFileAttributes found =
        Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
    Type type = type(found.isRegularFile(), found.isDirectory(), found.isSymbolicLink());
    int mode = type == Type.DIRECTORY ? 0755 : 0644;
    return new FileVersion(type, mode, found.lastModifiedTime().toInstant(), found.size(), "-");
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
