package dev.coffer.evidence.site;

import dev.coffer.evidence.Expectations;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * All that a site shows. The same publication gives the same octets.
 *
 * @param fleets newest first
 * @param log the public log, where there is one
 * @param bundle what clients are told, where it was given: readers check it, too
 * @param at when everything was checked, to the second
 */
public record Publication(
    List<PublishedFleet> fleets,
    Optional<PublishedLog> log,
    Optional<Expectations.Logged> bundle,
    Instant at) {
  public Publication {
    fleets =
        fleets.stream()
            .sorted(
                Comparator.comparing(PublishedFleet::founded)
                    .reversed()
                    .thenComparing(fleet -> fleet.manifest().hex()))
            .toList();
  }

  /** Whether any of it protects nothing. */
  public boolean simulated() {
    return fleets.stream().anyMatch(PublishedFleet::simulated);
  }
}
