package dev.coffer.backup;

/** How thoroughly to check a repository. */
public enum CheckDepth {
  /** Every object is there and has a size that is possible. Reads the file lists only. */
  PRESENCE,
  /**
   * Every object that a snapshot needs, and every other one that opens under this key, is what its
   * name says; what no snapshot needs and does not open may be another key's. Reads everything.
   */
  CONTENT,
  /**
   * The same, and makes damaged objects again from files that are still where they were backed up.
   * The others are taken out of the way: the next backup stores them anew where the content still
   * exists. Files for which it does not were lost already. Refused where another key wrote too.
   */
  CONTENT_AND_MEND
}
