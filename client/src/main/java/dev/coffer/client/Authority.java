package dev.coffer.client;

import dev.coffer.client.secret.BackupSecret;

/** By what right a live registration is replaced or deleted. */
public sealed interface Authority {
  /** None: only where no registration is alive. */
  record None() implements Authority {}

  /**
   * The K that the live registration protects.
   *
   * <p>Holds a reference to a secret that redacts itself; the caller destroys it.
   */
  final class Owner implements Authority {
    private final BackupSecret secret;

    private Owner(BackupSecret secret) {
      this.secret = secret;
    }

    /** The K itself, the caller's. */
    public BackupSecret secret() {
      return secret;
    }
  }

  /** The login alone, where the fleet's settings allow it; recorded as such. */
  record Login() implements Authority {}

  /** Nothing but an unused slot. */
  static Authority none() {
    return new None();
  }

  /** The old K is at hand. */
  static Authority owner(BackupSecret old) {
    return new Owner(old);
  }

  /** The login alone. */
  static Authority login() {
    return new Login();
  }
}
