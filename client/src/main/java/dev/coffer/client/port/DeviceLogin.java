package dev.coffer.client.port;

import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.crypto.Ed25519;
import dev.coffer.protocol.crypto.SecretBytes;
import dev.coffer.protocol.fleet.FleetId;
import dev.coffer.protocol.login.LoginToken;
import java.io.IOException;

/**
 * A login whose device key is a seed in this process, for apps and commands without a hardware key
 * store. Thread-safe.
 */
public final class DeviceLogin implements LoginProvider {
  /** Where tokens come from. */
  @FunctionalInterface
  public interface TokenSource {
    /**
     * A token for {@code deviceKey} (Ed25519, 32 octets), newer than the last one if {@code fresh}.
     */
    LoginToken token(FleetId fleetId, Bytes deviceKey, boolean fresh) throws IOException;
  }

  private final String tenant;
  private final String account;
  private final SecretBytes deviceSeed;
  private final TokenSource source;

  /**
   * @param deviceSeed Ed25519 seed, 32 octets; stays the caller's to destroy, after the last use
   */
  public DeviceLogin(String tenant, String account, SecretBytes deviceSeed, TokenSource source) {
    this.tenant = tenant;
    this.account = account;
    this.deviceSeed = deviceSeed;
    this.source = source;
  }

  @Override
  public String tenant() {
    return tenant;
  }

  @Override
  public String account() {
    return account;
  }

  @Override
  public LoginToken token(FleetId fleetId, boolean fresh) throws IOException {
    return source.token(fleetId, Ed25519.publicKey(deviceSeed), fresh);
  }

  @Override
  public Bytes sign(Bytes text) {
    return Ed25519.sign(deviceSeed, text);
  }

  @Override
  public String toString() {
    return "DeviceLogin[redacted]";
  }
}
