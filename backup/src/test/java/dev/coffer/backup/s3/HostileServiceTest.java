package dev.coffer.backup.s3;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.coffer.backup.BackupException;
import dev.coffer.backup.BackupException.Reason;
import dev.coffer.backup.remote.Patience;
import dev.coffer.backup.remote.VirtualPause;
import dev.coffer.protocol.crypto.SecretBytes;
import java.net.URI;
import java.net.http.HttpClient;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.IntFunction;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Services that fail, lie and never end: each ends in one sentence, none in a hang or a full
 * memory.
 */
@Tag("long")
class HostileServiceTest {
  private final VirtualPause pauses = new VirtualPause();
  private final List<S3Credentials> renewals = new ArrayList<>();

  private S3Store store(URI endpoint) {
    S3Settings settings = new S3Settings(endpoint, "us-east-1", "coffer", "", true);
    return new S3Store(
        settings,
        credentials("AKID"),
        () -> renewals.isEmpty() ? Optional.empty() : Optional.of(renewals.remove(0)),
        Clock.systemUTC(),
        HttpClient.newBuilder(),
        pauses,
        1000);
  }

  private static S3Credentials credentials(String id) {
    return S3Credentials.of(
        id,
        SecretBytes.copyOf("secret".getBytes(StandardCharsets.US_ASCII)),
        Optional.of("token-of-" + id));
  }

  /** An operation on a store. */
  private interface Operation {
    void on(S3Store store) throws BackupException;
  }

  private Reason reason(IntFunction<byte[]> script, Operation operation) throws Exception {
    try (ScriptedService service = new ScriptedService(script)) {
      BackupException failure =
          assertThrows(BackupException.class, () -> operation.on(store(service.endpoint())));
      assertTrue(
          failure.getMessage().contains(": "), "says the next step: " + failure.getMessage());
      return failure.reason();
    }
  }

  private Reason reason(byte[] always, Operation operation) throws Exception {
    return reason(request -> always, operation);
  }

  private static byte[] error(int status, String code) {
    return ScriptedService.answer(
        status, "<?xml version=\"1.0\"?><Error><Code>" + code + "</Code></Error>");
  }

  private static final Operation PUT = store -> store.put("data/x", new byte[100]);
  private static final Operation GET = store -> store.get("data/x", 1000);
  private static final Operation LIST = store -> store.list("", object -> {});

  @Test
  void namesTheNextStepForEachRefusal() throws Exception {
    for (Operation operation :
        List.of(PUT, GET, LIST, (Operation) store -> store.delete("data/x"))) {
      assertEquals(Reason.STORE_DENIED, reason(error(403, "AccessDenied"), operation));
      assertEquals(Reason.STORE_DENIED, reason(error(403, "RequestTimeTooSkewed"), operation));
      assertEquals(Reason.STORE_FAULT, reason(error(404, "NoSuchBucket"), operation));
      assertEquals(Reason.STORE_FAULT, reason(error(400, "Whatever"), operation));
      assertEquals(Reason.STORE_UNREACHABLE, reason(error(503, "SlowDown"), operation));
      String elsewhere = "Location: http://192.0.2.1/\r\n";
      assertEquals(
          Reason.STORE_FAULT,
          reason(ScriptedService.answer(307, elsewhere, new byte[0]), operation));
    }
    assertEquals(Reason.STORE_FULL, reason(error(507, "XMinioStorageFull"), PUT));
    assertEquals(Reason.STORE_FULL, reason(error(403, "QuotaExceeded"), PUT));
  }

  @Test
  void triesAgainWhatPasses() throws Exception {
    byte[] content = {1, 2, 3};
    try (ScriptedService service =
        new ScriptedService(request ->
            request < 3 ? error(500, "InternalError") : ScriptedService.answer(200, "", content))) {
      assertArrayEquals(content, store(service.endpoint()).get("data/x", 10).orElseThrow());
      assertEquals(4, service.requests());
      assertEquals(List.of(400L, 800L, 1600L), pauses.millis());
    }
  }

  /** One that never answered is misspelt, one that did is waited for. */
  @Test
  void isPatientForMinutesWithAServiceThatAnswered() throws Exception {
    assertEquals(Reason.STORE_UNREACHABLE, reason(error(503, "SlowDown"), GET));
    Duration waited = Duration.ofNanos(pauses.nanoTime());
    assertTrue(waited.compareTo(Patience.KNOWN) >= 0, waited.toString());
    assertTrue(waited.compareTo(Patience.KNOWN.plus(Patience.PAUSE_MAX)) < 0, waited.toString());
  }

