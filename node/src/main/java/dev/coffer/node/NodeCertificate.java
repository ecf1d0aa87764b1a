package dev.coffer.node;

import dev.coffer.node.tls.CertificateRequest;
import dev.coffer.node.tls.FleetAuthority;
import dev.coffer.protocol.fleet.Fleet;
import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/**
 * What an operator does with one node's TLS certificate, whether the node runs or not: a running
 * one takes up what is installed. Immutable and thread-safe.
 */
public final class NodeCertificate {
  private static final List<String> EVERYWHERE = List.of("0.0.0.0", "::");

  private final NodeConfig config;

  /** Of that node. */
  public NodeCertificate(NodeConfig config) {
    this.config = config;
  }

  /**
   * Makes the next key, beside the present one, and asks for its certificate: for the hosts that
   * the present one names, those of the configuration, and {@code more}.
   *
   * @throws IOException with one sentence if a file is in the way
   */
  public CertificateRequest request(List<String> more, SecureRandom random) throws IOException {
    List<String> hosts = new ArrayList<>(List.of(config.self().host(), config.httpHost()));
    hosts.removeAll(EVERYWHERE);
    hosts.addAll(more);
    return config.tls().request(config.node(), fleet(config.fleet()).id(), hosts, random);
  }

  /**
   * Has the fleet's authority sign a request.
   *
   * @param request where it lies
   * @param node whose certificate it is to be
   * @param fleet the fleet's description
   * @throws IOException with one sentence if it is for another node or fleet
   */
  public static X509Certificate sign(
      CertificateRequest request,
      int node,
      Path fleet,
      FleetAuthority authority,
      Instant now,
      SecureRandom random)
      throws IOException {
    Fleet of = fleet(fleet);
    return authority.sign(request, node, of.settings().n(), of.id().value().hex(), now, random);
  }

  /**
   * Puts a certificate that was issued and its key in the place of the present ones.
   *
   * @throws IOException with one sentence if it is not this node's, not this fleet's, not for the
   *     key that waits, or does not count now; nothing is changed then
   */
  public X509Certificate install(Path issued, Instant now) throws IOException {
    String fleet = fleet(config.fleet()).id().value().hex();
    return config.tls().install(issued, config.node(), fleet, config.fleetAuthority(), now);
  }

  private static Fleet fleet(Path file) throws IOException {
    return FleetFile.read(file);
  }
}
