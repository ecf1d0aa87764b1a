package dev.coffer.client.trust;

import dev.coffer.protocol.fleet.FleetId;
import dev.coffer.protocol.outcome.FleetDelivery;
import dev.coffer.transparency.bundle.BundleDelivery;
import dev.coffer.transparency.verify.Anchor;
import dev.coffer.transparency.verify.FleetVerifier;
import dev.coffer.transparency.verify.Memory;
import dev.coffer.transparency.verify.Purpose;
import java.util.Optional;

/**
 * Trust in one fleet whose id the app compiles in. The id is a hash over every key and every
 * setting, so nothing else about the delivery needs a signature.
 *
 * <p>Immutable and thread-safe.
 */
public record FleetPin(FleetId pinned, ClientPolicy policy) implements FleetTrust {
  @Override
  public Verdict verify(FleetDelivery delivery, Purpose purpose) {
    FleetVerifier verifier = new FleetVerifier(new Anchor.Pin(pinned), policy.floor());
    dev.coffer.transparency.verify.Verdict verdict =
        verifier.verify(BundleDelivery.NONE, delivery.fleet(), purpose, 0, Memory.EMPTY);
    if (verdict instanceof dev.coffer.transparency.verify.Verdict.Distrusted no) {
      return new Untrusted(Distrust.of(no.step(), delivery.fleet(), policy.floor()));
    }
    return new TrustedFleet(delivery.fleet(), Optional.empty(), delivery.certificates());
  }
}
