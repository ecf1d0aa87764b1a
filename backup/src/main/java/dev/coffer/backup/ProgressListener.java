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
   * @param files done; of a check, objects
   * @param bytes of their content
   * @param filesInAll how many there are, as far as anybody knows; 0 while nobody does
   * @param bytesInAll of their content, likewise
   * @param stored octets sent to the store (backup) or got from it (restore, check)
   * @param current the path below the directory that is worked on, control characters escaped
   */
  record Progress(
      long files, long bytes, long filesInAll, long bytesInAll, long stored, String current) {}
}
