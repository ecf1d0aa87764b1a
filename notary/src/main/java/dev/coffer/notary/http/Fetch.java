package dev.coffer.notary.http;

import dev.coffer.protocol.codec.Bytes;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import javax.net.ssl.SSLContext;

/**
 * Requests to others, who may be slow, silent or hostile: an answer has a largest size and a latest
 * moment, body included. Redirects are not followed. Thread-safe.
 */
public final class Fetch implements AutoCloseable {
  private final HttpClient http;
  private final Duration deadline;
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();

  /**
   * @param deadline for a whole exchange
   */
  public Fetch(Duration deadline) {
    this(deadline, Optional.empty());
  }

  /**
   * @param deadline for a whole exchange
   * @param tls whose certificates are accepted; the platform's authorities if empty
   */
  public Fetch(Duration deadline, Optional<SSLContext> tls) {
    this.deadline = deadline;
    HttpClient.Builder builder =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(deadline)
            .followRedirects(HttpClient.Redirect.NEVER);
    tls.ifPresent(builder::sslContext);
    this.http = builder.build();
  }

  /** What came back: status, Content-Type or an empty text, body. */
  public record Reply(int status, String type, Bytes body) {}

  /** GET. */
  public Reply get(URI address, int bodyMax) throws IOException, InterruptedException {
    return exchange(to(address).GET().build(), bodyMax);
  }

  /** POST of octets. */
  public Reply post(URI address, Bytes body, int bodyMax) throws IOException, InterruptedException {
    return post(address, "application/octet-stream", body, bodyMax);
  }

  /** POST of a body of that Content-Type. */
  public Reply post(URI address, String type, Bytes body, int bodyMax)
      throws IOException, InterruptedException {
    HttpRequest request =
        to(address)
            .header("Content-Type", type)
            .POST(HttpRequest.BodyPublishers.ofByteArray(body.toByteArray()))
            .build();
    return exchange(request, bodyMax);
  }

  /** Others write addresses, too: one that is none is a host that cannot be asked. */
  private static HttpRequest.Builder to(URI address) throws IOException {
    try {
      return HttpRequest.newBuilder(address);
    } catch (IllegalArgumentException e) {
      throw new IOException(address + " is no address that can be asked.", e);
    }
  }

  private Reply exchange(HttpRequest request, int bodyMax)
      throws IOException, InterruptedException {
    Future<Reply> reply = threads.submit(() -> receive(request, bodyMax));
    try {
      return reply.get(deadline.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      throw new IOException(request.uri().getAuthority() + " did not answer in time.", e);
    } catch (ExecutionException e) {
      throw new IOException(request.uri().getAuthority() + " could not be asked.", e.getCause());
    } finally {
      reply.cancel(true);
    }
  }

  private Reply receive(HttpRequest request, int bodyMax) throws IOException, InterruptedException {
    HttpResponse<InputStream> response =
        http.send(request, HttpResponse.BodyHandlers.ofInputStream());
    try (InputStream in = response.body()) {
      byte[] body = in.readNBytes(bodyMax + 1);
      if (body.length > bodyMax) {
        throw new IOException("The answer is longer than " + bodyMax + " octets.");
      }
      String type = response.headers().firstValue("Content-Type").orElse("");
      return new Reply(response.statusCode(), type, Bytes.wrap(body));
    }
  }

  @Override
  public void close() {
    threads.shutdownNow();
    http.shutdownNow();
  }
}
