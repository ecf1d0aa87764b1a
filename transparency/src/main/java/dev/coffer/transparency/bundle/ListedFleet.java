package dev.coffer.transparency.bundle;

import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.codec.Limits;
import dev.coffer.protocol.fleet.Fleet;
import dev.coffer.protocol.fleet.FleetId;
import java.util.List;
import java.util.Optional;

/**
 * One fleet as a bundle lists it.
 *
 * @param evidence SHA-256 of the manifest of its evidence, 32 octets; zeros if there is none
 * @param members empty for a revoked fleet, of which only the name is left
 */
public record ListedFleet(FleetId id, FleetState state, Bytes evidence, Optional<Members> members) {
  /** In the place of a hash, where nobody made a package of evidence. */
  public static final Bytes NO_EVIDENCE = Bytes.zeros(Limits.DIGEST);

  /** Whether a package of evidence is named. */
  public boolean hasEvidence() {
    return !evidence.equals(NO_EVIDENCE);
  }

  /**
   * Whether clients go on with it as to evidence: what names none may still be left. A fleet that
   * retires takes no new registration, and whoever has one there must get it out.
   */
  public boolean hasEvidenceOrRetires() {
    return hasEvidence() || state == FleetState.RETIRING;
  }

  /**
   * How a bundle lists {@code fleet}.
   *
   * @param sites one word an HSM
   */
  public static ListedFleet of(Fleet fleet, FleetState state, Bytes evidence, List<String> sites) {
    Optional<Members> members =
        state == FleetState.REVOKED ? Optional.empty() : Optional.of(Members.of(fleet, sites));
    return new ListedFleet(fleet.id(), state, evidence, members);
  }

  /** The same fleet in another state. */
  public ListedFleet in(FleetState next) {
    return new ListedFleet(
        id, next, evidence, next == FleetState.REVOKED ? Optional.empty() : members);
  }
}
