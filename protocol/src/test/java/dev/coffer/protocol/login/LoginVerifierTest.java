package dev.coffer.protocol.login;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.coffer.protocol.Samples;
import dev.coffer.protocol.account.Subject;
import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.codec.Rejected;
import dev.coffer.protocol.codec.RejectionCode;
import dev.coffer.protocol.crypto.Ed25519;
import dev.coffer.protocol.crypto.SecretBytes;
import dev.coffer.protocol.fleet.Fleet;
import dev.coffer.protocol.fleet.FleetId;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Every link of a login's chain, each broken in turn (PROTOCOL.md §4.4). */
final class LoginVerifierTest {
  private static final Fleet FLEET = Samples.fleet();
  private static final Bytes TEXT = Samples.digest(77);
  private static final String HEADER = "{\"alg\":\"EdDSA\",\"typ\":\"JWT\"}";

  private static String base64(byte[] octets) {
    return Base64.getUrlEncoder().withoutPadding().encodeToString(octets);
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static String claims() {
    return claims("alice", FLEET.id().value().hex(), "acme");
  }

  private static String claims(String sub, String aud, String tenant) {
    String x = base64(Ed25519.publicKey(Samples.device()).toByteArray());
    String jwk = "{\"kty\":\"OKP\",\"crv\":\"Ed25519\",\"x\":\"%s\"}".formatted(x);
    return "{\"sub\":\"%s\",\"aud\":\"%s\",\"exp\":2000000000,\"iat\":1,\"tenant\":\"%s\",\"cnf\":{\"jwk\":%s}}"
        .formatted(sub, aud, tenant, jwk);
  }

  private static String jwt(String header, String claims) {
    return jwt(header, claims, Samples.issuer());
  }

  private static String jwt(String header, String claims, SecretBytes key) {
    String signed = base64(utf8(header)) + "." + base64(utf8(claims));
    return signed + "." + base64(Ed25519.sign(key, Bytes.wrap(utf8(signed))).toByteArray());
  }

  private static LoginClaims verify(LoginToken token) throws Rejected {
    return LoginVerifier.verify(
        FLEET, Samples.subject(), token, TEXT, Ed25519.sign(Samples.device(), TEXT));
  }

  private static void refused(LoginToken token) {
    Rejected rejected = assertThrows(Rejected.class, () -> verify(token));
    assertEquals(RejectionCode.BAD_LOGIN, rejected.code());
  }

  @Test
  void aGoodLoginPasses() throws Exception {
    LoginClaims claims = verify(Samples.token(jwt(HEADER, claims())));
    assertEquals("alice", claims.account());
    assertEquals(2_000_000_000L, claims.expiresSeconds());
    verify(Samples.token(jwt("{\"kid\":\"1\",\"alg\":\"EdDSA\"}", claims())));
    verify(
        Samples.token(
            jwt(
                " {\n\"alg\" : \"EdDSA\"} ",
                claims().replace("\"iat\":1", "\"jti\":[1,{\"a\":null}],\"x\":true"))));
  }

  @Test
  void itHoldsFromTheLaterOfItsTwoTimes() throws Exception {
    LoginToken token = Samples.token(jwt(HEADER, claims()));
    assertEquals(1, verify(token).notBeforeSeconds());
    for (String times :
        List.of("\"nbf\":70", "\"nbf\":70,\"iat\":5", "\"nbf\":5,\"iat\":70", "\"iat\":70")) {
      LoginToken later = Samples.token(jwt(HEADER, claims().replace("\"iat\":1", times)));
      assertEquals(70, verify(later).notBeforeSeconds(), times);
    }
    String neither = claims().replace("\"iat\":1", "\"x\":1");
    assertEquals(0, verify(Samples.token(jwt(HEADER, neither))).notBeforeSeconds());
  }

  @Test
  void aNodeReadsTheSameAndKnowsNoSubject() throws Exception {
    String aud = FLEET.id().value().hex();
    LoginToken good = Samples.token(jwt(HEADER, claims("bob", aud, "acme")));
    LoginClaims claims = LoginVerifier.token(FLEET, good);
    assertEquals("bob", claims.account());
    assertEquals(Ed25519.publicKey(Samples.device()), claims.deviceKey());
    byte[] latin1 = claims().replace("alice", "al\u00efce").getBytes(StandardCharsets.ISO_8859_1);
    String signed = base64(utf8(HEADER)) + "." + base64(latin1);
    Bytes signature = Ed25519.sign(Samples.issuer(), Bytes.wrap(utf8(signed)));
    for (LoginToken bad :
        List.of(
            Samples.token(jwt(HEADER, claims("bob", aud, "other"))),
            Samples.token(jwt(HEADER, claims("bob", aud.replace('0', '1'), "acme"))),
            Samples.token(jwt(HEADER, claims(), Samples.device())),
            Samples.token(signed + "." + base64(signature.toByteArray())),
            new LoginToken(good.issuerKey(), Samples.octets(0, 64), good.jwt()))) {
      Rejected rejected = assertThrows(Rejected.class, () -> LoginVerifier.token(FLEET, bad));
      assertEquals(RejectionCode.BAD_LOGIN, rejected.code());
      refused(bad);
    }
  }

  @Test
  void namesMustAgreeByteForByte() {
    String aud = FLEET.id().value().hex();
    refused(Samples.token(jwt(HEADER, claims("Alice", aud, "acme"))));
    refused(Samples.token(jwt(HEADER, claims("alice ", aud, "acme"))));
    refused(Samples.token(jwt(HEADER, claims("alice\\u0000", aud, "acme"))));
    refused(Samples.token(jwt(HEADER, claims("alice", aud, "acm"))));
    refused(
        Samples.token(
            jwt(HEADER, claims("alice", aud.toUpperCase(java.util.Locale.ROOT), "acme"))));
    refused(Samples.token(jwt(HEADER, claims("alice", "", "acme"))));
  }

  @Test
  void anEscapeIsReadAsWhatItMeans() throws Exception {
    verify(Samples.token(jwt(HEADER, claims("\\u0061lice", FLEET.id().value().hex(), "acme"))));
  }

  @Test
  void everySignatureIsChecked() {
    LoginToken good = Samples.token(jwt(HEADER, claims()));
    refused(Samples.token(jwt(HEADER, claims(), Samples.device())));
    refused(new LoginToken(good.issuerKey(), Samples.octets(0, 64), good.jwt()));
    Bytes own = Ed25519.publicKey(Samples.device());
    refused(new LoginToken(own, good.rootSignature(), jwt(HEADER, claims(), Samples.device())));
    Bytes byIssuer =
        Ed25519.sign(Samples.issuer(), LoginToken.issuerCertificateText("acme", good.issuerKey()));
    refused(new LoginToken(good.issuerKey(), byIssuer, good.jwt()));
    Bytes elsewhere =
        Ed25519.sign(Samples.root(), LoginToken.issuerCertificateText("acme2", good.issuerKey()));
    refused(new LoginToken(good.issuerKey(), elsewhere, good.jwt()));
    Bytes other = Ed25519.sign(Samples.issuer(), TEXT);
    assertThrows(
        Rejected.class, () -> LoginVerifier.verify(FLEET, Samples.subject(), good, TEXT, other));
    Bytes otherText = Ed25519.sign(Samples.device(), Samples.digest(78));
    assertThrows(
        Rejected.class,
        () -> LoginVerifier.verify(FLEET, Samples.subject(), good, TEXT, otherText));
  }

  @Test
  void aTenantOutsideTheFleetIsUnknown() {
    Subject stranger = new Subject(FLEET.id(), "other", "alice", "code");
    LoginToken token =
        Samples.token(jwt(HEADER, claims("alice", FLEET.id().value().hex(), "other")));
    assertThrows(
        Rejected.class,
        () ->
            LoginVerifier.verify(
                FLEET, stranger, token, TEXT, Ed25519.sign(Samples.device(), TEXT)));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"alg\":\"none\"}",
        "{\"alg\":\"eddsa\"}",
        "{\"alg\":\"HS256\"}",
        "{\"typ\":\"JWT\"}",
        "{\"alg\":\"EdDSA\",\"typ\":\"at+jwt\"}",
        "{\"alg\":\"EdDSA\",\"typ\":7}",
        "{\"alg\":\"EdDSA\",\"crit\":[\"b64\"],\"b64\":false}",
        "{\"alg\":\"EdDSA\",\"jwk\":{}}",
        "{\"alg\":\"EdDSA\",\"alg\":\"EdDSA\"}",
        "{\"alg\":[\"EdDSA\"]}",
        "[]",
        "\"EdDSA\"",
        "{\"alg\":\"EdDSA\"} {}",
        "{\"alg\":\"EdDSA\",}",
        "{\"alg\":\"EdDSA\"",
        "{alg:\"EdDSA\"}",
        "{\"alg\":'EdDSA'}"
      })
  void onlyOneHeaderWillDo(String header) {
    refused(Samples.token(jwt(header, claims())));
  }

