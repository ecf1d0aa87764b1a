package dev.coffer.cli.command;

import dev.coffer.cli.Failure;
import dev.coffer.cli.device.Device;
import dev.coffer.cli.vault.UserVault;
import java.io.IOException;
import java.util.Optional;

/**
 * What this device knows of the recovery code: what the vault said last, and when. {@code status}
 * and {@code backup} ask it each time.
 *
 * @param word what it said, empty if it never did
 */
record CodeState(Optional<String> word) {
  static CodeState of(Device device) throws IOException {
    return new CodeState(device.note(UserVault.CODE_NOTE));
  }

  /** What to say of the code, whether it was ever heard of or not. */
  String sentence() {
    return word.orElse("none that this device knows of (coffer enroll sets one up)");
  }

  /** Whether a code is registered, as far as this device knows. */
  boolean registered() {
    return word.filter(said -> said.startsWith(UserVault.REGISTERED)).isPresent();
  }

  /** Whether it may be another than the one that opens this device's backups. */
  boolean changed() {
    return word.filter(said -> said.contains(UserVault.CHANGED)).isPresent();
  }

  /** What it means for backups; empty while all is well. */
  Optional<String> warning() throws Failure {
    if (changed()) {
      return Optional.of(
          "The recovery code was changed since this device last used it. If that was you, coffer recover makes this"
              + " device know the new one; if not, it does not open this backup: run coffer enroll.");
    }
    if (registered()) {
      return Optional.empty();
    }
    return Optional.of(
        word.map(said -> "The recovery code does not open this backup (" + said + ")")
                .orElse("This device has registered no recovery code")
            + ": without this device only the 64-digit key opens the backup. Run coffer enroll.");
  }
}
