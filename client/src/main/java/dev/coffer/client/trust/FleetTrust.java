package dev.coffer.client.trust;

import dev.coffer.protocol.outcome.FleetDelivery;

/**
 * Decides whether a delivery describes a fleet to talk to. Implementations are thread-safe and fail
 * closed. {@link FleetPin} compiles the fleet in; a verifier of over-the-air bundles has the same
 * shape.
 */
@FunctionalInterface
public interface FleetTrust {
  /** The verdict on a delivery. */
  sealed interface Verdict permits TrustedFleet, Untrusted {}

  /** Turned away. */
  record Untrusted(Distrust reason) implements Verdict {}

  /** Verifies everything about the delivery but the certificates, which only some calls need. */
  Verdict verify(FleetDelivery delivery);
}
