package dev.coffer.node.tls;

import dev.coffer.protocol.codec.Limits;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.util.Collection;
import java.util.List;
import java.util.OptionalInt;

/** Which node a certificate speaks for: a URI among its subject alternative names. Stateless. */
public final class PeerIdentity {
  private static final String PREFIX = "urn:coffer:node:";
  private static final int URI = 6;

  private PeerIdentity() {}

  static String uri(int index) {
    return PREFIX + index;
  }

  /**
   * The index in {@code certificate}; empty unless it names exactly one. The chain has been
   * verified by TLS before.
   */
  public static OptionalInt indexIn(X509Certificate certificate) {
    Collection<List<?>> names;
    try {
      names = certificate.getSubjectAlternativeNames();
    } catch (CertificateParsingException e) {
      return OptionalInt.empty();
    }
    if (names == null) {
      return OptionalInt.empty();
    }
    List<String> found =
        names.stream()
            .filter(name ->
                name.get(0).equals(URI)
                    && name.get(1) instanceof String text
                    && text.startsWith(PREFIX))
            .map(name -> ((String) name.get(1)).substring(PREFIX.length()))
            .toList();
    boolean plain = found.size() == 1 && found.get(0).matches("[1-9]");
    int index = plain ? Integer.parseInt(found.get(0)) : 0;
    return index >= 1 && index <= Limits.HSMS_MAX ? OptionalInt.of(index) : OptionalInt.empty();
  }
}
