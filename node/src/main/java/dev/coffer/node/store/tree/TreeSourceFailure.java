package dev.coffer.node.store.tree;

/**
 * A synchronisation cannot go on with this peer, or not now. What was fetched so far was verified
 * and stays.
 */
public final class TreeSourceFailure extends Exception {
  private static final long serialVersionUID = 1L;

  /** What went wrong, and so what to do next. */
  public enum Reason {
    /** The peer does not hold that state any more: ask it for its newest one. */
    MOVED,
    /** The peer has no certified state as new as asked for: wait, or ask another peer. */
    BEHIND,
    /** The link broke or the time ran out: ask again, or another peer. */
    AWAY,
    /** What the peer sent does not hash to what is certified: ask another peer. */
    LIED,
  }

  private final Reason reason;

  /** {@code what} names the kind of data; it holds none. */
  public TreeSourceFailure(Reason reason, String what) {
    super(reason + ": " + what);
    this.reason = reason;
  }

  /** The same, with what caused it. */
  public TreeSourceFailure(Reason reason, String what, Throwable cause) {
    super(reason + ": " + what, cause);
    this.reason = reason;
  }

  /** What to do next. */
  public Reason reason() {
    return reason;
  }
}
