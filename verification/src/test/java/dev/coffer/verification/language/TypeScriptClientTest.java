package dev.coffer.verification.language;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.coffer.client.Authority;
import dev.coffer.client.Enrolment;
import dev.coffer.client.Forgetting;
import dev.coffer.client.Presence;
import dev.coffer.client.Recovery;
import dev.coffer.client.Slot;
import dev.coffer.client.VaultClient;
import dev.coffer.client.secret.BackupSecret;
import dev.coffer.client.secret.RecoveryCode;
import dev.coffer.client.secret.UnacceptableCode;
import dev.coffer.node.fleet.LoopbackFleet;
import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.crypto.Randomness;
import dev.coffer.protocol.crypto.SecretBytes;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.util.Optional;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/**
 * The second client against a fleet on loopback: what the TypeScript client registers the Java
 * client recovers, and the other way round, and each hears of the other's guesses.
 */
@Tag("long")
final class TypeScriptClientTest {
  private static final Randomness RANDOM = Randomness.system();
  private static final String ORIGIN = "https://app.example";

  @TempDir private static Path home;
  private static Optional<LoopbackFleet> fleet = Optional.empty();
  private static Optional<TypeScriptClient> node = Optional.empty();

  @BeforeAll
  static void start() throws Exception {
    LoopbackFleet started = new LoopbackFleet(home, 3, 2);
    fleet = Optional.of(started);
    node = TypeScriptClient.start(home.resolve("ca.pem"));
    assumeTrue(node.isPresent(), "no Node.js with the packages of web/client here");
    started.allow(ORIGIN);
    started.startAll();
    LoopbackFleet.await(
        "a fleet", 60, () -> started.ready(1) && started.ready(2) && started.ready(3));
  }

  @AfterAll
  static void stop() {
    node.ifPresent(TypeScriptClient::close);
    fleet.ifPresent(LoopbackFleet::close);
  }

  private static TypeScriptClient.Device script(String account, String device) throws Exception {
    return node.orElseThrow().device(fleet.orElseThrow(), account, home.resolve(device));
  }

  private static VaultClient java(String account) throws Exception {
    return fleet.orElseThrow().client(account, LoopbackFleet.memory());
  }

  private static RecoveryCode code(String typed) throws UnacceptableCode {
    return RecoveryCode.typed(typed.toCharArray());
  }

  private static String hex(BackupSecret secret) {
    try (SecretBytes copy = secret.copy()) {
      return Bytes.wrap(copy.copy()).hex();
    }
  }

  private static void kind(String expected, JsonNode result) {
    assertEquals(expected, result.get("kind").asString(), result.toString());
  }

  @Test
  void whatTypeScriptRegistersJavaRecovers() throws Exception {
    String secret = RANDOM.bytes(32).hex();
    TypeScriptClient.Device device = script("anna", "anna-1");
    kind("not-registered", device.call("recover", "code", "١٢٣٤٥٦"));
    JsonNode enrolled =
        device.call("enrol", "code", "123456", "secret", secret, "authority", "none");
    kind("enrolled", enrolled);
    assertEquals(1, enrolled.get("generation").asInt());

    Recovery recovery = java("anna").recover(Slot.CODE, code("١٢٣٤٥٦"));
    Recovery.Recovered recovered = assertInstanceOf(Recovery.Recovered.class, recovery);
    assertEquals(secret, hex(recovered.secret()));
    assertEquals(0, recovered.otherAttempts());

    JsonNode status = device.call("status");
    kind("known", status);
    assertEquals(1, status.get("registeredGeneration").asInt());
    assertTrue(status.get("k").asLong() >= 4, status.toString());
  }

