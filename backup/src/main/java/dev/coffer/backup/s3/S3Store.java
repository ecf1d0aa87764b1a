package dev.coffer.backup.s3;

import dev.coffer.backup.BackupException;
import dev.coffer.backup.BackupException.Reason;
import dev.coffer.backup.BackupLimits;
import dev.coffer.backup.ObjectStore;
import dev.coffer.backup.StoredObject;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Clock;
import java.time.Duration;
import java.util.Collections;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Consumer;
import javax.xml.stream.XMLStreamException;

/**
 * A store in an S3 bucket, or in a folder of one. Thread-safe.
 *
 * <p><b>Guarantees:</b> what the service guarantees: a put that returned is durable, and listed.
 * Requests that fail in passing are tried again a few times. <b>Not guaranteed:</b> anything on
 * services with weaker consistency than Amazon's since 2020.
 */
@NotForPhones
public final class S3Store implements ObjectStore {
  private static final int TRIES_MAX = 5;
  private static final int LIST_SIZE_MAX = 8 << 20;
  private static final int LIST_PAGE_MAX = 1000;
  private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(10);
  private static final Duration REQUEST_TIMEOUT = Duration.ofSeconds(120);
  private static final String NAME = "[A-Za-z0-9][A-Za-z0-9._-]*(/[A-Za-z0-9][A-Za-z0-9._-]*)*";
  private static final SortedMap<String, String> NO_QUERY = Collections.emptySortedMap();

  private final S3Settings settings;
  private final RequestSigner signer;
  private final Clock clock;
  private final Pause pause;
  private final int listPage;
  private final HttpClient client;

  S3Store(S3Settings settings, S3Credentials credentials, Clock clock, Pause pause, int listPage) {
    this.settings = settings;
    this.signer = new RequestSigner(credentials, settings.region());
    this.clock = clock;
    this.pause = pause;
    this.listPage = listPage;
    this.client =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(CONNECT_TIMEOUT)
            // A redirect would take the signature elsewhere.
            .followRedirects(HttpClient.Redirect.NEVER)
            .build();
  }

  /**
   * The store at {@code settings}. Connects at the first call.
   *
   * @param credentials stay the caller's to destroy, after the last use
   * @param clock right within a few minutes, or the service refuses
   */
  public static S3Store at(S3Settings settings, S3Credentials credentials, Clock clock) {
    return new S3Store(settings, credentials, clock, Pause.system(), LIST_PAGE_MAX);
  }

  private String path(String name) throws BackupException {
    if (!name.matches(NAME)) {
      throw new BackupException(
          Reason.STORE_FAULT, "An object name is not acceptable; report this as a defect.");
    }
    return settings.objectPath(name);
  }

  @Override
  public void put(String name, byte[] content) throws BackupException {
    ServiceAnswer answer = call("PUT", path(name), NO_QUERY, content, 64 << 10);
    if (!answer.isFine()) {
      throw answer.trouble(settings.bucket());
    }
  }

  @Override
  public Optional<byte[]> get(String name, int sizeMax) throws BackupException {
    ServiceAnswer answer =
        call("GET", path(name), NO_QUERY, new byte[0], Math.max(sizeMax, 64 << 10));
    if (answer.isAbsent()) {
      return Optional.empty();
    }
    if (!answer.isFine()) {
      throw answer.trouble(settings.bucket());
    }
    if (answer.body().length > sizeMax) {
      throw tooLargeAnObject(name);
    }
    return Optional.of(answer.body());
  }

  @Override
  public void list(String prefix, Consumer<StoredObject> sink) throws BackupException {
    TreeMap<String, String> query = new TreeMap<>();
    query.put("list-type", "2");
    query.put("max-keys", Integer.toString(listPage));
    query.put("prefix", settings.prefix() + prefix);
    long pages = 0;
    Optional<String> next;
    do {
      ServiceAnswer answer = call("GET", settings.bucketPath(), query, new byte[0], LIST_SIZE_MAX);
      if (!answer.isFine()) {
        throw answer.trouble(settings.bucket());
      }
      ListPage page = parse(answer.body());
      for (StoredObject object : page.objects()) {
        String name =
            object.name().startsWith(settings.prefix())
                ? object.name().substring(settings.prefix().length())
                : "";
        if (name.startsWith(prefix) && name.matches(NAME)) {
          sink.accept(new StoredObject(name, object.size()));
        }
      }
      next = page.next();
      boolean stuck =
          next.isPresent() && next.get().equals(query.put("continuation-token", next.get()));
      // A service that turns in circles, or never comes to an end, is stopped here.
      if (stuck || ++pages > BackupLimits.OBJECTS_MAX / listPage) {
        throw tooLarge("The list of objects");
      }
    } while (next.isPresent());
  }

