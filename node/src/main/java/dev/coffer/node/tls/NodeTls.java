package dev.coffer.node.tls;

import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManagerFactory;

/**
 * One node's key and certificate and the authority it accepts, loaded by {@link TlsFiles}. Used for
 * HTTPS, for the links between nodes and for Ratis; between nodes both sides show a certificate.
 * Immutable and thread-safe.
 */
public final class NodeTls {
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

  /** Of files that have been judged. */
  static NodeTls of(PrivateKey key, X509Certificate certificate, X509Certificate authority)
      throws IOException {
    try {
      return new NodeTls(key, certificate, authority);
    } catch (GeneralSecurityException e) {
      throw new IOException(
          "This Java cannot do TLS 1.3 with this node's key: start it with another.", e);
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
