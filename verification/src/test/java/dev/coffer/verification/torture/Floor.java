package dev.coffer.verification.torture;

import java.util.Optional;

/**
 * What is known of an account's floor, the k below which knowledge is too old (PROTOCOL.md §5). It
 * moves where a success, registration or deletion is applied. Whoever saw the first answer knows
 * that k; if only the answer to a repetition was seen, or none, it lies between two places.
 *
 * @param low not below this
 * @param high not above this
 */
record Floor(long low, long high) {
  /** Of an account that never was. */
  static final Floor NONE = new Floor(0, 0);

  /** What is known besides once {@code seenK} was not too old; empty if it must have been. */
  Optional<Floor> atMost(long seenK) {
    return low <= seenK ? Optional.of(new Floor(low, Math.min(high, seenK))) : Optional.empty();
  }

  /** What is known besides once {@code seenK} was too old; empty if it cannot have been. */
  Optional<Floor> above(long seenK) {
    return high > seenK ? Optional.of(new Floor(Math.max(low, seenK + 1), high)) : Optional.empty();
  }
}
