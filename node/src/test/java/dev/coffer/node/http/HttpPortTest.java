package dev.coffer.node.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.coffer.node.core.Meters;
import dev.coffer.node.core.NodeClock;
import dev.coffer.node.door.Connections;
import dev.coffer.node.door.Door;
import dev.coffer.node.door.Rate;
import dev.coffer.node.tls.FleetCertificates;
import dev.coffer.node.tls.NodeTls;
import dev.coffer.node.tls.TlsFiles;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Real connections from several addresses of this machine, and a clock that the test turns. */
final class HttpPortTest {
  private static final long SECOND = TimeUnit.SECONDS.toNanos(1);
  private static final Connections.Limits LIMITS =
      new Connections.Limits(24, 8, 10 * SECOND, 60 * SECOND, 30 * SECOND);

  @TempDir Path home;

  private final List<Socket> sockets = new ArrayList<>();
  private final AtomicLong nanos = new AtomicLong();
  private final NodeClock clock =
      new NodeClock() {
        @Override
        public long nanos() {
          return nanos.get();
        }

        @Override
        public Instant now() {
          return Instant.EPOCH;
        }
      };
  private NodeTls tls;

  @BeforeEach
  void certify() throws IOException {
    Path own = home.resolve("tls");
    FleetCertificates.write(
        home.resolve("ca.pem"),
        List.of(new FleetCertificates.NodeHome(1, own, List.of())),
        Clock.systemUTC(),
        new SecureRandom());
    tls = TlsFiles.in(own).load(1, Optional.empty(), Instant.now());
  }

  @AfterEach
  void hangUp() throws IOException {
    for (Socket socket : sockets) {
      socket.close();
    }
  }

  private Door door(Rate address) {
    Rate none = new Rate(0, 1);
    return new Door(new Door.Rates(none, none, address, none), clock, Meters.NONE);
  }

  private HttpPort open(Connections.Limits limits, HttpPort.Answerer answerer) throws IOException {
    return HttpPort.open(
        "127.0.0.1", 0, Optional.of(tls::context), door(new Rate(0, 1)), limits, clock, answerer);
  }

  private static void hello(Exchange exchange) {
    exchange.send(200, "text/plain", "hello".getBytes(StandardCharsets.UTF_8));
  }

  /** A silent connection from 127.0.0.{@code from}. */
  private Socket connect(HttpPort port, int from) throws IOException {
    Socket socket = new Socket();
    sockets.add(socket);
    socket.setSoTimeout(20_000);
    socket.bind(
        new InetSocketAddress(InetAddress.getByAddress(new byte[] {127, 0, 0, (byte) from}), 0));
    socket.connect(new InetSocketAddress("127.0.0.1", port.port()), 20_000);
    return socket;
  }

  private SSLSocket secure(Socket plain) throws IOException {
    SSLSocket socket =
        (SSLSocket) tls.context().getSocketFactory().createSocket(plain, "127.0.0.1", 0, true);
    sockets.add(socket);
    return socket;
  }

  private static void send(Socket socket, String text) throws IOException {
    socket.getOutputStream().write(text.getBytes(StandardCharsets.UTF_8));
  }

  /** One answer's head and its five octets of body. */
  private static String answer(Socket socket) throws IOException {
    StringBuilder text = new StringBuilder();
    InputStream in = socket.getInputStream();
    while (text.indexOf("\r\n\r\n") < 0) {
      int octet = in.read();
      if (octet < 0) {
        return text.toString();
      }
      text.append((char) octet);
    }
    return text + new String(in.readNBytes(5), StandardCharsets.UTF_8);
  }

  private static final String GET = "GET /x HTTP/1.1\r\nHost: a\r\n\r\n";

  private static void assertHello(Socket socket) throws IOException {
    String answer = answer(socket);
    assertTrue(answer.startsWith("HTTP/1.1 200"), answer);
  }

  private void assertServed(HttpPort port, int from) throws IOException {
    SSLSocket socket = secure(connect(port, from));
    send(socket, GET);
    assertHello(socket);
    socket.close();
  }

  private static void assertClosed(Socket socket) throws IOException {
    try {
      assertEquals(-1, socket.getInputStream().read());
    } catch (SocketTimeoutException e) {
      throw new AssertionError("still open", e);
    } catch (IOException reset) {
      // As good an end.
    }
  }

  /** The clock goes on until the server, which may still note that it has answered, ends it. */
  private void assertEnds(Socket socket, long stepNanos) throws IOException {
    socket.setSoTimeout(100);
    for (int step = 0; step < 200; step++) {
      nanos.addAndGet(stepNanos);
      try {
        assertEquals(-1, socket.getInputStream().read());
        return;
      } catch (SocketTimeoutException open) {
        // Not yet.
      } catch (IOException reset) {
        return;
      }
    }
    throw new AssertionError("still open");
  }

