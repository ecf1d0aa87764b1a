package dev.coffer.client;

import dev.coffer.client.trust.Distrust;
import java.time.Duration;
import java.util.List;

/** How a registration ended. */
public sealed interface Enrolment {
  /** A sentence for the user. */
  String whatToDoNext();

  /**
   * Stored: q HSMs have signed that they captured exactly this registration (INV-5).
   *
   * @param generation how many times this slot has been registered
   * @param replaced whether it took the place of another
   * @param suspects HSMs whose answers did not fit and were left out, 1 to n: tell the operator
   */
  record Enrolled(long generation, boolean replaced, List<Integer> suspects) implements Enrolment {
    public Enrolled {
      suspects = List.copyOf(suspects);
    }

    @Override
    public String whatToDoNext() {
      return "The recovery code is registered. Back up.";
    }
  }

  /**
   * Another registration is alive and this request did not prove that it may replace it. The old
   * one stays valid.
   *
   * @param loginWouldDo whether the fleet's settings let the login alone replace it
   */
  record NotAuthorised(boolean loginWouldDo) implements Enrolment {
    @Override
    public String whatToDoNext() {
      return "Another recovery code is registered for this account. Recover with it first"
          + (loginWouldDo
              ? ", or replace it by login: what it protects is then lost unless you have the"
                  + " 64-digit key."
              : ".");
    }
  }

  /** Too many failures since the last success: replacing ended the old registration for good. */
  record Exhausted() implements Enrolment {
    @Override
    public String whatToDoNext() {
      return "The account had too many wrong attempts and its stored key is erased. Register the"
          + " code once more.";
    }
  }

  /** The fleet does not accept what this app asks for; the app's policy has to change. */
  record NotAcceptable() implements Enrolment {
    @Override
    public String whatToDoNext() {
      return "The vault does not accept this app's settings (guess limit). Update the app.";
    }
  }

  /**
   * Not finished. The request is kept; repeating the call with the same code goes on with it.
   *
   * @param after wait at least this long
   */
  record TryAgain(Duration after, Cause cause) implements Enrolment {
    @Override
    public String whatToDoNext() {
      return cause.whatToDoNext();
    }
  }

  /** Someone is lying, or this client's own policy forbids the fleet. */
  record Untrusted(Distrust reason) implements Enrolment {
    @Override
    public String whatToDoNext() {
      return reason.whatToDoNext();
    }
  }
}
