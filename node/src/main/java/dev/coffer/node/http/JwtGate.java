package dev.coffer.node.http;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.JWSVerifier;
import com.nimbusds.jose.jca.JCAContext;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.OctetKeyPair;
import com.nimbusds.jose.util.Base64URL;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import dev.coffer.node.core.LoginGate;
import dev.coffer.node.core.NodeClock;
import dev.coffer.node.peer.Refusal;
import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.codec.Limits;
import dev.coffer.protocol.crypto.Ed25519;
import dev.coffer.protocol.fleet.Fleet;
import dev.coffer.protocol.fleet.TenantIssuer;
import dev.coffer.protocol.login.LoginToken;
import java.text.ParseException;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Checks logins as a node does (PROTOCOL.md §4.4): {@code alg} exactly EdDSA, one audience, this
 * fleet; an issuer key that the tenant's frozen root has certified; not expired; a device key to
 * which the login is bound. That the device key signed this very message is the HSM's to check.
 * Thread-safe.
 */
public final class JwtGate implements LoginGate {
  /** The issuer's clock and ours differ. */
  private static final Duration SKEW = Duration.ofSeconds(30);

  private static final int CERTIFIED_MAX = 256;

  private final Fleet fleet;
  private final String audience;
  private final NodeClock clock;
  private final Set<Certified> certified = ConcurrentHashMap.newKeySet();

  private record Certified(String tenant, Bytes issuerKey, Bytes signature) {}

  /** For logins to {@code fleet}. */
  public JwtGate(Fleet fleet, NodeClock clock) {
    this.fleet = fleet;
    this.audience = fleet.id().value().hex();
    this.clock = clock;
  }

  @Override
  public void check(LoginToken token) throws Refusal {
    try {
      SignedJWT jwt = SignedJWT.parse(token.jwt());
      checkHeader(jwt.getHeader());
      if (!jwt.verify(new IssuerKey(token.issuerKey()))) {
        throw invalid("the login's signature does not hold");
      }
      // Only now its content means anything.
      JWTClaimsSet claims = jwt.getJWTClaimsSet();
      checkIssuer(token, claims.getStringClaim("tenant"));
      checkClaims(claims);
      checkExpiry(claims);
    } catch (ParseException | JOSEException | IllegalArgumentException | IllegalStateException e) {
      throw invalid("the login is not a JWT of the expected form");
    }
  }

  private static void checkHeader(JWSHeader header) throws Refusal {
    if (!JWSAlgorithm.EdDSA.equals(header.getAlgorithm()) || header.getCriticalParams() != null) {
      throw invalid("the login is not signed with EdDSA");
    }
  }

  private void checkIssuer(LoginToken token, String tenant) throws Refusal {
    TenantIssuer issuer = tenant == null ? null : fleet.settings().tenant(tenant).orElse(null);
    if (issuer == null) {
      throw invalid("the login is of no tenant of this fleet");
    }
    Certified known = new Certified(tenant, token.issuerKey(), token.rootSignature());
    if (certified.contains(known)) {
      return;
    }
    Bytes text = LoginToken.issuerCertificateText(tenant, token.issuerKey());
    if (!Ed25519.verify(issuer.rootKey(), text, token.rootSignature())) {
      throw invalid("the tenant's root does not stand behind the login's issuer");
    }
    if (certified.size() < CERTIFIED_MAX) {
      certified.add(known);
    }
  }

  private void checkClaims(JWTClaimsSet claims) throws Refusal, ParseException {
    if (!List.of(audience).equals(claims.getAudience())) {
      throw invalid("the login is for another fleet");
    }
    String subject = claims.getSubject();
    if (subject == null || subject.isEmpty()) {
      throw invalid("the login names no account");
    }
    Map<String, Object> confirmation = claims.getJSONObjectClaim("cnf");
    Object jwk = confirmation == null ? null : confirmation.get("jwk");
    if (!(jwk instanceof Map<?, ?> members)) {
      throw invalid("the login is bound to no device key");
    }
    @SuppressWarnings("unchecked")
    JWK key = JWK.parse((Map<String, Object>) members);
    boolean device =
        key instanceof OctetKeyPair pair
            && Curve.Ed25519.equals(pair.getCurve())
            && !pair.isPrivate()
            && pair.getDecodedX().length == Limits.DIGEST;
    if (!device) {
      throw invalid("the login's device key is not Ed25519");
    }
  }

  private void checkExpiry(JWTClaimsSet claims) throws Refusal {
    Instant now = clock.now();
    Date expiry = claims.getExpirationTime();
    if (expiry == null) {
      throw invalid("the login never expires");
    }
    if (!now.isBefore(expiry.toInstant().plus(SKEW))) {
      throw new Refusal(Refusal.Reason.LOGIN_EXPIRED, "the login has expired");
    }
    Date issued = claims.getIssueTime();
    if (issued != null && issued.toInstant().isAfter(now.plus(SKEW))) {
      throw invalid("the login is from the future");
    }
    Date notBefore = claims.getNotBeforeTime();
    if (notBefore != null && notBefore.toInstant().isAfter(now.plus(SKEW))) {
      throw invalid("the login does not hold yet");
    }
  }

  private static Refusal invalid(String why) {
    return new Refusal(Refusal.Reason.LOGIN_INVALID, why);
  }

  /**
   * Ed25519 by the protocol's own, strict verification; the library's would need a further library.
   */
  private record IssuerKey(Bytes publicKey) implements JWSVerifier {
    @Override
    public boolean verify(JWSHeader header, byte[] signedContent, Base64URL signature) {
      byte[] octets = signature.decode();
      // The library's decoder is lenient; a second spelling of a signature is not accepted.
      return Base64URL.encode(octets).equals(signature)
          && Ed25519.verify(publicKey, Bytes.copyOf(signedContent), Bytes.wrap(octets));
    }

    @Override
    public Set<JWSAlgorithm> supportedJWSAlgorithms() {
      return Set.of(JWSAlgorithm.EdDSA);
    }

    @Override
    public JCAContext getJCAContext() {
      return new JCAContext();
    }
  }
}
