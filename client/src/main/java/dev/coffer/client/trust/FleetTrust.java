package dev.coffer.client.trust;

import dev.coffer.protocol.outcome.FleetDelivery;
import dev.coffer.transparency.verify.Purpose;
import java.io.IOException;

/**
 * Decides whether a delivery describes a fleet to talk to. Implementations are thread-safe and fail
 * closed. {@link FleetPin} compiles the fleet in; {@link OverTheAir} compiles in who decides on
 * fleets. Both are the same verifier.
 */
public interface FleetTrust {
  /** The verdict on a delivery. */
  sealed interface Verdict permits TrustedFleet, Elsewhere, Untrusted {}

  /**
   * The bundle holds, and this fleet may not be used: the bundle says where to go.
   *
   * @param listing without this fleet, unless it may be used for another purpose
   * @param reason what to say if that leads nowhere
   */
  record Elsewhere(Listing listing, Distrust reason) implements Verdict {}

  /** Turned away. */
  record Untrusted(Distrust reason) implements Verdict {}

  /**
   * What the app accepts: the one policy of its client, whose floor {@link #verify} applies to
   * every fleet.
   */
  ClientPolicy policy();

  /**
   * Verifies everything about the delivery but the certificates, which only some calls need.
   *
   * @throws IOException if what was seen could not be remembered: nobody is talked to then
   */
  Verdict verify(FleetDelivery delivery, Purpose purpose) throws IOException;
}
