package dev.coffer.client.trust;

import dev.coffer.protocol.fleet.FleetId;
import dev.coffer.protocol.fleet.HsmIdentity;
import dev.coffer.protocol.outcome.FleetDelivery;

/**
 * Trust in one fleet whose id the app compiles in. The id is a hash over every key and every
 * setting, so nothing else about the delivery needs a signature.
 *
 * <p>Immutable and thread-safe.
 */
public record FleetPin(FleetId pinned, ClientPolicy policy) implements FleetTrust {
  @Override
  public Verdict verify(FleetDelivery delivery) {
    if (!delivery.fleet().id().equals(pinned)) {
      return new Untrusted(Distrust.WRONG_FLEET);
    }
    if (!policy.enough(delivery.fleet().settings())) {
      return new Untrusted(Distrust.BELOW_POLICY);
    }
    for (HsmIdentity hsm : delivery.fleet().hsms()) {
      if (!policy.genuine(hsm)) {
        return new Untrusted(Distrust.SIMULATED);
      }
    }
    return new TrustedFleet(delivery.fleet(), 0, delivery.certificates());
  }
}
