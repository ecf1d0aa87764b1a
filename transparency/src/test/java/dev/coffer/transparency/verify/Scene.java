package dev.coffer.transparency.verify;

import static dev.coffer.transparency.TransparencyWorld.DAY;
import static dev.coffer.transparency.TransparencyWorld.START;
import static dev.coffer.transparency.TransparencyWorld.fleet;
import static dev.coffer.transparency.TransparencyWorld.listed;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.fleet.Fleet;
import dev.coffer.transparency.TransparencyWorld;
import dev.coffer.transparency.bundle.Bundle;
import dev.coffer.transparency.bundle.BundleDelivery;
import dev.coffer.transparency.bundle.FleetState;
import dev.coffer.transparency.bundle.ListedFleet;
import dev.coffer.transparency.trust.TrustPolicy;
import org.junit.jupiter.api.BeforeEach;

/** A world with one fleet, announced and then active, and what most tests ask of it. */
class Scene {
  final TransparencyWorld world = new TransparencyWorld();
  final Fleet fleet = fleet("blue");
  final ListedFleet active = listed(fleet, FleetState.ACTIVE);
  final TrustPolicy policy = world.policy();
  final FleetVerifier verifier = verifier(ClientFloor.DEFAULT);

  @BeforeEach
  void announceThenActivate() {
    world.publish(world.next(START - 9 * DAY, active.in(FleetState.ANNOUNCED)));
    world.publish(world.next(START - 5 * DAY, active));
  }

  FleetVerifier verifier(ClientFloor floor) {
    return new FleetVerifier(new Anchor.Roots(policy), floor);
  }

  Verdict verify(BundleDelivery delivery) {
    return verifier.verify(delivery, fleet, Purpose.RECOVER, START, Memory.EMPTY);
  }

  static Verdict.Trusted trusted(Verdict verdict) {
    return assertInstanceOf(Verdict.Trusted.class, verdict, verdict.toString());
  }

  static void refused(Step step, Verdict verdict) {
    Verdict.Distrusted distrusted = assertInstanceOf(Verdict.Distrusted.class, verdict);
    assertEquals(step, distrusted.step(), distrusted.reason());
  }

  /** What a device remembers that has seen the world as it is. */
  Memory seen() {
    return trusted(verify(world.delivery(START))).memory();
  }

  /** Delivers the next leaf, whatever it is. */
  BundleDelivery delivering(Bytes note) {
    world.append(note);
    return world.delivery(START);
  }

  /** An honest third bundle. */
  Bundle third() {
    return world.next(START, active);
  }
}
