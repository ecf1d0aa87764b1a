package dev.coffer.cli.vault;

import dev.coffer.cli.home.FleetAddress;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.Optional;
import javax.net.ssl.HttpsURLConnection;
import javax.net.ssl.SSLSocketFactory;

/**
 * Asks nodes whether an operation that came to them now would be certified ({@code GET /readyz}),
 * and whether they stand still until somebody looks ({@code GET /healthz}).
 */
public final class ReadinessProbe {
  private static final int TIMEOUT_MILLIS = 2_000;
  private static final int SENTENCE_MAX = 1024;

  private final FleetAddress address;
  private final SSLSocketFactory sockets;

  /**
   * What a node says of itself.
   *
   * @param reached whether one answers there
   * @param ready whether it would serve
   * @param why it would not, in its words; empty if it would, or nobody answers
   * @param certificateEnds until when the certificate counts that it shows
   */
  public record Readiness(
      boolean reached, boolean ready, String why, Optional<Instant> certificateEnds) {
    /** Nobody answers. */
    public static final Readiness NONE = new Readiness(false, false, "", Optional.empty());
  }

  /** Of a fleet's nodes. */
  public ReadinessProbe(FleetAddress address) throws IOException {
    this.address = address;
    this.sockets = address.sockets();
  }

  /** Whether node {@code index} says that it would serve. */
  public boolean ready(int index) {
    return ask(index).ready();
  }

  /** Asks node {@code index}. */
  public Readiness ask(int index) {
    return get(index, "/readyz");
  }

  /** Why node {@code index} stands still until somebody looks; empty if it does not say so. */
  public Optional<String> stopped(int index) {
    Readiness health = get(index, "/healthz");
    return health.reached() && !health.ready() ? Optional.of(health.why()) : Optional.empty();
  }

  private Readiness get(int index, String path) {
    try {
      HttpsURLConnection connection =
          (HttpsURLConnection)
              address.nodes().get(index - 1).resolve(path).toURL().openConnection();
      connection.setSSLSocketFactory(sockets);
      connection.setConnectTimeout(TIMEOUT_MILLIS);
      connection.setReadTimeout(TIMEOUT_MILLIS);
      try {
        connection.connect();
        // Now: once the answer has been read, the connection may be another's.
        Optional<Instant> end = end(connection);
        boolean well = connection.getResponseCode() == 200;
        return new Readiness(true, well, well ? "" : sentence(connection), end);
      } finally {
        connection.disconnect();
      }
    } catch (IOException e) {
      // Nobody listens there yet, or no longer.
      return Readiness.NONE;
    }
  }

  private static Optional<Instant> end(HttpsURLConnection connection) throws IOException {
    return connection.getServerCertificates()[0] instanceof X509Certificate shown
        ? Optional.of(shown.getNotAfter().toInstant())
        : Optional.empty();
  }

  /** What a node says goes to a terminal: one line without anything that steers one. */
  private static String sentence(HttpsURLConnection connection) throws IOException {
    try (InputStream in = connection.getErrorStream()) {
      return in == null
          ? ""
          : new String(in.readNBytes(SENTENCE_MAX), StandardCharsets.UTF_8)
              .replaceAll("\\p{Cntrl}", " ")
              .strip();
    }
  }
}
