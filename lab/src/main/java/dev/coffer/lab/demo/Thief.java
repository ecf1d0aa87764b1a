package dev.coffer.lab.demo;

import dev.coffer.cli.Failure;
import dev.coffer.cli.Session;
import dev.coffer.cli.vault.UserVault;
import dev.coffer.client.Enrolment;
import dev.coffer.client.Recovery;
import dev.coffer.client.secret.RecoveryCode;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Somebody who has Bob's login, all of the operator's disks and network, but not Bob's code. */
final class Thief {
  private static final String VICTIM = "bob";
  private static final int LIMIT = 10;
  private static final int AGAIN_MAX = 10;

  private final Session session;
  private final Story story;
  private final Path home;

  Thief(Session session, Story story, Path home) {
    this.session = session;
    this.story = story;
    this.home = home;
  }

  void prepareVictim() throws Failure, IOException, InterruptedException {
    story.step("A thief at Bob's account");
    try (UserVault vault =
            UserVault.open(
                session,
                home,
                Demonstration.device(home, "bobs-phone", VICTIM),
                Demonstration.WAIT);
        RecoveryCode code = Codes.of(Codes.BOB)) {
      Enrolment enrolment = vault.enrol(code, false);
      if (!(enrolment instanceof Enrolment.Enrolled)) {
        throw Alice.unexpected("Bob could not enrol", enrolment.whatToDoNext());
      }
    }
    story.tell(
        "Bob's code has six digits only. The thief has Bob's login and tries codes, one after another.");
  }

  private UserVault open() throws Failure, IOException {
    return UserVault.open(
        session, home, Demonstration.device(home, "thiefs-laptop", VICTIM), Demonstration.WAIT);
  }

  /**
   * On a busy machine only as many HSMs may answer as are needed: then the thief types it again.
   */
  private static Recovery type(UserVault vault, RecoveryCode code)
      throws Failure, IOException, InterruptedException {
    Recovery recovery = vault.recover(code);
    for (int again = 0; again < AGAIN_MAX && recovery instanceof Recovery.Unconfirmed; again++) {
      recovery = vault.recover(code);
    }
    return recovery;
  }

  /** Ten guesses; returns how many were counted. */
  int guess() throws Failure, IOException, InterruptedException {
    List<String> left = new ArrayList<>();
    try (UserVault vault = open()) {
      for (int number = 1; number <= LIMIT; number++) {
        try (RecoveryCode code = Codes.wrong(number)) {
          Recovery recovery = type(vault, code);
          if (!(recovery instanceof Recovery.WrongCode wrong)
              || wrong.guessesLeft() != LIMIT - number) {
            throw Alice.unexpected(
                "guess " + number + " was not counted as it should be", recovery.whatToDoNext());
          }
          left.add(Integer.toString(wrong.guessesLeft()));
        }
      }
    }
    story.tell(
        "Wrong codes: "
            + LIMIT
            + ". Guesses left after each, signed by a quorum of HSMs: "
            + String.join(", ", left)
            + ".");
    return left.size();
  }

  /** The eleventh attempt, with the right code even; returns whether it was refused for good. */
  boolean eleventh() throws Failure, IOException, InterruptedException {
    try (UserVault vault = open();
        RecoveryCode right = Codes.of(Codes.BOB)) {
      boolean eleventh = vault.recover(right) instanceof Recovery.Exhausted;
      boolean twelfth = vault.recover(right) instanceof Recovery.Exhausted;
      story.tell(
          eleventh && twelfth
              ? "The eleventh is refused for good, even with the right code: the HSMs have erased their part. Bob has"
                  + " his phone and his 64-digit key."
              : "The eleventh was not refused: this must not happen.");
      return eleventh && twelfth;
    }
  }
}
