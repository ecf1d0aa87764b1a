package dev.coffer.cli.vault;

import dev.coffer.cli.ExitCode;
import dev.coffer.cli.Failure;
import dev.coffer.cli.Session;
import dev.coffer.cli.device.Device;
import dev.coffer.cli.home.FleetAddress;
import dev.coffer.cli.home.TrustHome;
import dev.coffer.cli.terminal.Times;
import dev.coffer.client.Cause;
import dev.coffer.client.VaultClient;
import dev.coffer.client.port.DeviceLogin;
import dev.coffer.client.port.FileMemory;
import dev.coffer.client.port.LoginProvider;
import dev.coffer.client.trust.ClientPolicy;
import dev.coffer.client.trust.Distrust;
import dev.coffer.client.trust.FleetPin;
import dev.coffer.client.trust.FleetTrust;
import dev.coffer.client.trust.OverTheAir;
import dev.coffer.notary.operator.OperatorFailure;
import dev.coffer.notary.operator.OperatorPolicies;
import dev.coffer.protocol.crypto.SecretBytes;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Optional;

/** A client of one fleet for one device, with everything that has to be closed after it. */
public final class VaultAccess implements AutoCloseable {
  private final LoginSource logins;
  private final SecretBytes deviceKey;
  private final FleetTrust trust;
  private final FileMemory memory;
  private final VaultClient client;

  private VaultAccess(
      Session session, Path home, FleetAddress fleet, LoginSource logins, Device device)
      throws Failure, IOException {
    this.logins = logins;
    this.memory = device.memory();
    this.trust = trust(session, fleet, home, memory);
    this.deviceKey = device.deviceKey(session.randomness());
    LoginProvider login =
        new DeviceLogin(logins.tenant(), device.account(), deviceKey, logins::token);
    this.client =
        new VaultClient(
            trust, fleet.transport(), login, memory, session.randomness(), session.pause());
  }

  /** Opens the way to the fleet in {@code home}. Nothing is sent yet. */
  public static VaultAccess open(Session session, Path home, Device device, LoginSource logins)
      throws Failure, IOException {
    FleetAddress fleet = FleetAddress.read(home);
    try {
      return new VaultAccess(session, home, fleet, logins, device);
    } catch (NoSuchFileException e) {
      throw new Failure(
          ExitCode.HERE,
          "The fleet's home lacks " + e.getFile() + ".",
          "Restore it from a copy, or name another fleet with --home.");
    }
  }

  /** Over the air where the vault has a trust policy; otherwise the fleet is pinned. */
  private static FleetTrust trust(Session session, FleetAddress fleet, Path home, FileMemory memory)
      throws Failure, IOException {
    TrustHome parties = TrustHome.in(home);
    if (!parties.exists()) {
      return new FleetPin(fleet.pin(), ClientPolicy.DEVELOPMENT);
    }
    try {
      return new OverTheAir(
          OperatorPolicies.history(parties.policy()).policies().get(0),
          ClientPolicy.DEVELOPMENT,
          memory,
          () -> session.clock().instant().getEpochSecond());
    } catch (OperatorFailure e) {
      throw Failure.of(e);
    }
  }

  /**
   * Says more than {@code reason} does where this device knows more: both clocks of what was
   * distrusted for its time, and the file that is damaged. Does nothing about anything else.
   */
  void explain(Distrust reason) throws Failure {
    if (reason == Distrust.MEMORY_DAMAGED) {
      Path file = memory.touched();
      throw new Failure(
          ExitCode.UNTRUSTED,
          "What this device remembers of the vault is damaged: " + file + ".",
          "Put a copy of that file back, or move it away and run the same command again: no guess is lost, but this"
              + " device then cannot tell an older state of the vault from the newest once.");
    }
    if (reason != Distrust.OUT_OF_TIME
        || !(trust instanceof OverTheAir air)
        || air.clocks().isEmpty()) {
      return;
    }
    OverTheAir.Clocks clocks = air.clocks().get();
    boolean behind = clocks.device() < clocks.witnesses();
    throw new Failure(
        ExitCode.UNTRUSTED,
        "This device's clock says "
            + Times.local(Instant.ofEpochSecond(clocks.device()))
            + ", and the vault's witnesses "
            + (behind ? "have already signed at " : "signed last at ")
            + Times.local(Instant.ofEpochSecond(clocks.witnesses()))
            + ".",
        behind
            ? "Set this device's clock, then run the same command again: no guess is lost."
            : "If this device's clock is ahead, set it and run the same command again: no guess is lost. If it is"
                + " right, tell the operator that the witnesses are silent.");
  }

  /** The same for a cause. */
  void explain(Cause cause) throws Failure {
    if (cause == Cause.LOGIN_EXPIRED && noLogin().isPresent()) {
      throw noLogin().get();
    }
    if (cause == Cause.MEMORY) {
      throw new Failure(
          ExitCode.HERE,
          "What this device remembers of the vault cannot be read or written: "
              + memory.touched()
              + ".",
          "Check the owner and permissions of that file and its folder, and the room on the disk; then run the same"
              + " command again: no guess is lost.");
    }
  }

  /** Why there is no login, as far as whoever gives them says. */
  Optional<Failure> noLogin() {
    return logins.trouble();
  }

  /** The client. */
  public VaultClient client() {
    return client;
  }

  @Override
  public void close() {
    deviceKey.destroy();
    logins.close();
  }
}
