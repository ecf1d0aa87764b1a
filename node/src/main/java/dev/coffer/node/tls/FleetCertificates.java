package dev.coffer.node.tls;

import java.io.IOException;
import java.io.StringWriter;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Date;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.ContentSigner;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.bouncycastle.util.io.pem.PemObject;
import org.bouncycastle.util.io.pem.PemWriter;

/**
 * Makes the TLS identities of a fleet whose nodes start together: one certificate authority, one
 * P-256 key and certificate a node. The authority's private key is never written and is gone when
 * {@link #write} returns, so nobody can add a node later; new certificates mean a new set for all
 * nodes. Stateless.
 */
public final class FleetCertificates {
  /** Valid this long, and from one day before now on, since clocks differ. */
  private static final Duration LIFETIME = Duration.ofDays(3650);

  private static final Duration CLOCK_SLACK = Duration.ofDays(1);
  private static final String SIGNATURE = "SHA256withECDSA";

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
   * Writes the certificates of all {@code nodes}, and the authority's certificate, which clients
   * trust, once more to {@code trustFile}. Files that exist are replaced. Once it returns, they
   * last through a power cut; one that is interrupted is called again.
   */
  public static void write(Path trustFile, List<NodeHome> nodes, Clock clock, SecureRandom random)
      throws IOException {
    try {
      KeyPair authorityKey = newKey(random);
      X500Name authority = new X500Name("CN=Coffer local fleet");
      ContentSigner signer =
          new JcaContentSignerBuilder(SIGNATURE).build(authorityKey.getPrivate());
      X509Certificate root = authority(authority, authorityKey, signer, clock.instant(), random);
      writeText(trustFile, pem("CERTIFICATE", root.getEncoded()), false);
      for (NodeHome node : nodes) {
        KeyPair key = newKey(random);
        X509Certificate certificate = member(authority, node, key, signer, clock.instant(), random);
        Files.createDirectories(node.folder());
        writeText(node.folder().resolve("ca.pem"), pem("CERTIFICATE", root.getEncoded()), false);
        writeText(
            node.folder().resolve("node.pem"), pem("CERTIFICATE", certificate.getEncoded()), false);
        writeText(
            node.folder().resolve("node.key"),
            pem("PRIVATE KEY", key.getPrivate().getEncoded()),
            true);
      }
    } catch (GeneralSecurityException | OperatorCreationException e) {
      throw new IllegalStateException("this runtime cannot make P-256 certificates", e);
    }
  }

  private static KeyPair newKey(SecureRandom random) throws GeneralSecurityException {
    KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
    generator.initialize(new ECGenParameterSpec("secp256r1"), random);
    return generator.generateKeyPair();
  }

  private static X509Certificate authority(
      X500Name name, KeyPair key, ContentSigner signer, Instant now, SecureRandom random)
      throws GeneralSecurityException, IOException {
    JcaX509v3CertificateBuilder builder = builder(name, name, key, now, random);
    builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(0));
    builder.addExtension(Extension.keyUsage, true, new KeyUsage(KeyUsage.keyCertSign));
    return new JcaX509CertificateConverter().getCertificate(builder.build(signer));
  }

  private static X509Certificate member(
      X500Name authority,
      NodeHome node,
      KeyPair key,
      ContentSigner signer,
      Instant now,
      SecureRandom random)
      throws GeneralSecurityException, IOException {
    X500Name subject = new X500Name("CN=Coffer node " + node.index());
    JcaX509v3CertificateBuilder builder = builder(authority, subject, key, now, random);
    builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(false));
    builder.addExtension(Extension.keyUsage, true, new KeyUsage(KeyUsage.digitalSignature));
    KeyPurposeId[] purposes = {KeyPurposeId.id_kp_serverAuth, KeyPurposeId.id_kp_clientAuth};
    builder.addExtension(Extension.extendedKeyUsage, false, new ExtendedKeyUsage(purposes));
    builder.addExtension(Extension.subjectAlternativeName, false, names(node));
    return new JcaX509CertificateConverter().getCertificate(builder.build(signer));
  }

  private static JcaX509v3CertificateBuilder builder(
      X500Name issuer, X500Name subject, KeyPair key, Instant now, SecureRandom random) {
    BigInteger serial = new BigInteger(120, random).setBit(120);
    Date from = Date.from(now.minus(CLOCK_SLACK));
    Date until = Date.from(now.plus(LIFETIME));
    return new JcaX509v3CertificateBuilder(issuer, serial, from, until, subject, key.getPublic());
  }

  private static GeneralNames names(NodeHome node) {
    Set<String> hosts = new LinkedHashSet<>(List.of("localhost", "127.0.0.1", "::1"));
    hosts.addAll(node.hosts());
    List<GeneralName> names = new ArrayList<>();
    names.add(
        new GeneralName(GeneralName.uniformResourceIdentifier, PeerIdentity.uri(node.index())));
    for (String host : hosts) {
      boolean address = host.contains(":") || host.matches("[0-9]{1,3}(\\.[0-9]{1,3}){3}");
      names.add(new GeneralName(address ? GeneralName.iPAddress : GeneralName.dNSName, host));
    }
    return new GeneralNames(names.toArray(new GeneralName[0]));
  }

  private static String pem(String type, byte[] encoded) throws IOException {
    StringWriter text = new StringWriter();
    try (PemWriter writer = new PemWriter(text)) {
      writer.writeObject(new PemObject(type, encoded));
    }
    return text.toString();
  }

  /** A private file has mode 600 from its first octet on. */
  private static void writeText(Path file, String text, boolean secret) throws IOException {
    Files.deleteIfExists(file);
    boolean posix = file.getFileSystem().supportedFileAttributeViews().contains("posix");
    FileAttribute<?>[] attributes =
        posix
            ? new FileAttribute<?>[] {
              PosixFilePermissions.asFileAttribute(
                  PosixFilePermissions.fromString(secret ? "rw-------" : "rw-r--r--"))
            }
            : new FileAttribute<?>[0];
    Set<StandardOpenOption> options =
        Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
    try (FileChannel channel = FileChannel.open(file, options, attributes)) {
      ByteBuffer octets = ByteBuffer.wrap(text.getBytes(StandardCharsets.US_ASCII));
      while (octets.hasRemaining()) {
        channel.write(octets);
      }
      channel.force(true);
    }
    if (posix) {
      // A new name lasts only once its folder is on the disk.
      try (FileChannel folder =
          FileChannel.open(
              Objects.requireNonNull(file.toAbsolutePath().getParent()), StandardOpenOption.READ)) {
        folder.force(true);
      }
    }
    if (!Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
      throw new IOException(
          file.getFileName() + " is not a plain file: remove it and write the certificates again.");
    }
  }
}
