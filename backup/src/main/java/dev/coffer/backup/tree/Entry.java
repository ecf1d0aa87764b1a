package dev.coffer.backup.tree;

import dev.coffer.backup.BackupLimits;
import dev.coffer.backup.Problem;
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
   * @param mode the nine permission bits, set-user-id, set-group-id and sticky
   */
  record Directory(EntryPath path, int mode, Instant modified, Attributes attributes)
      implements Entry {}

  /**
   * A symbolic link; {@code target} in the octets of the file system, unescaped.
   *
   * @param target at most {@link BackupLimits#PATH_MAX} octets
   */
  record Link(EntryPath path, Bytes target, Attributes attributes) implements Entry {}

  /**
   * A regular file.
   *
   * @param mode the nine permission bits, set-user-id, set-group-id and sticky
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
      List<Piece> pieces,
      Attributes attributes)
      implements Entry {
    /** The same with its content at {@code found}. */
    public RegularFile with(List<Piece> found) {
      return new RegularFile(path, mode, modified, size, sha256, identity, found, attributes);
    }
  }

  /**
   * Another name of a regular file that stands earlier in the list.
   *
   * @param target the first name
   * @param size of the file, in octets
   * @param sha256 of the file
   */
  record HardLink(EntryPath path, EntryPath target, long size, Bytes sha256) implements Entry {}

  /**
   * Something at or below {@code path} is not in the backup, or not as it was; the only entry whose
   * path may be that of the entry before.
   */
  record Remark(EntryPath path, Problem.Kind kind) implements Entry {}
}
