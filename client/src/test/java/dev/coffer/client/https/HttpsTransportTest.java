package dev.coffer.client.https;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import dev.coffer.client.fleet.MovingVault;
import dev.coffer.client.port.VaultTransport;
import dev.coffer.client.port.VaultTransport.Replies;
import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.codec.Invariant;
import dev.coffer.protocol.fleet.FleetId;
import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicLong;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocketFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The real transport against a real HTTPS server on the loopback interface. */
@Tag("long")
final class HttpsTransportTest {
  @TempDir static Path directory;
  private static SSLContext serverContext;
  private static SSLSocketFactory sockets;

  private final List<String> requests = Collections.synchronizedList(new ArrayList<>());
  private final List<HttpsServer> servers = new ArrayList<>();
  private final ExecutorService threads = Executors.newCachedThreadPool();

  /** A certificate made by the JDK's own tool; its password protects nothing but this test. */
  @BeforeAll
  static void makeCertificate() throws Exception {
    Path store = directory.resolve("server.p12");
    keytool(
        "-genkeypair",
        "-alias",
        "node",
        "-keyalg",
        "EC",
        "-groupname",
        "secp256r1",
        "-dname",
        "CN=localhost",
        "-ext",
        "SAN=dns:localhost,ip:127.0.0.1",
        "-validity",
        "2",
        "-keystore",
        store.toString(),
        "-storepass",
        "loopback");
    Path pem = directory.resolve("authority.pem");
    keytool(
        "-exportcert",
        "-rfc",
        "-alias",
        "node",
        "-keystore",
        store.toString(),
        "-storepass",
        "loopback",
        "-file",
        pem.toString());
    KeyStore keys = KeyStore.getInstance("PKCS12");
    try (InputStream in = new FileInputStream(store.toFile())) {
      keys.load(in, "loopback".toCharArray());
    }
    KeyManagerFactory managers =
        KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    managers.init(keys, "loopback".toCharArray());
    serverContext = SSLContext.getInstance("TLS");
    serverContext.init(managers.getKeyManagers(), null, null);
    sockets = TrustAnchors.of(Bytes.wrap(Files.readAllBytes(pem)));
  }