  static List<String> badClaims() {
    String good = claims();
    return List.of(
        good.replace("\"iat\":1", "\"sub\":\"alice\""),
        good.replace("\"iat\":1", "\"iat\":1.0"),
        good.replace("\"iat\":1", "\"iat\":1e3"),
        good.replace("\"iat\":1", "\"iat\":01"),
        good.replace("\"iat\":1", "\"iat\":-0"),
        good.replace("\"iat\":1", "\"iat\":1111111111111111111"),
        good.replace("\"iat\":1", "\"iat\":+1"),
        good.replace("\"iat\":1", "\"iat\":\"\\ud800\""),
        good.replace("\"iat\":1", "\"iat\":\"\\udc00\\ud800\""),
        good.replace("\"iat\":1", "\"iat\":\"\\x41\""),
        good.replace("\"iat\":1", "\"iat\":\"\\u00g0\""),
        good.replace("\"iat\":1", "\"iat\":\"\n\""),
        good.replace("\"iat\":1", "\"iat\":" + "[".repeat(12) + "]".repeat(12)),
        good.replace("2000000000", "\"2000000000\""),
        good.replace("\"iat\":1", "\"iat\":\"1\""),
        good.replace("\"iat\":1", "\"nbf\":\"1\""),
        good.replace("\"iat\":1", "\"nbf\":null"),
        good.replace("\"iat\":1", "\"nbf\":[1]"),
        good.replace("\"alice\"", "\"\""),
        good.replace("\"x\":", "\"d\":\"AAAA\",\"x\":"),
        good.replace("\"exp\":2000000000,", ""),
        good.replace("\"OKP\"", "\"EC\""),
        good.replace("\"Ed25519\"", "\"X25519\""),
        good.replace("\"jwk\"", "\"kid\""),
        good.replace("\"cnf\"", "\"cng\""),
        good.replaceAll("\"x\":\"[^\"]*\"", "\"x\":\"AAAA\""),
        good.replaceAll("\"aud\":(\"[^\"]*\")", "\"aud\":[$1]"),
        good + " x",
        good.replace("alice", "al\u00efce"));
  }

