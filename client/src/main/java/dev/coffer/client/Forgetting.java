package dev.coffer.client;

import dev.coffer.client.trust.Distrust;
import java.time.Duration;

/** How the deletion of a registration ended. */
public sealed interface Forgetting {
  /** A sentence for the user. */
  String whatToDoNext();

  /** Deleted: q HSMs have signed it. */
  record Forgotten() implements Forgetting {
    @Override
    public String whatToDoNext() {
      return "The recovery code is deleted. Backups made with it open with the 64-digit key only.";
    }
  }

  /** There was nothing to delete. */
  record NotRegistered() implements Forgetting {
    @Override
    public String whatToDoNext() {
      return "No recovery code is registered here.";
    }
  }

  /** Neither the K at hand nor the login may delete it. */
  record NotAuthorised() implements Forgetting {
    @Override
    public String whatToDoNext() {
      return "Only someone with the backup key may delete this. Recover it first.";
    }
  }

  /** Not finished; repeat the call. */
  record TryAgain(Duration after, Cause cause) implements Forgetting {
    @Override
    public String whatToDoNext() {
      return cause.whatToDoNext();
    }
  }

  /** Someone is lying, or this client's own policy forbids the fleet. */
  record Untrusted(Distrust reason) implements Forgetting {
    @Override
    public String whatToDoNext() {
      return reason.whatToDoNext();
    }
  }
}
