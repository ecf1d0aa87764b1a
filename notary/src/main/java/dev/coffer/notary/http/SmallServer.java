package dev.coffer.notary.http;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.coffer.protocol.codec.Bytes;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.LongAdder;
import java.util.logging.Level;
import java.util.logging.Logger;

/** Serves one handler, and {@code GET /metrics} beside it. Thread-safe. */
public final class SmallServer implements AutoCloseable {
  private static final Logger LOG = Logger.getLogger(SmallServer.class.getName());
  private static final int BACKLOG = 512;
  private static final int REQUESTS_MAX = 1_024;

  /** Even an empty answer takes this much of what may be on its way. */
  private static final int ANSWER_OCTETS_MIN = 16 << 10;

  /** Answers on their way at once; more of them than this machine has memory for are not made. */
  private static final int SENDING_OCTETS_MAX =
      (int) Math.clamp(Runtime.getRuntime().maxMemory() / 4, 16L << 20, 256L << 20);

  private final HttpServer server;
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final Semaphore requests = new Semaphore(REQUESTS_MAX);
  private final Semaphore sending;
  private final Map<Integer, LongAdder> answered = new ConcurrentSkipListMap<>();
  private final int sendingMax;
  private final int bodyMax;
  private final Handler handler;
  private final Metrics.Source source;

  private SmallServer(
      HttpServer server, int bodyMax, int sendingMax, Handler handler, Metrics.Source source) {
    this.server = server;
    this.bodyMax = bodyMax;
    this.sendingMax = sendingMax;
    this.sending = new Semaphore(sendingMax);
    this.handler = handler;
    this.source = source;
  }

  /**
   * Limits of the platform's server that can only be given as system properties, before its classes
   * load: processes call this first. What an operator has set otherwise stays.
   */
  public static void installLimits() {
    set("jdk.httpserver.maxConnections", "2048");
    // Without it small answers wait 40 ms for the other side's delayed acknowledgement.
    set("sun.net.httpserver.nodelay", "true");
    // Seconds to send a request, and to make and take an answer: a log waits for its witnesses.
    set("sun.net.httpserver.maxReqTime", "15");
    set("sun.net.httpserver.maxRspTime", "60");
    set("sun.net.httpserver.idleInterval", "60");
    set("sun.net.httpserver.maxReqHeaders", "50");
    set("sun.net.httpserver.maxReqHeaderSize", "16384");
    // What is left of a refused body is not read for longer than this many octets.
    set("sun.net.httpserver.drainAmount", "65536");
  }

  private static void set(String name, String value) {
    if (System.getProperty(name) == null) {
      System.setProperty(name, value);
    }
  }

  /**
   * Listens and serves.
   *
   * @param bodyMax octets of the longest body that is read; a longer one is answered with 413
   * @throws IOException if the address cannot be had
   */
  public static SmallServer start(Listen listen, int bodyMax, Handler handler) throws IOException {
    return start(listen, bodyMax, handler, out -> {});
  }

  /** The same with measurements of whoever answers. */
  public static SmallServer start(
      Listen listen, int bodyMax, Handler handler, Metrics.Source source) throws IOException {
    return start(listen, bodyMax, SENDING_OCTETS_MAX, handler, source);
  }

  /**
   * The same with another limit to what readers may let wait.
   *
   * @param sendingMax octets of all answers that are on their way at once
   */
  static SmallServer start(
      Listen listen, int bodyMax, int sendingMax, Handler handler, Metrics.Source source)
      throws IOException {
    installLimits();
    InetSocketAddress address =
        new InetSocketAddress(InetAddress.getByName(listen.host()), listen.port());
    SmallServer server =
        new SmallServer(HttpServer.create(address, BACKLOG), bodyMax, sendingMax, handler, source);
    server.server.setExecutor(server.threads);
    server.server.createContext("/", server::serve);
    server.server.start();
    return server;
  }

  /** The port it listens on. */
  public int port() {
    return server.getAddress().getPort();
  }

  private void serve(HttpExchange exchange) {
    try (exchange) {
      Answer answer;
      if (!requests.tryAcquire()) {
        answer = Answer.text(429, "too many requests at once: ask again in a moment");
      } else {
        try {
          answer = answer(exchange);
        } finally {
          requests.release();
        }
      }
      sendOrRefuse(exchange, answer);
    } catch (IOException gone) {
      LOG.log(Level.FINE, "A client left before its answer", gone);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /**
   * A reader takes as long as it likes, and meanwhile its answer fills memory: so answers on their
   * way have a limit in octets of their own, beyond which the next reader hears that it is busy.
   */
  private void sendOrRefuse(HttpExchange exchange, Answer answer) throws IOException {
    int octets = Math.min(sendingMax, Math.max(ANSWER_OCTETS_MIN, answer.body().size()));
    if (!sending.tryAcquire(octets)) {
      send(exchange, Answer.text(503, "too many slow readers: ask again in a moment"));
      return;
    }
    try {
      send(exchange, answer);
    } finally {
      sending.release(octets);
    }
  }

  private Answer answer(HttpExchange exchange) throws IOException, InterruptedException {
    byte[] body;
    try (InputStream in = exchange.getRequestBody()) {
      body = in.readNBytes(bodyMax + 1);
    }
    if (body.length > bodyMax) {
      return Answer.text(413, "the body has at most " + bodyMax + " octets");
    }
    String path = exchange.getRequestURI().getRawPath();
    Query query =
        new Query(exchange.getRequestMethod(), path == null ? "" : path, Bytes.wrap(body));
    try {
      return query.reads("/metrics") ? metrics() : handler.answer(query);
    } catch (IOException e) {
      LOG.log(Level.WARNING, "A request failed", e);
      return Answer.text(503, "not possible at the moment: ask again later");
    } catch (RuntimeException e) {
      LOG.log(Level.SEVERE, "A request met a fault of this program", e);
      return Answer.text(500, "a fault of this server: its log tells its operator more");
    }
  }

  private Answer metrics() throws IOException {
    Metrics out = new Metrics();
    source.measure(out);
    answered.forEach((status, count) ->
        out.counter(
            "coffer_requests_total",
            "Answers since the start, by status",
            "status",
            status.toString(),
            count.sum()));
    return Answer.of(200, Metrics.TYPE, out.toString());
  }

  private void send(HttpExchange exchange, Answer answer) throws IOException {
    answered.computeIfAbsent(answer.status(), unused -> new LongAdder()).increment();
    exchange.getResponseHeaders().set("Content-Type", answer.type());
    exchange.getResponseHeaders().set("Cache-Control", answer.cache());
    exchange.getResponseHeaders().set("X-Content-Type-Options", "nosniff");
    if (!answer.cache().equals(Answer.NO_STORE)) {
      // What anyone may keep, pages of any origin may read: checkpoints and tiles are for everyone.
      exchange.getResponseHeaders().set("Access-Control-Allow-Origin", "*");
    }
    if (answer.status() == 429 || answer.status() == 503) {
      exchange.getResponseHeaders().set("Retry-After", "1");
    }
    byte[] body = answer.body().toByteArray();
    boolean head = exchange.getRequestMethod().equals("HEAD");
    exchange.sendResponseHeaders(answer.status(), head || body.length == 0 ? -1 : body.length);
    if (!head && body.length > 0) {
      try (OutputStream out = exchange.getResponseBody()) {
        out.write(body);
      }
    }
  }

  /** Stops at once: clients ask again. */
  @Override
  public void close() {
    server.stop(0);
    threads.shutdownNow();
  }
}
