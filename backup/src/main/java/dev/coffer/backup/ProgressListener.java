package dev.coffer.backup;

/**
 * Told how a long operation goes on, by the thread that runs it, at most once a page or file.
 * Returns quickly.
 */
@FunctionalInterface
public interface ProgressListener {
  /** A listener that does nothing. */
  ProgressListener NONE = progress -> {};

  /** So far {@code progress}. */
  void onProgress(Progress progress);

  /**
   * How far an operation is.
   *
   * @param files done
   * @param bytes of their content
   * @param stored octets sent to the store (backup) or got from it (restore, check)
   * @param current the path below the directory that is worked on, control characters escaped
   */
  record Progress(long files, long bytes, long stored, String current) {}
}
