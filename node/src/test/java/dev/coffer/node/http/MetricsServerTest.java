package dev.coffer.node.http;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.coffer.node.core.NodeClock;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** However many ask, the counters are put into words once a second. */
final class MetricsServerTest {
  private final AtomicLong nanos = new AtomicLong(Long.MAX_VALUE - 1_500_000_000L);
  private final AtomicInteger renderings = new AtomicInteger();
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

  private static HttpResponse<String> get(HttpClient client, MetricsServer server, String path)
      throws Exception {
    URI address = URI.create("http://127.0.0.1:" + server.port() + path);
    return client.send(
        HttpRequest.newBuilder(address).build(), HttpResponse.BodyHandlers.ofString());
  }

  @Test
  void scrapesOfOneSecondShareARendering() throws Exception {
    try (HttpClient client = HttpClient.newHttpClient();
        MetricsServer server =
            MetricsServer.open(
                "127.0.0.1", 0, () -> "coffer_up " + renderings.incrementAndGet() + "\n", clock)) {
      for (int i = 0; i < 300; i++) {
        assertEquals("coffer_up 1\n", get(client, server, "/metrics").body());
      }
      nanos.addAndGet(999_999_999);
      assertEquals("coffer_up 1\n", get(client, server, "/metrics").body());
      nanos.addAndGet(1);
      HttpResponse<String> next = get(client, server, "/metrics");
      assertEquals("coffer_up 2\n", next.body());
      assertEquals(
          "text/plain; version=0.0.4; charset=utf-8",
          next.headers().firstValue("Content-Type").orElse(""));
      assertEquals(404, get(client, server, "/v1/bundle").statusCode());
      assertEquals(2, renderings.get());
    }
  }
}
