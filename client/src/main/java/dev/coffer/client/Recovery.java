package dev.coffer.client;

import dev.coffer.client.secret.BackupSecret;
import dev.coffer.client.trust.Distrust;
import dev.coffer.protocol.account.HistoryItem;
import dev.coffer.protocol.fleet.FleetId;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/** How a recovery ended. Every case says what the user does next; none is an exception. */
public sealed interface Recovery {
  /** A sentence for the user. */
  String whatToDoNext();

  /**
   * A registration on its way from a retiring fleet to an active one.
   *
   * @param done whether the new fleet has certified it; otherwise the next recovery tries again,
   *     and the code opens what it opened before
   */
  record Move(FleetId from, FleetId to, boolean done) {}

  /**
   * The code was right. Holds K, hence no record; the receiver destroys {@link #secret}.
   *
   * <p>Not thread-safe.
   */
  final class Recovered implements Recovery {
    private final BackupSecret secret;
    private final long generation;
    private final long attemptNumber;
    private final List<HistoryItem> history;
    private final int othersBefore;
    private final List<Integer> suspects;
    private final int guessesLeft;
    private final int guessLimit;
    private final Told told;

    /** What the way to the fleet has shown besides. */
    private record Told(Optional<Move> move, List<FleetId> otherCodes, boolean staleListing) {
      Told {
        otherCodes = List.copyOf(otherCodes);
      }
    }

    /**
     * What a fleet released.
     *
     * @param secret K, not copied
     * @param othersBefore guesses that were spent before this one
     * @param guessesLeft as certified with this success
     * @param guessLimit of the registration
     */
    public Recovered(
        BackupSecret secret,
        long generation,
        long attemptNumber,
        List<HistoryItem> history,
        int othersBefore,
        List<Integer> suspects,
        int guessesLeft,
        int guessLimit) {
      this.secret = secret;
      this.generation = generation;
      this.attemptNumber = attemptNumber;
      this.history = List.copyOf(history);
      this.othersBefore = othersBefore;
      this.suspects = List.copyOf(suspects);
      this.guessesLeft = guessesLeft;
      this.guessLimit = guessLimit;
      this.told = new Told(Optional.empty(), List.of(), false);
    }

    private Recovered(Recovered same, Told told) {
      this.secret = same.secret;
      this.generation = same.generation;
      this.attemptNumber = same.attemptNumber;
      this.history = same.history;
      this.othersBefore = same.othersBefore;
      this.suspects = same.suspects;
      this.guessesLeft = same.guessesLeft;
      this.guessLimit = same.guessLimit;
      this.told = told;
    }

    /** The same recovery, and what became of the move to another fleet. */
    public Recovered moving(Move to) {
      return new Recovered(this, new Told(Optional.of(to), told.otherCodes, told.staleListing));
    }

    /** The same recovery, and the active fleets where another code is registered. */
    public Recovered besides(List<FleetId> others) {
      return new Recovered(this, new Told(told.move, others, told.staleListing));
    }

    /** The same recovery, and whether the listing that led to the fleet is stale. */
    public Recovered listed(boolean stale) {
      return new Recovered(this, new Told(told.move, told.otherCodes, stale));
    }

    /**
     * Whether no quorum of witnesses has lately seen the listing that this recovery verified before
     * it sent anything: recoveries will be refused if that goes on. Asking anew after a success
     * would show hosts that there was one (INV-10).
     */
    public boolean staleListing() {
      return told.staleListing;
    }

    /**
     * Guesses left, 0 to 10, as certified with the success: attempts that were counted after this
     * one stay counted, those before it do not. Empty where the registration has moved to another
     * fleet, which begins to count anew.
     */
    public OptionalInt guessesLeft() {
      return told.move.filter(Move::done).isPresent()
          ? OptionalInt.empty()
          : OptionalInt.of(guessesLeft);
    }

    /** How many guesses are still used: those that were counted after this one. */
    public int guessesUsed() {
      return guessesLeft().isPresent() ? Math.max(0, guessLimit - guessesLeft) : 0;
    }

    /**
     * Active fleets that hold a registration of this account which this code does not open: one
     * that the user changed on another device, or that someone with the login set. Nothing was
     * moved there, and nothing was deleted. If the user did not set it: change the app's password,
     * then set the code there by login ({@link Authority#login}) while K is at hand, before the
     * fleet that has it now closes.
     */
    public List<FleetId> otherCodes() {
      return told.otherCodes;
    }

    /** Where the registration is moved, if the fleet that had it is retiring. */
    public Optional<Move> move() {
      return told.move;
    }

    /** K. */
    public BackupSecret secret() {
      return secret;
    }

    /** How many times this slot has been registered. */
    public long generation() {
      return generation;
    }

    /** The account's last events, oldest first, at most eight. */
    public List<HistoryItem> history() {
      return history;
    }

    /** HSMs whose answers did not fit and were left out, 1 to n: tell the operator. */
    public List<Integer> suspects() {
      return suspects;
    }