  @Test
  void isNotPatientWithOneThatNeverDid() throws Exception {
    URI nobody = nobodyIsThere();
    BackupException failure = assertThrows(BackupException.class, () -> GET.on(store(nobody)));
    assertEquals(Reason.STORE_UNREACHABLE, failure.reason());
    assertEquals(List.of(400L, 800L, 1600L, 3200L), pauses.millis());
  }

  /** Time that requests take is patience as well, but what broke late is tried once more. */
  @Test
  void theTimeOfRequestsCounts() throws Exception {
    IntFunction<byte[]> slow =
        request -> {
          pauses.pass(Patience.KNOWN);
          return error(503, "SlowDown");
        };
    assertEquals(Reason.STORE_UNREACHABLE, reason(slow, GET));
    assertEquals(List.of(400L), pauses.millis());
  }

  /** A tool has put others into the file meanwhile: they are read once, and not for ever. */
  @Test
  void anOutdatedTokenIsReplacedOnce() throws Exception {
    for (String code : List.of("ExpiredToken", "InvalidToken")) {
      IntFunction<byte[]> script =
          request -> request == 0 ? error(400, code) : ScriptedService.answer(200, "");
      try (ScriptedService service = new ScriptedService(script)) {
        renewals.add(credentials("RENEWED"));
        S3Store store = store(service.endpoint());
        store.put("data/x", new byte[10]);
        store.put("data/y", new byte[10]);
        assertTrue(service.seen.get(0).contains("Credential=AKID/"), service.seen.get(0));
        for (String head : service.seen.subList(1, 3)) {
          assertTrue(head.contains("Credential=RENEWED/"), head);
          assertTrue(head.contains("token-of-RENEWED"), head);
        }
      }
      renewals.addAll(List.of(credentials("SECOND"), credentials("THIRD")));
      try (ScriptedService service = new ScriptedService(request -> error(400, code))) {
        BackupException failure =
            assertThrows(BackupException.class, () -> PUT.on(store(service.endpoint())));
        assertEquals(Reason.STORE_DENIED, failure.reason());
        assertTrue(failure.getMessage().contains("session token"), failure.getMessage());
        assertEquals(2, service.requests());
      }
      renewals.clear();
      renewals.add(credentials("AKID"));
      try (ScriptedService service = new ScriptedService(request -> error(400, code))) {
        assertThrows(BackupException.class, () -> PUT.on(store(service.endpoint())));
        assertEquals(1, service.requests(), "the same credentials again are no others");
      }
    }
  }

  @Test
  void headersThatAreNoneAreNoAnswer() throws Exception {
    for (byte[] answer : ScriptedService.brokenHeads()) {
      for (Operation operation : List.of(PUT, GET, LIST)) {
        assertEquals(Reason.STORE_UNREACHABLE, reason(answer, operation));
      }
    }
  }

  private static URI nobodyIsThere() throws Exception {
    try (ScriptedService service = new ScriptedService(request -> new byte[0])) {
      return service.endpoint();
    }
  }

  @Test
  void asksForAStorageClassOfObjectsAlone() throws Exception {
    try (ScriptedService service =
        new ScriptedService(request -> ScriptedService.answer(200, ""))) {
      S3Settings settings =
          new S3Settings(
              service.endpoint(), "us-east-1", "coffer", "", true, Optional.of("GLACIER_IR"));
      S3Store store =
          S3Store.at(
              settings,
              S3Credentials.of("AKID", SecretBytes.wrap(new byte[] {'x'}), Optional.empty()),
              Clock.systemUTC());
      store.put("data/x", new byte[10]);
      store.delete("data/x");
      String header = "x-amz-storage-class: GLACIER_IR";
      assertTrue(service.seen.get(0).contains(header), service.seen.get(0));
      assertTrue(service.seen.get(0).contains(";x-amz-storage-class,"), "and signs it");
      assertFalse(service.seen.get(1).contains(header), service.seen.get(1));
    }
    URI good = URI.create("https://x.example");
    for (String name : List.of("GLACIER", "DEEP_ARCHIVE", "standard", "", "A\nB")) {
      assertThrows(
          IllegalArgumentException.class,
          () -> new S3Settings(good, "us-east-1", "abc", "", true, Optional.of(name)),
          name);
    }
  }

