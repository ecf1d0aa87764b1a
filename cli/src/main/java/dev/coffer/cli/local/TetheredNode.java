package dev.coffer.cli.local;

import dev.coffer.node.NodeProcess;
import java.io.IOException;

/**
 * A node that ends when its standard input does: demonstrations and tests leave nothing behind,
 * even when killed.
 */
public final class TetheredNode {
  private static final int STATUS = 3;

  private TetheredNode() {}

  /** The arguments of {@link NodeProcess}. */
  public static void main(String[] args) {
    Thread.ofPlatform().daemon().name("tether").start(TetheredNode::watch);
    NodeProcess.main(args);
  }

  private static void watch() {
    try {
      while (System.in.read() >= 0) {
        // Nobody writes; only the end matters.
        continue;
      }
    } catch (IOException e) {
      Runtime.getRuntime().halt(STATUS);
    }
    // Halting is safe: nodes are crash-only. The HSM sees the end of its own input and stops.
    Runtime.getRuntime().halt(STATUS);
  }
}
