package dev.coffer.node;

import dev.coffer.node.core.CertificateArchive;
import dev.coffer.node.core.LoginGate;
import dev.coffer.node.core.NodeCore;
import dev.coffer.node.core.NodeHost;
import dev.coffer.node.order.OrderedLog;
import dev.coffer.node.order.Orderer;
import dev.coffer.node.peer.Peers;
import dev.coffer.node.store.NodeStore;
import dev.coffer.protocol.chain.Certificate;
import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.codec.Rejected;
import dev.coffer.protocol.fleet.Fleet;
import dev.coffer.protocol.outcome.FleetDelivery;
import dev.coffer.protocol.port.HsmPort;
import java.io.IOException;
import java.io.UncheckedIOException;
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
  private final CatchingUp catchingUp;
  private final Watcher watcher;
  private final CertificateArchive archive;

  /** What the simulation wants to know. */
  public interface Watcher {
    /** The node fetches a state from its peers, or has done so. */
    void synchronising(boolean begins);

    /** The process halts: must not return. */
    void broken(String what, Throwable cause);
  }

  /** The ports of a node that are as large as the whole node. */
  public record Around(HsmPort hsm, NodeStore store, Peers peers, CertificateArchive archive) {}

  /** Node {@code self}; nothing runs yet, and peers may call. */
  public SimulatedNode(
      int self, Fleet fleet, Around around, NodeCore.Ports ports, Watcher watcher) {
    this.watcher = watcher;
    this.archive = around.archive();
    this.catchingUp =
        new CatchingUp(
            self,
            fleet,
            around.hsm(),
            around.store(),
            around.peers(),
            partition -> archive,
            ports.threads());
    // The HSM checks every login again; JwtGate has tests of its own.
    LoginGate everybody = token -> {};
    this.core =
        NodeCore.create(
            self,
            fleet,
            around.hsm(),
            around.peers(),
            around.store(),
            everybody,
            new Host(),
            ports);
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
    boolean unused = catchingUp.reconcile();
    core.startApplying();
    core.start(List.of(engine.apply(core.logs().get(0))));
  }

  public NodeCore core() {
    return core;
  }

  private final class Host implements NodeHost {
    @Override
    public boolean mayOrder() {
      return true;
    }

    @Override
    public void synchronise(int partition) throws InterruptedException {
      watcher.synchronising(true);
      catchingUp.synchronise(partition);
      watcher.synchronising(false);
    }

    @Override
    public Bytes syncPage(int node, Bytes question) throws Rejected {
      return catchingUp.page(question);
    }

    @Override
    public CertificateArchive archive(int partition) {
      return archive;
    }

    @Override
    public FleetDelivery delivery(Fleet fleet, List<Certificate> certificates) {
      return FleetDelivery.pinned(fleet, certificates);
    }

    @Override
    public void broken(String what, Throwable cause) {
      watcher.broken(what, cause);
    }
  }
}
