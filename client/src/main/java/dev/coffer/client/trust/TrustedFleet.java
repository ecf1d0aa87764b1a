package dev.coffer.client.trust;

import dev.coffer.protocol.chain.Certificate;
import dev.coffer.protocol.codec.Rejected;
import dev.coffer.protocol.fleet.Fleet;
import java.util.List;
import java.util.Optional;

/**
 * A fleet that has passed {@link FleetTrust}, with the certificates that came along. Immutable and
 * thread-safe.
 */
public final class TrustedFleet implements FleetTrust.Verdict {
  private final Fleet fleet;
  private final Optional<Listing> listing;
  private final List<Certificate> certificates;

  /**
   * For implementations of {@link FleetTrust}.
   *
   * @param listing what the bundle says of fleets; empty for a pinned fleet
   * @param certificates as delivered, not verified
   */
  public TrustedFleet(Fleet fleet, Optional<Listing> listing, List<Certificate> certificates) {
    this.fleet = fleet;
    this.listing = listing;
    this.certificates = List.copyOf(certificates);
  }

  /** The fleet. */
  public Fleet fleet() {
    return fleet;
  }

  /** The bundle's epoch; 0 for a pinned fleet. */
  public long epoch() {
    return listing.map(Listing::epoch).orElse(0L);
  }

  /** What the bundle says of fleets; empty for a pinned fleet. */
  public Optional<Listing> listing() {
    return listing;
  }

  /** Whether this fleet only recovers: its users move to an active one. */
  public boolean retiring() {
    return listing.isPresent() && listing.get().retiring().contains(fleet.id());
  }

  /**
   * The newest delivered certificate of a partition, verified; empty where none was delivered.
   * Rejected if any certificate of this partition does not hold: a bad one is never noise.
   */
  public Optional<Certificate> newest(int partition) throws Rejected {
    Certificate newest = null;
    for (Certificate certificate : certificates) {
      if (certificate.values().partition() == partition) {
        certificate.verify(fleet);
        if (newest == null || certificate.values().k() > newest.values().k()) {
          newest = certificate;
        }
      }
    }
    return Optional.ofNullable(newest);
  }

  @Override
  public String toString() {
    return "TrustedFleet[" + fleet.id().value().hex() + "]";
  }
}
