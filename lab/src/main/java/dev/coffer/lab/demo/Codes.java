package dev.coffer.lab.demo;

import dev.coffer.client.secret.RecoveryCode;
import dev.coffer.client.secret.UnacceptableCode;

/** The codes of people who do not exist. */
final class Codes {
  static final String ALICE = "violet kettle 84";
  static final String BOB = "271828";
  private static final int WRONG_FIRST = 314_159;

  private Codes() {}

  static RecoveryCode of(String text) {
    try {
      return RecoveryCode.typed(text.toCharArray());
    } catch (UnacceptableCode e) {
      throw new IllegalStateException("the demonstration's own code", e);
    }
  }

  /** The thief's {@code number}-th guess: never Bob's code. */
  static RecoveryCode wrong(int number) {
    return of(Integer.toString(WRONG_FIRST + number));
  }
}
