package dev.coffer.cli.local;

import dev.coffer.cli.vault.FleetAddress;
import java.io.IOException;
import javax.net.ssl.HttpsURLConnection;
import javax.net.ssl.SSLSocketFactory;

/** Asks nodes whether they can serve ({@code GET /readyz}). */
final class ReadinessProbe {
  private static final int TIMEOUT_MILLIS = 2_000;

  private final FleetAddress address;
  private final SSLSocketFactory sockets;

  ReadinessProbe(FleetAddress address) throws IOException {
    this.address = address;
    this.sockets = address.sockets();
  }

  boolean ready(int index) {
    try {
      HttpsURLConnection connection =
          (HttpsURLConnection)
              address.nodes().get(index - 1).resolve("/readyz").toURL().openConnection();
      connection.setSSLSocketFactory(sockets);
      connection.setConnectTimeout(TIMEOUT_MILLIS);
      connection.setReadTimeout(TIMEOUT_MILLIS);
      try {
        return connection.getResponseCode() == 200;
      } finally {
        connection.disconnect();
      }
    } catch (IOException e) {
      // Nobody listens there yet, or no longer.
      return false;
    }
  }
}
