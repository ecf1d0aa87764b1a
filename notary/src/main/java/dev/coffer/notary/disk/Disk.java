package dev.coffer.notary.disk;

import dev.coffer.protocol.codec.Bytes;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The few things the servers do to a disk, small enough for a fake whose n-th write fails. Paths
 * are relative, with slashes. Thread-safe.
 *
 * <p><b>Guaranteed:</b> a method that returns has made its effect durable, unless it says
 * otherwise: it survives a power cut.
 *
 * <p><b>Not guaranteed:</b> anything about a method that threw. It may have done nothing, all, or,
 * for {@link #append}, a part. Callers read the disk again before they go on.
 */
public interface Disk extends AutoCloseable {
  /**
   * The content of a file, empty if there is none.
   *
   * @throws IOException if it is longer than {@code max} octets, or cannot be read
   */
  Optional<Bytes> read(String path, int max) throws IOException;

  /**
   * Makes a file that never changes: the whole file appears under its name, or nothing. One with
   * the same content may be there already.
   *
   * @throws FileConflict if the file is there with other content
   */
  void create(String path, Bytes content) throws IOException;

  /**
   * Makes several files as {@link #create} does, together: of a call that threw any may be there.
   */
  void createAll(Map<String, Bytes> files) throws IOException;

  /** Puts the whole file in the place of what was there, or leaves that untouched. */
  void replace(String path, Bytes content) throws IOException;

  /**
   * Writes at the end of a file, which is made if it is not there.
   *
   * @param end its length now, which the caller knows
   */
  void append(String path, long end, Bytes more) throws IOException;

  /**
   * Removes a folder with the files that stand directly in it, or does nothing. The one effect that
   * is not durable: after a crash some of it may be there again.
   */
  void deleteFolder(String path) throws IOException;

  /** The names in a folder, folders with a slash at their end; empty if there is no folder. */
  List<String> list(String path) throws IOException;

  /** Lets go of what this object holds, so that another process may take the folder. */
  @Override
  void close() throws IOException;
}
