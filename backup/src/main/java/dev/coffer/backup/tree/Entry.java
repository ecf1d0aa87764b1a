package dev.coffer.backup.tree;

import dev.coffer.backup.BackupLimits;
import dev.coffer.backup.object.Piece;
import dev.coffer.protocol.codec.Bytes;
import java.time.Instant;
import java.util.List;

/** One line of a file list: what is at a path. */
public sealed interface Entry {
  /** Where. */
  EntryPath path();

  /**
   * A directory.
   *
   * @param mode the nine permission bits
   */
  record Directory(EntryPath path, int mode, Instant modified) implements Entry {}

  /**
   * A symbolic link; {@code target} in the octets of the file system, unescaped.
   *
   * @param target at most {@link BackupLimits#PATH_MAX} octets
   */
  record Link(EntryPath path, Bytes target) implements Entry {}

  /**
   * A regular file.
   *
   * @param mode the nine permission bits
   * @param size in octets
   * @param sha256 of the content
   * @param identity what the file system says to tell versions of a file apart, a short word;
   *     {@code -} if nothing
   * @param pieces its content in order
   */
  record RegularFile(
      EntryPath path,
      int mode,
      Instant modified,
      long size,
      Bytes sha256,
      String identity,
      List<Piece> pieces)
      implements Entry {}
}
