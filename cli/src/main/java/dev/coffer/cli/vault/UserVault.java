package dev.coffer.cli.vault;

import dev.coffer.cli.Failure;
import dev.coffer.cli.Session;
import dev.coffer.cli.device.Device;
import dev.coffer.cli.terminal.Times;
import dev.coffer.client.Authority;
import dev.coffer.client.Enrolment;
import dev.coffer.client.Forgetting;
import dev.coffer.client.Presence;
import dev.coffer.client.Recovery;
import dev.coffer.client.Slot;
import dev.coffer.client.VaultStatus;
import dev.coffer.client.secret.BackupSecret;
import dev.coffer.client.secret.RecoveryCode;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * The vault as one user's device uses it: patient, and keeping on the device what has to be kept.
 * Not thread-safe.
 */
public final class UserVault implements AutoCloseable {
  /** The device's note of what the vault said of the recovery code last. */
  public static final String CODE_NOTE = "recovery-code";

  /** How the note begins while a code is registered and guesses are left. */
  public static final String REGISTERED = "registered";

  /** What the note says where the registration is none that this device has seen. */
  public static final String CHANGED = "changed since this device last used it";

  private static final String GUESSES_LEFT = "guesses-left";

  private static final String AS_OF = ", as of ";

  private final VaultAccess access;
  private final Device device;
  private final Session session;
  private final RetryUntil patience;

  private UserVault(VaultAccess access, Device device, Session session, Duration wait) {
    this.access = access;
    this.device = device;
    this.session = session;
    this.patience = new RetryUntil(wait, session.clock(), session.pause());
  }

  /**
   * Opens the way to the fleet in {@code home}.
   *
   * @param wait how long to go on while the fleet has no verdict
   */
  public static UserVault open(Session session, Path home, Device device, Duration wait)
      throws Failure, IOException {
    return open(
        session, home, device, wait, session.deployment().logins(session, home, device.account()));
  }

  /** The same with another who logs the account in; closed with this. */
  public static UserVault open(
      Session session, Path home, Device device, Duration wait, LoginSource logins)
      throws Failure, IOException {
    return new UserVault(VaultAccess.open(session, home, device, logins), device, session, wait);
  }

  /** The device. */
  public Device device() {
    return device;
  }

  /**
   * Registers a code for this device's K, which is made if there is none.
   *
   * @param byLogin whether the login may replace a registration whose K this device does not have
   */
  public Enrolment enrol(RecoveryCode code, boolean byLogin)
      throws Failure, IOException, InterruptedException {
    boolean fresh = !device.hasSecret();
    if (fresh) {
      try (BackupSecret made = BackupSecret.generate(session.randomness())) {
        // Kept before it is sent: an unfinished registration goes on with the same K.
        device.keep(made);
      }
    }
    try (BackupSecret secret = device.secret().orElseThrow()) {
      Authority authority =
          byLogin ? Authority.login() : fresh ? Authority.none() : Authority.owner(secret);
      Enrolment enrolment =
          patience.repeat(
              () -> access.client().enrol(Slot.CODE, code, secret, authority),
              RetryUntil.Wait::after);
      if (enrolment instanceof Enrolment.Enrolled) {
        note(REGISTERED);
        device.dropNote(GUESSES_LEFT);
      }
      if (enrolment instanceof Enrolment.TryAgain again) {
        access.explain(again.cause());
      }
      if (enrolment instanceof Enrolment.Untrusted untrusted) {
        access.explain(untrusted.reason());
      }
      if (fresh && enrolment instanceof Enrolment.NotAuthorised) {
        // Another K is registered: the one just made protects nothing and would only stand in the
        // way of recovery.
        device.dropSecret();
      }
      return enrolment;
    }
  }

