package dev.coffer.node.http;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.coffer.node.core.Meters;
import dev.coffer.node.core.NodeClock;
import dev.coffer.node.door.Door;
import dev.coffer.node.door.Rate;
import dev.coffer.node.fleet.TestLogins;
import dev.coffer.node.peer.Refusal;
import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.crypto.Ed25519;
import dev.coffer.protocol.crypto.Randomness;
import dev.coffer.protocol.crypto.SecretBytes;
import dev.coffer.protocol.crypto.X25519;
import dev.coffer.protocol.fleet.Fleet;
import dev.coffer.protocol.fleet.FleetSettings;
import dev.coffer.protocol.fleet.HsmIdentity;
import dev.coffer.protocol.login.LoginToken;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * Every way a login can be wrong is refused, and the expired one is told apart from the false ones.
 */
final class JwtGateTest {
  private static final Instant NOW = Instant.parse("2026-11-21T12:00:00Z");

  /** Of an account two messages, of a tenant three, all at once. */
  private static final Door.Rates RATES =
      new Door.Rates(new Rate(1, 3), new Rate(1, 2), new Rate(0, 1), new Rate(0, 1));

  private final TestLogins logins = new TestLogins();
  private final Fleet fleet = fleet(logins);
  private final SetClock clock = new SetClock();
  private final JwtGate gate = new JwtGate(fleet, clock, new Door(RATES, clock, Meters.NONE));
  private final Bytes device = Ed25519.publicKey(SecretBytes.random(Randomness.system(), 32));

  private static final class SetClock implements NodeClock {
    private Instant now = NOW;

    @Override
    public long nanos() {
      return 0;
    }

    @Override
    public Instant now() {
      return now;
    }
  }

