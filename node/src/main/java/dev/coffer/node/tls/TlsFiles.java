package dev.coffer.node.tls;

import dev.coffer.files.AtomicFile;
import dev.coffer.files.HostName;
import dev.coffer.protocol.fleet.FleetId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.MessageDigest;
import java.security.PrivateKey;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.Arrays;
import java.util.Collection;
import java.util.HexFormat;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;

/**
 * One node's PEM files. A set that is another node's or another fleet's would start and then fail
 * every handshake, so a start says of files that do not fit whose they are.
 *
 * @param key PKCS #8
 * @param authority the certificate of the one authority that this node accepts
 */
public record TlsFiles(Path key, Path certificate, Path authority) {
  private static final int FINGERPRINT = 8;

  /** As {@link FleetCertificates} writes them into {@code folder}. */
  public static TlsFiles in(Path folder) {
    return new TlsFiles(
        folder.resolve("node.key"), folder.resolve("node.pem"), folder.resolve("ca.pem"));
  }

  /**
   * Loads them.
   *
   * @param node whose they have to be
   * @param fleetAuthority the certificate that the fleet's clients check nodes against, if this
   *     machine has it: compared with {@link #authority}
   * @param now what the clock says
   * @throws IOException with one sentence that names the file, the reason and what to do
   */
  public NodeTls load(int node, Optional<Path> fleetAuthority, Instant now) throws IOException {
    return judge(certificate, node, fleetAuthority, now);
  }

  private NodeTls judge(Path shown, int node, Optional<Path> fleetAuthority, Instant now)
      throws IOException {
    X509Certificate own = Pem.readCertificate(shown);
    X509Certificate issuer = Pem.readCertificate(authority);
    checkNumber(shown, own, node);
    checkIssuer(shown, own, issuer);
    if (fleetAuthority.isPresent()) {
      checkFleet(issuer, fleetAuthority.get(), node);
    }
    checkTime(shown, own, issuer, now);
    return NodeTls.of(keyOf(shown, own), own, issuer);
  }

  /** The certificate that the node shows, or will at its next look; nothing of it is judged. */
  public X509Certificate shown() throws IOException {
    return Pem.readCertificate(certificate);
  }

  /** The certificate of {@link #authority}. */
  public X509Certificate issuer() throws IOException {
    return Pem.readCertificate(authority);
  }

  /**
   * Where a key waits until the certificate for it is there: the certificate's arrival, one rename,
   * is what changes both. The key takes its place only after that.
   */
  public Path nextKey() {
    return key.resolveSibling(key.getFileName() + ".next");
  }

  /**
   * Makes a key (mode 600) beside the present one, and asks for a certificate for it. A key that
   * waits already is replaced, and a certificate for it is of no use then.
   *
   * @param hosts names and literal addresses, those of the present certificate not among them; the
   *     request names those, too, as far as a certificate may name them still
   * @throws IOException with one sentence if a file is in the way, or {@code hosts} are none; no
   *     key is replaced then
   */
  public CertificateRequest request(
      int node, FleetId fleet, Collection<String> hosts, SecureRandom random) throws IOException {
    Set<String> all = new LinkedHashSet<>();
    if (Files.isRegularFile(certificate)) {
      settle();
      PeerIdentity.in(shown()).hosts().stream().filter(HostName::valid).forEach(all::add);
    }
    all.addAll(hosts);
    KeyPair pair = FleetAuthority.newKey(random);
    CertificateRequest request = CertificateRequest.of(node, fleet, List.copyOf(all), pair);
    Pem.write(nextKey(), pair.getPrivate());
    return request;
  }

  /** Writes a request or a certificate, for the one who asked for it. */
  public static void write(Path file, CertificateRequest request) throws IOException {
    Pem.write(file, request);
  }

  /** The same. */
  public static void write(Path file, X509Certificate issued) throws IOException {
    Pem.write(file, issued);
  }

  /**
   * Puts the certificate in {@code issued} and the key it is for in the place of the present ones.
   *
   * <p><b>Guarantee:</b> after a crash at any moment the present pair loads or the new one.
   *
   * @param fleet the fleet that it has to name, hexadecimal
   * @throws IOException as {@link #load}, and if it names another fleet; nothing is changed then
   */
  public X509Certificate install(
      Path issued, int node, String fleet, Optional<Path> fleetAuthority, Instant now)
      throws IOException {
    NodeTls judged = judge(issued, node, fleetAuthority, now);
    if (!PeerIdentity.in(judged.certificate()).fleet().equals(Optional.of(fleet))) {
      throw new IOException(
          "The TLS certificate "
              + issued
              + " does not name this fleet, "
              + fleet
              + ": ask for one with coffer node certificate request.");
    }
    Pem.write(certificate, judged.certificate());
    // A crash here leaves the new certificate, and its key beside the old one, which loads.
    settle();
    return judged.certificate();
  }