  @Test
  void whatJavaRegistersTypeScriptRecoversAndReplaces() throws Exception {
    BackupSecret secret = BackupSecret.generate(RANDOM);
    assertInstanceOf(
        Enrolment.Enrolled.class,
        java("bela").enrol(Slot.CODE, code("gr\u00fc\u00dfe 42"), secret, Authority.none()));
    TypeScriptClient.Device device = script("bela", "bela-1");
    // Decomposed, with another space: another keyboard's way to type the same.
    JsonNode recovered = device.call("recover", "code", "gru\u0308\u00dfe\u00a042");
    kind("recovered", recovered);
    assertEquals(hex(secret), recovered.get("secret").asString());
    assertEquals(0, recovered.get("otherAttempts").asInt());

    String next = RANDOM.bytes(32).hex();
    kind(
        "not-authorised",
        device.call("enrol", "code", "another code", "secret", next, "authority", "none"));
    JsonNode replaced =
        device.call(
            "enrol",
            "code",
            "another code",
            "secret",
            next,
            "authority",
            "owner",
            "owner",
            hex(secret));
    kind("enrolled", replaced);
    assertTrue(replaced.get("replaced").asBoolean());
    assertInstanceOf(
        Recovery.WrongCode.class, java("bela").recover(Slot.CODE, code("gr\u00fc\u00dfe 42")));
    kind("recovered", device.call("recover", "code", "another code"));
    kind("not-authorised", device.call("forget", "authority", "login"));
    kind("forgotten", device.call("forget", "authority", "owner", "owner", next));
    kind("not-registered", device.call("recover", "code", "another code"));
  }

  @Test
  void wrongCodesOfBothCountAndEndTheAccountForBoth() throws Exception {
    BackupSecret secret = BackupSecret.generate(RANDOM);
    assertInstanceOf(
        Enrolment.Enrolled.class,
        java("cleo").enrol(Slot.CODE, code("right code"), secret, Authority.none()));
    TypeScriptClient.Device device = script("cleo", "cleo-1");
    for (int guess = 1; guess <= 10; guess++) {
      if (guess % 2 == 0) {
        Recovery.WrongCode wrong =
            assertInstanceOf(
                Recovery.WrongCode.class, java("cleo").recover(Slot.CODE, code("wrong " + guess)));
        assertEquals(10 - guess, wrong.guessesLeft());
      } else {
        JsonNode wrong = device.call("recover", "code", "wrong " + guess);
        kind("wrong-code", wrong);
        assertEquals(10 - guess, wrong.get("guessesLeft").asInt());
        assertEquals("by-hand", wrong.get("next").asString());
      }
    }
    kind("exhausted", device.call("recover", "code", "right code"));
    assertInstanceOf(Recovery.Exhausted.class, java("cleo").recover(Slot.CODE, code("right code")));
    assertEquals("never", device.call("recover", "code", "right code").get("next").asString());
  }

  @Test
  void aDeviceThatComesBackRemembersWhatItBegan() throws Exception {
    String secret = RANDOM.bytes(32).hex();
    kind(
        "enrolled",
        script("dora", "dora-1")
            .call("enrol", "code", "a good code", "secret", secret, "authority", "none"));
    // The same memory in another life of the app, with another device key.
    TypeScriptClient.Device again = script("dora", "dora-1");
    assertEquals(1, again.call("status").get("registeredGeneration").asInt());
    JsonNode recovered = again.call("recover", "code", "a good code");
    kind("recovered", recovered);
    assertEquals(secret, recovered.get("secret").asString());
    kind("wrong-code", again.call("recover", "code", "a bad code"));
    // What is told of the guesses is what Java tells.
    JsonNode late = again.call("recover", "code", "a good code");
    assertEquals(1, late.get("otherAttempts").asInt());
    Recovery.Recovered told =
        assertInstanceOf(
            Recovery.Recovered.class, java("dora").recover(Slot.CODE, code("a good code")));
    assertEquals(told.guessesLeft().orElseThrow(), late.get("guessesLeft").asInt());
    assertEquals(told.guessesUsed(), late.get("guessesUsed").asInt());
    assertEquals(told.staleListing(), late.get("staleListing").asBoolean());
  }

