package dev.coffer.verification.torture;

import java.io.IOException;
import java.io.InputStream;
import java.net.HttpURLConnection;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.HttpsURLConnection;
import javax.net.ssl.SSLSocketFactory;

/** Asks a node how it is. Thread-safe. */
final class NodeProbe {
  private static final int TIMEOUT_MILLIS = 400;
  private static final Pattern LEADER = Pattern.compile("(?m)^coffer_leader (\\d)\\.0$");

  private final URI address;
  private final URI metrics;
  private final SSLSocketFactory sockets;

  NodeProbe(URI address, URI metrics, SSLSocketFactory sockets) {
    this.address = address;
    this.metrics = metrics;
    this.sockets = sockets;
  }

  /** Whether {@code /readyz} says so. */
  boolean ready() {
    return get(address.resolve("/readyz")).isPresent();
  }

  /** Whom it takes for the leader; 0 for nobody, or if it does not answer. */
  int leader() {
    Matcher line = LEADER.matcher(get(metrics).orElse(""));
    return line.find() ? Integer.parseInt(line.group(1)) : 0;
  }

  private Optional<String> get(URI there) {
    try {
      HttpURLConnection connection = (HttpURLConnection) there.toURL().openConnection();
      if (connection instanceof HttpsURLConnection secured) {
        secured.setSSLSocketFactory(sockets);
      }
      connection.setConnectTimeout(TIMEOUT_MILLIS);
      connection.setReadTimeout(TIMEOUT_MILLIS);
      try (InputStream in = connection.getInputStream()) {
        return Optional.of(new String(in.readNBytes(1 << 20), StandardCharsets.UTF_8));
      } finally {
        connection.disconnect();
      }
    } catch (IOException e) {
      return Optional.empty();
    }
  }
}