  /** A key whose certificate is there takes its place. */
  private void settle() throws IOException {
    if (Files.exists(nextKey()) && fits(nextKey(), certificate, shown())) {
      Files.move(
          nextKey(), key, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
      AtomicFile.force(Objects.requireNonNull(key.toAbsolutePath().getParent()));
    }
  }

  private static void checkNumber(Path shown, X509Certificate own, int node) throws IOException {
    OptionalInt named = PeerIdentity.indexIn(own);
    if (named.isEmpty()) {
      throw new IOException("The TLS certificate " + shown + " names no node: " + putBack(node));
    }
    if (named.getAsInt() != node) {
      throw new IOException(
          "The TLS certificate "
              + shown
              + " is node "
              + named.getAsInt()
              + "'s, and this is node "
              + node
              + ": the files of the two may have been exchanged; "
              + putBack(node));
    }
  }

  private void checkIssuer(Path shown, X509Certificate own, X509Certificate issuer)
      throws IOException {
    try {
      own.verify(issuer.getPublicKey());
    } catch (GeneralSecurityException e) {
      throw new IOException(
          "The TLS certificate "
              + shown
              + " was not issued by the authority in "
              + authority
              + ", fingerprint "
              + fingerprint(issuer)
              + ": one of the two is another fleet's; put both back from one set, or issue"
              + " another.",
          e);
    }
  }

  private void checkFleet(X509Certificate issuer, Path fleetAuthority, int node)
      throws IOException {
    X509Certificate fleets = Pem.readCertificate(fleetAuthority);
    if (!fleets.equals(issuer)) {
      throw new IOException(
          "The TLS files of this node are another fleet's: the authority in "
              + authority
              + " has the fingerprint "
              + fingerprint(issuer)
              + ", this fleet's own in "
              + fleetAuthority
              + " has "
              + fingerprint(fleets)
              + ": "
              + putBack(node));
    }
  }

  private void checkTime(Path shown, X509Certificate own, X509Certificate issuer, Instant now)
      throws IOException {
    Instant last = issuer.getNotAfter().toInstant();
    if (now.isAfter(last)) {
      throw new IOException(
          "The authority in "
              + authority
              + " has expired at "
              + last
              + "; the clock of this machine says "
              + now
              + ": set the clock if it is wrong; otherwise the nodes and every client need another"
              + " authority.");
    }
    Instant from = own.getNotBefore().toInstant();
    Instant until = own.getNotAfter().toInstant();
    if (now.isBefore(from)) {
      throw new IOException(
          "The clock of this machine says "
              + now
              + ", and the TLS certificate "
              + shown
              + " is valid from "
              + from
              + " only: set the clock, then start the node again.");
    }
    if (now.isAfter(until)) {
      throw new IOException(
          "The TLS certificate "
              + shown
              + " has expired at "
              + until
              + "; the clock of this machine says "
              + now
              + ": set the clock if it is wrong, or issue another.");
    }
  }

  /** Half of an old set and half of a new one would start, and then fail every handshake. */
  private PrivateKey keyOf(Path shown, X509Certificate own) throws IOException {
    for (Path candidate : Files.exists(nextKey()) ? List.of(key, nextKey()) : List.of(key)) {
      if (fits(candidate, shown, own)) {
        return Pem.readKey(candidate);
      }
    }
    throw new IOException(
        "The TLS key "
            + key
            + " is not the one of the certificate "
            + shown
            + ": put both back from one set, or issue another certificate.");
  }

  private static boolean fits(Path candidate, Path shown, X509Certificate own) throws IOException {
    try {
      return Pem.pair(Pem.readKey(candidate), own);
    } catch (GeneralSecurityException e) {
      throw new IOException(
          "The TLS key "
              + candidate
              + " or the certificate "
              + shown
              + " is no P-256 key: issue another certificate.",
          e);
    }
  }

  private static String putBack(int node) {
    return "put node "
        + node
        + "'s node.key, node.pem and ca.pem back, or correct the tls.* and"
        + " node lines of the configuration.";
  }

  /** The beginning of its SHA-256, as people compare it. */
  private static String fingerprint(X509Certificate of) throws IOException {
    try {
      byte[] hash = MessageDigest.getInstance("SHA-256").digest(of.getEncoded());
      return HexFormat.ofDelimiter(":").formatHex(Arrays.copyOf(hash, FINGERPRINT));
    } catch (GeneralSecurityException e) {
      throw new IOException("a certificate without an encoding", e);
    }
  }
}
