package dev.coffer.client.trust;

import dev.coffer.protocol.fleet.FleetId;
import java.util.List;

/**
 * What a verified bundle says about where to go. Announced and revoked fleets are not in it: nobody
 * uses them.
 *
 * @param active fleets that register and recover
 * @param retiring fleets that only recover; whoever recovers there moves to an active one
 * @param epoch of the bundle
 * @param stale no quorum of witnesses has seen it as recently as the trust policy wishes: go on,
 *     and say so
 */
public record Listing(List<FleetId> active, List<FleetId> retiring, long epoch, boolean stale) {
  public Listing {
    active = List.copyOf(active);
    retiring = List.copyOf(retiring);
  }

  /** The same without a fleet. */
  Listing without(FleetId fleet) {
    return new Listing(
        active.stream().filter(id -> !id.equals(fleet)).toList(),
        retiring.stream().filter(id -> !id.equals(fleet)).toList(),
        epoch,
        stale);
  }
}
