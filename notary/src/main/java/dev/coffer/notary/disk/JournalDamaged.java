package dev.coffer.notary.disk;

import java.io.IOException;

/**
 * A record that was acknowledged can no longer be read. Going on without it would mean to go back.
 */
public final class JournalDamaged extends IOException {
  private static final long serialVersionUID = 1L;

  /** At that offset of that file. */
  public JournalDamaged(String path, long offset) {
    super(
        path
            + " is damaged at octet "
            + offset
            + ", and what stood there was acknowledged: restore the file from a copy of this disk."
            + " Never go on with an older one.");
  }
}
