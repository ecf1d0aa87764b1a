package dev.coffer.node.store;

/** What an operator does about a finding in a store. */
final class Remedy {
  /** For everything that the peers have too. */
  static final String FETCH_AGAIN =
      "Run coffer node repair and start the node: store.directory is moved aside, and the node fetches the"
          + " certified state from its peers and checks every octet.";

  /** For what fits together nowhere. */
  static final String INSPECT =
      "Keep store, Raft directory and HSM as they are for inspection, let the others run on, and compare with a"
          + " peer's findings.";

  /** For what needs nobody. */
  static final String NOTHING = "Nothing: the node makes it good by itself.";

  private Remedy() {}
}
