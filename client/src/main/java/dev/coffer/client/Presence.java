package dev.coffer.client;

import dev.coffer.client.trust.Distrust;
import java.time.Duration;

/**
 * Whether a registration is alive in a slot. Certified; but who made it, with which code and for
 * which K, nobody tells.
 */
public sealed interface Presence {
  /** A sentence for the user. */
  String whatToDoNext();

  /**
   * Some fleet of the vault has one.
   *
   * @param guessesLeft until it is erased, 0 to 10: attempts by others show here
   * @param changed whether it is another than this device last saw certified; false also where it
   *     has seen none
   */
  record Registered(int guessesLeft, boolean changed) implements Presence {
    @Override
    public String whatToDoNext() {
      return "It is registered with the vault.";
    }
  }

  /** No fleet of the vault has one. */
  record NotRegistered() implements Presence {
    @Override
    public String whatToDoNext() {
      return "It is not registered with the vault.";
    }
  }

  /** A fleet could not be asked; repeat the call. */
  record TryAgain(Duration after, Cause cause) implements Presence {
    @Override
    public String whatToDoNext() {
      return cause.whatToDoNext();
    }
  }

  /** Someone is lying, or this client's own policy forbids the fleet. */
  record Untrusted(Distrust reason) implements Presence {
    @Override
    public String whatToDoNext() {
      return reason.whatToDoNext();
    }
  }
}
