package dev.coffer.cli.operations;

import java.net.URI;
import java.util.Optional;

/**
 * One that is watched.
 *
 * @param kind what it is
 * @param name how the page calls it: a number of a node or witness, or the name of a witness's key
 * @param metrics where its counters are; empty if nobody said
 * @param health where it says whether it serves, in a sentence if it does not; empty if nobody said
 */
public record Party(Kind kind, String name, Optional<URI> metrics, Optional<URI> health) {
  /** What there is to watch. */
  public enum Kind {
    NODE,
    LOG,
    WITNESS,
    NOTARY
  }
}
