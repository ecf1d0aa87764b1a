package dev.coffer.client.https;

import dev.coffer.protocol.codec.Bytes;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.util.Collection;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocketFactory;
import javax.net.ssl.TrustManagerFactory;

/**
 * The certification authorities that vouch for the nodes' addresses. TLS keeps outsiders out of the
 * traffic; the vault's promises do not rest on it.
 */
public final class TrustAnchors {
  /** Octets of certificates. */
  public static final int PEM_MAX = 64 << 10;

  private TrustAnchors() {}

  /**
   * Sockets that accept certificates under one of these authorities and no others.
   *
   * @param pem one or more X.509 certificates in PEM or DER, at most 64 KiB
   */
  public static SSLSocketFactory of(Bytes pem) throws IOException {
    return context(pem).getSocketFactory();
  }

  /** The same for clients that make sockets themselves. */
  public static SSLContext context(Bytes pem) throws IOException {
    return context(pem, PEM_MAX);
  }

  /** The same for more certificates, such as all that a system trusts: up to so many octets. */
  public static SSLContext context(Bytes pem, int sizeMax) throws IOException {
    if (pem.size() > sizeMax) {
      throw new IOException("the file of certification authorities is too large");
    }
    try {
      Collection<? extends Certificate> authorities =
          CertificateFactory.getInstance("X.509")
              .generateCertificates(new ByteArrayInputStream(pem.toByteArray()));
      if (authorities.isEmpty()) {
        throw new IOException("the file of certification authorities holds none");
      }
      KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
      store.load(null, null);
      int number = 0;
      for (Certificate authority : authorities) {
        store.setCertificateEntry("authority-" + number++, authority);
      }
      TrustManagerFactory managers =
          TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
      managers.init(store);
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(null, managers.getTrustManagers(), null);
      return context;
    } catch (GeneralSecurityException e) {
      throw new IOException("the file of certification authorities cannot be read", e);
    }
  }
}
