package dev.coffer.cli.vault;

import dev.coffer.cli.home.FleetAddress;
import java.io.IOException;
import javax.net.ssl.HttpsURLConnection;
import javax.net.ssl.SSLSocketFactory;

/** Asks nodes whether they can serve ({@code GET /readyz}). */
public final class ReadinessProbe {
  private static final int TIMEOUT_MILLIS = 2_000;

  private final FleetAddress address;
  private final SSLSocketFactory sockets;

  /** Of a fleet's nodes. */
  public ReadinessProbe(FleetAddress address) throws IOException {
    this.address = address;
    this.sockets = address.sockets();
  }

  /** Whether node {@code index} says that it can serve. */
  public boolean ready(int index) {
    return serves(status(index));
  }

  static boolean serves(int status) {
    return status == 200;
  }

  /** The status that it answers with; 0 if it does not. */
  int status(int index) {
    try {
      HttpsURLConnection connection =
          (HttpsURLConnection)
              address.nodes().get(index - 1).resolve("/readyz").toURL().openConnection();
      connection.setSSLSocketFactory(sockets);
      connection.setConnectTimeout(TIMEOUT_MILLIS);
      connection.setReadTimeout(TIMEOUT_MILLIS);
      try {
        return connection.getResponseCode();
      } finally {
        connection.disconnect();
      }
    } catch (IOException e) {
      // Nobody listens there yet, or no longer.
      return 0;
    }
  }
}
