package dev.coffer.node.tls;

import dev.coffer.protocol.fleet.FleetId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * Makes the TLS identities of a fleet whose nodes start together: one certificate authority, one
 * P-256 key and certificate a node. Stateless.
 */
public final class FleetCertificates {
  private FleetCertificates() {}

  /**
   * What one node gets.
   *
   * @param index 1 to 7
   * @param folder receives {@code ca.pem}, {@code node.pem} and {@code node.key} (mode 600)
   * @param hosts names and literal addresses clients and peers reach it by; {@code localhost} and
   *     the loopback addresses are added
   */
  public record NodeHome(int index, Path folder, List<String> hosts) {
    public NodeHome {
      hosts = List.copyOf(hosts);
    }
  }

  /**
   * Who can issue more of them later.
   *
   * @param key receives the authority's key (mode 600)
   * @param fleet what the certificates name besides the node
   */
  public record Issuer(Path key, FleetId fleet) {}

  /**
   * The same as {@link #write(Path, Optional, List, Clock, SecureRandom)} for a fleet that nobody
   * can issue certificates for later: the authority's key is gone when it returns.
   */
  public static void write(Path trustFile, List<NodeHome> nodes, Clock clock, SecureRandom random)
      throws IOException {
    write(trustFile, Optional.empty(), nodes, clock, random);
  }

  /**
   * Writes the certificates of all {@code nodes}, and the authority's certificate, which clients
   * trust, once more to {@code trustFile}. Files that exist are replaced. Once it returns, they
   * last through a power cut; one that is interrupted is called again.
   */
  public static void write(
      Path trustFile,
      Optional<Issuer> issuer,
      List<NodeHome> nodes,
      Clock clock,
      SecureRandom random)
      throws IOException {
    Instant now = clock.instant();
    FleetAuthority authority = FleetAuthority.found(now, random);
    if (issuer.isPresent()) {
      authority.keep(issuer.get().key());
    }
    String fleet = issuer.map(kept -> kept.fleet().value().hex()).orElse("");
    Pem.write(trustFile, authority.certificate());
    for (NodeHome node : nodes) {
      KeyPair key = FleetAuthority.newKey(random);
      Files.createDirectories(node.folder());
      TlsFiles files = TlsFiles.in(node.folder());
      Pem.write(files.authority(), authority.certificate());
      Pem.write(
          files.certificate(),
          authority.issue(node.index(), fleet, node.hosts(), key.getPublic(), now, random));
      Pem.write(files.key(), key.getPrivate());
    }
  }
}
