package dev.coffer.backup.local;

import dev.coffer.protocol.codec.Bytes;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.UserDefinedFileAttributeView;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The extended attributes that users write. Access control lists and capabilities are in name
 * spaces that Java does not reach.
 */
public final class ExtendedAttributes {
  private ExtendedAttributes() {}

  /**
   * Those of a file or directory; none where the file system has none.
   *
   * @param countMax more than that, or a value of more than {@code sizeMax} octets, is an {@link
   *     IOException}
   */
  public static SortedMap<String, Bytes> read(Path path, int countMax, int sizeMax)
      throws IOException {
    SortedMap<String, Bytes> found = new TreeMap<>();
    UserDefinedFileAttributeView view = view(path);
    if (view == null) {
      return found;
    }
    try {
      for (String name : view.list()) {
        int size = view.size(name);
        if (size > sizeMax || found.size() == countMax) {
          throw new IOException("too many or too large attributes");
        }
        ByteBuffer value = ByteBuffer.allocate(size);
        view.read(name, value);
        byte[] octets = new byte[value.flip().remaining()];
        value.get(octets);
        found.put(name, Bytes.wrap(octets));
      }
      return found;
    } catch (IOException e) {
      if (String.valueOf(e.getMessage()).contains("not supported")) {
        return new TreeMap<>();
      }
      throw e;
    }
  }

  /** Sets them; trouble is an {@link IOException}. */
  public static void write(Path path, Map<String, Bytes> attributes) throws IOException {
    if (attributes.isEmpty()) {
      return;
    }
    UserDefinedFileAttributeView view = view(path);
    if (view == null) {
      throw new IOException("this file system has no such attributes");
    }
    for (Map.Entry<String, Bytes> attribute : attributes.entrySet()) {
      view.write(attribute.getKey(), ByteBuffer.wrap(attribute.getValue().toByteArray()));
    }
  }

  private static UserDefinedFileAttributeView view(Path path) {
    return Files.getFileAttributeView(
        path, UserDefinedFileAttributeView.class, LinkOption.NOFOLLOW_LINKS);
  }
}
