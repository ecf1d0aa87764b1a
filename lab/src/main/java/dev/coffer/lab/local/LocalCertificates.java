package dev.coffer.lab.local;

import dev.coffer.cli.home.FleetHome;
import dev.coffer.node.tls.CertificateWatch;
import dev.coffer.node.tls.FleetAuthority;
import dev.coffer.node.tls.TlsFiles;
import dev.coffer.protocol.fleet.Fleet;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** The nodes' TLS certificates of a fleet whose authority lies on the same machine. */
final class LocalCertificates {
  private LocalCertificates() {}

  /**
   * Renews what ends soon of all nodes.
   *
   * @return why that cannot be done, each reason once
   */
  static List<String> renewAll(FleetHome home, Fleet fleet, Instant now, SecureRandom random) {
    Set<String> troubles = new LinkedHashSet<>();
    for (int node = 1; node <= fleet.settings().n(); node++) {
      try {
        boolean unused = renew(home, fleet, node, now, random);
      } catch (IOException e) {
        troubles.add("A node's TLS certificate cannot be renewed. " + e.getMessage());
      }
    }
    return List.copyOf(troubles);
  }

  /**
   * Renews a node's certificate if it ends soon; a node that runs takes the new one up by itself.
   *
   * @return whether it did; not where the authority's key has been moved away
   * @throws IOException with one sentence if the node's files do not fit each other
   */
  static boolean renew(FleetHome home, Fleet fleet, int node, Instant now, SecureRandom random)
      throws IOException {
    TlsFiles files = TlsFiles.in(home.tls(node));
    if (!Files.exists(home.authorityKey()) || !CertificateWatch.soon(files.shown(), now)) {
      return false;
    }
    String name = fleet.id().value().hex();
    X509Certificate issued =
        FleetAuthority.open(home.authorityKey(), home.authority())
            .sign(
                files.request(node, fleet.id(), List.of(), random),
                node,
                fleet.settings().n(),
                name,
                now,
                random);
    Path waiting = home.tls(node).resolve("node.pem.next");
    TlsFiles.write(waiting, issued);
    X509Certificate ignored =
        files.install(waiting, node, name, Optional.of(home.authority()), now);
    Files.delete(waiting);
    return true;
  }
}
