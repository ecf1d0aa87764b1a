package dev.coffer.cli.vault;

import dev.coffer.cli.Failure;
import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.fleet.FleetId;
import dev.coffer.protocol.login.LoginToken;
import java.io.IOException;
import java.util.Optional;

/** Who signs the logins of one account, in the place of an app's login service. */
public interface LoginSource extends AutoCloseable {
  /** The tenant whose logins these are. */
  String tenant();

  /**
   * A login.
   *
   * @param fleetId its audience
   * @param deviceKey its {@code cnf}, Ed25519, 32 octets
   * @param fresh whether the one given before was refused as expired
   * @throws IOException if none can be had now; the command can be repeated
   */
  LoginToken token(FleetId fleetId, Bytes deviceKey, boolean fresh) throws IOException;

  /** Why {@link #token} gave none the last time, for the user; empty if it did, or cannot tell. */
  default Optional<Failure> trouble() {
    return Optional.empty();
  }

  @Override
  void close();
}
