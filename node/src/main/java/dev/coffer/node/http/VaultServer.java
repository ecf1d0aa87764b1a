package dev.coffer.node.http;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsParameters;
import com.sun.net.httpserver.HttpsServer;
import dev.coffer.node.core.NodeCore;
import dev.coffer.node.door.Door;
import dev.coffer.node.peer.Refusal;
import dev.coffer.node.tls.NodeTls;
import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.codec.Invariant;
import dev.coffer.protocol.codec.Limits;
import dev.coffer.protocol.codec.Rejected;
import dev.coffer.protocol.request.SealedMessage;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.function.BiConsumer;
import java.util.function.Supplier;
import javax.net.ssl.SSLParameters;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The HTTPS interface: one virtual thread a request. Thread-safe. */
public final class VaultServer implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(VaultServer.class);
  private static final String OCTETS = "application/octet-stream";
  private static final String PROBLEM = "application/problem+json";
  private static final String TEXT = "text/plain; charset=utf-8";
  private static final int BACKLOG = 512;

  private final HttpsServer server;
  private final ExecutorService threads;
  private final NodeCore core;
  private final Door door;
  private final Notices notices;
  private final Supplier<String> metrics;
  private final List<String> origins;
  private final BiConsumer<String, Throwable> broken;
  private final Semaphore requests = new Semaphore(HttpLimits.REQUESTS_MAX);

  /** What the server needs besides the core. */
  public record Settings(String host, int port, List<String> allowedOrigins) {
    public Settings {
      allowedOrigins = List.copyOf(allowedOrigins);
    }
  }

  private VaultServer(
      HttpsServer server,
      NodeCore core,
      Door door,
      Notices notices,
      Supplier<String> metrics,
      List<String> origins,
      BiConsumer<String, Throwable> broken) {
    this.server = server;
    this.threads = Executors.newVirtualThreadPerTaskExecutor();
    this.core = core;
    this.door = door;
    this.notices = notices;
    this.metrics = metrics;
    this.origins = origins;
    this.broken = broken;
  }

  /**
   * Listens and serves.
   *
   * @param notices what the operator says
   * @param metrics the Prometheus text
   * @param broken told of a broken invariant: the process must not go on
   * @throws IOException if the address cannot be had
   */
  public static VaultServer open(
      Settings settings,
      NodeTls tls,
      NodeCore core,
      Door door,
      Notices notices,
      Supplier<String> metrics,
      BiConsumer<String, Throwable> broken)
      throws IOException {
    HttpLimits.install();
    InetSocketAddress address =
        new InetSocketAddress(InetAddress.getByName(settings.host()), settings.port());
    HttpsServer https = HttpsServer.create(address, BACKLOG);
    https.setHttpsConfigurator(
        new HttpsConfigurator(tls.context()) {
          @Override
          public void configure(HttpsParameters parameters) {
            SSLParameters chosen = getSSLContext().getDefaultSSLParameters();
            chosen.setProtocols(new String[] {"TLSv1.3", "TLSv1.2"});
            parameters.setSSLParameters(chosen);
          }
        });
    VaultServer server =
        new VaultServer(https, core, door, notices, metrics, settings.allowedOrigins(), broken);
    https.setExecutor(server.threads);
    https.createContext("/", server::handle);
    https.start();
    return server;
  }

  /** The port it listens on. */
  public int port() {
    return server.getAddress().getPort();
  }

  private void handle(HttpExchange exchange) {
    boolean admitted = requests.tryAcquire();
    try (exchange) {
      if (admitted) {
        routeOrFail(exchange);
      } else {
        problem(exchange, new Refusal(Refusal.Reason.BUSY, "too many requests are open here"));
      }
    } catch (IOException e) {
      // The client went away, or sent what is not HTTP.
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      if (admitted) {
        requests.release();
      }
    }
  }

  private void routeOrFail(HttpExchange exchange) throws IOException, InterruptedException {
    try {
      door.request(exchange.getRemoteAddress().getAddress());
      route(exchange);
    } catch (Refusal e) {
      problem(exchange, e);
    } catch (Invariant.Broken e) {
      broken.accept("an invariant", e);
    } catch (RuntimeException e) {
      LOG.error("A request failed", e);
      if (exchange.getResponseCode() < 0) {
        problem(exchange, new Refusal(Refusal.Reason.FAULT, "this node met a fault of its own"));
      }
    }
  }

  private void route(HttpExchange exchange) throws IOException, InterruptedException {
    allowOrigin(exchange);
    String path = exchange.getRequestURI().getPath();
    String method = exchange.getRequestMethod();
    List<String> allowed = "/v1/vault".equals(path) ? List.of("POST") : List.of("GET", "HEAD");
    boolean known =
        List.of("/v1/vault", "/v1/bundle", "/v1/fleets", "/healthz", "/readyz", "/metrics")
            .contains(path);
    if (!known) {
      problem(
          exchange,
          new Refusal(Refusal.Reason.NOT_FOUND, "there is nothing here: see the OpenAPI file"));
    } else if ("OPTIONS".equals(method)) {
      exchange.sendResponseHeaders(204, -1);
    } else if (!allowed.contains(method)) {
      exchange.getResponseHeaders().set("Allow", String.join(", ", allowed));
      problem(exchange, new Refusal(Refusal.Reason.METHOD, "this path takes another method"));
    } else {
      switch (path) {
        case "/v1/vault" -> vault(exchange);
        case "/v1/bundle" -> send(exchange, 200, OCTETS, core.bundle().encode().toByteArray());
        case "/v1/fleets" -> send(exchange, 200, TEXT, notices.fleets().toByteArray());
        case "/healthz" -> health(exchange);
        case "/readyz" -> readiness(exchange);
        default ->
            send(exchange, 200, "text/plain; version=0.0.4; charset=utf-8", utf8(metrics.get()));
      }
    }
  }

  private void vault(HttpExchange exchange) throws IOException, InterruptedException {
    if (notices.retired() && !insists(exchange)) {
      // With the bundle, which says where to go: whoever has the right code is never left standing.
      send(exchange, 410, OCTETS, core.bundle().encode().toByteArray());
      return;
    }
    InetAddress from = exchange.getRemoteAddress().getAddress();
    try {
      SealedMessage message = SealedMessage.decode(body(exchange));
      door.beforeLogin(from);
      send(exchange, 200, OCTETS, core.answer(message, wantsAll(exchange)).encode().toByteArray());
    } catch (Rejected e) {
      problem(
          exchange,
          new Refusal(Refusal.Reason.MALFORMED, "the body is not a sealed message: " + e.code()));
    } catch (Refusal e) {
      if (e.reason() == Refusal.Reason.LOGIN_INVALID) {
        door.badLogin(from);
      }
      problem(exchange, e);
    }
  }

  /**
   * A client that has asked the newer fleets, too. What was never moved is still here, and its
   * owner may have nothing but the code.
   */
  private static boolean insists(HttpExchange exchange) {
    return "yes".equals(exchange.getRequestHeaders().getFirst("Coffer-Insist"));
  }

  private static Bytes body(HttpExchange exchange) throws IOException, Refusal {
    try (InputStream in = exchange.getRequestBody()) {
      byte[] octets = in.readNBytes(Limits.BODY_MAX + 1);
      if (octets.length > Limits.BODY_MAX) {
        throw new Refusal(Refusal.Reason.TOO_LARGE, "a body has at most 8 KiB");
      }
      return Bytes.wrap(octets);
    }
  }

  private static boolean wantsAll(HttpExchange exchange) throws Refusal {
    String wish = exchange.getRequestHeaders().getFirst("Coffer-Replies");
    if (wish == null || "quorum".equals(wish)) {
      return false;
    }
    if ("all".equals(wish)) {
      return true;
    }
    throw new Refusal(Refusal.Reason.MALFORMED, "Coffer-Replies is quorum or all");
  }

  private void health(HttpExchange exchange) throws IOException {
    String stopped = core.stopped().orElse("");
    send(
        exchange,
        stopped.isEmpty() ? 200 : 503,
        TEXT,
        utf8(stopped.isEmpty() ? "ok\n" : stopped + "\n"));
  }

  private void readiness(HttpExchange exchange) throws IOException {
    Optional<String> obstacle = core.obstacle();
    send(exchange, obstacle.isEmpty() ? 200 : 503, TEXT, utf8(obstacle.orElse("ready") + "\n"));
  }

  /** Browsers run the web client from another origin; nothing here depends on cookies. */
  private void allowOrigin(HttpExchange exchange) {
    String origin = exchange.getRequestHeaders().getFirst("Origin");
    boolean any = origins.contains("*");
    if (origin != null && (any || origins.contains(origin))) {
      // Never what the asker wrote, only what the operator did.
      exchange.getResponseHeaders().set("Access-Control-Allow-Origin", any ? "*" : origin);
      exchange
          .getResponseHeaders()
          .set("Access-Control-Allow-Headers", "Content-Type, Coffer-Replies, Coffer-Insist");
      exchange.getResponseHeaders().set("Access-Control-Allow-Methods", "GET, POST");
      exchange.getResponseHeaders().set("Vary", "Origin");
    }
  }

  private static void problem(HttpExchange exchange, Refusal refusal) throws IOException {
    int status = refusal.reason().httpStatus();
    if (status == 429 || status == 503) {
      exchange.getResponseHeaders().set("Retry-After", Integer.toString(refusal.afterSeconds()));
    }
    send(exchange, status, PROBLEM, Problem.json(refusal));
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static void send(HttpExchange exchange, int status, String type, byte[] body)
      throws IOException {
    exchange.getResponseHeaders().set("Content-Type", type);
    exchange.getResponseHeaders().set("Cache-Control", "no-store");
    if ("HEAD".equals(exchange.getRequestMethod())) {
      exchange.sendResponseHeaders(status, -1);
      return;
    }
    exchange.sendResponseHeaders(status, body.length);
    try (OutputStream out = exchange.getResponseBody()) {
      out.write(body);
    }
  }

  /** Stops at once: clients ask again. */
  @Override
  public void close() {
    server.stop(0);
    threads.shutdownNow();
  }
}
