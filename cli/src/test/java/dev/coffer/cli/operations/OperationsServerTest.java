package dev.coffer.cli.operations;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpServer;
import dev.coffer.notary.http.Fetch;
import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.crypto.Randomness;
import dev.coffer.protocol.json.JsonWriter;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Who may look, and what parties that misbehave make of it; all over real connections. */
class OperationsServerTest {
  private static final String GOOD =
      """
      # TYPE coffer_serving gauge
      coffer_serving 1.0
      coffer_events_total{event="a b",of="\\"}"} 3
      coffer_serving 0.0
      coffer_bad NaN
      coffer_bad{x="\u00e9"} 1
      jvm_threads 7
      coffer_sum_seconds 1.25E-4
      """;

  @TempDir private Path home;
  private final AtomicLong millis = new AtomicLong(1_900_000_000_000L);
  private final AtomicInteger asked = new AtomicInteger();
  private final CountDownLatch over = new CountDownLatch(1);
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final List<HttpServer> others = new ArrayList<>();
  private final Clock clock =
      new Clock() {
        @Override
        public ZoneId getZone() {
          return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(ZoneId zone) {
          throw new UnsupportedOperationException();
        }

        @Override
        public Instant instant() {
          return Instant.ofEpochMilli(millis.get());
        }
      };
  private OperationsServer server;
  private int port;
  private String token;

  @BeforeEach
  void start() throws Exception {
    Path pages = Files.createDirectories(home.resolve("pages/operations")).getParent();
    Files.writeString(pages.resolve("index.html"), "the console");
    Files.writeString(pages.resolve("operations/index.html"), "the room");
    Files.writeString(home.resolve("secret.html"), "not for pages");
    Files.createSymbolicLink(pages.resolve("out.html"), home.resolve("secret.html"));
    Files.writeString(pages.resolve(".hidden.html"), "hidden");
    Files.writeString(pages.resolve("key.pem"), "a key");
    Duration deadline = Duration.ofMillis(1_500);
    JsonWriter fleet = new JsonWriter().put("quorum", 3);
    Watch watch = new Watch(parties(), fleet, new Fetch(deadline), new Fetch(deadline), clock);
    OperatorToken shown = OperatorToken.make(home.resolve("operator.token"), Randomness.system());
    token = Files.readString(home.resolve("operator.token")).strip();
    server = OperationsServer.start(0, pages, watch, shown, clock);
    port = URI.create(server.address()).getPort();
  }

  @AfterEach
  void close() {
    over.countDown();
    server.close();
    others.forEach(other -> other.stop(0));
    threads.shutdownNow();
  }

  private List<Party> parties() throws IOException {
    URI closed = other(200, "");
    others.removeLast().stop(0);
    return List.of(
        node("1", other(200, GOOD), other(200, "ready\n")),
        node("2", other(200, "coffer_serving 0.0\n"), other(503, "no quorum:\n \u0007 start 3")),
        node("3", closed, closed),
        node("4", slow(), slow()),
        node("5", endless(), endless()),
        node("6", other(500, GOOD), other(200, "ready\n")),
        node("7", other(200, many()), other(200, "ready\n")),
        new Party(Party.Kind.NOTARY, "", Optional.empty(), Optional.empty()));
  }

  private static Party node(String name, URI metrics, URI health) {
    return new Party(Party.Kind.NODE, name, Optional.of(metrics), Optional.of(health));
  }

  private static String many() {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i <= MetricText.SAMPLES_MAX; i++) {
      text.append("coffer_x{i=\"").append(i).append("\"} 1\n");
    }
    return text.toString();
  }

  private HttpServer listening() throws IOException {
    HttpServer other =
        HttpServer.create(new InetSocketAddress(InetAddress.getByName("127.0.0.1"), 0), 0);
    other.setExecutor(threads);
    others.add(other);
    return other;
  }

  private static URI of(HttpServer other) {
    other.start();
    return URI.create("http://127.0.0.1:" + other.getAddress().getPort() + "/x");
  }

  private URI other(int status, String text) throws IOException {
    HttpServer other = listening();
    byte[] body = text.getBytes(StandardCharsets.UTF_8);
    other.createContext(
        "/",
        exchange -> {
          asked.incrementAndGet();
          exchange.sendResponseHeaders(status, body.length == 0 ? -1 : body.length);
          exchange.getResponseBody().write(body);
          exchange.close();
        });
    return of(other);
  }

