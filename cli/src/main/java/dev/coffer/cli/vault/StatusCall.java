package dev.coffer.cli.vault;

import dev.coffer.cli.home.FleetAddress;
import dev.coffer.evidence.Expectations;
import dev.coffer.protocol.codec.Bytes;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.Optional;
import javax.net.ssl.HttpsURLConnection;
import javax.net.ssl.SSLSocketFactory;

/** {@code POST /v1/status} of a fleet's nodes. Nothing that is answered is checked here. */
public final class StatusCall implements Expectations.Hsms {
  private static final int CONNECT_MILLIS = 10_000;

  /** A node that listens is waited for: silence is no answer, and a busy machine is no lie. */
  private static final int ANSWER_MILLIS = 60_000;

  /** Octets of the largest status: values, and a certificate with seven signatures. */
  private static final int ANSWER_MAX = 4 << 10;

  private final FleetAddress address;
  private final SSLSocketFactory sockets;

  /** To the nodes at {@code address}. */
  public StatusCall(FleetAddress address) throws IOException {
    this.address = address;
    this.sockets = address.sockets();
  }

  @Override
  public Optional<Bytes> status(int index, Bytes nonce) {
    if (index > address.nodes().size()) {
      return Optional.empty();
    }
    try {
      HttpsURLConnection connection =
          (HttpsURLConnection)
              address.nodes().get(index - 1).resolve("/v1/status").toURL().openConnection();
      connection.setSSLSocketFactory(sockets);
      connection.setConnectTimeout(CONNECT_MILLIS);
      connection.setReadTimeout(ANSWER_MILLIS);
      connection.setInstanceFollowRedirects(false);
      try {
        connection.setDoOutput(true);
        connection.setRequestProperty("Content-Type", "application/octet-stream");
        try (OutputStream out = connection.getOutputStream()) {
          out.write(nonce.toByteArray());
        }
        if (connection.getResponseCode() != 200) {
          return Optional.empty();
        }
        try (InputStream in = connection.getInputStream()) {
          return Optional.of(Bytes.wrap(in.readNBytes(ANSWER_MAX + 1)));
        }
      } finally {
        connection.disconnect();
      }
    } catch (IOException e) {
      // Nobody listens there, or not now.
      return Optional.empty();
    }
  }
}