    /**
     * How many attempts there were at least since the one that succeeded last (or since the
     * registration), this one's not counted. Those that the user did not make are the alarm. Taken
     * from the guesses they cost, for which the history may be too short, and from the history,
     * which also knows those made while this recovery was under way.
     */
    public int otherAttempts() {
      int own = history.size();
      while (own > 0 && history.get(own - 1).kind() != HistoryItem.Kind.SUCCESS) {
        own--;
      }
      int shown = 0;
      for (int i = 0; i < history.size(); i++) {
        HistoryItem item = history.get(i);
        if (item.kind() == HistoryItem.Kind.SUCCESS && i != own - 1) {
          shown = 0;
        } else if (item.kind() == HistoryItem.Kind.ATTEMPT
            && item.attemptNumber() != attemptNumber) {
          shown++;
        }
      }
      return Math.max(othersBefore, shown);
    }

    @Override
    public String whatToDoNext() {
      int others = otherAttempts();
      String attempts =
          others == 0
              ? ""
              : " There were "
                  + others
                  + " other attempts since the last success: if they were not yours, change the"
                  + " app's password and then the recovery code.";
      String codes =
          told.otherCodes.isEmpty()
              ? ""
              : " Another recovery code is registered for this account with a newer fleet of the"
                  + " vault, and yours was not moved there. If that was not you, change the app's"
                  + " password now and then set your code there by login: the fleet that has it"
                  + " today will close.";
      String open =
          guessesUsed() == 0
              ? ""
              : " Attempts that were counted after yours stay counted: guesses left: "
                  + guessesLeft
                  + ".";
      return "Restore the backup." + attempts + open + codes;
    }

    @Override
    public String toString() {
      return "Recovered[redacted]";
    }
  }

  /**
   * The code was wrong: at least t+1 HSMs agree on it. While a vault moves from fleet to fleet,
   * wrong for every fleet that gave a verdict.
   *
   * @param guessesLeft until the account is erased, 0 to 10; with several fleets the fewest
   * @param generation how many times this slot has been registered
   * @param replacedWithoutProof whether the present code, or one that it goes back to, was set in
   *     place of another by someone with the login alone; nothing but a look at who has the login
   *     settles that, so it stays set
   * @param unsettled whether a fleet of this vault gave no verdict, so that the code may be right
   *     there. Repeating it is a guess where it was wrong; no app repeats it by itself, for that
   *     would tell hosts that it was (INV-10)
   */
  record WrongCode(
      int guessesLeft, long generation, boolean replacedWithoutProof, boolean unsettled)
      implements Recovery {
    /** The verdict of all fleets there are. */
    public WrongCode(int guessesLeft, long generation, boolean replacedWithoutProof) {
      this(guessesLeft, generation, replacedWithoutProof, false);
    }

    @Override
    public String whatToDoNext() {
      String replaced =
          replacedWithoutProof
              ? " A code was set here with the login alone, in place of an earlier one: if that was"
                  + " not you, your code is no longer the one stored; use the 64-digit key."
              : "";
      String open =
          unsettled
              ? " One fleet of the vault gave no verdict: if you are sure of the code, wait until it"
                  + " can be reached before you try again."
              : "";
      return (guessesLeft == 0
              ? "That was the last guess: another one erases the stored key. Use the 64-digit key."
              : "The code is wrong. Guesses left: " + guessesLeft + ".")
          + replaced
          + open;
    }
  }

  /**
   * Only as many HSMs answered as are needed, or they contradict each other, and the result did not
   * open: that can be a lie of one of them. <em>Not</em> a wrong code. The same attempt is kept;
   * repeating it is free.
   */
  record Unconfirmed(Duration after) implements Recovery {
    @Override
    public String whatToDoNext() {
      return "The vault could not confirm its answer. This does not mean that the code is wrong:"
          + " do not type another. Try the same code again later; it costs no guess.";
    }
  }

  /** The guesses are used up; the vault has erased its part for good (INV-6). */
  record Exhausted() implements Recovery {
    @Override
    public String whatToDoNext() {
      return "The guesses are used up and the stored key is erased. Restore with the 64-digit key,"
          + " or set up a new backup.";
    }
  }

  /** There is nothing stored in this slot. */
  record NotRegistered() implements Recovery {
    @Override
    public String whatToDoNext() {
      return "No recovery code is registered for this account. Check the account, or set one up.";
    }
  }

  /**
   * No verdict yet, or none that may be told yet: also a wrong code is told only once the second
   * message is through. The attempt, if one was begun, is kept; repeating it is free. After {@link
   * Cause#CONTENTION} a new one begins.
   *
   * @param after wait at least this long
   */
  record TryAgain(Duration after, Cause cause) implements Recovery {
    @Override
    public String whatToDoNext() {
      return cause.whatToDoNext();
    }
  }

  /**
   * Nothing is stored here, but this device remembers a registration with an earlier fleet.
   *
   * @param from the fleet that this device registered with
   * @param to the fleet that the app trusts now
   */
  record Moved(FleetId from, FleetId to) implements Recovery {
    @Override
    public String whatToDoNext() {
      return "The vault has moved since this code was registered, and nothing came along. The code is"
          + " not wrong: update the app, recover with a version that trusts the earlier vault, or use"
          + " the 64-digit key.";
    }
  }

  /** Someone is lying, or this client's own policy forbids the fleet. Nothing was revealed. */
  record Untrusted(Distrust reason) implements Recovery {
    @Override
    public String whatToDoNext() {
      return reason.whatToDoNext();
    }
  }
}
