package dev.coffer.client.fleet;

import dev.coffer.client.VaultClient;
import dev.coffer.client.port.DeviceLogin;
import dev.coffer.client.port.KeyStretching;
import dev.coffer.client.secret.Argon2id;
import dev.coffer.client.secret.BackupSecret;
import dev.coffer.client.secret.RecoveryCode;
import dev.coffer.client.secret.UnacceptableCode;
import dev.coffer.client.trust.ClientPolicy;
import dev.coffer.client.trust.FleetPin;
import dev.coffer.protocol.account.KsfParameters;
import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.crypto.Randomness;
import dev.coffer.protocol.crypto.SecretBytes;
import dev.coffer.protocol.fleet.FleetId;
import dev.coffer.protocol.login.LoginToken;
import dev.coffer.transparency.verify.ClientFloor;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** A user's device: a memory, a way to the fleet, and a client that can be started again. */
public final class Device {
  /** The cheapest stretching that a client accepts. */
  public static final KsfParameters CHEAP = new KsfParameters(19 << 10, 2, 1);

  /** A development policy with cheap stretching. */
  public static final ClientPolicy POLICY = new ClientPolicy(ClientFloor.DEVELOPMENT, 10, CHEAP);

  public final Randomness randomness;
  public final MapMemory memory = new MapMemory();
  public final MiniTransport transport;
  public final List<Duration> pauses = new ArrayList<>();
  public int freshLogins;

  /** How often there is no token to be had. */
  public int loginFailures;

  /** Argon2id, or what a test puts in its place. */
  public KeyStretching stretching = new Argon2id();

  private final FleetId pin;

  public Device(MiniFleet fleet, Randomness randomness) {
    this(fleet, fleet.fleet().id(), randomness);
  }

  public Device(MiniFleet fleet, FleetId pin, Randomness randomness) {
    this.randomness = randomness;
    this.transport = new MiniTransport(fleet);
    this.pin = pin;
  }

  /** Repeatable randomness. */
  public static Randomness seeded(long seed) {
    Random random = new Random(seed);
    return random::nextBytes;
  }

  /** A client as it is after the app has started: all it knows is in the memory. */
  public VaultClient start() {
    return new VaultClient(
        new FleetPin(pin, POLICY), transport, login(), memory, randomness, pauses::add, stretching);
  }

  /** The login of the device's user. */
  public DeviceLogin login() {
    SecretBytes deviceSeed = SecretBytes.copyOf(Bytes.zeros(32));
    return new DeviceLogin(
        MiniFleet.TENANT,
        "account",
        deviceSeed,
        (fleetId, deviceKey, fresh) -> {
          freshLogins += fresh ? 1 : 0;
          if (loginFailures-- > 0) {
            throw new IOException("the app's login server is away");
          }
          return new LoginToken(Bytes.zeros(32), Bytes.zeros(64), "jwt");
        });
  }

  public static RecoveryCode code(String text) {
    try {
      return RecoveryCode.typed(text.toCharArray());
    } catch (UnacceptableCode e) {
      throw new AssertionError(e);
    }
  }

  /** Octets counting from {@code first}. */
  public static BackupSecret secret(int first) {
    byte[] octets = new byte[BackupSecret.SIZE];
    for (int i = 0; i < octets.length; i++) {
      octets[i] = (byte) (first + i);
    }
    return BackupSecret.of(SecretBytes.wrap(octets));
  }
}
