package dev.coffer.node.tls;

import dev.coffer.files.PrivateFile;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.MessageDigest;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.time.Instant;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * One node's PEM files. A set that is another node's or another fleet's would start and then fail
 * every handshake, so a start says of files that do not fit whose they are.
 *
 * @param key PKCS #8
 * @param authority the certificate of the one authority that this node accepts
 */
public record TlsFiles(Path key, Path certificate, Path authority) {
  private static final long FILE_MAX = 64 << 10;
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
    X509Certificate own = readCertificate(certificate);
    X509Certificate issuer = readCertificate(authority);
    PrivateKey secret = readKey();
    checkNumber(own, node);
    checkIssuer(own, issuer);
    if (fleetAuthority.isPresent()) {
      checkFleet(issuer, fleetAuthority.get(), node);
    }
    checkTime(own, now);
    checkPair(secret, own);
    return NodeTls.of(secret, own, issuer);
  }

  private void checkNumber(X509Certificate own, int node) throws IOException {
    OptionalInt named = PeerIdentity.indexIn(own);
    if (named.isEmpty()) {
      throw new IOException(
          "The TLS certificate " + certificate + " names no node: " + putBack(node));
    }
    if (named.getAsInt() != node) {
      throw new IOException(
          "The TLS certificate "
              + certificate
              + " is node "
              + named.getAsInt()
              + "'s, and this is node "
              + node
              + ": the files of the two may have been exchanged; "
              + putBack(node));
    }
  }

  private void checkIssuer(X509Certificate own, X509Certificate issuer) throws IOException {
    try {
      own.verify(issuer.getPublicKey());
    } catch (GeneralSecurityException e) {
      throw new IOException(
          "The TLS certificate "
              + certificate
              + " was not issued by the authority in "
              + authority
              + ", fingerprint "
              + fingerprint(issuer)
              + ": one of the two is another fleet's; put both back from one set, or issue the"
              + " fleet's certificates anew.",
          e);
    }
  }

  private void checkFleet(X509Certificate issuer, Path fleetAuthority, int node)
      throws IOException {
    X509Certificate fleets = readCertificate(fleetAuthority);
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

  private void checkTime(X509Certificate own, Instant now) throws IOException {
    Instant from = own.getNotBefore().toInstant();
    Instant until = own.getNotAfter().toInstant();
    if (now.isBefore(from)) {
      throw new IOException(
          "The clock of this machine says "
              + now
              + ", and the TLS certificate "
              + certificate
              + " is valid from "
              + from
              + " only: set the clock, then start the node again.");
    }
    if (now.isAfter(until)) {
      throw new IOException(
          "The TLS certificate "
              + certificate
              + " has expired at "
              + until
              + "; the clock of this machine says "
              + now
              + ": set the clock if it is wrong, or issue the fleet's certificates anew.");
    }
  }

  /** Half of an old set and half of a new one would start, and then fail every handshake. */
  private void checkPair(PrivateKey secret, X509Certificate own) throws IOException {
    try {
      byte[] probe = own.getEncoded();
      Signature signing = Signature.getInstance("SHA256withECDSA");
      signing.initSign(secret);
      signing.update(probe);
      Signature verifying = Signature.getInstance("SHA256withECDSA");
      verifying.initVerify(own.getPublicKey());
      verifying.update(probe);
      if (verifying.verify(signing.sign())) {
        return;
      }
    } catch (GeneralSecurityException e) {
      throw new IOException(
          "The TLS key "
              + key
              + " or the certificate "
              + certificate
              + " is no P-256 key: issue"
              + " the fleet's certificates anew.",
          e);
    }
    throw new IOException(
        "The TLS key "
            + key
            + " is not the one of the certificate "
            + certificate
            + ": put both back from one set, or issue the fleet's certificates anew.");
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

  private static X509Certificate readCertificate(Path file) throws IOException {
    checkFile(file);
    try (InputStream in = Files.newInputStream(file)) {
      return (X509Certificate) CertificateFactory.getInstance("X.509").generateCertificate(in);
    } catch (GeneralSecurityException e) {
      throw new IOException(
          "The TLS file "
              + file
              + " is no certificate in PEM form: put it back, or issue the"
              + " fleet's certificates anew.",
          e);
    }
  }

  private PrivateKey readKey() throws IOException {
    checkFile(key);
    PrivateFile.check(key);
    String text = Files.readString(key, StandardCharsets.ISO_8859_1);
    String body = text.replaceAll("-----(BEGIN|END) PRIVATE KEY-----", "").replaceAll("\\s", "");
    try {
      return KeyFactory.getInstance("EC")
          .generatePrivate(new PKCS8EncodedKeySpec(Base64.getDecoder().decode(body)));
    } catch (IllegalArgumentException | GeneralSecurityException e) {
      throw new IOException(
          "The TLS key "
              + key
              + " is no P-256 key, PKCS #8 in PEM form: put it back, or issue the"
              + " fleet's certificates anew.",
          e);
    }
  }

  private static void checkFile(Path file) throws IOException {
    if (!Files.isRegularFile(file) || Files.size(file) > FILE_MAX) {
      throw new IOException(
          "There is no TLS file " + file + ": check the tls.* lines of the configuration.");
    }
  }
}
