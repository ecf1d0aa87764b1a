package dev.coffer.client.port;

import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.fleet.FleetId;
import dev.coffer.protocol.login.LoginToken;
import java.io.IOException;

/**
 * The app's login. The device key stays with the implementation, which may keep it in hardware.
 * Implementations are thread-safe.
 */
public interface LoginProvider {
  /** The tenant, 1 to 32 octets of UTF-8. */
  String tenant();

  /** The account, the {@code sub} of the login: 1 to 64 octets of UTF-8. */
  String account();

  /**
   * A login whose audience is {@code fleetId} and whose {@code cnf} is this device's key.
   *
   * @param fresh whether the one given before was refused as expired
   * @throws IOException if none can be had now; the operation can be repeated
   */
  LoginToken token(FleetId fleetId, boolean fresh) throws IOException;

  /** An Ed25519 signature (64 octets) by the device key over {@code text}. */
  Bytes sign(Bytes text);
}
