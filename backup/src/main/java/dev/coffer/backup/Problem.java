package dev.coffer.backup;

/**
 * Trouble with one file or object, which the rest did not suffer from. A report with problems is
 * partial.
 *
 * @param kind what sort of trouble, for programs
 * @param subject the file's path below the directory (control characters escaped) or the object's
 *     name in the store
 * @param sentence what happened and what to do next, for people
 */
public record Problem(Kind kind, String subject, String sentence) {
  /** Sorts of trouble. */
  public enum Kind {
    /** Backup: the file or directory could not be read; it is not in the snapshot. */
    UNREADABLE,
    /** Backup: the file changed while it was read; the snapshot holds a mixture. */
    CHANGED_WHILE_READ,
    /** Backup: the file grew while it was read; the snapshot holds what it had at first. */
    GREW,
    /** Backup: the file was gone before it could be opened. */
    VANISHED,
    /** Backup: a socket, device or pipe; it is not in the snapshot. */
    SPECIAL,
    /** Backup: a name or an attribute that cannot be kept. */
    UNSUPPORTED,
    /** Backup: an access control list or capabilities, not kept; one for all of them. */
    ACCESS_LIST,
    /** Backup: keys or files of this program, or what the caller named; left out. */
    LEFT_OUT,
    /** Backup: what an unfinished restore left behind; left out. */
    UNFINISHED_RESTORE,
    /** Backup: the newest snapshot is from the future; a clock is or was wrong. */
    CLOCK,
    /** Backup: the directory holds a backup repository and was left out. */
    REPOSITORY_SKIPPED,
    /**
     * Restore: at least one object of the file is missing or damaged; the file was not restored.
     */
    DAMAGED,
    /**
     * Restore: part of the file list is missing or damaged; the files named there were not
     * restored.
     */
    LISTING_DAMAGED,
    /** A snapshot is missing or damaged as a whole. */
    SNAPSHOT_DAMAGED,
    /** Restore: something else stands at the file's place; it was left alone. */
    CONFLICT,
    /** Restore: this file system refused the file, its name or its kind. */
    NOT_WRITABLE,
    /** Restore: owners, attributes or holes that this place could not be given. */
    NOT_KEPT,
    /** Restore: an older snapshot of the same directory holds far more. */
    FULLER_SNAPSHOT,
    /** Check and backup: an object that snapshots need is missing or damaged. */
    OBJECT_DAMAGED,
    /** Deposits: an entry that is not what it should be; it stays in the inbox. */
    DEPOSIT_REFUSED,
    /**
     * Deposits: entries that a writer made are not in the inbox, or more wait than are taken at a
     * time.
     */
    DEPOSIT_MISSING,
    /** Backup and repair: an object was damaged, and its content is stored anew. */
    OBJECT_MENDED
  }

  @Override
  public String toString() {
    return subject + ": " + sentence;
  }
}
