package dev.coffer.transparency.verify;

import dev.coffer.protocol.codec.Invariant;
import dev.coffer.protocol.fleet.Fleet;
import dev.coffer.transparency.bundle.BundleDelivery;
import dev.coffer.transparency.bundle.ListedFleet;
import dev.coffer.transparency.bundle.Members;
import java.util.Optional;

/**
 * Decides whether a client may talk to a fleet (INV-9). A pure function: the time and what was seen
 * before come in, a verdict and what is to be remembered go out. Immutable and thread-safe.
 *
 * <p><b>Guaranteed</b> where the anchor is a trust policy: the fleet's keys are in a bundle that
 * notary and operator signed and that was the newest leaf of the log when a quorum of witnesses
 * last looked, no longer ago than the policy allows; the fleet is not below the app's floor. So a
 * key can be given to one user only in front of everyone. <b>Not guaranteed:</b> that notary and
 * operator are honest, or that a quorum of witnesses is.
 *
 * <p>One verifier serves both anchors, so that an app that pins checks its floor in the same place.
 */
public final class FleetVerifier {
  private static final long TIME_MAX = 1L << 50;

  private final Anchor anchor;
  private final ClientFloor floor;

  /** For what an app compiles in. */
  public FleetVerifier(Anchor anchor, ClientFloor floor) {
    this.anchor = anchor;
    this.floor = floor;
  }

  /**
   * Goes through all steps.
   *
   * @param delivery as it arrived
   * @param answered the fleet whose keys the session would be keyed by, as it describes itself
   * @param purpose what for
   * @param now seconds since 1970, by the device's clock
   * @param memory what the last verdict said, {@link Memory#EMPTY} on a new device
   */
  public Verdict verify(
      BundleDelivery delivery, Fleet answered, Purpose purpose, long now, Memory memory) {
    Invariant.check(now >= 0 && now < TIME_MAX, "a time in seconds since 1970");
    Optional<Verdict.Authentic> bundle = Optional.empty();
    Memory after = memory;
    try {
      if (anchor instanceof Anchor.Roots roots) {
        BundleVerification verified =
            new BundleVerification(roots.policy(), floor, delivery, now, memory);
        bundle = Optional.of(verified.authentic());
        after = verified.remembered();
        checkState(bundle.get(), answered, purpose);
      } else if (anchor instanceof Anchor.Pin pin) {
        Failure.unless(answered.id().equals(pin.fleet()), Step.PIN, "another fleet");
      }
      Optional<String> objection = floor.objection(answered);
      Failure.unless(objection.isEmpty(), Step.CLIENT_FLOOR, objection.orElse(""));
      if (bundle.isPresent()) {
        checkListed(bundle.get(), answered);
      }
      return new Verdict.Trusted(answered, bundle, after);
    } catch (Failure e) {
      return new Verdict.Distrusted(e.step(), e.reason(), e.quorumTime(), bundle, after);
    }
  }

  private static void checkState(Verdict.Authentic authentic, Fleet answered, Purpose purpose)
      throws Failure {
    Optional<ListedFleet> listed = authentic.bundle().fleet(answered.id());
    Failure.unless(listed.isPresent(), Step.LISTED_KEYS, "the bundle does not list this fleet");
    Failure.unless(
        purpose.allowedIn(listed.get().state()),
        Step.FLEET_STATE,
        "the fleet may not be used for this in its state");
  }

  private void checkListed(Verdict.Authentic authentic, Fleet answered) throws Failure {
    Optional<ListedFleet> listed = authentic.bundle().fleet(answered.id());
    Failure.unless(
        floor.simulatedAllowed() || listed.map(ListedFleet::hasEvidenceOrRetires).orElse(false),
        Step.CLIENT_FLOOR,
        "a fleet without evidence");
    Optional<Members> members = listed.flatMap(ListedFleet::members);
    Failure.unless(
        members.isPresent() && members.get().describes(answered),
        Step.LISTED_KEYS,
        "a key or a setting is not the listed one");
  }
}
