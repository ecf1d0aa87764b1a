package dev.coffer.ceremony.record;

import dev.coffer.ceremony.plan.Participant;
import dev.coffer.protocol.codec.Bytes;
import java.io.IOException;
import java.util.Optional;

/** Verifies what participants sign. A port. */
@FunctionalInterface
public interface Signatures {
  /** What signatures are made for: one for another purpose does not count here. */
  String NAMESPACE = "coffer-ceremony";

  /** The file that people sign. */
  String TRANSCRIPT = "transcript.txt";

  /** The file with {@code participant}'s signature over it. */
  static String file(Participant participant) {
    return "signature-" + participant.name() + ".sig";
  }

  /**
   * Why {@code signature} is not {@code participant}'s over {@code text}, one sentence; empty if it
   * is.
   *
   * @throws IOException if it cannot be told here, with a sentence that says what is missing
   */
  Optional<String> objection(Participant participant, Bytes text, Bytes signature)
      throws IOException;
}
