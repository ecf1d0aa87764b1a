package dev.coffer.notary.log;

import dev.coffer.transparency.text.Refused;

/** What became of one leaf. */
public sealed interface Placement {
  /** It stands at {@code index}, now or since before. */
  record Placed(long index) implements Placement {}

  /** The rule does not let it in, and says why. */
  record NotAdmitted(Refused why) implements Placement {}
}
