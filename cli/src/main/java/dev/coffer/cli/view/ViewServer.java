package dev.coffer.cli.view;

import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.coffer.backup.BackupException;
import dev.coffer.backup.BackupException.Reason;
import dev.coffer.backup.Snapshot;
import dev.coffer.backup.SnapshotEntry.Type;
import dev.coffer.backup.repository.Repository;
import dev.coffer.backup.repository.SnapshotView;
import dev.coffer.cli.terminal.Sizes;
import dev.coffer.cli.terminal.Times;
import dev.coffer.protocol.crypto.Randomness;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;

/**
 * Shows the snapshots of a repository as directories, by HTTP and WebDAV (RFC 4918, class 1, what
 * reads), on the loopback interface. Whoever does not know the address, which holds 128 random
 * bits, learns nothing; nothing can be written. What it serves may be hostile: browsers run no
 * script of it and show it to no other page. Thread-safe.
 */
public final class ViewServer implements AutoCloseable {
  private static final int REQUESTS_MAX = 32;
  private static final int BODY_MAX = 64 << 10;
  private static final int TOKEN_SIZE = 16;
  private static final String METHODS = "OPTIONS, GET, HEAD, PROPFIND";

  private final HttpServer server;
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final Semaphore requests = new Semaphore(REQUESTS_MAX);
  private final Views views;
  private final String root;

  private ViewServer(HttpServer server, Repository repository, String token) {
    this.server = server;
    this.views = new Views(repository);
    this.root = "/" + token + "/";
  }

  /**
   * Listens and serves until it is closed.
   *
   * @param port 0 for any that is free
   * @throws IOException if the port cannot be had
   */
  public static ViewServer start(Repository repository, int port, Randomness randomness)
      throws IOException {
    // A request is short; a large file may take its reader hours.
    limit("sun.net.httpserver.maxReqTime", "15");
    limit("sun.net.httpserver.maxReqHeaders", "50");
    limit("sun.net.httpserver.maxReqHeaderSize", "16384");
    limit("sun.net.httpserver.nodelay", "true");
    limit("jdk.httpserver.maxConnections", "128");
    HttpServer http =
        HttpServer.create(new InetSocketAddress(InetAddress.getByName("127.0.0.1"), port), 0);
    ViewServer view = new ViewServer(http, repository, randomness.bytes(TOKEN_SIZE).hex());
    http.setExecutor(view.threads);
    http.createContext("/", view::serve);
    http.start();
    return view;
  }

  private static void limit(String name, String value) {
    if (System.getProperty(name) == null) {
      System.setProperty(name, value);
    }
  }

  /** Where it is, with the secret that opens it. */
  public String address() {
    return "http://127.0.0.1:" + server.getAddress().getPort() + root;
  }

  @Override
  public void close() {
    server.stop(0);
    threads.shutdownNow();
  }

  /** What a request asks for. */
  private record Place(Shown self, Optional<SnapshotView> tree, Optional<SnapshotView.Node> node) {}

  private void serve(HttpExchange exchange) throws IOException {
    boolean free = requests.tryAcquire();
    try (exchange) {
      Headers headers = exchange.getResponseHeaders();
      // Without the last word browsers would not even keep a file that somebody clicks on.
      headers.set("Content-Security-Policy", "default-src 'none'; sandbox allow-downloads");
      headers.set("X-Content-Type-Options", "nosniff");
      headers.set("Referrer-Policy", "no-referrer");
      headers.set("Cache-Control", "no-store");
      if (!free) {
        refuse(exchange, 503, "Too many requests at once: ask again in a moment.");
        return;
      }
      try (InputStream body = exchange.getRequestBody()) {
        if (body.readNBytes(BODY_MAX + 1).length > BODY_MAX) {
          refuse(exchange, 413, "The body is too long.");
          return;
        }
      }
      answer(exchange);
    } finally {
      if (free) {
        requests.release();
      }
    }
  }

