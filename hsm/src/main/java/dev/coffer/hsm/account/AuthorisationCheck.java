package dev.coffer.hsm.account;

import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.codec.Rejected;
import dev.coffer.protocol.fleet.Fleet;
import dev.coffer.protocol.login.LoginVerifier;
import dev.coffer.protocol.request.Authorisation;
import dev.coffer.protocol.request.Request;
import dev.coffer.protocol.request.SignedTexts;

/**
 * Whose word stands behind a RegisterFinish or a Delete. Every HSM hears it, not the admitting one
 * alone, and before it looks at the record's state: four signatures are verified whatever the state
 * and whoever authorised, so that the time a capture takes does not tell a host whether a
 * registration is alive, nor by whose word it was replaced (INV-10).
 *
 * @param byOwner a registration is alive, and its ownerKey signed for this request
 * @param byLogin a login of the request's subject was given for this request
 */
record AuthorisationCheck(boolean byOwner, boolean byLogin) {
  /** Of the issuer's certificate, the token, and the device. */
  private static final int LOGIN_SIGNATURES = 3;

  /** The word that {@code by} gives; {@code ownersText} is what an owner signs. */
  static AuthorisationCheck of(
      Fleet fleet, Request request, Authorisation by, Account account, Bytes ownersText) {
    return new AuthorisationCheck(
        ownerSigned(account, ownersText, by), loginGiven(fleet, request, by, ownersText));
  }

  private static boolean ownerSigned(Account account, Bytes text, Authorisation by) {
    if (account instanceof Account.Active live && by instanceof Authorisation.Owner owner) {
      return Proofs.holds(live.registration().ownerKey(), text, owner.signature());
    }
    Proofs.decoy(text);
    return false;
  }

  /** The login must have been given for this request: see docs/decisions/0001. */
  private static boolean loginGiven(
      Fleet fleet, Request request, Authorisation by, Bytes decoyText) {
    if (!(by instanceof Authorisation.Login login)) {
      for (int i = 0; i < LOGIN_SIGNATURES; i++) {
        Proofs.decoy(decoyText);
      }
      return false;
    }
    try {
      LoginVerifier.verify(
          fleet,
          request.header().subject(),
          login.token(),
          SignedTexts.loginAuthorisation(fleet.id(), request, login.token().tokenHash()),
          login.deviceSignature());
      return true;
    } catch (Rejected e) {
      return false;
    }
  }
}
