package dev.coffer.client.https;

import dev.coffer.client.port.RetryPolicy;
import dev.coffer.client.port.VaultTransport;
import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.codec.Invariant;
import dev.coffer.protocol.fleet.FleetId;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;
import javax.net.ssl.HttpsURLConnection;
import javax.net.ssl.SSLSocketFactory;

/**
 * HTTPS by the platform's own client, in the oldest form that the JDK and Android share. Never
 * follows a redirection. Thread-safe.
 */
public final class HttpsTransport implements VaultTransport {
  /** Octets of an error body worth reading. */
  private static final int PROBLEM_MAX = 4096;

  /** Octets of the directory of fleets. */
  private static final int DIRECTORY_MAX = 16 << 10;

  private static final Duration AFTER_MAX = Duration.ofMinutes(5);

  private final List<URI> endpoints;
  private final Optional<SSLSocketFactory> sockets;
  private final Duration connectTimeout;
  private final Duration answerTimeout;
  private final LongSupplier nanoTime;
  private final boolean insisting;

  /** When each endpoint was last silent for too long, by place; absent if it was not. */
  private final Map<Integer, Long> silent = new ConcurrentHashMap<>();

  /** A sending that broke its limits. */
  private static final class LimitException extends IOException {
    private static final long serialVersionUID = 1L;

    LimitException(String limit) {
      super(limit);
    }
  }

  /**
   * Ten seconds to connect, twenty for the whole answer; the first nodes that an exchange asks get
   * one second.
   *
   * @param endpoints base addresses of nodes, {@code https://host[:port]}; if HSM i's node stands
   *     at place i, messages travel without forwarding
   * @param sockets sockets with the app's own authorities; the platform's if empty
   */
  public static HttpsTransport to(List<URI> endpoints, Optional<SSLSocketFactory> sockets) {
    return new HttpsTransport(
        endpoints, sockets, RetryPolicy.CONNECTING, RetryPolicy.REQUEST, System::nanoTime);
  }

  /**
   * @param nanoTime a monotonic clock in nanoseconds
   */
  public HttpsTransport(
      List<URI> endpoints,
      Optional<SSLSocketFactory> sockets,
      Duration connectTimeout,
      Duration answerTimeout,
      LongSupplier nanoTime) {
    this(endpoints, sockets, connectTimeout, answerTimeout, nanoTime, false);
  }

  private HttpsTransport(
      List<URI> endpoints,
      Optional<SSLSocketFactory> sockets,
      Duration connectTimeout,
      Duration answerTimeout,
      LongSupplier nanoTime,
      boolean insisting) {
    Invariant.check(!endpoints.isEmpty(), "a vault has at least one address");
    for (URI endpoint : endpoints) {
      Invariant.check("https".equals(endpoint.getScheme()), "a vault's address begins with https");
    }
    this.endpoints = List.copyOf(endpoints);
    this.sockets = sockets;
    this.connectTimeout = connectTimeout;
    this.answerTimeout = answerTimeout;
    this.nanoTime = nanoTime;
    this.insisting = insisting;
  }

  @Override
  public Sent post(Bytes message, int admittingIndex, Replies replies, int turn) {
    // The admitting HSM's own node first; in a later round its neighbour, which forwards.
    int place = (admittingIndex - 1 + turn / endpoints.size()) % endpoints.size();
    return exchange(place, turn, "/v1/vault", Optional.of(message), replies, ANSWER_MAX);
  }

  @Override
  public Sent bundle(int turn) {
    int place = turn % endpoints.size();
    return exchange(place, turn, "/v1/bundle", Optional.empty(), Replies.QUORUM, BUNDLE_MAX);
  }

  @Override
  public VaultTransport insisting() {
    return new HttpsTransport(endpoints, sockets, connectTimeout, answerTimeout, nanoTime, true);
  }

  /** {@code GET /v1/fleets} of one node: it may not know yet, or lie. */
  @Override
  public Optional<VaultTransport> toward(FleetId fleet, int turn) {
    int place = turn % endpoints.size();
    Sent sent =
        exchange(place, turn, "/v1/fleets", Optional.empty(), Replies.QUORUM, DIRECTORY_MAX);
    return sent instanceof Answered answered
        ? to(FleetDirectory.endpoints(answered.body(), fleet))
        : Optional.empty();
  }

  private Optional<VaultTransport> to(List<URI> there) {
    return there.isEmpty()
        ? Optional.empty()
        : Optional.of(new HttpsTransport(there, sockets, connectTimeout, answerTimeout, nanoTime));
  }

  /** The base addresses, separated by single spaces. */
  @Override
  public Optional<String> address() {
    String text = String.join(" ", endpoints.stream().map(URI::toString).toList());
    return text.length() <= ADDRESS_MAX ? Optional.of(text) : Optional.empty();
  }

  @Override
  public Optional<VaultTransport> at(String address) {
    return to(FleetDirectory.endpoints(address));
  }

