package dev.coffer.notary.witness;

import dev.coffer.transparency.note.VerifierKey;
import java.util.List;

/**
 * A log that a witness knows.
 *
 * @param origin the first line of its checkpoints
 * @param keys those that may sign them
 */
public record WitnessedLog(String origin, List<VerifierKey> keys) {
  public WitnessedLog {
    keys = List.copyOf(keys);
  }

  /** A log of one key, whose name is the origin, as is usual. */
  public static WitnessedLog of(VerifierKey key) {
    return new WitnessedLog(key.name().value(), List.of(key));
  }
}
