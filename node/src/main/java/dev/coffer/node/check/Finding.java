package dev.coffer.node.check;

/**
 * One thing that a check found.
 *
 * @param where the file, or the part of it
 * @param what one clause: what is there and what should be; never what a record holds
 * @param next one sentence: what the operator does now
 * @param repair what {@code coffer node repair} does about it
 */
public record Finding(Weight weight, String where, String what, String next, RepairAction repair) {
  /** How bad it is. */
  public enum Weight {
    /** Nothing is wrong; worth knowing when something else is. */
    NOTE,

    /**
     * The disk does not hold what was written. Peers have it: nothing is lost while q nodes live.
     */
    DAMAGE,

    /**
     * Two things that are whole each, and signed or counted by an HSM, exclude each other. Nothing
     * may be thrown away before somebody has understood it (INV-7).
     */
    CONTRADICTION
  }

  /** What puts it right, as far as a program can. */
  public enum RepairAction {
    /** Somebody has to look; the finding says what to do. */
    BY_HAND,

    /** The Raft directory is moved aside, and the node comes back under a new voter name. */
    RAFT_ASIDE,

    /**
     * The same; or, since nothing but the end of the newest segment is torn, the torn end is cut
     * off and the voter keeps its name.
     */
    RAFT_TAIL,

    /** The store is moved aside, and the node fetches the certified state from its peers. */
    STORE_ASIDE
  }
}
