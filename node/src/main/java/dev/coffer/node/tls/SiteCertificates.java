package dev.coffer.node.tls;

import dev.coffer.protocol.fleet.FleetId;
import java.io.IOException;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/**
 * Makes the TLS certificates of a fleet whose nodes made their keys themselves, each on its own
 * machine. Of whoever has the authority's key, see the package: availability, and no secret.
 * Stateless.
 */
public final class SiteCertificates {
  private SiteCertificates() {}

  /**
   * A node's public key.
   *
   * @param key P-256
   * @param host name or literal address that clients and peers reach it by
   */
  public record SiteKey(PublicKey key, String host) {}

  /**
   * What all nodes get.
   *
   * @param nodes node i's at i−1
   */
  public record Issued(X509Certificate authority, List<X509Certificate> nodes) {
    public Issued {
      nodes = List.copyOf(nodes);
    }
  }

  /** Makes a key for a node, on its own machine. */
  public static KeyPair newKey(SecureRandom random) {
    return FleetAuthority.newKey(random);
  }

  /**
   * Makes an authority for {@code fleet} and a certificate for each of {@code nodes}, node i at
   * i−1.
   *
   * @param authorityKey where the authority's key is kept, mode 600: {@link FleetAuthority#open}
   *     renews the certificates with it. Written before this returns
   */
  public static Issued issue(
      FleetId fleet, List<SiteKey> nodes, Path authorityKey, Instant now, SecureRandom random)
      throws IOException {
    FleetAuthority authority = FleetAuthority.found(now, random);
    authority.keep(authorityKey);
    String name = fleet.value().hex();
    List<X509Certificate> issued = new ArrayList<>();
    for (int i = 1; i <= nodes.size(); i++) {
      SiteKey node = nodes.get(i - 1);
      issued.add(authority.issue(i, name, List.of(node.host()), node.key(), now, random));
    }
    return new Issued(authority.certificate(), issued);
  }
}
