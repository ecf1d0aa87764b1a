package dev.coffer.transparency.verify;

import dev.coffer.protocol.fleet.FleetId;
import dev.coffer.transparency.trust.TrustPolicy;

/** What an app compiles in and everything else hangs on. */
public sealed interface Anchor {
  /**
   * A trust policy, whose roots decide on later ones: fleets, keys and roots may change without a
   * new version of the app.
   */
  record Roots(TrustPolicy policy) implements Anchor {}

  /**
   * One fleet. Its id is a hash over every key and every setting, so nothing else needs a
   * signature; another fleet takes a new version of the app.
   */
  record Pin(FleetId fleet) implements Anchor {}
}
