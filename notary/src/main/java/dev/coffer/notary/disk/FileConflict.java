package dev.coffer.notary.disk;

import java.io.IOException;

/** A file that must never change would have changed. */
public final class FileConflict extends IOException {
  private static final long serialVersionUID = 1L;

  /** For the file of that path. */
  public FileConflict(String path) {
    super(path + " is there with other content: it must never change. Run fsck before going on.");
  }
}
