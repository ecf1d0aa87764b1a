package dev.coffer.node;

import dev.coffer.node.core.CertificateArchive;
import dev.coffer.node.core.LoginGate;
import dev.coffer.node.core.Meters;
import dev.coffer.node.core.NodeClock;
import dev.coffer.node.core.NodeContext;
import dev.coffer.node.core.NodeCore;
import dev.coffer.node.core.NodeThreads;
import dev.coffer.node.order.OrderedLog;
import dev.coffer.node.order.Orderer;
import dev.coffer.node.peer.Peers;
import dev.coffer.node.store.NodeStore;
import dev.coffer.protocol.crypto.Randomness;
import dev.coffer.protocol.fleet.Fleet;
import dev.coffer.protocol.outcome.FleetDelivery;
import dev.coffer.protocol.port.HsmPort;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.Proxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Function;

/**
 * A node as {@link Node} puts it together, without what opens files and sockets: the core and the
 * catching up are the real ones, everything around them is given. One partition.
 */
public final class SimulatedNode {
  private final NodeCore core;

  /** What the simulation wants to know. */
  public interface Watcher {
    /** The node fetches a state from its peers, or has done so. */
    void synchronising(boolean begins);

    /** The process halts: must not return. */
    void broken(String what, Throwable cause);
  }

  /** The ports of a node that are as large as the whole node. */
  public record Around(HsmPort hsm, NodeStore store, Peers peers, CertificateArchive archive) {}

  /** The small ports. */
  public record Ports(NodeClock clock, Meters meters, Randomness randomness, NodeThreads threads) {}

  /** Node {@code self}; nothing runs yet, and peers may call. */
  public SimulatedNode(int self, Fleet fleet, Around around, Ports ports, Watcher watcher) {
    // The HSM checks every login again; JwtGate has tests of its own.
    LoginGate everybody = token -> {};
    this.core =
        NodeCore.create(
            new NodeContext(
                self,
                fleet,
                around.hsm(),
                around.peers(),
                around.store(),
                List.of(around.archive()),
                everybody,
                ports.clock(),
                watched(ports.meters(), watcher),
                ports.randomness(),
                ports.threads(),
                () -> true,
                certificates -> FleetDelivery.pinned(fleet, certificates),
                watcher::broken));
  }

  /** The node counts when it begins to synchronise, and when it has. */
  private static Meters watched(Meters meters, Watcher watcher) {
    return (Meters)
        Proxy.newProxyInstance(
            Meters.class.getClassLoader(),
            new Class<?>[] {Meters.class},
            (proxy, method, arguments) -> {
              if (method.getName().equals("event")) {
                switch ((String) arguments[0]) {
                  case "synchronising" -> watcher.synchronising(true);
                  case "synchronised" -> watcher.synchronising(false);
                  default -> {}
                }
              }
              return method.invoke(meters, arguments);
            });
  }

  /** For all nodes of a fleet: no chain of a simulation is so long that it is written to. */
  public static CertificateArchive archive(Fleet fleet) {
    try {
      Path file = Files.createTempFile("simulated", ".archive");
      CertificateArchive archive = CertificateArchive.open(file, fleet, 0);
      Files.delete(file);
      return archive;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * Does what a node does at its start, in that order. Blocks until it serves.
   *
   * @param engine joins the order with this log
   * @throws IOException if the node gives up: an operator has to look
   */
  public void start(Function<OrderedLog, Orderer> engine) throws IOException, InterruptedException {
    boolean unused = core.reconcile();
    core.startApplying();
    core.start(List.of(engine.apply(core.logs().get(0))));
  }

  public NodeCore core() {
    return core;
  }
}
