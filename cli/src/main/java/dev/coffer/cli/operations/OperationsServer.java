package dev.coffer.cli.operations;

import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.coffer.notary.http.SmallServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.regex.Pattern;

/**
 * Serves the console's files, and to whoever shows the operator's token what {@link Watch} sees, on
 * the loopback interface. A page of another origin learns nothing: it gets no CORS, has no token,
 * and a name that was made to lead here (DNS rebinding) is refused. Thread-safe.
 */
public final class OperationsServer implements AutoCloseable {
  /** Where the page is. */
  public static final String ROOM = "/operations/";

  private static final String STATE = ROOM + "state";

  /** For the operator's page. The others name their nodes in a policy of their own. */
  private static final String STRICT =
      "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; base-uri 'none';"
          + " form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script';"
          + " trusted-types 'none'";

  private static final String OTHERS =
      "object-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

  /** Any port: it may come through a tunnel. */
  private static final Pattern HERE =
      Pattern.compile("(?i)(?:localhost|127\\.0\\.0\\.1|\\[::1\\])(?::\\d{1,5})?");

  private static final String BEARER = "Bearer ";
  private static final int PAGES_AT_ONCE_MAX = 32;
  private static final int WRONG_A_MINUTE = 10;
  private static final long MINUTE_MILLIS = 60_000;

  private final HttpServer server;
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final Semaphore pagesAtOnce = new Semaphore(PAGES_AT_ONCE_MAX);
  private final Pages pages;
  private final Watch watch;
  private final OperatorToken token;
  private final Clock clock;
  private long minute;
  private int wrong;

  private OperationsServer(
      HttpServer server, Pages pages, Watch watch, OperatorToken token, Clock clock) {
    this.server = server;
    this.pages = pages;
    this.watch = watch;
    this.token = token;
    this.clock = clock;
  }

  /**
   * Listens and serves until it is closed.
   *
   * @param port 0 for any that is free
   * @param pages the built console
   * @param watch closed with this
   * @throws IOException if the port cannot be had, or there is no folder {@code pages}
   */
  public static OperationsServer start(
      int port, Path pages, Watch watch, OperatorToken token, Clock clock) throws IOException {
    SmallServer.installLimits();
    Pages folder = new Pages(pages);
    HttpServer http =
        HttpServer.create(new InetSocketAddress(InetAddress.getByName("127.0.0.1"), port), 0);
    OperationsServer served = new OperationsServer(http, folder, watch, token, clock);
    http.setExecutor(served.threads);
    http.createContext("/", served::serve);
    http.start();
    return served;
  }

  /** Where the page is; passkeys want this name and not the number. */
  public String address() {
    return "http://localhost:" + server.getAddress().getPort() + ROOM;
  }

  @Override
  public void close() {
    server.stop(0);
    threads.shutdownNow();
    watch.close();
  }

  private void serve(HttpExchange exchange) throws IOException {
    String path = Optional.ofNullable(exchange.getRequestURI().getRawPath()).orElse("");
    // Whoever asks for files and takes none keeps pages from loading, and none from going on.
    boolean counts = !path.equals(STATE);
    boolean free = !counts || pagesAtOnce.tryAcquire();
    try (exchange) {
      Headers headers = exchange.getResponseHeaders();
      headers.set("Content-Security-Policy", path.startsWith(ROOM) ? STRICT : OTHERS);
      headers.set("X-Content-Type-Options", "nosniff");
      headers.set("Referrer-Policy", "no-referrer");
      headers.set("Cross-Origin-Resource-Policy", "same-origin");
      headers.set("Cross-Origin-Opener-Policy", "same-origin");
      headers.set("Cache-Control", "no-store");
      if (free) {
        answer(exchange, path);
      } else {
        refuse(exchange, 503, "Too many requests at once: ask again in a moment.");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      if (free && counts) {
        pagesAtOnce.release();
      }
    }
  }

  private void answer(HttpExchange exchange, String path) throws IOException, InterruptedException {
    Headers asked = exchange.getRequestHeaders();
    String host = Optional.ofNullable(asked.getFirst("Host")).orElse("");
    String origin = asked.getFirst("Origin");
    boolean head = exchange.getRequestMethod().equals("HEAD");
    if (!HERE.matcher(host).matches()) {
      refuse(exchange, 421, "This is served to localhost alone.");
    } else if (origin != null && !origin.equalsIgnoreCase("http://" + host)) {
      refuse(exchange, 403, "This is not for pages of other origins.");
    } else if (!head && !exchange.getRequestMethod().equals("GET")) {
      exchange.getResponseHeaders().set("Allow", "GET, HEAD");
      refuse(exchange, 405, "Things are only read here.");
    } else if (path.equals(STATE)) {
      state(exchange, Optional.ofNullable(asked.getFirst("Authorization")).orElse(""));
    } else {
      Optional<Pages.Page> page = pages.at(path);
      if (page.isPresent()) {
        send(exchange, 200, page.get().type(), page.get().body().toByteArray());
      } else {
        refuse(exchange, 404, "There is nothing here.");
      }
    }
  }

  private void state(HttpExchange exchange, String authorization)
      throws IOException, InterruptedException {
    boolean bearer = authorization.regionMatches(true, 0, BEARER, 0, BEARER.length());
    if (bearer && token.is(authorization.substring(BEARER.length()).strip())) {
      send(exchange, 200, "application/json", octets(watch.look()));
    } else if (bearer && tooOften()) {
      exchange.getResponseHeaders().set("Retry-After", "60");
      refuse(exchange, 429, "Too many wrong tokens: wait a minute.");
    } else {
      exchange.getResponseHeaders().set("WWW-Authenticate", "Bearer");
      refuse(exchange, 401, "Show the operator's token.");
    }
  }

  /** The right token always passes: nobody on this machine locks its operator out. */
  private synchronized boolean tooOften() {
    long now = clock.millis() / MINUTE_MILLIS;
    wrong = now == minute ? wrong + 1 : 1;
    minute = now;
    return wrong > WRONG_A_MINUTE;
  }

  private static void refuse(HttpExchange exchange, int status, String sentence)
      throws IOException {
    send(exchange, status, "text/plain; charset=utf-8", octets(sentence + "\n"));
  }

  private static byte[] octets(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static void send(HttpExchange exchange, int status, String type, byte[] body)
      throws IOException {
    exchange.getResponseHeaders().set("Content-Type", type);
    boolean none = exchange.getRequestMethod().equals("HEAD") || body.length == 0;
    exchange.sendResponseHeaders(status, none ? -1 : body.length);
    if (!none) {
      exchange.getResponseBody().write(body);
    }
  }
}
