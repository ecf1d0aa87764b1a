package dev.coffer.backup.walk;

import dev.coffer.backup.Problem;
import dev.coffer.backup.tree.Entry;
import dev.coffer.backup.tree.EntryPath;
import dev.coffer.backup.tree.FileVersion;
import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.codec.Limits;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Which files with several names were met under one already; each until its last name came. Some
 * 200 octets of memory for each, since there may be very many. Not thread-safe.
 */
final class FirstNames {
  /** Files whose further names are still awaited. */
  static final int FILES_MAX = 1 << 20;

  private static final int HEAD = Integer.BYTES + Long.BYTES + Limits.DIGEST;

  private final int max;

  /** By device and inode: how many names are to come, size, SHA-256, first name. */
  private final Map<Object, byte[]> files = new HashMap<>();

  private long lost;

  /**
   * @param max files at a time; of more, each name becomes a file of its own
   */
  FirstNames(int max) {
    this.max = max;
  }

  /** Remembers a file that has more names than this. */
  void add(Entry.RegularFile file, FileVersion version) {
    if (version.names() < 2 || version.key() == null) {
      return;
    }
    if (files.size() == max) {
      lost++;
      return;
    }
    byte[] path = file.path().octets();
    ByteBuffer first = ByteBuffer.allocate(HEAD + path.length);
    first.putInt(version.names() - 1).putLong(file.size());
    first.put(file.sha256().toByteArray()).put(path);
    files.put(version.key(), first.array());
  }

  /** The file as another name of one that was met; empty if this is the first. */
  Optional<Entry.HardLink> another(EntryPath path, FileVersion version) {
    byte[] found = version.names() < 2 ? null : files.get(version.key());
    if (found == null) {
      return Optional.empty();
    }
    ByteBuffer first = ByteBuffer.wrap(found);
    int toCome = first.getInt() - 1;
    if (toCome > 0) {
      first.putInt(0, toCome);
    } else {
      files.remove(version.key());
    }
    long size = first.getLong();
    byte[] sha256 = new byte[Limits.DIGEST];
    first.get(sha256);
    byte[] name = new byte[first.remaining()];
    first.get(name);
    EntryPath target = EntryPath.of(name).orElseThrow();
    return Optional.of(new Entry.HardLink(path, target, size, Bytes.wrap(sha256)));
  }

  /** How many files are awaited under further names. */
  int awaited() {
    return files.size();
  }

  /** One line if some names were kept as files of their own. */
  Optional<Problem> notice() {
    String sentence =
        "more files with several names than can be told apart; kept as files of their own: " + lost;
    return lost == 0
        ? Optional.empty()
        : Optional.of(new Problem(Problem.Kind.UNSUPPORTED, EntryPath.ROOT.text(), sentence));
  }
}
