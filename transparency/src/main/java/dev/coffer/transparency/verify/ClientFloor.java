package dev.coffer.transparency.verify;

import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.codec.Invariant;
import dev.coffer.protocol.fleet.Fleet;
import dev.coffer.protocol.fleet.HsmIdentity;
import dev.coffer.protocol.fleet.HsmPromises;
import java.util.Optional;
import java.util.Set;

/**
 * What an app accepts of any fleet, compiled in: no bundle can lower it, whoever signed it.
 *
 * @param hsmsMin fewest HSMs, at least 3
 * @param quorumMin smallest capture quorum, at least 2
 * @param simulatedAllowed the development switch: software HSMs protect nothing against their host
 * @param measurements digests of HSM programs that the app's maker checked, 32 octets each; empty:
 *     leave that to the notary
 * @param epochMin oldest epoch that was current when the app was built; 1 for any
 * @param policyMin oldest version of the client policy
 * @param skewSeconds how far the device's clock may be behind the witnesses'
 * @param promises what every HSM has to say of itself, at least. It is the HSM's own word, as its
 *     model and its measurement are: this refuses a fleet whose member was set up otherwise than it
 *     should be, and no operator whose HSMs lie. Its voucher is {@code NOBODY}
 */
public record ClientFloor(
    int hsmsMin,
    int quorumMin,
    boolean simulatedAllowed,
    Set<Bytes> measurements,
    long epochMin,
    long policyMin,
    long skewSeconds,
    HsmPromises promises) {
  /**
   * A day: phones are set by hand, and to the wrong zone. A clock that is behind makes a bundle
   * look younger by as much, whether or not that is noticed, so a generous bound gives nothing away
   * but the notice.
   */
  private static final long SKEW = 86_400;

  /** Five HSMs, a quorum of three, nothing simulated, a day. */
  public static final ClientFloor DEFAULT = new ClientFloor(5, 3, false, Set.of(), 1, 1, SKEW);

  /** For a fleet on a developer's machine. */
  public static final ClientFloor DEVELOPMENT = new ClientFloor(3, 2, true, Set.of(), 1, 1, SKEW);

  /** One that asks for no promises. */
  public ClientFloor(
      int hsmsMin,
      int quorumMin,
      boolean simulatedAllowed,
      Set<Bytes> measurements,
      long epochMin,
      long policyMin,
      long skewSeconds) {
    this(
        hsmsMin,
        quorumMin,
        simulatedAllowed,
        measurements,
        epochMin,
        policyMin,
        skewSeconds,
        HsmPromises.NONE);
  }

  public ClientFloor {
    measurements = Set.copyOf(measurements);
    Invariant.check(hsmsMin >= 3 && quorumMin >= 2, "fewer than three HSMs share nothing");
    Invariant.check(epochMin >= 1 && policyMin >= 1 && skewSeconds >= 0, "no negative floor");
    Invariant.check(
        promises.voucher() == HsmPromises.Voucher.NOBODY,
        "a floor asks for no voucher: no client verifies attestations yet, and an HSM's own word"
            + " that somebody vouches for it is worth nothing; ask for voucher NOBODY");
  }

  /**
   * The same, and every HSM says of itself that it keeps at least {@code wanted}.
   *
   * @throws Invariant.Broken if {@code wanted} has a voucher, which no client verifies yet
   */
  public ClientFloor demanding(HsmPromises wanted) {
    return new ClientFloor(
        hsmsMin,
        quorumMin,
        simulatedAllowed,
        measurements,
        epochMin,
        policyMin,
        skewSeconds,
        wanted);
  }

  /** What is below this floor; empty if nothing is. */
  Optional<String> objection(Fleet fleet) {
    if (fleet.settings().n() < hsmsMin) {
      return Optional.of("fewer HSMs than this app accepts");
    }
    if (fleet.settings().q() < quorumMin) {
      return Optional.of("a smaller quorum than this app accepts");
    }
    for (HsmIdentity hsm : fleet.hsms()) {
      if (hsm.simulated() && !simulatedAllowed) {
        return Optional.of("a SIMULATED HSM");
      }
      if (!HsmPromises.of(hsm).reach(promises)) {
        return Optional.of("an HSM that promises less than this app asks for");
      }
      if (!measurements.isEmpty() && !measurements.contains(hsm.measurement())) {
        return Optional.of("an HSM program that this app does not know");
      }
    }
    return Optional.empty();
  }
}
