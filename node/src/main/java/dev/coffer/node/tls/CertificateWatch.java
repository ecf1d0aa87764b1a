package dev.coffer.node.tls;

import java.io.IOException;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks whether a running node's certificate has been replaced on the disk, takes it up, and says
 * in time when what counts ends. Files that do not fit change nothing: the node goes on with what
 * it has. For one thread.
 */
public final class CertificateWatch {
  /** From so long before its end on a certificate is spoken of. */
  public static final Duration SOON = Duration.ofDays(30);

  private static final Logger LOG = LoggerFactory.getLogger(CertificateWatch.class);
  private static final Duration SAY_AGAIN = Duration.ofDays(1);

  private final TlsFiles files;
  private final NodeTls tls;
  private final Loading loading;
  private final Clock clock;
  private String trouble = "";
  private Instant again = Instant.MIN;

  /** How a start loads the files. */
  @FunctionalInterface
  public interface Loading {
    /** Loads and judges them. */
    NodeTls load(Instant now) throws IOException;
  }

  /** Nothing is looked at yet. */
  public CertificateWatch(TlsFiles files, NodeTls tls, Loading loading, Clock clock) {
    this.files = files;
    this.tls = tls;
    this.loading = loading;
    this.clock = clock;
  }

  /** Looks; to be called again and again, and whatever the files are, the next look may come. */
  public void look() {
    Instant now = clock.instant();
    try {
      if (!files.shown().equals(tls.certificate())) {
        tls.turnTo(loading.load(now));
        again = Instant.MIN;
        Instant end = end(tls.certificate());
        LOG.info("This node shows another certificate from now on: it counts until {}", end);
      }
      trouble = "";
    } catch (IOException e) {
      say(String.valueOf(e.getMessage()));
    } catch (RuntimeException e) {
      // Of a library, or of this program: a node must not end with its certificate for that.
      say(e.toString());
    }
    Optional<String> advice = advice(tls.certificate(), tls.authority(), now);
    if (advice.isPresent() && !now.isBefore(again)) {
      again = now.plus(SAY_AGAIN);
      LOG.warn("{}: {}", files.certificate(), advice.get());
    }
  }

  private void say(String why) {
    if (!why.equals(trouble)) {
      trouble = why;
      Instant end = end(tls.certificate());
      LOG.warn("The node goes on with the certificate that it has, until {}: {}", end, why);
    }
  }

  /**
   * What to do about a certificate that ends within {@link #SOON}, or whose authority does; empty
   * if neither does. Renewing is no help at the authority's end.
   */
  public static Optional<String> advice(
      X509Certificate own, X509Certificate authority, Instant now) {
    if (soon(authority, now)) {
      return Optional.of(
          "The certificate counts until "
              + end(own)
              + ", and the fleet's authority until "
              + end(authority)
              + ": no renewal lasts longer than that; the nodes and every client need another"
              + " authority.");
    }
    return soon(own, now)
        ? Optional.of(
            "The certificate counts until "
                + end(own)
                + ": renew it with coffer node certificate request.")
        : Optional.empty();
  }

  private static Instant end(X509Certificate certificate) {
    return certificate.getNotAfter().toInstant();
  }

  /** Whether that certificate ends within {@link #SOON}, or has. */
  public static boolean soon(X509Certificate certificate, Instant now) {
    return now.isAfter(end(certificate).minus(SOON));
  }
}
