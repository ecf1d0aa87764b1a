package dev.coffer.protocol.login;

import dev.coffer.protocol.account.Subject;
import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.codec.Rejected;
import dev.coffer.protocol.codec.RejectionCode;
import dev.coffer.protocol.crypto.Ed25519;
import dev.coffer.protocol.fleet.Fleet;
import dev.coffer.protocol.fleet.TenantIssuer;

/**
 * The whole chain of a login as an HSM checks it (PROTOCOL.md §4.4): the tenant's frozen root
 * stands behind the issuer key, the issuer key behind the token, the token names this fleet, tenant
 * and account and a device key, and the device key signed the text in question. Pure functions,
 * thread-safe, deterministic: every HSM comes to the same answer.
 *
 * <p><b>Not guaranteed:</b> that the login holds already and has not expired. HSMs have no clock;
 * nodes check it.
 */
public final class LoginVerifier {
  private LoginVerifier() {}

  /**
   * Returns if {@code deviceSignature} over {@code signedText} was made under a login of {@code
   * subject}; otherwise {@link RejectionCode#BAD_LOGIN}: the client logs in again.
   *
   * @param signedText {@link LoginAssertion#text} around a message, or {@code
   *     SignedTexts.loginAuthorisation} inside one
   */
  public static LoginClaims verify(
      Fleet fleet, Subject subject, LoginToken token, Bytes signedText, Bytes deviceSignature)
      throws Rejected {
    certified(fleet, subject.tenant(), token);
    LoginClaims claims = LoginClaims.verify(token.jwt(), token.issuerKey());
    boolean named =
        claims.account().equals(subject.account())
            && claims.tenant().equals(subject.tenant())
            && claims.audience().equals(fleet.id().value().hex())
            && subject.fleetId().equals(fleet.id());
    if (!named) {
      throw new Rejected(RejectionCode.BAD_LOGIN, "account, tenant or audience");
    }
    if (!Ed25519.verify(claims.deviceKey(), signedText, deviceSignature)) {
      throw new Rejected(RejectionCode.BAD_LOGIN, "device signature");
    }
    return claims;
  }

  /**
   * The part of it that a node can check, which does not open the message: the token is signed by
   * an issuer key that a tenant of this fleet stands behind, and was given for this fleet.
   * Otherwise {@link RejectionCode#BAD_LOGIN}. The node compares the claims' times with its clock;
   * that the login is the message's sender's is the HSM's to check.
   */
  public static LoginClaims token(Fleet fleet, LoginToken token) throws Rejected {
    LoginClaims claims = LoginClaims.verify(token.jwt(), token.issuerKey());
    certified(fleet, claims.tenant(), token);
    if (!claims.audience().equals(fleet.id().value().hex())) {
      throw new Rejected(RejectionCode.BAD_LOGIN, "audience");
    }
    return claims;
  }

  private static void certified(Fleet fleet, String tenant, LoginToken token) throws Rejected {
    TenantIssuer issuer =
        fleet
            .settings()
            .tenant(tenant)
            .orElseThrow(() -> new Rejected(RejectionCode.BAD_LOGIN, "tenant of this fleet"));
    Bytes certificate = LoginToken.issuerCertificateText(issuer.tenant(), token.issuerKey());
    if (!Ed25519.verify(issuer.rootKey(), certificate, token.rootSignature())) {
      throw new Rejected(RejectionCode.BAD_LOGIN, "issuer certificate");
    }
  }
}
