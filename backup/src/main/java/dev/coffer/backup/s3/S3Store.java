package dev.coffer.backup.s3;

import dev.coffer.backup.BackupException;
import dev.coffer.backup.BackupException.Reason;
import dev.coffer.backup.BackupLimits;
import dev.coffer.backup.ObjectStore;
import dev.coffer.backup.StoredObject;
import dev.coffer.backup.remote.HttpAnswer;
import dev.coffer.backup.remote.HttpService;
import dev.coffer.backup.remote.NotForPhones;
import dev.coffer.backup.remote.ObjectNames;
import dev.coffer.backup.remote.Pause;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.time.Clock;
import java.util.Collections;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import javax.xml.stream.XMLStreamException;

/**
 * A store in an S3 bucket, or in a folder of one. Thread-safe.
 *
 * <p><b>Guarantees:</b> what the service guarantees: a put that returned is durable, and listed.
 * Requests that fail in passing are tried again for minutes. <b>Not guaranteed:</b> anything on
 * services with weaker consistency than Amazon's since 2020.
 */
@NotForPhones
public final class S3Store implements ObjectStore {
  private static final int LIST_SIZE_MAX = 8 << 20;
  private static final int LIST_PAGE_MAX = 1000;
  private static final SortedMap<String, String> NO_QUERY = Collections.emptySortedMap();

  private final S3Settings settings;
  private final Supplier<Optional<S3Credentials>> renewal;
  private final Clock clock;
  private final int listPage;
  private final HttpService service;
  private volatile RequestSigner signer;

  S3Store(
      S3Settings settings,
      S3Credentials credentials,
      Supplier<Optional<S3Credentials>> renewal,
      Clock clock,
      HttpClient.Builder ways,
      Pause pause,
      int listPage) {
    this.settings = settings;
    this.renewal = renewal;
    this.signer = new RequestSigner(credentials, settings.region());
    this.clock = clock;
    this.listPage = listPage;
    this.service = new HttpService(settings.authority(), ways, pause);
  }

  /**
   * The store at {@code settings}. Connects at the first call.
   *
   * @param credentials stay the caller's to destroy, after the last use
   * @param clock right within a few minutes, or the service refuses
   */
  public static S3Store at(S3Settings settings, S3Credentials credentials, Clock clock) {
    return at(settings, credentials, Optional::empty, clock, HttpClient.newBuilder());
  }

  /**
   * The same by other ways, and with credentials that last for a while.
   *
   * @param renewal asked for others when the service says that the session token is too old, once
   *     for a request; empty if there are none
   * @param ways proxies and certificates; everything else is set here
   */
  public static S3Store at(
      S3Settings settings,
      S3Credentials credentials,
      Supplier<Optional<S3Credentials>> renewal,
      Clock clock,
      HttpClient.Builder ways) {
    return new S3Store(settings, credentials, renewal, clock, ways, Pause.system(), LIST_PAGE_MAX);
  }

  private String path(String name) throws BackupException {
    return settings.objectPath(ObjectNames.checked(name));
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
        if (name.startsWith(prefix) && ObjectNames.isName(name)) {
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
    SortedMap<String, String> extra = new TreeMap<>();
    if (method.equals("PUT")) {
      settings.storageClass().ifPresent(name -> extra.put("x-amz-storage-class", name));
    }
    RequestSigner before = signer;
    Function<RequestSigner, HttpRequest.Builder> request =
        by -> request(by, method, path, query, extra, payload);
    HttpAnswer answer = send(before, request, answerMax);
    if (new ServiceAnswer(answer.status(), answer.body()).isOutdated() && renewed(before)) {
      answer = send(signer, request, answerMax);
    }
    if (answer.tooLong()) {
      throw path.equals(settings.bucketPath())
          ? tooLarge("An answer of " + settings.authority())
          : tooLargeAnObject(path);
    }
    return new ServiceAnswer(answer.status(), answer.body());
  }

  private HttpAnswer send(
      RequestSigner by, Function<RequestSigner, HttpRequest.Builder> request, int answerMax)
      throws BackupException {
    return service.call(
        () -> request.apply(by),
        answerMax,
        said -> new ServiceAnswer(said.status(), said.body()).isPassing());
  }

  /** Whether there are other credentials by now, which count from now on. */
  private synchronized boolean renewed(RequestSigner before) {
    if (signer == before) {
      renewal
          .get()
          .filter(other -> other.isOther(before.credentials()))
          .ifPresent(other -> signer = new RequestSigner(other, settings.region()));
    }
    return signer != before;
  }

  private HttpRequest.Builder request(
      RequestSigner by,
      String method,
      String path,
      SortedMap<String, String> query,
      SortedMap<String, String> extra,
      byte[] payload) {
    String authority = settings.authority();
    String queryString = RequestSigner.queryString(query);
    String target = settings.server() + path + (queryString.isEmpty() ? "" : "?" + queryString);
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(target))
            .method(method, HttpRequest.BodyPublishers.ofByteArray(payload));
    // Signed anew on each try: an old time would be refused.
    by.headers(method, authority, path, query, extra, payload, clock.instant())
        .forEach(request::header);
    return request;
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
