package dev.coffer.cli.ceremony;

import dev.coffer.ceremony.plan.CeremonyRefused;
import dev.coffer.ceremony.plan.Plan;
import dev.coffer.ceremony.plan.Site;
import dev.coffer.ceremony.record.Messages.Certificates;
import dev.coffer.ceremony.run.NodeFiles;
import dev.coffer.cli.home.FleetAddress;
import dev.coffer.cli.home.FleetHome;
import dev.coffer.cli.home.VaultHome;
import dev.coffer.files.AtomicFile;
import dev.coffer.node.NodeConfig;
import dev.coffer.node.tls.NodeTls;
import dev.coffer.node.tls.SiteCertificates;
import dev.coffer.node.tls.TlsFiles;
import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.fleet.Fleet;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.X509EncodedKeySpec;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;

/** This site's node below one directory, as {@code FleetHome} lays it out. */
final class SiteNode implements NodeFiles {
  private static final int PEM_LINE = 64;

  /**
   * Four ways of 80 ms, as docs/operations.md asks for, and a lost packet's repetition: sites are
   * far apart, and leaders that change for nothing cost more than a longer fail-over.
   */
  private static final int ELECTION_MILLIS = 600;

  private final FleetHome home;
  private final int site;
  private final Path program;
  private final InstantSource clock;

  SiteNode(FleetHome home, int site, Path program, InstantSource clock) {
    this.home = home;
    this.site = site;
    this.program = program;
    this.clock = clock;
  }

  @Override
  public Bytes tlsKey() throws IOException {
    Path shown = home.tls(site).resolve("node.public");
    Path secret = TlsFiles.in(home.tls(site)).key();
    if (!Files.exists(shown) || !Files.exists(secret)) {
      KeyPair pair = SiteCertificates.newKey(new SecureRandom());
      AtomicFile.privateFolder(home.tls(site));
      write(secret, pem("PRIVATE KEY", pair.getPrivate().getEncoded()), AtomicFile.Access.OWNER);
      // A crash here makes another pair: nobody has seen this one.
      AtomicFile.replace(shown, pair.getPublic().getEncoded(), AtomicFile.Access.OWNER);
    }
    return Bytes.wrap(Files.readAllBytes(shown));
  }

  @Override
  public Certificates certify(Plan plan, Fleet fleet, List<Bytes> keys)
      throws IOException, CeremonyRefused {
    List<SiteCertificates.SiteKey> nodes = new ArrayList<>();
    for (int i = 1; i <= keys.size(); i++) {
      nodes.add(new SiteCertificates.SiteKey(key(plan, i, keys.get(i - 1)), plan.site(i).host()));
    }
    SiteCertificates.Issued issued =
        SiteCertificates.issue(
            fleet.id(), nodes, home.authorityKey(), clock.instant(), new SecureRandom());
    try {
      List<Bytes> certificates = new ArrayList<>();
      for (X509Certificate node : issued.nodes()) {
        certificates.add(Bytes.wrap(node.getEncoded()));
      }
      return new Certificates(Bytes.wrap(issued.authority().getEncoded()), certificates);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("a certificate without an encoding", e);
    }
  }

  private static PublicKey key(Plan plan, int site, Bytes encoded) throws CeremonyRefused {
    try {
      return KeyFactory.getInstance("EC")
          .generatePublic(new X509EncodedKeySpec(encoded.toByteArray()));
    } catch (GeneralSecurityException e) {
      throw new CeremonyRefused(
          "The TLS key of " + plan.site(site).called() + " is no P-256 key.",
          "Begin a new ceremony; that site's program or stick is broken.");
    }
  }

  @Override
  public void check(Plan plan, int of, Certificates certificates)
      throws IOException, CeremonyRefused {
    boolean ours;
    try {
      X509Certificate own = certificate(certificates.nodes().get(of - 1));
      own.verify(certificate(certificates.authority()).getPublicKey());
      ours = Bytes.wrap(own.getPublicKey().getEncoded()).equals(tlsKey());
    } catch (GeneralSecurityException e) {
      ours = false;
    }
    if (!ours) {
      throw new CeremonyRefused(
          "The certificate of " + plan.site(of).called() + " is not for this node's key.",
          "Site 1 made it from other identities: begin a new ceremony.");
    }
  }

  private static X509Certificate certificate(Bytes encoded) throws GeneralSecurityException {
    return (X509Certificate)
        CertificateFactory.getInstance("X.509")
            .generateCertificate(new ByteArrayInputStream(encoded.toByteArray()));
  }

  @Override
  public void install(Plan plan, int of, Fleet fleet, Certificates certificates)
      throws IOException {
    TlsFiles tls = TlsFiles.in(home.tls(of));
    String authority = pem("CERTIFICATE", certificates.authority().toByteArray());
    String own = pem("CERTIFICATE", certificates.nodes().get(of - 1).toByteArray());
    write(tls.authority(), authority, AtomicFile.Access.ANYBODY);
    write(tls.certificate(), own, AtomicFile.Access.ANYBODY);
    write(home.authority(), authority, AtomicFile.Access.ANYBODY);
    NodeTls unused = tls.load(of, Optional.of(home.authority()), clock.instant());
    byte[] description = fleet.encode().toByteArray();
    AtomicFile.replace(home.fleet(), description, AtomicFile.Access.ANYBODY);
    List<URI> nodes = new ArrayList<>();
    for (Site each : plan.sites()) {
      String host = each.host().contains(":") ? "[" + each.host() + "]" : each.host();
      nodes.add(URI.create("https://" + host + ":" + each.httpPort()));
    }
    new FleetAddress(fleet.id(), nodes, home.authority()).write(home.directory());
    // Last: a node without its configuration never starts.
    config(plan).write(home.config(of));
  }

  private NodeConfig config(Plan plan) {
    List<NodeConfig.Member> members = new ArrayList<>();
    for (Site each : plan.sites()) {
      members.add(
          new NodeConfig.Member(each.index(), each.host(), each.peerPort(), each.raftPort()));
    }
    Site own = plan.site(site);
    NodeConfig local = NodeConfig.local(home.directory(), site, members, own.httpPort(), program);
    return new NodeConfig(
        local.node(),
        local.fleet(),
        own.host(),
        local.httpPort(),
        local.allowedOrigins(),
        local.bindHost(),
        local.members(),
        local.tls(),
        local.storeDirectory(),
        local.storeCacheMib(),
        local.raftDirectory(),
        local.raftMarker(),
        ELECTION_MILLIS,
        local.raftKeepEntries(),
        local.hsm(),
        local.logFile(),
        local.logLevel(),
        local.diskFreeMinMib(),
        Optional.of(VaultHome.bundle(home.directory())),
        local.access());
  }

  private static void write(Path file, String text, AtomicFile.Access access) throws IOException {
    AtomicFile.replace(file, text.getBytes(StandardCharsets.US_ASCII), access);
  }

  private static String pem(String type, byte[] octets) {
    String lines = Base64.getMimeEncoder(PEM_LINE, new byte[] {'\n'}).encodeToString(octets);
    return "-----BEGIN " + type + "-----\n" + lines + "\n-----END " + type + "-----\n";
  }
}