  @Test
  void triesAgainWhenTheConnectionBreaks() throws Exception {
    byte[] cut =
        "HTTP/1.1 200 X\r\nContent-Length: 100\r\n\r\nabc".getBytes(StandardCharsets.US_ASCII);
    try (ScriptedService service =
        new ScriptedService(
            request -> request < 2 ? cut : ScriptedService.answer(200, "", new byte[5]))) {
      assertEquals(5, store(service.endpoint()).get("data/x", 10).orElseThrow().length);
    }
    assertEquals(Reason.STORE_UNREACHABLE, reason(cut, GET));
    assertEquals(
        Reason.STORE_UNREACHABLE,
        reason("nonsense\r\n\r\n".getBytes(StandardCharsets.US_ASCII), PUT));
  }

  @Test
  void refusesWhatIsTooLarge() throws Exception {
    assertEquals(Reason.OBJECT_FAULT, reason(ScriptedService.answer(200, "", new byte[2000]), GET));
    assertEquals(
        Reason.OBJECT_FAULT, reason(ScriptedService.answer(200, "", new byte[200_000]), GET));
  }

  @Test
  void refusesListsThatAreNone() throws Exception {
    for (String body :
        List.of(
            "",
            "hello",
            "<html><body>Sign in</body></html>",
            "<ListBucketResult><Contents>",
            "<ListBucketResult><Contents/></ListBucketResult>",
            "<ListBucketResult><IsTruncated>true</IsTruncated></ListBucketResult>",
            "<ListBucketResult><Contents><Key>a</Key><Size>-1</Size></Contents></ListBucketResult>",
            "<!DOCTYPE x [<!ENTITY e SYSTEM \"file:///etc/passwd\">]>"
                + "<ListBucketResult><Contents><Key>&e;</Key><Size>1</Size></Contents></ListBucketResult>")) {
      assertEquals(Reason.STORE_FAULT, reason(ScriptedService.answer(200, body), LIST), body);
    }
  }

  @Test
  void refusesAListThatNeverEnds() throws Exception {
    String page =
        "<ListBucketResult><IsTruncated>true</IsTruncated>"
            + "<NextContinuationToken>t</NextContinuationToken></ListBucketResult>";
    assertEquals(Reason.STORE_FAULT, reason(ScriptedService.answer(200, page), LIST));
  }

  @Test
  void listsOnlyNamesThatCanBeOurs() throws Exception {
    String body =
        "<ListBucketResult><IsTruncated>false</IsTruncated>"
            + "<Contents><Key>../../evil</Key><Size>1</Size></Contents>"
            + "<Contents><Key>data/ok</Key><Size>1</Size></Contents>"
            + "<Contents><Key>/data/x</Key><Size>1</Size></Contents></ListBucketResult>";
    try (ScriptedService service =
        new ScriptedService(request -> ScriptedService.answer(200, body))) {
      List<String> names = new ArrayList<>();
      store(service.endpoint()).list("", object -> names.add(object.name()));
      assertEquals(List.of("data/ok"), names);
    }
  }

  @Test
  void signsEveryRequestAndSendsNoSecret() throws Exception {
    try (ScriptedService service =
        new ScriptedService(request -> ScriptedService.answer(200, ""))) {
      store(service.endpoint()).put("data/x", new byte[10]);
      String head = service.seen.get(0);
      assertTrue(head.startsWith("PUT /coffer/data/x HTTP/1.1\r\n"), head);
      assertTrue(head.contains("AWS4-HMAC-SHA256 Credential=AKID/"), head);
      assertFalse(head.contains("secret"), head);
    }
  }

  @Test
  void settingsThatCannotBeMeant() {
    for (String endpoint :
        List.of(
            "http://example.org",
            "ftp://x",
            "https://x/path",
            "https://u:p@x",
            "https://x?q",
            "x",
            "https:///y")) {
      assertThrows(
          IllegalArgumentException.class,
          () -> new S3Settings(URI.create(endpoint), "us-east-1", "coffer", "", true),
          endpoint);
    }
    URI good = URI.create("https://x.example:9000");
    for (String bucket : List.of("", "ab", "A-bucket", "a/b", "../x", "-ab", "a".repeat(64))) {
      assertThrows(
          IllegalArgumentException.class,
          () -> new S3Settings(good, "us-east-1", bucket, "", true),
          bucket);
    }
    for (String folder : List.of("/a", "a/", "a//b", "..", "a b")) {
      assertThrows(
          IllegalArgumentException.class,
          () -> new S3Settings(good, "us-east-1", "abc", folder, true),
          folder);
    }
    assertEquals("x.example:9000", new S3Settings(good, "us-east-1", "abc", "", true).authority());
    S3Settings virtual =
        new S3Settings(URI.create("https://x.example"), "us-east-1", "abc", "f/g", false);
    assertEquals("abc.x.example", virtual.authority());
    assertEquals("/f/g/data/x", virtual.objectPath("data/x"));
  }
}
