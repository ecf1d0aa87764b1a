package dev.coffer.backup.tree;

import dev.coffer.protocol.codec.Bytes;
import java.util.Collections;
import java.util.Optional;
import java.util.SortedMap;

/**
 * What else the file system keeps of an entry.
 *
 * @param owner the numbers of user and group; empty where there are none
 * @param extended attributes of the name space that users write, by name
 */
public record Attributes(Optional<Owner> owner, SortedMap<String, Bytes> extended) {
  /** None. */
  public static final Attributes NONE =
      new Attributes(Optional.empty(), Collections.emptySortedMap());

  /** Octets of an extended attribute that a line of the file list takes. */
  public static final int VALUE_MAX = 16 << 10;

  /** Extended attributes of one entry. */
  public static final int EXTENDED_MAX = 128;

  /** An owner alone. */
  public static Attributes of(Optional<Owner> owner) {
    return new Attributes(owner, Collections.emptySortedMap());
  }

  /** A user and a group by their numbers. */
  public record Owner(int user, int group) {}
}
