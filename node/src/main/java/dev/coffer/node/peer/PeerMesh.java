package dev.coffer.node.peer;

import dev.coffer.node.tls.NodeTls;
import dev.coffer.protocol.codec.Bytes;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The links to all peers: two each, so that pages of a synchronisation never delay a statement.
 * Thread-safe.
 */
public final class PeerMesh implements Peers, AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(PeerMesh.class);

  private final Map<Integer, PeerLink> quick = new HashMap<>();
  private final Map<Integer, PeerLink> bulk = new HashMap<>();

  /** Where a peer listens. */
  public record Address(int node, String host, int port) {}

  private PeerMesh() {}

  /** Starts connecting to all {@code addresses}, this node's own not among them. */
  public static PeerMesh open(List<Address> addresses, NodeTls tls) {
    PeerMesh mesh = new PeerMesh();
    for (Address address : addresses) {
      mesh.quick.put(address.node(), link(address, tls, why -> LOG.warn("No link: {}", why)));
      // What keeps the one from being accepted keeps the other, and is said once.
      mesh.bulk.put(address.node(), link(address, tls, why -> {}));
    }
    mesh.quick.values().forEach(PeerLink::start);
    mesh.bulk.values().forEach(PeerLink::start);
    return mesh;
  }

  private static PeerLink link(Address to, NodeTls tls, Consumer<String> troubles) {
    return new PeerLink(to.node(), to.host(), to.port(), tls, troubles);
  }

  @Override
  public Bytes ask(int node, PeerMethod method, Bytes body, Duration deadline)
      throws Refusal, InterruptedException {
    @Nullable PeerLink link = (isBulk(method) ? bulk : quick).get(node);
    if (link == null) {
      throw new Refusal(Refusal.Reason.NOT_FOUND, "there is no such node");
    }
    return link.ask(method, body, deadline);
  }

  private static boolean isBulk(PeerMethod method) {
    return method == PeerMethod.SYNC
        || method == PeerMethod.ENTRY_HASHES
        || method == PeerMethod.ENTRY;
  }

  @Override
  public boolean tell(int node, PeerMethod method, Bytes body) {
    @Nullable PeerLink link = quick.get(node);
    return link != null && link.tell(method, body);
  }

  @Override
  public boolean reachable(int node) {
    @Nullable PeerLink link = quick.get(node);
    return link != null && link.connected();
  }

  @Override
  public Optional<String> trouble(int node) {
    @Nullable PeerLink link = quick.get(node);
    return link == null ? Optional.empty() : link.trouble();
  }

  @Override
  public void close() {
    quick.values().forEach(PeerLink::close);
    bulk.values().forEach(PeerLink::close);
  }
}
