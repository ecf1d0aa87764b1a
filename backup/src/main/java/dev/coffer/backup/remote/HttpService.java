package dev.coffer.backup.remote;

import dev.coffer.backup.BackupException;
import dev.coffer.backup.BackupException.Reason;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.security.cert.CertificateException;
import java.time.Duration;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Predicate;
import java.util.function.Supplier;
import javax.net.ssl.SSLHandshakeException;

/** Requests to one service, with a limit for each answer, and patience. Thread-safe. */
@NotForPhones
public final class HttpService {
  private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(10);

  /** For a request and the head of its answer, and as much again for the body. */
  private static final Duration ANSWER_TIMEOUT = Duration.ofSeconds(120);

  private static final Set<String> THIS_MACHINE = Set.of("localhost", "127.0.0.1", "[::1]");

  private final String authority;
  private final Patience patience;
  private final HttpClient client;
  private final Duration bodyTimeout;
  private final ExecutorService threads = Executors.newCachedThreadPool(HttpService::daemon);

  /**
   * The service at {@code authority}, host and port. Connects at the first call.
   *
   * @param ways proxies and certificates, as the caller wants them; the rest is set here
   */
  public HttpService(String authority, HttpClient.Builder ways, Pause pause) {
    this(authority, ways, pause, ANSWER_TIMEOUT);
  }

  HttpService(String authority, HttpClient.Builder ways, Pause pause, Duration bodyTimeout) {
    this.authority = authority;
    this.bodyTimeout = bodyTimeout;
    this.patience = new Patience(authority, pause);
    this.client =
        ways.version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(CONNECT_TIMEOUT)
            // A redirect would take a signature or a password elsewhere.
            .followRedirects(HttpClient.Redirect.NEVER)
            .build();
  }

  /**
   * Refuses what is no {@code https} address, or plain http to another machine than this one; the
   * message says what to write instead.
   */
  public static URI checked(URI address) {
    String scheme = String.valueOf(address.getScheme()).toLowerCase(Locale.ROOT);
    String host = String.valueOf(address.getHost());
    boolean plain = scheme.equals("http") && THIS_MACHINE.contains(host);
    if (address.getHost() == null || !scheme.equals("https") && !plain) {
      throw new IllegalArgumentException("write the endpoint as https://host or https://host:port");
    }
    return address;
  }

  /**
   * The answer to a request.
   *
   * @param request made anew for each try: a signature holds the time
   * @param sizeMax octets of the answer's body
   * @param passing whether an answer asks to be asked again
   */
  public HttpAnswer call(
      Supplier<HttpRequest.Builder> request, int sizeMax, Predicate<HttpAnswer> passing)
      throws BackupException {
    return patience.with(
        () -> once(request.get().timeout(ANSWER_TIMEOUT).build(), sizeMax), passing);
  }

  private HttpAnswer once(HttpRequest request, int sizeMax)
      throws IOException, InterruptedException, BackupException {
    HttpResponse<InputStream> response;
    try {
      response = client.send(request, HttpResponse.BodyHandlers.ofInputStream());
    } catch (SSLHandshakeException e) {
      if (isOfCertificate(e)) {
        throw new BackupException(
            Reason.STORE_DENIED,
            "The certificate of "
                + authority
                + " is not accepted, so somebody else may be answering: if it is signed by an"
                + " authority of your own, name the file with its certificate.",
            e);
      }
      throw e;
    }
    try (InputStream body = response.body()) {
      long told = response.headers().firstValueAsLong("Content-Length").orElse(0);
      byte[] octets = told > sizeMax ? new byte[0] : read(body, sizeMax + 1);
      boolean tooLong = told > sizeMax || octets.length > sizeMax;
      return new HttpAnswer(response.statusCode(), tooLong ? new byte[0] : octets, tooLong);
    }
  }

  /** The timeout of a request ends with the head of its answer: a body could take for ever. */
  private byte[] read(InputStream body, int sizeMax) throws IOException, InterruptedException {
    Future<byte[]> octets = threads.submit(() -> body.readNBytes(sizeMax));
    try {
      return octets.get(bodyTimeout.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException | ExecutionException e) {
      throw new IOException("the answer stopped in the middle", e);
    } finally {
      octets.cancel(true);
    }
  }

  private static Thread daemon(Runnable work) {
    Thread thread = new Thread(work, "answer");
    thread.setDaemon(true);
    return thread;
  }

  private static boolean isOfCertificate(Throwable e) {
    for (Throwable at = e; at != null; at = at.getCause()) {
      if (at instanceof CertificateException) {
        return true;
      }
    }
    return false;
  }
}
