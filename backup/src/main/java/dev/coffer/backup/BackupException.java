package dev.coffer.backup;

/**
 * Something stopped a backup operation as a whole. The message is one sentence about what happened
 * and what to do next; it never holds key material. Nothing that was stored before is lost, and
 * running the same operation again continues it.
 *
 * <p>Trouble with a single file or object is no exception but a {@link Problem} in the report.
 */
public final class BackupException extends Exception {
  private static final long serialVersionUID = 1L;

  private final Reason reason;

  /** Creates one whose {@code sentence} ends with the next step. */
  public BackupException(Reason reason, String sentence) {
    super(sentence);
    this.reason = reason;
  }

  /** The same with the underlying trouble, for logs. */
  public BackupException(Reason reason, String sentence, Throwable cause) {
    super(sentence, cause);
    this.reason = reason;
  }

  /** What kind of trouble. */
  public Reason reason() {
    return reason;
  }

  /** Why an operation stopped. */
  public enum Reason {
    /** The store's disk or quota is full. */
    STORE_FULL,
    /** The store does not answer. */
    STORE_UNREACHABLE,
    /** The store refuses the login or the permission. */
    STORE_DENIED,
    /** The store answers with something it should not. */
    STORE_FAULT,
    /** One object is not what any of Coffer's is: too large, or no file. Others may be sound. */
    OBJECT_FAULT,
    /** The place holds something else than a repository; nothing was written there. */
    NOT_A_REPOSITORY,
    /** The repository was written under another key. */
    WRONG_KEY,
    /** There is no snapshot (of that name). */
    NO_SNAPSHOT,
    /** The snapshot holds no file of that name. */
    NO_FILE,
    /** The disk that is restored to is full. */
    DISK_FULL,
    /** The disk that is to be restored to has too little room; nothing was restored. */
    NO_ROOM,
    /** The directory holds much less than the backup before; nothing was published. */
    SHRUNK,
    /** The directory to back up or to restore to cannot be used. */
    LOCAL_FAULT,
    /** The calling thread was interrupted. */
    INTERRUPTED,
    /** The operation lost a race against a prune and has to run again. */
    RUN_AGAIN,
    /** More than the limits allow. */
    TOO_LARGE
  }
}