  private static void keytool(String... arguments) throws Exception {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "keytool").toString());
    command.addAll(List.of(arguments));
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertEquals(0, process.waitFor(), said);
  }

  private URI serve(HttpHandler handler) throws IOException {
    HttpsServer server =
        HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setHttpsConfigurator(new HttpsConfigurator(serverContext));
    server.setExecutor(threads);
    server.createContext("/", handler);
    server.start();
    servers.add(server);
    return URI.create("https://localhost:" + server.getAddress().getPort());
  }

  @AfterEach
  void stop() {
    servers.forEach(server -> server.stop(0));
    threads.shutdownNow();
  }

  private void answer(HttpExchange exchange, int status, byte[] body) throws IOException {
    requests.add(
        exchange.getRequestMethod()
            + " "
            + exchange.getRequestURI()
            + " "
            + exchange.getRequestHeaders().getFirst("Coffer-Replies")
            + " "
            + Bytes.wrap(exchange.getRequestBody().readAllBytes()).hex());
    exchange.sendResponseHeaders(status, body.length == 0 ? -1 : body.length);
    exchange.getResponseBody().write(body);
    exchange.close();
  }

  private static HttpsTransport transport(URI... endpoints) {
    return HttpsTransport.to(List.of(endpoints), Optional.of(sockets));
  }

  private static final Bytes MESSAGE = Bytes.fromHex("0102");

  @Test
  void aMessageGoesOutAndItsAnswerComesBack() throws IOException {
    URI node = serve(exchange -> answer(exchange, 200, new byte[] {7}));
    VaultTransport.Sent sent = transport(node).post(MESSAGE, 1, Replies.ALL, 0);
    assertEquals(new VaultTransport.Answered(Bytes.fromHex("07")), sent);
    assertEquals(new VaultTransport.Answered(Bytes.fromHex("07")), transport(node).bundle(3));
    assertEquals(List.of("POST /v1/vault all 0102", "GET /v1/bundle null "), requests);
  }

  @Test
  void theAdmittingHsmsOwnNodeIsAskedFirstAndThenItsNeighbour() throws IOException {
    URI first = serve(exchange -> answer(exchange, 200, new byte[] {1}));
    URI second = serve(exchange -> answer(exchange, 200, new byte[] {2}));
    HttpsTransport transport = transport(first, second);
    for (int[] c : new int[][] {{1, 0, 1}, {2, 1, 2}, {1, 2, 2}, {2, 3, 1}, {3, 0, 1}}) {
      assertEquals(
          new VaultTransport.Answered(Bytes.wrap(new byte[] {(byte) c[2]})),
          transport.post(MESSAGE, c[0], Replies.QUORUM, c[1]));
    }
  }

  @Test
  void errorsAreTyped() throws IOException {
    int[] status = {0};
    String[] body = {""};
    URI node =
        serve(exchange -> {
          exchange.getResponseHeaders().set("Retry-After", "7");
          answer(exchange, status[0], body[0].getBytes(StandardCharsets.UTF_8));
        });
    HttpsTransport transport = transport(node);
    status[0] = 401;
    body[0] = "{\"code\":\"LOGIN_EXPIRED\"}";
    assertEquals(new VaultTransport.LoginExpired(), transport.post(MESSAGE, 1, Replies.ALL, 0));
    body[0] = "{\"code\":\"LOGIN_INVALID\"}";
    assertEquals(new VaultTransport.LoginInvalid(), transport.post(MESSAGE, 1, Replies.ALL, 0));
    for (int refused : new int[] {400, 413, 421}) {
      status[0] = refused;
      assertEquals(new VaultTransport.Refused(), transport.post(MESSAGE, 1, Replies.ALL, 0));
    }
    for (int later : new int[] {429, 500, 503, 302}) {
      status[0] = later;
      assertEquals(
          new VaultTransport.Later(Duration.ofSeconds(7)),
          transport.post(MESSAGE, 1, Replies.ALL, 0));
    }
  }

  @Test
  void aRetiredFleetIsHeardOfThoughItsBundleComesAlong() throws IOException {
    byte[] bundle = new MovingVault().old.delivery().encode().toByteArray();
    for (int size : new int[] {0, 100, bundle.length, 5_500, 40_000, VaultTransport.BUNDLE_MAX}) {
      URI node = serve(exchange -> answer(exchange, 410, Arrays.copyOf(bundle, size)));
      assertEquals(
          new VaultTransport.Moved(),
          transport(node).post(MESSAGE, 1, Replies.ALL, 0),
          "a body of " + size);
    }
  }

  @Test
  void everyNodesDirectoryIsAskedForAndWhatItTellsCanBeKept() throws IOException {
    MovingVault vault = new MovingVault();
    FleetId young = vault.young.fleet().id();
    URI there = serve(exchange -> answer(exchange, 200, new byte[] {9}));
    String line = young.value().hex() + " " + there + "\n";
    String stale = vault.old.fleet().id().value().hex() + " https://localhost:1\n";
    String[] told = {stale, line.replace("https", "http"), line.replace(" ", "  "), stale + line};
    URI[] nodes = new URI[told.length];
    for (int place = 0; place < told.length; place++) {
      byte[] body = told[place].getBytes(StandardCharsets.UTF_8);
      nodes[place] = serve(exchange -> answer(exchange, 200, body));
    }
    HttpsTransport transport = transport(nodes);
    for (int turn = 0; turn < 3; turn++) {
      assertEquals(Optional.empty(), transport.toward(young, turn), "turn " + turn);
    }
    VaultTransport found = transport.toward(young, 3).orElseThrow();
    assertEquals(new VaultTransport.Answered(Bytes.fromHex("09")), found.bundle(0));
    String address = found.address().orElseThrow();
    assertEquals(there.toString(), address);
    VaultTransport again = transport.at(address).orElseThrow();
    assertEquals(new VaultTransport.Answered(Bytes.fromHex("09")), again.bundle(0));
    String seven = String.join(" ", Collections.nCopies(7, address));
    assertTrue(transport.at(seven).isPresent());
    for (String none : List.of("", "http://localhost:1", address + " ", seven + " " + address)) {
      assertEquals(Optional.empty(), transport.at(none), none);
    }
    URI endless = URI.create("https://localhost/" + "a".repeat(VaultTransport.ADDRESS_MAX));
    assertEquals(Optional.empty(), transport(endless).address());
  }

  /** As a process that stands still does: the system accepts for it, and nobody ever answers. */
  @Test
  void aNodeThatSaysNothingIsGivenUpSoonAndThenPassedOver() throws IOException {
    URI awake = serve(exchange -> answer(exchange, 200, new byte[] {7}));
    try (ServerSocket still = new ServerSocket(0, 8, InetAddress.getByName("127.0.0.1"))) {
      URI silent = URI.create("https://127.0.0.1:" + still.getLocalPort());
      HttpsTransport transport =
          new HttpsTransport(
              List.of(silent, awake),
              Optional.of(sockets),
              Duration.ofDays(1),
              Duration.ofDays(1),
              System::nanoTime);
      assertEquals(new VaultTransport.Unreachable(), transport.bundle(0));
      assertInstanceOf(VaultTransport.Answered.class, transport.bundle(1));
      // Nothing would end this one for a day if it were asked.
      assertEquals(new VaultTransport.Unreachable(), transport.post(MESSAGE, 1, Replies.QUORUM, 0));
    }
  }

  @Test
  void anErrorIsTypedByItsStatusHoweverMuchItSays() throws IOException {
    int[] status = {401};
    URI node = serve(exchange -> answer(exchange, status[0], new byte[100_000]));
    assertEquals(
        new VaultTransport.LoginInvalid(), transport(node).post(MESSAGE, 1, Replies.ALL, 0));
    status[0] = 503;
    assertInstanceOf(VaultTransport.Later.class, transport(node).post(MESSAGE, 1, Replies.ALL, 0));
  }

  @Test
  void anAnswerBeyondTheLimitIsNoAnswer() throws IOException {
    int[] size = {VaultTransport.ANSWER_MAX};
    URI node = serve(exchange -> answer(exchange, 200, new byte[size[0]]));
    assertInstanceOf(
        VaultTransport.Answered.class, transport(node).post(MESSAGE, 1, Replies.ALL, 0));
    size[0]++;
    assertEquals(
        new VaultTransport.Unreachable(), transport(node).post(MESSAGE, 1, Replies.ALL, 0));
  }

  @Test
  void anAnswerThatDripsForeverIsCutOff() throws IOException {
    AtomicLong clock = new AtomicLong();
    URI node =
        serve(exchange -> {
          exchange.sendResponseHeaders(200, 0);
          for (int i = 0; i < 1000; i++) {
            exchange.getResponseBody().write(1);
            exchange.getResponseBody().flush();
          }
          exchange.close();
        });
    // Every look at the clock takes a second; the answer may take five.
    HttpsTransport transport =
        new HttpsTransport(
            List.of(node),
            Optional.of(sockets),
            Duration.ofSeconds(5),
            Duration.ofSeconds(5),
            () -> clock.addAndGet(2_000_000_000L));
    VaultTransport.Sent sent = transport.post(MESSAGE, 1, Replies.ALL, 0);
    assertEquals(new VaultTransport.Unreachable(), sent);
  }

  @Test
  void nobodyThereAndAStrangersCertificateAreUnreachable() throws IOException {
    URI node = serve(exchange -> answer(exchange, 200, new byte[] {7}));
    HttpsTransport strangers = HttpsTransport.to(List.of(node), Optional.empty());
    assertEquals(new VaultTransport.Unreachable(), strangers.post(MESSAGE, 1, Replies.ALL, 0));
    servers.get(0).stop(0);
    assertEquals(
        new VaultTransport.Unreachable(), transport(node).post(MESSAGE, 1, Replies.ALL, 0));
    assertEquals(List.of(), requests);
  }

  @Test
  void plainHttpIsNotAnAddress() {
    assertThrows(Invariant.Broken.class, () -> transport(URI.create("http://localhost:1")));
    assertThrows(IOException.class, () -> TrustAnchors.of(Bytes.EMPTY));
    assertThrows(IOException.class, () -> TrustAnchors.of(Bytes.zeros(100)));
    assertThrows(IOException.class, () -> TrustAnchors.of(Bytes.zeros(1 << 20)));
  }
}