  private void answer(HttpExchange exchange) throws IOException {
    String path = exchange.getRequestURI().getRawPath();
    int end = path == null ? -1 : path.indexOf('/', 1) + 1;
    if (path == null
        || !MessageDigest.isEqual(octets(root), octets(path.substring(0, Math.max(end, 0))))) {
      refuse(exchange, 404, "There is nothing here.");
      return;
    }
    try {
      Optional<Place> place = place(path.substring(end));
      if (place.isEmpty()) {
        refuse(exchange, 404, "No backup holds that.");
        return;
      }
      switch (exchange.getRequestMethod()) {
        case "OPTIONS" -> {
          exchange.getResponseHeaders().set("DAV", "1");
          exchange.getResponseHeaders().set("Allow", METHODS);
          exchange.sendResponseHeaders(200, -1);
        }
        case "PROPFIND" -> properties(exchange, path, place.get());
        case "GET", "HEAD" -> read(exchange, path, place.get());
        default -> {
          exchange.getResponseHeaders().set("Allow", METHODS);
          refuse(exchange, 405, "Backups are only read here.");
        }
      }
    } catch (IllegalArgumentException e) {
      refuse(exchange, 400, "This is no path.");
    } catch (BackupException e) {
      // After the head of an answer this cannot be said any more: the connection breaks off.
      refuse(
          exchange,
          e.reason() == Reason.STORE_UNREACHABLE ? 503 : 500,
          String.valueOf(e.getMessage()));
    }
  }