  /** Sends its head and a little, and no more. */
  private URI slow() throws IOException {
    HttpServer other = listening();
    other.createContext(
        "/",
        exchange -> {
          exchange.sendResponseHeaders(200, 0);
          exchange.getResponseBody().write("coffer_serving 1.0\n".getBytes(StandardCharsets.UTF_8));
          exchange.getResponseBody().flush();
          try {
            over.await();
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          }
        });
    return of(other);
  }

  private URI endless() throws IOException {
    HttpServer other = listening();
    byte[] line = "coffer_serving 1.0\n".repeat(1_000).getBytes(StandardCharsets.UTF_8);
    other.createContext(
        "/",
        exchange -> {
          exchange.sendResponseHeaders(200, 0);
          try (OutputStream out = exchange.getResponseBody()) {
            while (over.getCount() > 0) {
              out.write(line);
            }
          }
        });
    return of(other);
  }

  /** As a browser would not let a page do it: every header as it stands here. */
  private String ask(String method, String path, String... headers) throws IOException {
    try (Socket socket = new Socket("127.0.0.1", port)) {
      StringBuilder head = new StringBuilder(method + " " + path + " HTTP/1.1\r\n");
      for (String header : headers) {
        head.append(header).append("\r\n");
      }
      head.append("Connection: close\r\n\r\n");
      socket.getOutputStream().write(head.toString().getBytes(StandardCharsets.UTF_8));
      return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  private String state(String shown) throws IOException {
    return ask("GET", "/operations/state", "Host: localhost", "Authorization: Bearer " + shown);
  }

  private static void assertStatus(int status, String answer) {
    assertTrue(answer.startsWith("HTTP/1.1 " + status + " "), answer);
  }

  @Test
  void whoMisbehavesIsReportedAndHoldsNobodyUp() throws Exception {
    String answer = state(token);
    assertStatus(200, answer);
    String json = answer.substring(answer.indexOf("\r\n\r\n") + 4);
    String first = "{\"at\":1900000000000,\"fleet\":{\"quorum\":3},\"parties\":[";
    assertTrue(json.startsWith(first), json);
    List<String> parties = List.of(json.substring(first.length()).split("(?<=\\}),(?=\\{)"));
    assertEquals(8, parties.size(), json);
    assertEquals(
        "{\"well\":true,\"kind\":\"NODE\",\"name\":\"1\",\"state\":\"answers\",\"why\":\"\",\"metrics\":"
            + "{\"coffer_serving\":\"1.0\","
            + "\"coffer_events_total{event=\\\"a b\\\",of=\\\"\\\\\\\"}\\\"}\":\"3\","
            + "\"coffer_sum_seconds\":\"1.25E-4\"}}",
        parties.get(0));
    assertTrue(parties.get(1).contains("\"why\":\"no quorum:    start 3\""), parties.get(1));
    assertTrue(parties.get(1).startsWith("{\"well\":false,"), parties.get(1));
    for (int silent : new int[] {2, 3}) {
      assertTrue(parties.get(silent).contains("\"state\":\"silent\""), parties.get(silent));
      assertFalse(parties.get(silent).contains("well"), parties.get(silent));
    }
    assertTrue(parties.get(4).contains("\"why\":\"The answer is longer than 1024"), parties.get(4));
    assertTrue(parties.get(5).contains("\"state\":\"odd\""), parties.get(5));
    assertTrue(parties.get(6).contains("\"why\":\"more than 1000 measure"), parties.get(6));
    assertTrue(parties.get(7).contains("\"state\":\"unwatched\""), parties.get(7));
    for (int odd = 2; odd < 8; odd++) {
      assertTrue(parties.get(odd).contains("\"metrics\":{}"), parties.get(odd));
    }

    int before = asked.get();
    assertEquals(json, state(token).substring(answer.indexOf("\r\n\r\n") + 4));
    assertEquals(before, asked.get(), "many who look are one who asks");
    millis.addAndGet(1_000);
    assertStatus(200, state(token));
    assertTrue(asked.get() > before);
  }

  @Test
  void onlyTheTokenOpensIt() throws Exception {
    String plain = ask("GET", "/operations/state", "Host: localhost");
    assertStatus(401, plain);
    for (int i = 0; i < 10; i++) {
      assertStatus(401, state(i < 5 ? token + "0" : token.substring(i)));
    }
    assertStatus(429, state("0".repeat(32)));
    assertStatus(401, ask("GET", "/operations/state?token=" + token, "Host: localhost"));
    assertStatus(401, ask("GET", "/operations/state", "Host: localhost", "Cookie: t=" + token));
    assertEquals(0, asked.get(), "nobody was asked for a stranger");
    assertStatus(200, state(token));
    millis.addAndGet(60_000);
    assertStatus(401, state("0".repeat(32)));
  }

  @Test
  void whoTakesNothingOfLargeFilesLocksNobodyOut() throws Exception {
    Files.write(home.resolve("pages/large.js"), new byte[4 << 20]);
    byte[] head =
        "GET /large.js HTTP/1.1\r\nHost: localhost\r\n\r\n".getBytes(StandardCharsets.UTF_8);
    List<Socket> idle = new ArrayList<>();
    try {
      String last = "";
      while (!last.startsWith("HTTP/1.1 503 ")) {
        Socket socket = new Socket();
        socket.setReceiveBufferSize(4_096);
        socket.connect(new InetSocketAddress("127.0.0.1", port));
        socket.getOutputStream().write(head);
        idle.add(socket);
        last = ask("GET", "/operations/", "Host: localhost");
      }
      assertTrue(idle.size() >= 32, "of so many files each is on its way");
      assertStatus(200, state(token));
    } finally {
      for (Socket socket : idle) {
        socket.close();
      }
    }
  }

  @Test
  void noPageOfAnotherOriginGetsAnything() throws Exception {
    String bearer = "Authorization: Bearer " + token;
    String path = "/operations/state";
    for (String host : List.of("evil.example", "localhost.evil.example", "127.0.0.2", "")) {
      assertStatus(421, ask("GET", path, "Host: " + host, bearer));
      assertStatus(421, ask("GET", "/", "Host: " + host));
    }
    assertStatus(200, ask("GET", path, "Host: 127.0.0.1:" + (port + 1), bearer));
    assertStatus(200, ask("GET", path, "Host: LOCALHOST:1", "Origin: http://localhost:1", bearer));
    for (String origin : List.of("http://localhost:2", "https://localhost", "null")) {
      assertStatus(403, ask("GET", path, "Host: localhost", "Origin: " + origin, bearer));
    }
    for (String method : List.of("OPTIONS", "POST", "PUT", "DELETE")) {
      String refused = ask(method, path, "Host: localhost", "Content-Length: 0", bearer);
      assertStatus(405, refused);
      assertFalse(refused.toLowerCase(Locale.ROOT).contains("access-control"), refused);
    }
  }

  @Test
  void filesOfTheFolderAndNoOthers() throws Exception {
    String room = ask("GET", "/operations/", "Host: localhost");
    assertTrue(room.endsWith("\r\n\r\nthe room"), room);
    assertTrue(room.contains("connect-src 'self'; base-uri 'none'"), room);
    assertTrue(room.contains("trusted-types 'none'"), room);
    assertTrue(ask("GET", "/", "Host: localhost").endsWith("\r\n\r\nthe console"));
    assertTrue(ask("HEAD", "/", "Host: localhost").endsWith("\r\n\r\n"));
    for (String path :
        List.of(
            "/../secret.html",
            "/operations/../../secret.html",
            "/%2e%2e/secret.html",
            "/out.html",
            "/.hidden.html",
            "/key.pem",
            "/operations",
            "//index.html",
            "/operations/state/")) {
      assertStatus(404, ask("GET", path, "Host: localhost"));
    }
  }

  @Test
  void theTokenIsItsOwnersAlone() throws Exception {
    Path file = home.resolve("operator.token");
    assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(file)));
    assertTrue(token.matches("[0-9a-f]{32}"));
    // What a page shows to whoever listens there after the command is of no use at the next.
    OperatorToken next = OperatorToken.make(file, Randomness.system());
    assertFalse(next.is(token));
    assertTrue(next.is(Files.readString(file).strip()));
    assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(file)));
  }

  @Test
  void textThatIsNoneIsPassedBy() throws Exception {
    assertTrue(MetricText.read(Bytes.wrap(new byte[] {(byte) 0xff, 0, 10, 13})).isEmpty());
    String text = "coffer_" + "x".repeat(61) + " 1\ncoffer_x 1e999\ncoffer_x Inf\ncoffer_y 1 2\n";
    assertTrue(MetricText.read(Bytes.wrap(text.getBytes(StandardCharsets.UTF_8))).isEmpty(), text);
  }
}
