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
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509TrustManager;

/**
 * One node's key and certificate and the authority it accepts, loaded by {@link TlsFiles}. Used for
 * HTTPS, for the links between nodes and for Ratis; between nodes both sides show a certificate.
 * Thread-safe.
 *
 * <p><b>Guarantee:</b> once {@link #turnTo} has returned, each new connection shows the other
 * certificate, in both directions. Connections that are open stay as they are. <b>Not
 * guaranteed:</b> that the engine's TLS takes up no session that began under the one before.
 */
public final class NodeTls {
  private record Shown(PrivateKey key, X509Certificate certificate, SSLContext context) {}

  private final X509Certificate authority;
  private final X509TrustManager trust;
  private final OwnKey keys;
  private volatile Shown shown;

  private NodeTls(PrivateKey key, X509Certificate certificate, X509Certificate authority)
      throws GeneralSecurityException, IOException {
    this.authority = authority;
    this.trust = trust(authority);
    this.keys = new OwnKey(key, certificate);
    this.shown = new Shown(key, certificate, context(keys, trust));
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

  private static X509TrustManager trust(X509Certificate authority)
      throws GeneralSecurityException, IOException {
    KeyStore accepted = KeyStore.getInstance("PKCS12");
    accepted.load(null, null);
    accepted.setCertificateEntry("authority", authority);
    TrustManagerFactory trust = TrustManagerFactory.getInstance("PKIX");
    trust.init(accepted);
    return (X509TrustManager) trust.getTrustManagers()[0];
  }

  private static SSLContext context(OwnKey keys, X509TrustManager trust)
      throws GeneralSecurityException {
    SSLContext built = SSLContext.getInstance("TLSv1.3");
    built.init(new KeyManager[] {keys}, new TrustManager[] {trust}, new SecureRandom());
    return built;
  }

  /**
   * Shows {@code newer}'s certificate from now on.
   *
   * @throws IOException if it is another authority's: that takes a start
   */
  public synchronized void turnTo(NodeTls newer) throws IOException {
    if (!newer.authority.equals(authority)) {
      throw new IOException(
          "The authority of this node's TLS files is another one: start the node again.");
    }
    Shown next = newer.shown;
    keys.turnTo(next.key(), next.certificate());
    try {
      // Another context: sessions that began under the certificate before are not taken up again.
      shown = new Shown(next.key(), next.certificate(), context(keys, trust));
    } catch (GeneralSecurityException e) {
      throw new IOException("This Java cannot do TLS 1.3: start the node again.", e);
    }
  }

  /** For one connection, or until {@link #turnTo}: {@link javax.net.ssl.SSLSocket}s and HTTPS. */
  public SSLContext context() {
    return shown.context();
  }

  /** This node's private key. */
  public PrivateKey key() {
    return shown.key();
  }

  /** This node's certificate. */
  public X509Certificate certificate() {
    return shown.certificate();
  }

  /** For the ordering engine's own TLS: shows what {@link #certificate} is at each handshake. */
  public KeyManager keys() {
    return keys;
  }

  /** For the same: accepts {@link #authority}. */
  public TrustManager trust() {
    return trust;
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