  private ListPage parse(byte[] xml) throws BackupException {
    try {
      return ListPage.parse(xml);
    } catch (XMLStreamException e) {
      throw new BackupException(
          Reason.STORE_FAULT,
          "The endpoint does not answer as S3 does: check that it is the address of the S3 API.",
          e);
    }
  }

  @Override
  public void delete(String name) throws BackupException {
    ServiceAnswer answer = call("DELETE", path(name), NO_QUERY, new byte[0], 64 << 10);
    if (!answer.isFine() && !answer.isAbsent()) {
      throw answer.trouble(settings.bucket());
    }
  }

  @Override
  public void flush() {
    // The service answers a put when the object is durable.
  }

  private ServiceAnswer call(
      String method, String path, SortedMap<String, String> query, byte[] payload, int answerMax)
      throws BackupException {
    for (int tries = 1; ; tries++) {
      try {
        ServiceAnswer answer = callOnce(method, path, query, payload, answerMax);
        if (!answer.isPassing() || tries == TRIES_MAX) {
          return answer;
        }
      } catch (IOException e) {
        if (tries == TRIES_MAX) {
          throw new BackupException(
              Reason.STORE_UNREACHABLE,
              "Cannot reach "
                  + settings.authority()
                  + ": check the connection and run the same command again.",
              e);
        }
      } catch (InterruptedException e) {
        throw stopped(e);
      }
      try {
        pause.of(Duration.ofMillis(200L << tries));
      } catch (InterruptedException e) {
        throw stopped(e);
      }
    }
  }

  private static BackupException stopped(InterruptedException e) {
    Thread.currentThread().interrupt();
    return new BackupException(
        Reason.INTERRUPTED, "The work was stopped; run the same command again to continue.", e);
  }

  private ServiceAnswer callOnce(
      String method, String path, SortedMap<String, String> query, byte[] payload, int answerMax)
      throws IOException, InterruptedException, BackupException {
    String authority = settings.authority();
    String queryString = RequestSigner.queryString(query);
    String target =
        settings.endpoint().getScheme()
            + "://"
            + authority
            + path
            + (queryString.isEmpty() ? "" : "?" + queryString);
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(target))
            .timeout(REQUEST_TIMEOUT)
            .method(method, HttpRequest.BodyPublishers.ofByteArray(payload));
    // Signed anew on each try: an old time would be refused.
    signer
        .headers(
            method, authority, path, query, Collections.emptySortedMap(), payload, clock.instant())
        .forEach(request::header);
    HttpResponse<InputStream> response =
        client.send(request.build(), HttpResponse.BodyHandlers.ofInputStream());
    try (InputStream body = response.body()) {
      long told = response.headers().firstValueAsLong("Content-Length").orElse(0);
      byte[] octets = told > answerMax ? new byte[0] : body.readNBytes(answerMax);
      if (told > answerMax || octets.length == answerMax && body.read() >= 0) {
        throw path.equals(settings.bucketPath())
            ? tooLarge("An answer of " + authority)
            : tooLargeAnObject(path);
      }
      return new ServiceAnswer(response.statusCode(), octets);
    }
  }

  private static BackupException tooLargeAnObject(String name) {
    return new BackupException(
        Reason.OBJECT_FAULT,
        "The object " + name + " is larger than any Coffer writes: remove it from the bucket.");
  }

  private static BackupException tooLarge(String what) {
    return new BackupException(
        Reason.STORE_FAULT,
        what + " is larger than any of Coffer's: check the endpoint and the bucket.");
  }
}