  @Test
  void aPasskeyOpensASlotOfItsOwnWhichJavaRevokesAlone() throws Exception {
    String secret = RANDOM.bytes(32).hex();
    TypeScriptClient.Device device = script("emil", "emil-1");
    JsonNode alone = device.call("enrol-passkey", "secret", secret);
    assertEquals("no-other-unlock", alone.get("problem").asString(), alone.toString());
    kind("not-registered", device.call("registered", "slot", "code"));
    kind(
        "enrolled",
        device.call("enrol", "code", "a good code", "secret", secret, "authority", "none"));
    JsonNode code = device.call("registered", "slot", "code");
    kind("registered", code);
    assertEquals(10, code.get("guessesLeft").asInt());
    assertFalse(code.get("changed").asBoolean());
    kind("enrolled", device.call("enrol-passkey", "secret", secret));
    kind("registered", device.call("registered", "slot", "passkey-1"));
    // Another device, to which the passkey came along.
    TypeScriptClient.Device other = script("emil", "emil-2");
    JsonNode unlocked = other.call("unlock");
    kind("recovered", unlocked);
    assertEquals(secret, unlocked.get("secret").asString());
    assertEquals(10, unlocked.get("guessesLeft").asInt());

    BackupSecret k = BackupSecret.of(SecretBytes.copyOf(Bytes.fromHex(secret)));
    assertEquals(new Presence.Registered(10, false), java("emil").registered(Slot.passkey(1)));
    assertEquals(new Presence.NotRegistered(), java("emil").registered(Slot.passkey(2)));
    assertInstanceOf(
        Forgetting.Forgotten.class, java("emil").forget(Slot.passkey(1), Authority.owner(k)));
    JsonNode revoked = other.call("unlock");
    kind("not-registered", revoked);
    assertTrue(revoked.get("whatToDoNext").asString().contains("revoked"), revoked.toString());
    // What is left is tidied up, and set up again in the same slot.
    kind(
        "revoked",
        other.call("revoke-passkey", "slot", "passkey-1", "authority", "owner", "owner", secret));
    kind("enrolled", other.call("enrol-passkey", "secret", secret));
    JsonNode list = device.call("list-passkeys", "secret", secret);
    assertEquals("passkey-1", list.get("passkeys").get(0).get("slot").asString());
    assertEquals("Laptop", list.get("passkeys").get(0).get("name").asString());
    kind("recovered", device.call("unlock"));
    // Nobody has guessed at the code meanwhile, nor asked for it.
    JsonNode byCode = device.call("recover", "code", "a good code");
    kind("recovered", byCode);
    assertEquals(0, byCode.get("otherAttempts").asInt());
  }

  private static HttpResponse<String> asked(HttpRequest.Builder request) throws Exception {
    SSLContext context = SSLContext.getInstance("TLS");
    TrustManagerFactory managers =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
    store.load(null, null);
    try (InputStream in = Files.newInputStream(home.resolve("ca.pem"))) {
      store.setCertificateEntry(
          "authority", CertificateFactory.getInstance("X.509").generateCertificate(in));
    }
    managers.init(store);
    context.init(null, managers.getTrustManagers(), null);
    try (HttpClient client = HttpClient.newBuilder().sslContext(context).build()) {
      return client.send(request.build(), HttpResponse.BodyHandlers.ofString());
    }
  }

  @Test
  void aPageOfAListedOriginMayAskAndSeesHowLongToWait() throws Exception {
    URI vault = fleet.orElseThrow().uri(1).resolve("/v1/vault");
    HttpRequest.Builder preflight =
        HttpRequest.newBuilder(vault).method("OPTIONS", HttpRequest.BodyPublishers.noBody());
    HttpHeaders allowed = asked(preflight.setHeader("Origin", ORIGIN)).headers();
    assertEquals(ORIGIN, allowed.firstValue("Access-Control-Allow-Origin").orElse(""));
    assertEquals("7200", allowed.firstValue("Access-Control-Max-Age").orElse(""));
    assertTrue(
        allowed
            .firstValue("Access-Control-Allow-Headers")
            .orElse("")
            .contains("Content-Type, Coffer-Replies, Coffer-Insist"));
    HttpRequest.Builder refused =
        HttpRequest.newBuilder(vault).POST(HttpRequest.BodyPublishers.ofString("no message"));
    HttpResponse<String> refusal = asked(refused.setHeader("Origin", ORIGIN));
    assertEquals(400, refusal.statusCode());
    assertEquals(
        "Retry-After", refusal.headers().firstValue("Access-Control-Expose-Headers").orElse(""));
    HttpHeaders stranger = asked(preflight.setHeader("Origin", "https://other.example")).headers();
    assertTrue(stranger.firstValue("Access-Control-Allow-Origin").isEmpty());
    assertTrue(stranger.firstValue("Access-Control-Expose-Headers").isEmpty());
  }
}
