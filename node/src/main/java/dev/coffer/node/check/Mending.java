package dev.coffer.node.check;

/** What puts a finding right, as far as a program can. */
public enum Mending {
  /** Somebody has to look; the finding says what to do. */
  BY_HAND,

  /** The Raft directory is moved aside, and the node comes back under a new voter name. */
  RAFT_ASIDE,

  /**
   * The same; or, since nothing but the end of the newest segment is torn, the torn end is cut off
   * and the voter keeps its name.
   */
  RAFT_TAIL,

  /** The store is moved aside, and the node fetches the certified state from its peers. */
  STORE_ASIDE
}
