package dev.coffer.node.check;

/**
 * One thing that a check found.
 *
 * @param where the file, or the part of it
 * @param what one clause: what is there and what should be; never what a record holds
 * @param next one sentence: what the operator does now
 * @param mending what {@code coffer node repair} does about it
 */
public record Finding(Weight weight, String where, String what, String next, Mending mending) {
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
}
