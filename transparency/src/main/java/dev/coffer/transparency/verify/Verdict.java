package dev.coffer.transparency.verify;

import dev.coffer.protocol.fleet.Fleet;
import dev.coffer.transparency.bundle.Bundle;
import dev.coffer.transparency.bundle.FleetState;
import dev.coffer.transparency.bundle.ListedFleet;
import dev.coffer.transparency.trust.TrustPolicy;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/** The answer of a verification. */
public sealed interface Verdict {
  /**
   * A bundle that passed every step which does not depend on the fleet that answered.
   *
   * @param policy the end of the policy chain
   * @param quorumTime since when a witness quorum stands behind it
   * @param stale older than the policy's soft maximum age: go on, and say so
   */
  record Authentic(Bundle bundle, TrustPolicy policy, long quorumTime, boolean stale) {
    /** Where new registrations go. */
    public List<ListedFleet> active() {
      return bundle.fleets().stream().filter(f -> f.state() == FleetState.ACTIVE).toList();
    }
  }

  /**
   * The fleet may be used for the purpose that was asked about.
   *
   * @param fleet whose keys to use, and no others
   * @param bundle empty where the app pins the fleet
   * @param memory to be stored before the fleet is used
   */
  record Trusted(Fleet fleet, Optional<Authentic> bundle, Memory memory) implements Verdict {}

  /**
   * The fleet may not be used.
   *
   * @param step the first that failed
   * @param reason a phrase that names the rule, never what was delivered
   * @param quorumTime since when a witness quorum stands behind what was delivered, seconds since
   *     1970, where it failed by its time: to be told beside the device's own
   * @param bundle present if the bundle itself is good and only this fleet is not: see {@link
   *     Authentic#active} for where to go
   * @param memory to be stored; what it was before unless the bundle is good
   */
  record Distrusted(
      Step step, String reason, OptionalLong quorumTime, Optional<Authentic> bundle, Memory memory)
      implements Verdict {}
}