  private static byte[] octets(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static void refuse(HttpExchange exchange, int status, String sentence)
      throws IOException {
    send(exchange, status, "text/plain; charset=utf-8", sentence + "\n");
  }

  private static void send(HttpExchange exchange, int status, String type, String text)
      throws IOException {
    if (exchange.getResponseCode() != -1) {
      throw new IOException("The answer had begun.");
    }
    byte[] body = octets(text);
    exchange.getResponseHeaders().set("Content-Type", type);
    boolean head = exchange.getRequestMethod().equals("HEAD");
    exchange.sendResponseHeaders(status, head ? -1 : body.length);
    if (!head) {
      exchange.getResponseBody().write(body);
    }
  }

  private Optional<Place> place(String path) throws BackupException {
    String plain = path.endsWith("/") ? path.substring(0, path.length() - 1) : path;
    if (plain.isEmpty()) {
      Shown self = new Shown(Type.DIRECTORY, "Backups", Instant.EPOCH, 0, "");
      return Optional.of(new Place(self, Optional.empty(), Optional.empty()));
    }
    // In a path a plus sign is no space.
    String decoded = URLDecoder.decode(plain.replace("+", "%2B"), StandardCharsets.UTF_8);
    int slash = decoded.indexOf('/');
    Optional<SnapshotView> tree = views.tree(slash < 0 ? decoded : decoded.substring(0, slash));
    if (tree.isEmpty()) {
      return Optional.empty();
    }
    return tree.get()
        .find(slash < 0 ? "." : decoded.substring(slash + 1))
        .filter(node -> at(node).opens())
        .map(node -> new Place(at(node), tree, Optional.of(node)));
  }

  private static Shown at(SnapshotView.Node node) {
    String note =
        switch (node.type()) {
          case DIRECTORY, FILE -> "";
          case LINK -> "a link";
          case MISSING -> "not in the backup as it was";
        };
    return new Shown(node.type(), node.name(), node.modified(), node.size(), note);
  }

  private List<Shown> content(Place place) throws BackupException {
    return place.node().isPresent()
        ? place.node().get().children().stream().map(ViewServer::at).toList()
        : views.all().stream().map(ViewServer::at).toList();
  }

  private static Shown at(Snapshot snapshot) {
    String note =
        String.join(", ", snapshot.sources()) + ", " + Sizes.count(snapshot.files(), "file");
    return new Shown(Type.DIRECTORY, snapshot.id().toString(), snapshot.time(), 0, note);
  }

  private void properties(HttpExchange exchange, String path, Place place)
      throws IOException, BackupException {
    String depth = exchange.getRequestHeaders().getFirst("Depth");
    if (depth == null || !(depth.equals("0") || depth.equals("1"))) {
      send(
          exchange,
          403,
          "application/xml; charset=utf-8",
          "<?xml version=\"1.0\"?><D:error xmlns:D=\"DAV:\"><D:propfind-finite-depth/></D:error>\n");
      return;
    }
    boolean slash = place.self().isDirectory() && !path.endsWith("/");
    List<Shown> content =
        place.self().isDirectory() && depth.equals("1") ? content(place) : List.of();
    send(
        exchange,
        207,
        "application/xml; charset=utf-8",
        Shown.properties(path + (slash ? "/" : ""), place.self(), content));
  }

  private void read(HttpExchange exchange, String path, Place place)
      throws IOException, BackupException {
    if (!place.self().isDirectory()) {
      file(exchange, place.tree().orElseThrow(), place.node().orElseThrow());
    } else if (!path.endsWith("/")) {
      exchange.getResponseHeaders().set("Location", path + "/");
      exchange.sendResponseHeaders(301, -1);
    } else {
      String missing =
          place.tree().map(SnapshotView::damaged).orElse(0) > 0
              ? " (part of this backup's list is damaged: not everything is shown)"
              : "";
      boolean outermost = place.node().isEmpty();
      String title =
          outermost || !place.self().name().equals(".")
              ? place.self().name()
              : "As of " + Times.local(place.self().modified());
      send(
          exchange,
          200,
          "text/html; charset=utf-8",
          Shown.page(title + missing, content(place), outermost));
    }
  }

  private static void file(HttpExchange exchange, SnapshotView tree, SnapshotView.Node node)
      throws IOException, BackupException {
    Headers asked = exchange.getRequestHeaders();
    String range = asked.getFirst("Range");
    Optional<ByteRange> part =
        range == null || asked.containsKey("If-Range")
            ? Optional.empty()
            : ByteRange.parse(range, node.size());
    Headers headers = exchange.getResponseHeaders();
    headers.set("Accept-Ranges", "bytes");
    headers.set("Content-Type", "application/octet-stream");
    headers.set("Last-Modified", Shown.time(node.modified()));
    part.ifPresent(one -> headers.set("Content-Range", one.contentRange(node.size())));
    ByteRange sent = part.orElse(new ByteRange(0, node.size()));
    if (part.isPresent() && sent.size() == 0) {
      refuse(exchange, 416, "The file has no such part.");
      return;
    }
    int status = part.isPresent() ? 206 : 200;
    if (exchange.getRequestMethod().equals("HEAD")) {
      headers.set("Content-Length", Long.toString(sent.size()));
      exchange.sendResponseHeaders(status, -1);
      return;
    }
    OutputStream out = new Begun(exchange, status, sent.size());
    tree.write(node, sent.from(), sent.size(), out);
    out.flush();
  }

  /** Begins the answer with the first octet: until then what is wrong can be said. */
  private static final class Begun extends OutputStream {
    private final HttpExchange exchange;
    private final int status;
    private final long size;

    Begun(HttpExchange exchange, int status, long size) {
      this.exchange = exchange;
      this.status = status;
      this.size = size;
    }

    private OutputStream body() throws IOException {
      if (exchange.getResponseCode() == -1) {
        exchange.sendResponseHeaders(status, size == 0 ? -1 : size);
      }
      return exchange.getResponseBody();
    }

    @Override
    public void write(int octet) throws IOException {
      body().write(octet);
    }

    @Override
    public void write(byte[] octets, int from, int count) throws IOException {
      if (count > 0) {
        body().write(octets, from, count);
      }
    }

    @Override
    public void flush() throws IOException {
      body().flush();
    }
  }
}
