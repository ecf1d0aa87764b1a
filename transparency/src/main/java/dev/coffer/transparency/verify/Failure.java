package dev.coffer.transparency.verify;

import dev.coffer.transparency.text.Refused;

/** A step that failed. Never leaves this package. */
final class Failure extends Exception {
  private static final long serialVersionUID = 1L;

  private final Step step;
  private final String reason;

  Failure(Step step, String reason) {
    super(step + ": " + reason);
    this.step = step;
    this.reason = reason;
  }

  Step step() {
    return step;
  }

  String reason() {
    return reason;
  }

  static void unless(boolean holds, Step step, String reason) throws Failure {
    if (!holds) {
      throw new Failure(step, reason);
    }
  }

  /** A part of a step that refuses by itself. */
  @FunctionalInterface
  interface Attempt<T> {
    T run() throws Refused;
  }

  static <T> T at(Step step, Attempt<T> attempt) throws Failure {
    try {
      return attempt.run();
    } catch (Refused e) {
      throw new Failure(step, e.what());
    }
  }
}
