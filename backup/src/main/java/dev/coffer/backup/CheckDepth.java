package dev.coffer.backup;

/** How thoroughly to check a repository. */
public enum CheckDepth {
  /** Every object is there. Reads the file lists only. */
  PRESENCE,
  /**
   * Every object opens and is what its name says, whether a snapshot needs it or not. Reads
   * everything.
   */
  CONTENT,
  /**
   * The same, and takes damaged objects out of the way: the next backup stores them anew where the
   * files still exist. Files for which they do not were lost already.
   */
  CONTENT_AND_MEND
}
