package dev.coffer.node.tls;

import java.io.IOException;
import java.math.BigInteger;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509ExtensionUtils;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/**
 * Issues a fleet's TLS certificates. Whoever has its key can be any node to the others and to
 * clients, which is availability and no secret (see the package). So it belongs on no node; yet a
 * founding writes it beside {@code ca.pem}, at site 1 of a ceremony and beside all nodes of {@code
 * coffer up}, and there it lies until somebody moves it. Immutable and thread-safe.
 */
public final class FleetAuthority {
  /** A year: renewing is done often enough to be known, and a key that leaked does not last. */
  public static final Duration CERTIFICATE = Duration.ofDays(365);

  /** Clients have this one; another one is a change at all of them. */
  static final Duration AUTHORITY = Duration.ofDays(3650);

  /** From one day before now on, since clocks differ. */
  private static final Duration CLOCK_SLACK = Duration.ofDays(1);

  private static final X500Name NAME = new X500Name("CN=Coffer local fleet");

  private final PrivateKey key;
  private final X509Certificate certificate;

  private FleetAuthority(PrivateKey key, X509Certificate certificate) {
    this.key = key;
    this.certificate = certificate;
  }

  /** A new one. */
  static FleetAuthority found(Instant now, SecureRandom random) throws IOException {
    KeyPair pair = newKey(random);
    JcaX509v3CertificateBuilder builder =
        builder(NAME, NAME, pair.getPublic(), now, now.plus(AUTHORITY), random);
    builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(0));
    builder.addExtension(Extension.keyUsage, true, new KeyUsage(KeyUsage.keyCertSign));
    builder.addExtension(
        Extension.subjectKeyIdentifier,
        false,
        identifiers().createSubjectKeyIdentifier(pair.getPublic()));
    return new FleetAuthority(pair.getPrivate(), signed(builder, pair.getPrivate()));
  }

  /**
   * Reads it from its two files.
   *
   * @param key of mode 600, as a founding writes it
   * @throws IOException with one sentence that names the file, the reason and what to do
   */
  public static FleetAuthority open(Path key, Path certificate) throws IOException {
    X509Certificate own = Pem.readCertificate(certificate);
    PrivateKey secret = Pem.readKey(key);
    try {
      if (own.getBasicConstraints() < 0 || !Pem.pair(secret, own)) {
        throw new IOException(
            "The key "
                + key
                + " is not the one of the authority in "
                + certificate
                + ": name the two of one fleet.");
      }
    } catch (GeneralSecurityException e) {
      throw new IOException(
          "The authority in " + certificate + " has no P-256 key: name this fleet's.", e);
    }
    return new FleetAuthority(secret, own);
  }

  /** Which clients and nodes check certificates against. */
  public X509Certificate certificate() {
    return certificate;
  }

  void keep(Path file) throws IOException {
    Pem.write(file, key);
  }

  /**
   * Issues what {@code request} asks for, if that is what the operator means.
   *
   * @param node whose certificate it is to be
   * @param nodes how many the fleet has
   * @param fleet its id, hexadecimal
   * @throws IOException with one sentence if the request is for another node or fleet
   */
  public X509Certificate sign(
      CertificateRequest request,
      int node,
      int nodes,
      String fleet,
      Instant now,
      SecureRandom random)
      throws IOException {
    if (!request.fleet().equals(fleet)) {
      throw new IOException(
          "The request is of another fleet, "
              + request.fleet()
              + ", and this one is "
              + fleet
              + ": let the authority of that fleet sign it.");
    }
    if (request.node() != node || node > nodes) {
      throw new IOException(
          "The request is for node "
              + request.node()
              + ", and you sign for node "
              + node
              + " of "
              + nodes
              + ": ask that node's operator which one was meant; a certificate makes whoever has"
              + " its key that node.");
    }
    if (now.isAfter(certificate.getNotAfter().toInstant())) {
      throw new IOException(
          "The authority has expired at "
              + certificate.getNotAfter().toInstant()
              + ": nothing that it signs counts; set the clock if it is wrong.");
    }
    return issue(node, fleet, request.hosts(), request.key(), now, random);
  }

  X509Certificate issue(
      int node, String fleet, List<String> hosts, PublicKey of, Instant now, SecureRandom random)
      throws IOException {
    Instant until = now.plus(CERTIFICATE);
    Instant last = certificate.getNotAfter().toInstant();
    JcaX509v3CertificateBuilder builder =
        builder(
            X500Name.getInstance(certificate.getSubjectX500Principal().getEncoded()),
            PeerIdentity.subject(node),
            of,
            now,
            until.isAfter(last) ? last : until,
            random);
    builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(false));
    builder.addExtension(Extension.keyUsage, true, new KeyUsage(KeyUsage.digitalSignature));
    KeyPurposeId[] purposes = {KeyPurposeId.id_kp_serverAuth, KeyPurposeId.id_kp_clientAuth};
    builder.addExtension(Extension.extendedKeyUsage, false, new ExtendedKeyUsage(purposes));
    builder.addExtension(
        Extension.subjectAlternativeName, false, PeerIdentity.names(node, fleet, hosts));
    builder.addExtension(
        Extension.authorityKeyIdentifier,
        false,
        identifiers().createAuthorityKeyIdentifier(certificate.getPublicKey()));
    return signed(builder, key);
  }

  private static JcaX509v3CertificateBuilder builder(
      X500Name by,
      X500Name subject,
      PublicKey of,
      Instant now,
      Instant until,
      SecureRandom random) {
    BigInteger serial = new BigInteger(120, random).setBit(120);
    return new JcaX509v3CertificateBuilder(
        by, serial, Date.from(now.minus(CLOCK_SLACK)), Date.from(until), subject, of);
  }

  private static X509Certificate signed(JcaX509v3CertificateBuilder builder, PrivateKey by) {
    try {
      return new JcaX509CertificateConverter()
          .getCertificate(builder.build(new JcaContentSignerBuilder(Pem.SIGNATURE).build(by)));
    } catch (GeneralSecurityException | OperatorCreationException e) {
      throw new IllegalStateException("this runtime cannot make P-256 certificates", e);
    }
  }

  private static JcaX509ExtensionUtils identifiers() {
    try {
      return new JcaX509ExtensionUtils();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("this runtime has no SHA-1 to name keys with", e);
    }
  }

  static KeyPair newKey(SecureRandom random) {
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
      generator.initialize(new ECGenParameterSpec("secp256r1"), random);
      return generator.generateKeyPair();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("this runtime cannot make P-256 keys", e);
    }
  }
}
