package dev.coffer.notary.bundle;

import dev.coffer.transparency.bundle.Bundle;
import dev.coffer.transparency.bundle.KeyDelta;
import java.io.IOException;
import java.util.List;

/**
 * What else a notary checks before it signs: the evidence package of every fleet, the rebuilt
 * program's digest, the HSMs' proofs that they have their keys. The port behind which all that
 * stands.
 */
@FunctionalInterface
public interface EvidenceCheck {
  /** Checks nothing: for tests and demonstrations, where the HSMs are SIMULATED anyway. */
  EvidenceCheck UNCHECKED = (bundle, delta) -> List.of();

  /**
   * What speaks against signing; empty if nothing does.
   *
   * @throws IOException if it cannot be checked now
   */
  List<String> objections(Bundle bundle, KeyDelta delta) throws IOException;
}
