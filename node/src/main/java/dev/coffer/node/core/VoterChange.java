package dev.coffer.node.core;

import dev.coffer.protocol.codec.Bytes;

/** The question a node asks the leader about its own place among the voters. */
public final class VoterChange {
  private VoterChange() {}

  /**
   * @param incarnation 0 to be taken out
   */
  public static Bytes encode(int partition, long incarnation) {
    return new Messages.VoterWanted(partition, incarnation).encode();
  }
}
