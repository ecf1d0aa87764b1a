package dev.coffer.node.core;

import dev.coffer.node.peer.Peers;
import dev.coffer.node.store.NodeStore;
import dev.coffer.protocol.chain.Certificate;
import dev.coffer.protocol.crypto.Randomness;
import dev.coffer.protocol.fleet.Fleet;
import dev.coffer.protocol.outcome.FleetDelivery;
import dev.coffer.protocol.port.HsmPort;
import java.util.List;
import java.util.function.BiConsumer;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import java.util.stream.IntStream;

/**
 * What a node is made of: who it is, and everything outside its logic. All of it is thread-safe.
 *
 * @param self this node and its HSM, 1 to n
 * @param hsm throws {@link dev.coffer.node.hsm.HsmUnavailable}, and nothing else unchecked, while
 *     its process is away
 * @param archives the certificates that are kept for ever, by partition
 * @param mayOrder whether new operations may be ordered here: not while the disk is nearly full
 * @param delivery what clients are told of the fleet, with these certificates
 * @param broken the process cannot go on with something, for a reason: it halts
 */
public record NodeContext(
    int self,
    Fleet fleet,
    HsmPort hsm,
    Peers peers,
    NodeStore store,
    List<CertificateArchive> archives,
    LoginGate logins,
    NodeClock clock,
    Meters meters,
    Randomness randomness,
    NodeThreads threads,
    BooleanSupplier mayOrder,
    Function<List<Certificate>, FleetDelivery> delivery,
    BiConsumer<String, Throwable> broken) {
  public NodeContext {
    archives = List.copyOf(archives);
  }

  /** The same node whose threads are started by {@code others}. */
  NodeContext with(NodeThreads others) {
    return new NodeContext(
        self,
        fleet,
        hsm,
        peers,
        store,
        archives,
        logins,
        clock,
        meters,
        randomness,
        others,
        mayOrder,
        delivery,
        broken);
  }

  /** The other nodes. */
  IntStream others() {
    return IntStream.rangeClosed(1, n()).filter(node -> node != self);
  }

  int n() {
    return fleet.settings().n();
  }

  int q() {
    return fleet.settings().q();
  }

  int t() {
    return fleet.settings().t();
  }
}