  @Test
  void oneAddressFullOfSilenceKeepsNobodyOut() throws Exception {
    try (HttpPort port = open(LIMITS, HttpPortTest::hello)) {
      Socket first = connect(port, 2);
      for (int i = 0; i < 200; i++) {
        connect(port, 2);
      }
      assertClosed(first);
      assertServed(port, 3);
      assertServed(port, 2);
    }
  }

  @Test
  void silenceFromManyAddressesGivesWayToWhoeverSpeaks() throws Exception {
    try (HttpPort port = open(LIMITS, HttpPortTest::hello)) {
      SSLSocket speaking = secure(connect(port, 100));
      send(speaking, GET);
      assertHello(speaking);
      Socket first = connect(port, 101);
      for (int i = 0; i < 10 * LIMITS.total(); i++) {
        connect(port, 2 + i % 60);
      }
      assertClosed(first);
      assertServed(port, 200);
    }
  }

  /** Opens all places from three addresses, each with {@code request}. */
  private List<SSLSocket> fill(HttpPort port, String request) throws IOException {
    List<SSLSocket> all = new ArrayList<>();
    for (int i = 0; i < LIMITS.total(); i++) {
      SSLSocket socket = secure(connect(port, 2 + i / LIMITS.perAddress()));
      send(socket, request);
      all.add(socket);
    }
    return all;
  }

  @Test
  void bodiesThatDoNotComeGiveWayToWhoeverSendsOne() throws Exception {
    CountDownLatch heads = new CountDownLatch(LIMITS.total());
    HttpPort.Answerer reading =
        exchange -> {
          heads.countDown();
          try {
            exchange.body(100);
            hello(exchange);
          } catch (IOException e) {
            exchange.fail(e);
          }
        };
    try (HttpPort port = open(LIMITS, reading)) {
      String head = "POST /x HTTP/1.1\r\nHost: a\r\nContent-Length: 50\r\n\r\nabc";
      List<SSLSocket> stuck = fill(port, head);
      assertTrue(heads.await(20, TimeUnit.SECONDS));
      SSLSocket whole = secure(connect(port, 200));
      send(whole, "POST /x HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc");
      assertHello(whole);
      assertOneClosed(stuck);
    }
  }

  /** Which of them is the oldest here, only the server's threads know. */
  private static void assertOneClosed(List<SSLSocket> sockets) throws Exception {
    CountDownLatch closed = new CountDownLatch(1);
    for (SSLSocket socket : sockets) {
      Thread.ofVirtual()
          .start(() -> {
            try {
              if (socket.getInputStream().read() < 0) {
                closed.countDown();
              }
            } catch (SocketTimeoutException e) {
              // This one is open.
            } catch (IOException e) {
              closed.countDown();
            }
          });
    }
    assertTrue(closed.await(20, TimeUnit.SECONDS), "all of them are open");
  }

  @Test
  void answersThatAreNotReadGiveWayToWhoeverReadsHis() throws Exception {
    byte[] large = new byte[16 << 20];
    CountDownLatch sent = new CountDownLatch(LIMITS.total());
    HttpPort.Answerer answering =
        exchange -> {
          if (exchange.path().equals("/large")) {
            exchange.send(200, "text/plain", large);
            sent.countDown();
          } else {
            hello(exchange);
          }
        };
    try (HttpPort port = open(LIMITS, answering)) {
      fill(port, "GET /large HTTP/1.1\r\nHost: a\r\n\r\n");
      assertTrue(sent.await(20, TimeUnit.SECONDS));
      assertServed(port, 200);
    }
  }

  @Test
  void aRequestThatIsWorkedOnKeepsItsPlace() throws Exception {
    CountDownLatch bodies = new CountDownLatch(LIMITS.total());
    CountDownLatch done = new CountDownLatch(1);
    HttpPort.Answerer working =
        exchange -> {
          try {
            exchange.body(100);
            bodies.countDown();
            done.await();
            hello(exchange);
          } catch (IOException | InterruptedException e) {
            exchange.fail(e);
          }
        };
    try (HttpPort port = open(LIMITS, working)) {
      String request = "POST /x HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc";
      List<SSLSocket> all = fill(port, request);
      assertTrue(bodies.await(20, TimeUnit.SECONDS));
      assertClosed(connect(port, 200));
      done.countDown();
      for (SSLSocket socket : all) {
        assertHello(socket);
      }
    }
  }