  private static Fleet fleet(TestLogins logins) {
    List<HsmIdentity> identities = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      Bytes statement = Ed25519.publicKey(SecretBytes.random(Randomness.system(), 32));
      Bytes session = X25519.publicKey(SecretBytes.random(Randomness.system(), 32));
      identities.add(
          new HsmIdentity(statement, session, "SIMULATED", Bytes.zeros(32), Bytes.EMPTY));
    }
    try {
      return Fleet.of(
          new FleetSettings(3, 2, 10, 1, List.of(logins.tenant()), true, false), identities);
    } catch (dev.coffer.protocol.codec.Rejected e) {
      throw new IllegalStateException(e);
    }
  }

  private String claims() {
    return TestLogins.claims(fleet.id().value().hex(), "alice", device, NOW.plusSeconds(60));
  }

  private void assertRefused(Refusal.Reason reason, LoginToken token) {
    assertEquals(reason, assertThrows(Refusal.class, () -> gate.check(token)).reason());
  }

  private void assertInvalid(LoginToken token) {
    assertRefused(Refusal.Reason.LOGIN_INVALID, token);
  }

  @Test
  void aGoodLoginPassesAgainAndAgain() {
    assertDoesNotThrow(() -> gate.check(logins.token(claims())));
    assertDoesNotThrow(() -> gate.check(logins.token(claims())));
  }

  private LoginToken login(String account) {
    String hex = fleet.id().value().hex();
    return logins.token(TestLogins.claims(hex, account, device, NOW.plusSeconds(60)));
  }

  private void assertLimited(String account) {
    Refusal refusal = assertThrows(Refusal.class, () -> gate.enter(login(account)));
    assertEquals(Refusal.Reason.LIMITED, refusal.reason());
    assertEquals(1, refusal.afterSeconds());
  }

  @Test
  void onlyVerifiedLoginsCountAndOnlyWhereTheyComeIn() {
    String hex = fleet.id().value().hex();
    String claims = TestLogins.claims(hex, "alice", device, NOW.plusSeconds(60));
    for (int i = 0; i < 10; i++) {
      // What peers hand on was counted where it came in, and a stranger's word counts for nobody.
      assertDoesNotThrow(() -> gate.check(login("alice")));
      LoginToken forged = new TestLogins().token(claims);
      assertEquals(
          Refusal.Reason.LOGIN_INVALID,
          assertThrows(Refusal.class, () -> gate.enter(forged)).reason());
    }
    assertDoesNotThrow(() -> gate.enter(login("alice")));
    assertDoesNotThrow(() -> gate.enter(login("alice")));
    assertLimited("alice");
    assertLimited("alice");
    assertDoesNotThrow(() -> gate.enter(login("bob")));
    // The tenant's three are gone; what Alice was refused did not come out of them.
    assertLimited("bob");
  }

  @Test
  void anExpiredLoginIsToldApart() {
    String expired =
        TestLogins.claims(fleet.id().value().hex(), "alice", device, NOW.minusSeconds(31));
    assertRefused(Refusal.Reason.LOGIN_EXPIRED, logins.token(expired));
    String atTheEdge =
        TestLogins.claims(fleet.id().value().hex(), "alice", device, NOW.minusSeconds(29));
    assertDoesNotThrow(() -> gate.check(logins.token(atTheEdge)));
  }

  @Test
  void aLoginThatIsKnownExpiresAllTheSame() {
    LoginToken token =
        logins.token(
            TestLogins.claims(fleet.id().value().hex(), "alice", device, NOW.plusSeconds(60)));
    assertDoesNotThrow(() -> gate.check(token));
    clock.now = NOW.plusSeconds(91);
    assertRefused(Refusal.Reason.LOGIN_EXPIRED, token);
  }

  @Test
  void algorithmsOtherThanEdDsaAreRefused() {
    for (String algorithm : List.of("none", "HS256", "ES256", "RS256", "eddsa")) {
      String header = "{\"alg\":\"" + algorithm + "\",\"typ\":\"JWT\"}";
      assertInvalid(logins.token(header, claims()));
    }
    assertInvalid(logins.token("{\"alg\":\"EdDSA\",\"crit\":[\"exp\"]}", claims()));
    assertInvalid(
        logins.certified(TestLogins.base64(TestLogins.utf8("{\"alg\":\"none\"}")) + ".e30."));
  }

  @Test
  void anotherFleetsOrTenantsLoginIsRefused() {
    assertInvalid(
        logins.token(TestLogins.claims("00".repeat(32), "alice", device, NOW.plusSeconds(60))));
    assertInvalid(logins.token(claims().replace("\"tenant\":\"app\"", "\"tenant\":\"other\"")));
    assertInvalid(logins.token(claims().replace("\"tenant\":\"app\",", "")));
    String two = claims().replaceFirst("\"aud\":\"([0-9a-f]+)\"", "\"aud\":[\"$1\",\"more\"]");
    assertInvalid(logins.token(two));
  }

  @Test
  void aLoginNeedsAccountExpiryAndDeviceKey() {
    assertInvalid(logins.token(claims().replace("\"sub\":\"alice\",", "")));
    assertInvalid(logins.token(claims().replaceFirst("\"exp\":[0-9]+,", "")));
    assertInvalid(logins.token(claims().replaceFirst("\"iat\":1", "\"iat\":4000000000")));
    assertInvalid(logins.token(claims().replaceFirst("\"iat\":1", "\"nbf\":4000000000")));
    assertInvalid(logins.token(claims().replace("Ed25519", "X25519")));
    assertInvalid(logins.token(claims().replace("\"cnf\"", "\"fnc\"")));
    assertInvalid(logins.token(claims().replaceFirst("\"x\":\"[^\"]{4}", "\"x\":\"")));
  }

  @Test
  void aLoginThatDoesNotHoldYetIsRefused() {
    long now = NOW.getEpochSecond();
    for (String name : List.of("nbf", "iat")) {
      String when = claims().replaceFirst("\"iat\":1", "\"" + name + "\":");
      assertInvalid(
          logins.token(when.replace("\"" + name + "\":", "\"" + name + "\":" + (now + 31))));
      String close = when.replace("\"" + name + "\":", "\"" + name + "\":" + (now + 30));
      assertDoesNotThrow(() -> gate.check(logins.token(close)));
      assertInvalid(logins.token(when.replace("\"" + name + "\":", "\"" + name + "\":\"1\"")));
    }
  }

  @Test
  void claimsOfWhichThereAreTwoReadingsAreRefused() {
    assertInvalid(logins.token(claims().replace("\"sub\":", "\"sub\":\"bob\",\"sub\":")));
  }

  @Test
  void issuersThatTheRootDidNotCertifyAreRefused() {
    LoginToken good = logins.token(claims());
    LoginToken stranger = new TestLogins().token(claims());
    assertInvalid(stranger);
    assertInvalid(new LoginToken(stranger.issuerKey(), good.rootSignature(), stranger.jwt()));
    assertInvalid(new LoginToken(good.issuerKey(), stranger.rootSignature(), good.jwt()));
    // A certificate that is known to be good must not vouch for another signature.
    assertDoesNotThrow(() -> gate.check(good));
    assertInvalid(new LoginToken(good.issuerKey(), stranger.rootSignature(), good.jwt()));
  }

  @Test
  void signaturesAreStrict() {
    LoginToken good = logins.token(claims());
    String jwt = good.jwt();
    for (String bent :
        List.of(jwt + "=", jwt.substring(0, jwt.length() - 1), jwt + "A", jwt + ".", "", "a.b.c")) {
      assertInvalid(new LoginToken(good.issuerKey(), good.rootSignature(), bent));
    }
    // The last character of 64 octets in base64url has four bits that decode to nothing.
    char last = jwt.charAt(jwt.length() - 1);
    String alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    char twin = alphabet.charAt(alphabet.indexOf(last) ^ 1);
    assertInvalid(
        new LoginToken(
            good.issuerKey(), good.rootSignature(), jwt.substring(0, jwt.length() - 1) + twin));
  }
}