  /**
   * One guess; after success the device has K, unless it has another: that one is not set aside
   * unasked.
   */
  public Recovery recover(RecoveryCode code) throws Failure, IOException, InterruptedException {
    Recovery recovery =
        patience.repeat(() -> access.client().recover(Slot.CODE, code), RetryUntil.Wait::after);
    switch (recovery) {
      case Recovery.Recovered recovered -> {
        if (!device.holdsAnother(recovered.secret())) {
          device.keep(recovered.secret());
        }
        int others = recovered.otherAttempts();
        tell(
            REGISTERED
                + (others > 0 ? ", after " + others + " attempts without success" : "")
                + (recovered.guessesLeft().isPresent()
                    ? ", " + recovered.guessesLeft().getAsInt() + " guesses left"
                    : ""),
            recovered.guessesLeft());
      }
      case Recovery.WrongCode wrong ->
          tell(
              REGISTERED + ", " + wrong.guessesLeft() + " guesses left",
              OptionalInt.of(wrong.guessesLeft()));
      case Recovery.Exhausted exhausted -> tell("locked for good", OptionalInt.empty());
      case Recovery.NotRegistered no -> tell("none is registered", OptionalInt.empty());
      case Recovery.Unconfirmed unconfirmed -> {}
      case Recovery.TryAgain again -> access.explain(again.cause());
      case Recovery.Moved moved -> {}
      case Recovery.Untrusted untrusted -> access.explain(untrusted.reason());
    }
    return recovery;
  }

  /** Why there is no login, or none yet, as far as whoever gives them says. */
  public Optional<Failure> noLogin() {
    return access.noLogin();
  }

  /** How many guesses were left when the vault last told this device; empty if it is not known. */
  public OptionalInt guessesLeft() throws IOException {
    try {
      return device
          .note(GUESSES_LEFT)
          .map(note -> OptionalInt.of(Integer.parseInt(note)))
          .orElse(OptionalInt.empty());
    } catch (NumberFormatException e) {
      return OptionalInt.empty();
    }
  }

  /** Whether something is registered in a slot; no guess is used. */
  public Presence registered(Slot slot) throws Failure, InterruptedException {
    Presence presence =
        patience.repeat(() -> access.client().registered(slot), RetryUntil.Wait::after);
    if (presence instanceof Presence.TryAgain again) {
      access.explain(again.cause());
    }
    if (presence instanceof Presence.Untrusted untrusted) {
      access.explain(untrusted.reason());
    }
    return presence;
  }

  /**
   * Notes what {@link #registered} said of the recovery code. Of one that is gone the vault does
   * not say why; where this device knows, it stays noted.
   */
  public void heard(Presence presence) throws IOException {
    switch (presence) {
      case Presence.Registered now ->
          tell(
              REGISTERED
                  + ", "
                  + now.guessesLeft()
                  + " guesses left"
                  + (now.changed() ? ", " + CHANGED : ""),
              OptionalInt.of(now.guessesLeft()));
      case Presence.NotRegistered gone -> {
        String before = device.note(CODE_NOTE).orElse("none is registered");
        tell(
            before.startsWith(REGISTERED)
                ? "erased since: locked out by too many wrong codes, or deleted"
                : before.replaceFirst(AS_OF + ".*", ""),
            OptionalInt.empty());
      }
      case Presence.TryAgain again -> {}
      case Presence.Untrusted untrusted -> {}
    }
  }

  /** Deletes the registration of a slot. */
  public Forgetting forget(Slot slot, Authority authority)
      throws Failure, IOException, InterruptedException {
    Forgetting forgetting =
        patience.repeat(() -> access.client().forget(slot, authority), RetryUntil.Wait::after);
    if (forgetting instanceof Forgetting.Forgotten && slot.equals(Slot.CODE)) {
      note("deleted");
    }
    if (forgetting instanceof Forgetting.TryAgain again) {
      access.explain(again.cause());
    }
    if (forgetting instanceof Forgetting.Untrusted untrusted) {
      access.explain(untrusted.reason());
    }
    return forgetting;
  }

  private void tell(String word, OptionalInt guessesLeft) throws IOException {
    note(word);
    if (guessesLeft.isPresent()) {
      device.note(GUESSES_LEFT, Integer.toString(guessesLeft.getAsInt()));
    } else {
      device.dropNote(GUESSES_LEFT);
    }
  }

  private void note(String word) throws IOException {
    device.note(CODE_NOTE, word + AS_OF + Times.local(session.clock().instant()));
  }

  /** What is known without a guess; asks once. */
  public VaultStatus status() throws Failure {
    VaultStatus status = access.client().status(Slot.CODE);
    if (status instanceof VaultStatus.TryAgain again) {
      access.explain(again.cause());
    }
    if (status instanceof VaultStatus.Untrusted untrusted) {
      access.explain(untrusted.reason());
    }
    return status;
  }

  @Override
  public void close() {
    access.close();
  }
}
