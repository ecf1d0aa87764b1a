package dev.coffer.transparency.verify;

import dev.coffer.transparency.text.Refused;
import java.util.OptionalLong;

/** A step that failed. Never leaves this package. */
final class Failure extends Exception {
  private static final long serialVersionUID = 1L;

  private final Step step;
  private final String reason;
  private final OptionalLong quorumTime;

  Failure(Step step, String reason) {
    this(step, reason, OptionalLong.empty());
  }

  private Failure(Step step, String reason, OptionalLong quorumTime) {
    super(step + ": " + reason);
    this.step = step;
    this.reason = reason;
    this.quorumTime = quorumTime;
  }

  Step step() {
    return step;
  }

  String reason() {
    return reason;
  }

  /** The witnesses' time, if the step failed by it. */
  OptionalLong quorumTime() {
    return quorumTime;
  }

  /** The same of a step that compares times. */
  static void unlessTimely(boolean holds, Step step, String reason, long quorumTime)
      throws Failure {
    if (!holds) {
      throw new Failure(step, reason, OptionalLong.of(quorumTime));
    }
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
