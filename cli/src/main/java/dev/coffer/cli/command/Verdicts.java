package dev.coffer.cli.command;

import dev.coffer.cli.ExitCode;
import dev.coffer.cli.Failure;
import dev.coffer.client.Enrolment;
import dev.coffer.client.Forgetting;
import dev.coffer.client.Presence;
import dev.coffer.client.Recovery;
import dev.coffer.client.VaultStatus;
import java.util.OptionalInt;

/** What the vault answered, as results or failures with exit codes. */
final class Verdicts {
  private Verdicts() {}

  /** The registration, or why there is none. */
  static Enrolment.Enrolled enrolled(Enrolment enrolment) throws Failure {
    return switch (enrolment) {
      case Enrolment.Enrolled enrolled -> enrolled;
      case Enrolment.NotAuthorised no ->
          throw new Failure(
              ExitCode.FAILED,
              "Another recovery code is registered for this account, and this device does not have its key.",
              "Recover with it first (coffer recover)"
                  + (no.loginWouldDo()
                      ? ", or give the old backups up and replace it by login with coffer enroll --replace."
                      : "."));
      case Enrolment.Exhausted exhausted ->
          throw new Failure(
              ExitCode.LOCKED,
              "There were too many wrong codes; the old registration is erased.",
              exhausted.whatToDoNext());
      case Enrolment.NotAcceptable no ->
          throw new Failure(
              ExitCode.FAILED, "The vault does not accept this registration.", no.whatToDoNext());
      case Enrolment.TryAgain again -> throw ErrorMessages.of(again.cause());
      case Enrolment.Untrusted untrusted -> throw ErrorMessages.of(untrusted.reason());
    };
  }

  private static final String EARLIER_FORM =
      " This code has quotes, dashes or spaces that earlier versions took differently: if it was set with one of them,"
          + " add --earlier-form, which is another guess.";

  /**
   * The recovery, or why there is none.
   *
   * @param twoForms whether earlier versions took the code that was typed for another
   */
  static Recovery.Recovered recovered(Recovery recovery, boolean twoForms) throws Failure {
    return switch (recovery) {
      case Recovery.Recovered recovered -> recovered;
      case Recovery.WrongCode wrong ->
          throw new Failure(
              ExitCode.WRONG_CODE,
              "Wrong code. Guesses left: " + wrong.guessesLeft() + ".",
              next(wrong) + (twoForms ? EARLIER_FORM : ""),
              OptionalInt.of(wrong.guessesLeft()));
      case Recovery.Unconfirmed unconfirmed ->
          throw new Failure(
              ExitCode.TRY_AGAIN,
              "Too few HSMs answered to tell whether the code is right.",
              unconfirmed.whatToDoNext());
      case Recovery.Exhausted exhausted ->
          throw new Failure(
              ExitCode.LOCKED,
              "Locked for good: the guesses are used up and the vault has erased its part of the key.",
              "Restore with the 64-digit key (coffer key use), or set a new code up with coffer enroll.",
              OptionalInt.of(0));
      case Recovery.NotRegistered no ->
          throw new Failure(
              ExitCode.NOT_REGISTERED,
              "No recovery code is registered for this account.",
              "Check the name given with --account, or set one up with coffer enroll.");
      case Recovery.TryAgain again -> throw ErrorMessages.of(again.cause());
      case Recovery.Moved moved ->
          throw new Failure(ExitCode.UNTRUSTED, "The vault has moved.", moved.whatToDoNext());
      case Recovery.Untrusted untrusted -> throw ErrorMessages.of(untrusted.reason());
    };
  }

  private static String next(Recovery.WrongCode wrong) {
    String replaced =
        wrong.replacedWithoutProof()
            ? " A code was set here with the login alone: if that was not you, use the 64-digit key."
            : "";
    return (wrong.guessesLeft() == 0
            ? "One more attempt erases the stored key, whatever the code: use the 64-digit key (coffer key use)."
            : wrong.guessesLeft() == 1
                ? "The next guess is the last that can be right: make sure of the code, then run the command again."
                : "Run the command again with the right code.")
        + replaced
        + (wrong.unsettled()
            ? " One fleet of the vault gave no verdict: if you are sure of the code, wait until it can be reached."
            : "");
  }

  /** Whether something was deleted. */
  static boolean forgotten(Forgetting forgetting) throws Failure {
    return switch (forgetting) {
      case Forgetting.Forgotten forgotten -> true;
      case Forgetting.NotRegistered no -> false;
      case Forgetting.NotAuthorised no ->
          throw new Failure(
              ExitCode.FAILED,
              "Only a device that has the backup key may delete this registration.",
              "Recover first (coffer recover), or bring the key with coffer key use.");
      case Forgetting.TryAgain again -> throw ErrorMessages.of(again.cause());
      case Forgetting.Untrusted untrusted -> throw ErrorMessages.of(untrusted.reason());
    };
  }

  /** Whether something is registered. */
  static boolean present(Presence presence) throws Failure {
    return switch (presence) {
      case Presence.Registered yes -> true;
      case Presence.NotRegistered no -> false;
      case Presence.TryAgain again -> throw ErrorMessages.of(again.cause());
      case Presence.Untrusted untrusted -> throw ErrorMessages.of(untrusted.reason());
    };
  }

  /** What is known, or why nothing is. */
  static VaultStatus.Known known(VaultStatus status) throws Failure {
    return switch (status) {
      case VaultStatus.Known known -> known;
      case VaultStatus.TryAgain again -> throw ErrorMessages.of(again.cause());
      case VaultStatus.Untrusted untrusted -> throw ErrorMessages.of(untrusted.reason());
    };
  }
}
