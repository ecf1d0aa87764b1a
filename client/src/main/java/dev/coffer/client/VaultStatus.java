package dev.coffer.client;

import dev.coffer.client.trust.Distrust;
import dev.coffer.client.trust.TrustedFleet;
import java.time.Duration;
import java.util.OptionalLong;

/**
 * What can be known without an attempt: the fleet, how far its chain is, and what this device
 * remembers. The vault has no uncounted way to look at an account.
 */
public sealed interface VaultStatus {
  /** A sentence for the user. */
  String whatToDoNext();

  /**
   * The fleet is trusted.
   *
   * @param k how far the chain of this account's partition has come, by a verified certificate
   * @param registeredGeneration of the registration that this device last saw certified; empty if
   *     it remembers none. Another device may have changed it since
   * @param unfinished whether a request is kept that has no certified outcome yet
   */
  record Known(TrustedFleet fleet, long k, OptionalLong registeredGeneration, boolean unfinished)
      implements VaultStatus {
    @Override
    public String whatToDoNext() {
      if (unfinished) {
        return "An operation is unfinished: repeat it with the same code.";
      }
      return registeredGeneration.isPresent()
          ? "This device has registered a recovery code."
          : "This device remembers no recovery code of this account.";
    }
  }

  /** The vault could not be asked. */
  record TryAgain(Duration after, Cause cause) implements VaultStatus {
    @Override
    public String whatToDoNext() {
      return cause.whatToDoNext();
    }
  }

  /** Someone is lying, or this client's own policy forbids the fleet. */
  record Untrusted(Distrust reason) implements VaultStatus {
    @Override
    public String whatToDoNext() {
      return reason.whatToDoNext();
    }
  }
}
