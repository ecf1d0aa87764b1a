package dev.coffer.backup;

/** Every limit of the repository format, in octets unless the name says otherwise. */
public final class BackupLimits {
  /** A page of a large file: the unit in which its unchanged content is recognised. */
  public static final int PAGE = 1 << 20;

  /** Files up to this size are packed together. */
  public static final int SMALL_FILE_MAX = 512 << 10;

  /** A pack may be cut from here on, where the content says so. */
  public static final int PACK_CUT_MIN = 1 << 20;

  /** A pack never grows beyond this. */
  public static final int PACK_MAX = 4 << 20;

  /** Plaintext of any object. */
  public static final int OBJECT_PLAIN_MAX = PACK_MAX;

  /** An object as it is stored: incompressible plaintext, padding and the age envelope. */
  public static final int OBJECT_MAX = OBJECT_PLAIN_MAX + (OBJECT_PLAIN_MAX >> 4) + (64 << 10);

  /** Less than this cannot be an age file: such an object counts as absent. */
  public static final int OBJECT_MIN = 200;

  /** A page of the file list may be cut from here on. */
  public static final int LISTING_CUT_MIN = 64 << 10;

  /** A line of the file list. */
  public static final int LINE_MAX = 64 << 10;

  /** A relative path in the octets of the file system. */
  public static final int PATH_MAX = 8 << 10;

  /** Directories inside directories. */
  public static final int DEPTH_MAX = 256;

  /** Directories and files that one backup is of. */
  public static final int SOURCES_MAX = 1000;

  /** Pieces of one file: 16 TiB in pages. */
  public static final int PIECES_MAX = 1 << 24;

  /** Pages of one file list. */
  public static final int LISTING_PAGES_MAX = 1 << 18;

  /** Plaintext of a snapshot: its own few lines and one for each page of the file list. */
  public static final int SNAPSHOT_MAX = OBJECT_PLAIN_MAX;

  /** Objects in one store. */
  public static final int OBJECTS_MAX = 1 << 26;

  /** Snapshots in one store. */
  public static final int SNAPSHOTS_MAX = 1 << 16;

  /** Content of one deposit. */
  public static final int DEPOSIT_MAX = 1 << 20;

  /** Deposits of one writer that are taken in at a time. */
  public static final int DEPOSITS_MAX = 1000;

  /** Content of the deposits that are taken in at a time. */
  public static final long DEPOSITS_BYTES_MAX = 256L << 20;

  /** Writers of one deposit box. */
  public static final int DEPOSIT_WRITERS_MAX = 100;

  /** Gaps in one writer's deposits that are remembered. */
  public static final int DEPOSIT_GAPS_MAX = 1000;

  /** Deposits that wait at a writer for an inbox that does not answer. */
  public static final int DEPOSITS_WAITING_MAX = 1000;

  /** Entries that may wait for the pack that holds their content. */
  public static final int WAITING_MAX = 8192;

  private BackupLimits() {}
}