  @ParameterizedTest
  @MethodSource("badClaims")
  void onlyStrictClaimsWillDo(String claims) {
    refused(Samples.token(jwt(HEADER, claims)));
  }

  @Test
  void theSerialisationIsCanonical() {
    String good = jwt(HEADER, claims());
    for (String bad :
        List.of(
            "",
            ".",
            "..",
            "...",
            good + ".",
            "." + good,
            good + "=",
            good.replace(".", ".."),
            good.substring(0, good.length() - 1),
            good + "A",
            lastCharacterWithStrayBits(good),
            good.replaceFirst("e", "e "),
            "\u00e9" + good,
            good + "a".repeat(1024))) {
      assertThrows(Rejected.class, () -> verify(Samples.token(bad)), bad);
    }
  }

  /** The same octets after a lax decoder: another text, hence another H(JWT). */
  private static String lastCharacterWithStrayBits(String jwt) {
    String alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    int value = alphabet.indexOf(jwt.charAt(jwt.length() - 1));
    return jwt.substring(0, jwt.length() - 1) + alphabet.charAt(value ^ 1);
  }

  @Test
  void theSubjectIsOfThisFleet() throws Exception {
    LoginToken token = Samples.token(jwt(HEADER, claims()));
    Subject elsewhere = new Subject(new FleetId(Samples.digest(9)), "acme", "alice", "code");
    Rejected rejected =
        assertThrows(
            Rejected.class,
            () ->
                LoginVerifier.verify(
                    FLEET, elsewhere, token, TEXT, Ed25519.sign(Samples.device(), TEXT)));
    assertEquals(RejectionCode.BAD_LOGIN, rejected.code());
    verify(token);
  }

  @Test
  void aTokenHasALimit() throws Exception {
    String filled = claims().replace("\"iat\":1", "\"jti\":\"" + "x".repeat(360) + "\"");
    String fits = jwt(HEADER, filled);
    assertTrue(fits.length() <= 1024);
    verify(Samples.token(fits));
    String larger = jwt(HEADER, filled.replace("xx", "xxx"));
    assertTrue(larger.length() > 1024, larger.length() + " octets");
    refused(Samples.token(larger));
  }
}
