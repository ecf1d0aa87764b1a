package dev.coffer.client.operation;

import dev.coffer.client.Cause;
import dev.coffer.client.exchange.OpenRequest;
import dev.coffer.client.exchange.OperationAborted;
import dev.coffer.client.port.LoginProvider;
import dev.coffer.protocol.fleet.FleetId;
import dev.coffer.protocol.login.LoginToken;
import dev.coffer.protocol.request.Authorisation;
import dev.coffer.protocol.request.Request;
import dev.coffer.protocol.request.SignedTexts;
import java.io.IOException;
import java.time.Duration;

/** The login's authorisation of one request's content, which every HSM checks. */
public final class LoginWord {
  private LoginWord() {}

  /** Over what {@code open} asks; closes it if there is no login to be had. */
  public static Authorisation.Login over(FleetId fleetId, LoginProvider login, OpenRequest open)
      throws OperationAborted {
    try {
      Request request = open.request();
      LoginToken token = login.token(fleetId, false);
      return new Authorisation.Login(
          token, login.sign(SignedTexts.loginAuthorisation(fleetId, request, token.tokenHash())));
    } catch (IOException e) {
      open.close();
      throw OperationAborted.tryAgain(Cause.LOGIN_EXPIRED, Duration.ZERO);
    }
  }
}
