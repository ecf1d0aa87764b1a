package dev.coffer.node.http;

import dev.coffer.node.core.LoginGate;
import dev.coffer.node.core.NodeClock;
import dev.coffer.node.door.Door;
import dev.coffer.node.peer.Refusal;
import dev.coffer.protocol.codec.Rejected;
import dev.coffer.protocol.fleet.Fleet;
import dev.coffer.protocol.login.LoginClaims;
import dev.coffer.protocol.login.LoginToken;
import dev.coffer.protocol.login.LoginVerifier;

/**
 * Checks logins as a node does (PROTOCOL.md §4.4): reads them with the HSMs' own strict reader, so
 * that node and HSM never see different claims in one token, and compares {@code exp}, {@code nbf}
 * and {@code iat} with the node's clock, which HSMs do not have. That the device key signed this
 * very message is the HSM's to check. Thread-safe.
 */
public final class JwtGate implements LoginGate {
  /** Seconds by which the issuer's clock and ours may differ. */
  private static final long SKEW_SECONDS = 30;

  private final VerifiedLogins logins;
  private final NodeClock clock;
  private final Door door;

  /** For logins to {@code fleet}. */
  public JwtGate(Fleet fleet, NodeClock clock, Door door) {
    this.logins = new VerifiedLogins(token -> LoginVerifier.token(fleet, token));
    this.clock = clock;
    this.door = door;
  }

  @Override
  public void check(LoginToken token) throws Refusal {
    LoginClaims ignored = claims(token);
  }

  @Override
  public void enter(LoginToken token) throws Refusal {
    door.login(claims(token));
  }

  private LoginClaims claims(LoginToken token) throws Refusal {
    LoginClaims claims;
    try {
      claims = logins.claims(token);
    } catch (Rejected e) {
      throw invalid("the login is none that an issuer of this fleet signed for it");
    }
    // Times are compared by differences that cannot overflow, whatever the token says.
    long now = clock.now().getEpochSecond();
    if (claims.expiresSeconds() <= now - SKEW_SECONDS) {
      throw new Refusal(Refusal.Reason.LOGIN_EXPIRED, "the login has expired");
    }
    if (claims.notBeforeSeconds() > now + SKEW_SECONDS) {
      throw invalid("the login does not hold yet: compare the clocks of issuer and node");
    }
    return claims;
  }

  private static Refusal invalid(String why) {
    return new Refusal(Refusal.Reason.LOGIN_INVALID, why);
  }
}