  private Sent exchange(
      int place, int turn, String path, Optional<Bytes> body, Replies replies, int answerMax) {
    long began = nanoTime.getAsLong();
    if (turn < endpoints.size() && silent(place, began)) {
      return new Unreachable();
    }
    long deadline = began + answerTimeout.toNanos();
    HttpsURLConnection connection = null;
    try {
      connection = connect(place, path, turn < RetryPolicy.QUICK_TURNS);
      if (body.isPresent()) {
        send(connection, body.get(), replies);
      }
      int status = connection.getResponseCode();
      if (status == 200) {
        try (InputStream in = connection.getInputStream()) {
          return new Answered(read(in, answerMax, deadline));
        }
      }
      return failed(connection, status, deadline);
    } catch (SocketTimeoutException e) {
      silent.put(place, nanoTime.getAsLong());
      if (connection != null) {
        connection.disconnect();
      }
      return new Unreachable();
    } catch (IOException | RuntimeException e) {
      // RuntimeException: some platforms' clients throw it for answers that break HTTP.
      if (connection != null) {
        connection.disconnect();
      }
      return new Unreachable();
    }
  }

  private boolean silent(int place, long now) {
    Long since = silent.get(place);
    return since != null && now - since < RetryPolicy.PASSED_OVER.toNanos();
  }

  private HttpsURLConnection connect(int place, String path, boolean quick) throws IOException {
    URI base = endpoints.get(place);
    HttpsURLConnection connection =
        (HttpsURLConnection) base.resolve(path).toURL().openConnection();
    sockets.ifPresent(connection::setSSLSocketFactory);
    connection.setConnectTimeout(millis(connectTimeout, quick));
    connection.setReadTimeout(millis(answerTimeout, quick));
    connection.setInstanceFollowRedirects(false);
    connection.setUseCaches(false);
    return connection;
  }

  private static int millis(Duration limit, boolean quick) {
    boolean shorter = quick && RetryPolicy.QUICK.compareTo(limit) < 0;
    return Math.toIntExact((shorter ? RetryPolicy.QUICK : limit).toMillis());
  }

  private void send(HttpsURLConnection connection, Bytes message, Replies replies)
      throws IOException {
    connection.setRequestMethod("POST");
    connection.setDoOutput(true);
    // Not in streaming mode, in which the platforms swallow the body of a 401.
    connection.setRequestProperty("Content-Type", "application/octet-stream");
    if (insisting) {
      connection.setRequestProperty("Coffer-Insist", "yes");
    }
    connection.setRequestProperty("Coffer-Replies", replies == Replies.ALL ? "all" : "quorum");
    try (OutputStream out = connection.getOutputStream()) {
      out.write(message.toByteArray());
    }
  }

  /** At most {@code max} octets until the deadline, however slowly they drip. */
  private Bytes read(InputStream in, int max, long deadline) throws IOException {
    byte[] buffer = new byte[Math.min(max + 1, 32 << 10)];
    int size = 0;
    while (true) {
      if (size == buffer.length) {
        if (size > max) {
          throw new LimitException("answer size");
        }
        buffer = Arrays.copyOf(buffer, Math.min(2 * size, max + 1));
      }
      int count = in.read(buffer, size, buffer.length - size);
      if (count < 0) {
        break;
      }
      size += count;
      if (nanoTime.getAsLong() - deadline > 0) {
        throw new LimitException("answer time");
      }
    }
    if (size > max) {
      throw new LimitException("answer size");
    }
    return Bytes.copyOf(buffer, 0, size);
  }

  private Sent failed(HttpsURLConnection connection, int status, long deadline) throws IOException {
    if (status == 410) {
      // The node sends its bundle along, which is larger than any other error. Not read here:
      // whoever hears of a move fetches the bundle and has it verified.
      connection.disconnect();
      return new Moved();
    }
    String problem = problem(connection, deadline);
    return switch (status) {
      case 401 -> problem.contains("\"LOGIN_EXPIRED\"") ? new LoginExpired() : new LoginInvalid();
      case 400, 403, 404, 405, 411, 413, 415, 421 -> new Refused();
      default -> new Later(retryAfter(connection));
    };
  }

  private String problem(HttpsURLConnection connection, long deadline) throws IOException {
    try (InputStream in = connection.getErrorStream()) {
      return in == null
          ? ""
          : new String(read(in, PROBLEM_MAX, deadline).toByteArray(), StandardCharsets.UTF_8);
    } catch (LimitException e) {
      // The status says enough; a body that breaks the limits says nothing more.
      connection.disconnect();
      return "";
    }
  }

  private static Duration retryAfter(HttpsURLConnection connection) {
    String header = connection.getHeaderField("Retry-After");
    if (header == null || !header.matches("[0-9]{1,6}")) {
      return Duration.ofSeconds(1);
    }
    Duration after = Duration.ofSeconds(Long.parseLong(header));
    return after.compareTo(AFTER_MAX) < 0 ? after : AFTER_MAX;
  }
}
