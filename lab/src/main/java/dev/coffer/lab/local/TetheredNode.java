package dev.coffer.lab.local;

import dev.coffer.node.NodeProcess;

/**
 * A node that ends when its standard input does: demonstrations and tests leave nothing behind,
 * even when killed.
 */
public final class TetheredNode {
  private TetheredNode() {}

  /** The arguments of {@link NodeProcess}. */
  public static void main(String[] args) {
    // Halting is safe: nodes are crash-only. The HSM sees the end of its own input and stops.
    Tether.hold();
    NodeProcess.main(args);
  }
}
