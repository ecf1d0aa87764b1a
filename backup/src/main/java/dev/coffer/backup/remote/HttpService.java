package dev.coffer.backup.remote;

import dev.coffer.backup.BackupException;
import dev.coffer.backup.BackupException.Reason;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.security.cert.CertificateException;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.function.Predicate;
import java.util.function.Supplier;
import javax.net.ssl.SSLHandshakeException;

/** Requests to one service, with a limit for each answer, and patience. Thread-safe. */
@NotForPhones
public final class HttpService {
  private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(10);

  /** In which a request and its answer make one {@link Movement#STEP}, or are broken off. */
  private static final Duration STRETCH = Duration.ofSeconds(120);

  /** In which all of it ends, and a second more for each KiB that may be sent or come. */
  private static final Duration WHOLE = Duration.ofMinutes(10);

  private static final Set<String> THIS_MACHINE = Set.of("localhost", "127.0.0.1", "[::1]", "::1");

  private final String authority;
  private final Pause pause;
  private final Patience patience;
  private final HttpClient client;

  /**
   * The service at {@code authority}, host and port. Connects at the first call.
   *
   * @param ways proxies and certificates, as the caller wants them; the rest is set here
   */
  public HttpService(String authority, HttpClient.Builder ways, Pause pause) {
    this.authority = authority;
    this.pause = pause;
    this.patience = new Patience(authority, pause);
    this.client =
        ways.version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(CONNECT_TIMEOUT)
            // A redirect would take a signature or a password elsewhere.
            .followRedirects(HttpClient.Redirect.NEVER)
            .build();
  }

  /** Whether that is this machine by one of its usual names, to which nothing is eavesdropped. */
  public static boolean isThisMachine(String host) {
    return THIS_MACHINE.contains(host.toLowerCase(Locale.ROOT));
  }

  /**
   * Refuses what is no {@code https} address, or plain http to another machine than this one; the
   * message says what to write instead.
   */
  public static URI checked(URI address) {
    String scheme = String.valueOf(address.getScheme()).toLowerCase(Locale.ROOT);
    if (address.getHost() == null || !Set.of("http", "https").contains(scheme)) {
      throw new IllegalArgumentException("write the address as https://HOST or https://HOST:PORT");
    }
    if (scheme.equals("http") && !isThisMachine(address.getHost())) {
      throw new IllegalArgumentException(
          "plain http goes to this machine only, so write https:// instead of http://");
    }
    return address;
  }

  /**
   * The answer to a request. One that moves may take its time, but not for ever; one that does not
   * move by 16 KiB in 120 seconds, or is slower than a KiB a second for more than ten minutes in
   * all, is broken off, and tried again.
   *
   * @param request made anew for each try: a signature holds the time
   * @param sizeMax octets of the answer's body
   * @param passing whether an answer asks to be asked again
   */
  public HttpAnswer call(
      Supplier<HttpRequest.Builder> request, int sizeMax, Predicate<HttpAnswer> passing)
      throws BackupException {
    return patience.with(() -> once(request.get().build(), sizeMax), passing);
  }

  private HttpAnswer once(HttpRequest request, int sizeMax)
      throws IOException, InterruptedException, BackupException {
    long end = pause.nanoTime() + whole(request, sizeMax).toNanos();
    Movement movement = new Movement();
    CompletableFuture<HttpResponse<Optional<byte[]>>> answer =
        client.sendAsync(movement.watched(request).build(), LimitedBody.of(sizeMax, movement));
    try {
      while (!answer.isDone()) {
        Duration left = Duration.ofNanos(end - pause.nanoTime());
        Duration stretch = left.compareTo(STRETCH) < 0 ? left : STRETCH;
        if (stretch.isNegative()
            || !pause.ends(CompletableFuture.anyOf(answer, movement.next()), stretch)) {
          throw new IOException("the exchange stopped in the middle, or would take for ever");
        }
      }
      Optional<byte[]> body = answer.get().body();
      return new HttpAnswer(answer.get().statusCode(), body.orElse(new byte[0]), body.isEmpty());
    } catch (ExecutionException e) {
      if (e.getCause() instanceof SSLHandshakeException && isOfCertificate(e)) {
        throw new BackupException(
            Reason.STORE_DENIED,
            "The certificate of "
                + authority
                + " is not accepted, so somebody else may be answering: if it is signed by an"
                + " authority of your own, name the file with its certificate.",
            e);
      }
      // Whatever it is: the client meets many a broken header with an unchecked exception.
      throw new IOException("no answer of HTTP", e);
    } finally {
      answer.cancel(true);
    }
  }

  private static Duration whole(HttpRequest request, int sizeMax) {
    long sent = request.bodyPublisher().map(HttpRequest.BodyPublisher::contentLength).orElse(0L);
    return WHOLE.plusSeconds((Math.max(0, sent) + sizeMax) >> 10);
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
