package dev.coffer.node.tls;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.SecureRandom;
import java.security.Signature;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManagerFactory;

/**
 * One node's key and certificate and the authority it accepts, loaded from PEM files. Used for
 * HTTPS, for the links between nodes and for Ratis; between nodes both sides show a certificate.
 * Immutable and thread-safe.
 */
public final class NodeTls {
  private static final long FILE_MAX = 64 << 10;

  private final PrivateKey key;
  private final X509Certificate certificate;
  private final X509Certificate authority;
  private final SSLContext context;

  private NodeTls(PrivateKey key, X509Certificate certificate, X509Certificate authority)
      throws GeneralSecurityException, IOException {
    this.key = key;
    this.certificate = certificate;
    this.authority = authority;
    this.context = buildContext();
  }

  /**
   * Loads the three files.
   *
   * @throws IOException with one sentence that names the file and what to do
   */
  public static NodeTls load(Path keyFile, Path certificateFile, Path authorityFile)
      throws IOException {
    try {
      X509Certificate certificate = certificate(certificateFile);
      certificate.checkValidity();
      X509Certificate authority = certificate(authorityFile);
      certificate.verify(authority.getPublicKey());
      PrivateKey key = privateKey(keyFile);
      checkPair(key, certificate);
      return new NodeTls(key, certificate, authority);
    } catch (GeneralSecurityException e) {
      throw new IOException(
          "The TLS files of this node do not fit together or have expired: issue them anew.", e);
    }
  }

  /** Half of an old set and half of a new one would start, and then fail every handshake. */
  private static void checkPair(PrivateKey key, X509Certificate certificate)
      throws GeneralSecurityException {
    byte[] probe = certificate.getEncoded();
    Signature signing = Signature.getInstance("SHA256withECDSA");
    signing.initSign(key);
    signing.update(probe);
    Signature verifying = Signature.getInstance("SHA256withECDSA");
    verifying.initVerify(certificate.getPublicKey());
    verifying.update(probe);
    if (!verifying.verify(signing.sign())) {
      throw new GeneralSecurityException("the key is not the certificate's");
    }
  }

  private static X509Certificate certificate(Path file)
      throws IOException, GeneralSecurityException {
    checkFile(file);
    try (InputStream in = Files.newInputStream(file)) {
      return (X509Certificate) CertificateFactory.getInstance("X.509").generateCertificate(in);
    }
  }

  private static PrivateKey privateKey(Path file) throws IOException, GeneralSecurityException {
    checkFile(file);
    String text = Files.readString(file, StandardCharsets.US_ASCII);
    String body = text.replaceAll("-----(BEGIN|END) PRIVATE KEY-----", "").replaceAll("\\s", "");
    try {
      return KeyFactory.getInstance("EC")
          .generatePrivate(new PKCS8EncodedKeySpec(Base64.getDecoder().decode(body)));
    } catch (IllegalArgumentException e) {
      throw new IOException(
          "The TLS key " + file.getFileName() + " is not PKCS #8 in PEM form: issue it anew.", e);
    }
  }

  private static void checkFile(Path file) throws IOException {
    if (!Files.isRegularFile(file) || Files.size(file) > FILE_MAX) {
      throw new IOException(
          "There is no TLS file " + file + ": check the tls.* lines of the configuration.");
    }
  }

  private SSLContext buildContext() throws GeneralSecurityException, IOException {
    KeyStore accepted = KeyStore.getInstance("PKCS12");
    accepted.load(null, null);
    accepted.setCertificateEntry("authority", authority);
    TrustManagerFactory trust = TrustManagerFactory.getInstance("PKIX");
    trust.init(accepted);
    SSLContext built = SSLContext.getInstance("TLSv1.3");
    built.init(
        new KeyManager[] {new OwnKey(key, certificate)},
        trust.getTrustManagers(),
        new SecureRandom());
    return built;
  }

  /** For {@link javax.net.ssl.SSLSocket}s and the HTTPS server. */
  public SSLContext context() {
    return context;
  }

  /** This node's private key, for the ordering engine's own TLS. */
  public PrivateKey key() {
    return key;
  }

  /** This node's certificate. */
  public X509Certificate certificate() {
    return certificate;
  }

  /** The one authority whose certificates are accepted. */
  public X509Certificate authority() {
    return authority;
  }

  /**
   * The node at the other end of a link whose handshake is done. Refuses a certificate that names
   * no node.
   */
  public static int peerIndex(SSLSocket socket) throws SSLException {
    try {
      X509Certificate shown = (X509Certificate) socket.getSession().getPeerCertificates()[0];
      return PeerIdentity.indexIn(shown)
          .orElseThrow(() -> new SSLException("a peer's certificate names no node"));
    } catch (SSLPeerUnverifiedException e) {
      throw new SSLException("a peer showed no certificate", e);
    }
  }
}