  @Test
  void theTimeToAWholeRequestCountsHandshakeAndHead() throws Exception {
    try (HttpPort port = open(LIMITS, HttpPortTest::hello)) {
      Socket silent = connect(port, 2);
      Socket handshaking = connect(port, 2);
      handshaking.getOutputStream().write(new byte[] {22, 3, 1});
      SSLSocket drip = secure(connect(port, 2));
      send(drip, "GET /x HTTP/1.1\r\nHo");
      SSLSocket served = secure(connect(port, 2));
      send(served, GET);
      assertHello(served);
      nanos.addAndGet(11 * SECOND);
      assertClosed(silent);
      assertClosed(handshaking);
      assertClosed(drip);
      send(served, GET);
      assertHello(served);
      assertEnds(served, 61 * SECOND);
    }
  }

  @Test
  void aBodyThatDripsForEverIsCutOff() throws Exception {
    CountDownLatch ended = new CountDownLatch(1);
    HttpPort.Answerer reading =
        exchange -> {
          try {
            exchange.body(100);
            hello(exchange);
          } catch (IOException e) {
            exchange.fail(e);
            ended.countDown();
          }
        };
    try (HttpPort port = open(LIMITS, reading)) {
      SSLSocket socket = secure(connect(port, 2));
      send(socket, "POST /x HTTP/1.1\r\nHost: a\r\nContent-Length: 50\r\n\r\nabc");
      SSLSocket whole = secure(connect(port, 2));
      send(whole, "POST /x HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc");
      assertHello(whole);
      assertEnds(socket, 31 * SECOND);
      // The reader does not wait for ever for what does not come.
      assertTrue(ended.await(20, TimeUnit.SECONDS));
    }
  }

  @Test
  void tooManyConnectionsASecondAreClosedBeforeTheyCostAHandshake() throws Exception {
    try (HttpPort port =
        HttpPort.open(
            "127.0.0.1",
            0,
            Optional.of(tls::context),
            door(new Rate(1, 8)),
            LIMITS,
            clock,
            HttpPortTest::hello)) {
      connect(port, 2);
      connect(port, 2);
      assertClosed(connect(port, 2));
      assertServed(port, 3);
      nanos.addAndGet(SECOND);
      assertServed(port, 2);
    }
  }

  @Test
  void onlyGoodProtocolsAndSuitesAreSpoken() throws Exception {
    try (HttpPort port = open(LIMITS, HttpPortTest::hello)) {
      List<String> spoken = new ArrayList<>();
      int from = 2;
      for (String protocol : List.of("TLSv1.3", "TLSv1.2", "TLSv1.1", "TLSv1")) {
        for (String suite : tls.context().getSupportedSSLParameters().getCipherSuites()) {
          SSLSocket socket = secure(connect(port, from++ % 200 + 2));
          try (socket) {
            socket.setEnabledProtocols(new String[] {protocol});
            socket.setEnabledCipherSuites(new String[] {suite});
            socket.startHandshake();
            spoken.add(socket.getSession().getProtocol() + " " + suite);
          } catch (SSLException | IllegalArgumentException refused) {
            // As it should be, but for those below.
          } catch (IOException closed) {
            // The same.
          }
        }
      }
      assertEquals(
          List.of(
              "TLSv1.3 TLS_AES_128_GCM_SHA256",
              "TLSv1.3 TLS_AES_256_GCM_SHA384",
              "TLSv1.3 TLS_CHACHA20_POLY1305_SHA256",
              "TLSv1.2 TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256",
              "TLSv1.2 TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384",
              "TLSv1.2 TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256"),
          spoken.stream()
              .sorted(
                  Comparator.comparing((String one) -> one.contains("1.2 "))
                      .thenComparing(one -> one))
              .toList());
    }
  }

  @Test
  void aPortThatIsTakenIsSaidSo() throws Exception {
    try (HttpPort port = open(LIMITS, HttpPortTest::hello)) {
      assertThrows(
          IOException.class,
          () ->
              HttpPort.open(
                  "127.0.0.1",
                  port.port(),
                  Optional.empty(),
                  door(new Rate(0, 1)),
                  LIMITS,
                  clock,
                  HttpPortTest::hello));
    }
  }

  @Test
  void whatIsNotHttpIsNotRepeated() throws Exception {
    try (HttpPort port = open(LIMITS, HttpPortTest::hello)) {
      SSLSocket socket = secure(connect(port, 2));
      send(socket, "GET /<secret> HTTP/9.9\r\n\r\n");
      String said = new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      assertTrue(said.startsWith("HTTP/1.1 4") || said.startsWith("HTTP/1.1 505"), said);
      assertTrue(!said.contains("secret") && !said.contains("Jetty"), said);
    }
  }
}
