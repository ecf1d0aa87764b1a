package dev.coffer.transparency.verify;

import static dev.coffer.transparency.TransparencyWorld.START;
import static dev.coffer.transparency.TransparencyWorld.fleet;
import static dev.coffer.transparency.TransparencyWorld.listed;
import static dev.coffer.transparency.TransparencyWorld.signed;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.fleet.Fleet;
import dev.coffer.transparency.TransparencyWorld;
import dev.coffer.transparency.bundle.FleetState;
import dev.coffer.transparency.bundle.ListedFleet;
import dev.coffer.transparency.note.SignerKey;
import dev.coffer.transparency.trust.TrustPolicy;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Roots change hands only with the consent of the old and of the new ones. */
class PolicyRotationTest {
  private final TransparencyWorld world = new TransparencyWorld();
  private final Fleet fleet = fleet("blue");
  private final ListedFleet active = listed(fleet, FleetState.ACTIVE);
  private final TrustPolicy first = world.policy();
  private final TrustPolicy second = world.policy(first, world.newRoots);
  private final TrustPolicy third = world.policy(second, world.newRoots);
  private final List<SignerKey> both = join(world.roots, world.newRoots);

  private static List<SignerKey> join(List<SignerKey> some, List<SignerKey> more) {
    List<SignerKey> all = new ArrayList<>(some);
    all.addAll(more);
    return all;
  }

  private Verdict verify(TrustPolicy named, TrustPolicy compiledIn, Memory memory, Bytes... chain) {
    world.publish(world.next(named, START, active));
    return new FleetVerifier(new Anchor.Roots(compiledIn), ClientFloor.DEFAULT)
        .verify(world.delivery(START, chain), fleet, Purpose.RECOVER, START, memory);
  }

  private static Memory trusted(Verdict verdict) {
    return assertInstanceOf(Verdict.Trusted.class, verdict, verdict.toString()).memory();
  }

  private static void refused(Step step, Verdict verdict) {
    Verdict.Distrusted distrusted = assertInstanceOf(Verdict.Distrusted.class, verdict);
    assertEquals(step, distrusted.step(), distrusted.reason());
  }

  private Bytes good(TrustPolicy policy) {
    return policy.equals(third) ? signed(third, world.newRoots) : signed(policy, both);
  }

  @Test
  void chainIsFollowed() {
    trusted(verify(first, first, Memory.EMPTY));
    trusted(verify(first, first, Memory.EMPTY, good(first)));
    trusted(verify(second, first, Memory.EMPTY, good(second)));
    trusted(verify(third, first, Memory.EMPTY, good(first), good(second), good(third)));
    // One chain serves apps of every age.
    trusted(verify(third, second, Memory.EMPTY, good(first), good(second), good(third)));
    trusted(verify(third, third, Memory.EMPTY, good(first), good(second), good(third)));
  }

  @Test
  void exactlyTheThresholdsAreEnough() {
    List<SignerKey> three = join(world.roots.subList(0, 3), world.newRoots.subList(2, 5));
    trusted(verify(second, first, Memory.EMPTY, signed(second, three)));
  }

  @Test
  void signedByTheOldRootsOnly() {
    refused(Step.TRUST_POLICY, verify(second, first, Memory.EMPTY, signed(second, world.roots)));
    List<SignerKey> two = join(world.roots, world.newRoots.subList(0, 2));
    refused(Step.TRUST_POLICY, verify(second, first, Memory.EMPTY, signed(second, two)));
  }

  @Test
  void signedByTheNewRootsOnly() {
    refused(Step.TRUST_POLICY, verify(second, first, Memory.EMPTY, signed(second, world.newRoots)));
    List<SignerKey> two = join(world.roots.subList(0, 2), world.newRoots);
    refused(Step.TRUST_POLICY, verify(second, first, Memory.EMPTY, signed(second, two)));
  }

  @Test
  void oneRootSigningThreeTimesIsOneRoot() {
    SignerKey one = world.roots.get(0);
    List<SignerKey> same = join(List.of(one, one, one), world.newRoots);
    refused(Step.TRUST_POLICY, verify(second, first, Memory.EMPTY, signed(second, same)));
  }

  @Test
  void versionIsNotSkipped() {
    refused(Step.TRUST_POLICY, verify(third, first, Memory.EMPTY, signed(third, both)));
    refused(
        Step.TRUST_POLICY, verify(third, first, Memory.EMPTY, good(first), signed(third, both)));
  }

  @Test
  void anotherPolicyUnderTheSameVersion() {
    TrustPolicy other = world.policy(world.policy(), world.roots);
    // Properly signed, but not by way of the policy that is compiled in.
    refused(Step.TRUST_POLICY, verify(third, second, Memory.EMPTY, signed(other, world.roots)));
    TrustPolicy afterOther = world.policy(other, world.roots);
    refused(Step.TRUST_POLICY, verify(afterOther, second, Memory.EMPTY, signed(afterOther, both)));
  }

  @Test
  void whatWasAcceptedIsNotTakenBack() {
    Memory memory = trusted(verify(second, first, Memory.EMPTY, good(second)));
    assertEquals(2, memory.policy().version());
    refused(Step.TRUST_POLICY, verify(first, first, memory));
    refused(Step.TRUST_POLICY, verify(first, first, memory, good(first)));
    TrustPolicy other = world.policy(first, world.roots);
    refused(Step.TRUST_POLICY, verify(other, first, memory, signed(other, world.roots)));
    trusted(verify(second, first, memory, good(first), good(second)));
    trusted(verify(third, first, memory, good(second), good(third)));
  }

  @Test
  void bundleUnderAnOlderPolicyThanTheChainsEnd() {
    refused(Step.NAMED_POLICY, verify(first, first, Memory.EMPTY, good(second)));
  }
}
