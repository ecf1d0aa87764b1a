package dev.coffer.backup.webdav;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.coffer.backup.BackupException;
import dev.coffer.backup.BackupException.Reason;
import dev.coffer.backup.remote.VirtualPause;
import dev.coffer.backup.s3.ScriptedService;
import java.net.URI;
import java.net.http.HttpClient;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.IntFunction;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Servers that fail, lie and never end: each ends in one sentence, none in a hang. */
@Tag("long")
class HostileWebDavTest {
  private final VirtualPause pauses = new VirtualPause();

  private WebDavStore store(URI address) {
    return new WebDavStore(
        address,
        Optional.empty(),
        target -> java.util.Arrays.fill(target, (byte) 7),
        HttpClient.newBuilder(),
        pauses);
  }

  /** An operation on a store. */
  private interface Operation {
    void on(WebDavStore store) throws BackupException;
  }

  private static final Operation PUT = store -> store.put("data/x", new byte[100]);
  private static final Operation GET = store -> store.get("data/x", 1000);
  private static final Operation LIST = store -> store.list("", object -> {});
  private static final Operation DELETE = store -> store.delete("data/x");

  private Reason reason(IntFunction<byte[]> script, Operation operation) throws Exception {
    try (ScriptedService service = new ScriptedService(script)) {
      BackupException failure =
          assertThrows(BackupException.class, () -> operation.on(store(service.endpoint())));
      assertTrue(failure.getMessage().contains(": "), "the next step: " + failure.getMessage());
      return failure.reason();
    }
  }

  private Reason reason(int status, Operation operation) throws Exception {
    return reason(request -> ScriptedService.answer(status, ""), operation);
  }

  private static byte[] list(String responses) {
    return ScriptedService.answer(
        207, "<D:multistatus xmlns:D=\"DAV:\">" + responses + "</D:multistatus>");
  }

  private static String file(String href, String size) {
    return "<D:response><D:href>"
        + href
        + "</D:href><D:propstat><D:prop><D:getcontentlength>"
        + size
        + "</D:getcontentlength></D:prop></D:propstat></D:response>";
  }

  private static String folder(String href) {
    return "<D:response><D:href>"
        + href
        + "</D:href><D:propstat><D:prop><D:resourcetype><D:collection/></D:resourcetype>"
        + "</D:prop></D:propstat></D:response>";
  }

  @Test
  void namesTheNextStepForEachRefusal() throws Exception {
    for (Operation operation : List.of(PUT, GET, LIST, DELETE)) {
      assertEquals(Reason.STORE_DENIED, reason(401, operation));
      assertEquals(Reason.STORE_DENIED, reason(403, operation));
      assertEquals(Reason.STORE_FULL, reason(507, operation));
      assertEquals(Reason.STORE_FAULT, reason(302, operation));
      assertEquals(Reason.STORE_FAULT, reason(400, operation));
      assertEquals(Reason.STORE_UNREACHABLE, reason(503, operation));
    }
  }

  /** The answer to a move may be lost, and the second try finds nothing to move. */
  @Test
  void aMoveWhoseAnswerWasLostIsDone() throws Exception {
    List<Integer> statuses = List.of(201, 201, 201, 503, 404, 200);
    try (ScriptedService service =
        new ScriptedService(
            request -> ScriptedService.answer(statuses.get(request), "", new byte[100]))) {
      store(service.endpoint()).put("data/x", new byte[100]);
      assertEquals(6, service.requests());
      assertTrue(service.seen.get(3).startsWith("MOVE /tmp/put0707"), service.seen.get(3));
      assertTrue(service.seen.get(3).contains("/data/x"), service.seen.get(3));
    }
  }

  @Test
  void headersThatAreNoneAreNoAnswer() throws Exception {
    for (byte[] answer : ScriptedService.brokenHeads()) {
      for (Operation operation : List.of(PUT, GET, LIST, DELETE)) {
        assertEquals(Reason.STORE_UNREACHABLE, reason(request -> answer, operation));
      }
    }
  }

  @Test
  void refusesWhatIsTooLarge() throws Exception {
    byte[] much = ScriptedService.answer(200, "", new byte[200_000]);
    assertEquals(Reason.OBJECT_FAULT, reason(request -> much, GET));
    byte[] some = ScriptedService.answer(200, "", new byte[2000]);
    assertEquals(Reason.OBJECT_FAULT, reason(request -> some, GET));
  }

  @Test
  void refusesListsThatAreNone() throws Exception {
    for (String body :
        List.of(
            "",
            "hello",
            "<html><body>Sign in</body></html>",
            "<multistatus><response>",
            "<multistatus><response><href>%zz</href></response></multistatus>",
            "<multistatus>" + file("/x", "9999999999999999999999") + "</multistatus>",
            "<!DOCTYPE x [<!ENTITY e SYSTEM \"file:///etc/passwd\">]><multistatus>&e;</multistatus>")) {
      byte[] answer = ScriptedService.answer(207, body);
      assertEquals(Reason.STORE_FAULT, reason(request -> answer, LIST), body);
    }
  }

  @Test
  void aFolderThatContainsItselfEnds() throws Exception {
    StringBuilder path = new StringBuilder("/");
    IntFunction<byte[]> script =
        request -> {
          path.append("a/");
          return list(folder(path.toString()));
        };
    assertEquals(Reason.STORE_FAULT, reason(script, LIST));
  }

  @Test
  void listsOnlyNamesThatCanBeOurs() throws Exception {
    byte[] answer =
        list(
            folder("/")
                + file("/ok", "1")
                + file("http://127.0.0.1/whole", "2")
                + file("/../../evil", "3")
                + file("/%2e%2e", "4")
                + file("/a%2Fb", "5")
                + file("/deep/er", "6")
                + file("/.hidden", "7")
                + file("/nosize", ""));
    try (ScriptedService service = new ScriptedService(request -> answer)) {
      List<String> names = new ArrayList<>();
      store(service.endpoint()).list("", object -> names.add(object.name() + object.size()));
      assertEquals(List.of("ok1", "whole2"), names);
    }
  }

  @Test
  void addressesThatCannotBeMeant() {
    for (String address :
        List.of(
            "http://example.org/x",
            "ftp://x/y",
            "https://user:password@x/y",
            "https://x/y?z",
            "https://x/y#z",
            "https:///y")) {
      assertThrows(IllegalArgumentException.class, () -> store(URI.create(address)), address);
    }
    assertThrows(IllegalArgumentException.class, () -> WebDavLogin.of("a:b", null));
  }
}
