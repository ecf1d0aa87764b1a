package dev.coffer.notary.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.coffer.protocol.codec.Bytes;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class SmallServerTest {
  /** More than the buffers of two sockets hold. */
  private static final int LARGE = 24 << 20;

  private static final int TRIES = 100_000;

  @Test
  void slowReadersHoldOnlySoMuchMemory() throws Exception {
    Bytes large = Bytes.zeros(LARGE);
    Handler handler =
        query ->
            query.path().equals("/large")
                ? Answer.octets(Answer.OCTETS, Answer.NO_STORE, large)
                : Answer.text(200, "small");
    try (SmallServer server =
            SmallServer.start(Listen.LOOPBACK, 100, LARGE + (1 << 20), handler, out -> {});
        Fetch fetch = new Fetch(Duration.ofSeconds(60))) {
      URI address = URI.create("http://127.0.0.1:" + server.port() + "/large");
      try (Socket slow = new Socket()) {
        slow.setReceiveBufferSize(4 << 10);
        slow.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), server.port()));
        slow.getOutputStream()
            .write("GET /large HTTP/1.1\r\nHost: x\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
        // The first octet of the answer: from now on it is on its way, and stays there.
        assertTrue(slow.getInputStream().read() > 0);
        assertEquals(503, fetch.get(address, LARGE).status(), "one large answer is all there is");
        assertEquals(200, fetch.get(address.resolve("/small"), LARGE).status());
      }
      assertEquals(200, again(fetch, address), "the reader is gone, and so is what it held");
    }
  }

  private static int again(Fetch fetch, URI address) throws IOException, InterruptedException {
    int status = 503;
    for (int i = 0; i < TRIES && status == 503; i++) {
      status = fetch.get(address, LARGE).status();
    }
    return status;
  }

  @Test
  void pagesReadWhatIsForEveryoneAndNothingElse() throws Exception {
    Handler handler =
        query ->
            switch (query.path()) {
              case "/tile" -> Answer.octets(Answer.OCTETS, Answer.IMMUTABLE, Bytes.zeros(32));
              case "/checkpoint" -> Answer.octets(Answer.TEXT, "no-cache", Bytes.zeros(32));
              default -> Answer.text(200, "a proposal");
            };
    try (SmallServer server = SmallServer.start(Listen.LOOPBACK, 100, handler);
        HttpClient client = HttpClient.newHttpClient()) {
      assertEquals(Optional.of("*"), readers(client, server, "/tile"));
      assertEquals(Optional.of("*"), readers(client, server, "/checkpoint"));
      assertEquals(Optional.empty(), readers(client, server, "/proposals/x"));
      assertEquals(Optional.empty(), readers(client, server, "/metrics"));
    }
  }

  /** Whose pages may read the answer. */
  private static Optional<String> readers(HttpClient client, SmallServer server, String path)
      throws IOException, InterruptedException {
    URI address = URI.create("http://127.0.0.1:" + server.port() + path);
    HttpRequest request =
        HttpRequest.newBuilder(address).setHeader("Origin", "https://app.example").build();
    return client
        .send(request, HttpResponse.BodyHandlers.discarding())
        .headers()
        .firstValue("Access-Control-Allow-Origin");
  }
}
