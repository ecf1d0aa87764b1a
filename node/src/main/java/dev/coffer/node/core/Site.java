package dev.coffer.node.core;

import dev.coffer.node.peer.Peers;
import dev.coffer.protocol.fleet.Fleet;
import dev.coffer.protocol.port.HsmPort;
import java.util.stream.IntStream;

/**
 * What all parts of a node share: who it is and its ports.
 *
 * @param self this node and its HSM, 1 to n
 */
record Site(
    int self,
    Fleet fleet,
    HsmPort hsm,
    Peers peers,
    NodeClock clock,
    Meters meters,
    NodeThreads threads) {
  /** The other nodes. */
  IntStream others() {
    return IntStream.rangeClosed(1, fleet.settings().n()).filter(node -> node != self);
  }

  int q() {
    return fleet.settings().q();
  }

  int t() {
    return fleet.settings().t();
  }
}
