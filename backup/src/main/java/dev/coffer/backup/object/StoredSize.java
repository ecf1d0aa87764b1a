package dev.coffer.backup.object;

import dev.coffer.backup.BackupLimits;

/**
 * Which sizes an object can have: few, because what is encrypted is padded. Most objects that were
 * cut, or grew, show it in a listing, without being read.
 */
public final class StoredSize {
  /** Octets in front of the content of an age file with one X25519 recipient. */
  private static final int HEADER = 168 + 16;

  /** age encrypts in pieces of 64 KiB, each with a tag. */
  private static final int CHUNK = 64 << 10;

  private static final int TAG = 16;

  private StoredSize() {}

  /** Whether a whole object can have {@code size} octets. */
  public static boolean isPossible(long size) {
    if (size > BackupLimits.OBJECT_MAX) {
      return false;
    }
    long sealed = size - HEADER;
    long chunks = (sealed + CHUNK + TAG - 1) / (CHUNK + TAG);
    long padded = sealed - chunks * TAG;
    return padded > 0 && Compression.padded((int) padded) == padded;
  }
}
