package dev.coffer.backup.local;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;

/** Tells a full disk from other trouble, for which Java has no exception of its own. */
public final class DiskSpace {
  /** Less than this is full for our purposes. */
  private static final long LEAST = 64 << 10;

  private DiskSpace() {}

  public static boolean isExhausted(IOException trouble, Path near) {
    String text = String.valueOf(trouble.getMessage()).toLowerCase(Locale.ROOT);
    if (text.contains("no space left")
        || text.contains("quota exceeded")
        || text.contains("not enough space")) {
      return true;
    }
    try {
      return Files.getFileStore(near).getUsableSpace() < LEAST;
    } catch (IOException e) {
      return false;
    }
  }
}
