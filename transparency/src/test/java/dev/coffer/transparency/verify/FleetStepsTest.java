package dev.coffer.transparency.verify;

import static dev.coffer.transparency.TransparencyWorld.DAY;
import static dev.coffer.transparency.TransparencyWorld.START;
import static dev.coffer.transparency.TransparencyWorld.fleet;
import static dev.coffer.transparency.TransparencyWorld.listed;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.fleet.Fleet;
import dev.coffer.transparency.TransparencyWorld;
import dev.coffer.transparency.bundle.BundleDelivery;
import dev.coffer.transparency.bundle.FleetState;
import dev.coffer.transparency.bundle.ListedFleet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Fleets, floor and keys: every lie at the step that is there to catch it. */
class FleetStepsTest extends Scene {

  @Test
  void stateGoingBackwards() {
    Memory memory = seen();
    world.publish(third());
    world.publish(world.next(START, active.in(FleetState.ANNOUNCED)));
    refused(
        Step.FLEET_HISTORY,
        verifier.verify(world.delivery(START), fleet, Purpose.RECOVER, START, memory));
  }

  @Test
  void droppedFleetNeverComesBack() {
    Fleet green = fleet("green");
    Memory memory = seen();
    world.publish(world.next(START, listed(green, FleetState.ANNOUNCED)));
    Verdict gone = verifier.verify(world.delivery(START), fleet, Purpose.RECOVER, START, memory);
    refused(Step.LISTED_KEYS, gone);
    Memory after = ((Verdict.Distrusted) gone).memory();
    world.publish(world.next(START, active, listed(green, FleetState.ANNOUNCED)));
    refused(
        Step.FLEET_HISTORY,
        verifier.verify(world.delivery(START), fleet, Purpose.RECOVER, START, after));
  }

  @Test
  void fleetThatWasNeverAnnounced() {
    Memory memory = seen();
    ListedFleet green = listed(fleet("green"), FleetState.ACTIVE);
    world.publish(world.next(START, active, green));
    refused(
        Step.FLEET_HISTORY,
        verifier.verify(
            world.delivery(START + 6 * DAY), fleet, Purpose.RECOVER, START + 6 * DAY, memory));
    // With an epoch in between that this device did not see, it can only judge by the time.
    world.publish(world.next(START, active, green));
    refused(
        Step.FLEET_HISTORY,
        verifier.verify(
            world.delivery(START + 2 * DAY), fleet, Purpose.RECOVER, START + 2 * DAY, memory));
    trusted(
        verifier.verify(
            world.delivery(START + 3 * DAY), fleet, Purpose.RECOVER, START + 3 * DAY, memory));
  }

  @Test
  void fleetThatWasAnnouncedTooShortly() {
    Memory memory = seen();
    ListedFleet green = listed(fleet("green"), FleetState.ANNOUNCED);
    world.publish(world.next(START + DAY, active, green));
    Memory announced =
        trusted(
                verifier.verify(
                    world.delivery(START + DAY), fleet, Purpose.RECOVER, START + DAY, memory))
            .memory();
    world.publish(world.next(START + 2 * DAY, active, green.in(FleetState.ACTIVE)));
    refused(
        Step.FLEET_HISTORY,
        verifier.verify(
            world.delivery(START + 2 * DAY), fleet, Purpose.RECOVER, START + 2 * DAY, announced));
    trusted(
        verifier.verify(
            world.delivery(START + 4 * DAY), fleet, Purpose.RECOVER, START + 4 * DAY, announced));
  }

  @Test
  void stateDecidesWhatAFleetMayBeUsedFor() {
    boolean[][] allowed = {{false, false}, {true, true}, {false, true}, {false, false}};
    for (FleetState state : FleetState.values()) {
      TransparencyWorld other = new TransparencyWorld();
      other.publish(other.next(START, active.in(state)));
      for (Purpose purpose : Purpose.values()) {
        Verdict verdict =
            verifier.verify(other.delivery(START), fleet, purpose, START, Memory.EMPTY);
        if (allowed[state.ordinal()][purpose.ordinal()]) {
          trusted(verdict);
        } else {
          refused(Step.FLEET_STATE, verdict);
          assertTrue(((Verdict.Distrusted) verdict).bundle().isPresent());
        }
      }
    }
  }

  @Test
  void bundleForAnotherFleetThanTheOneThatAnswered() {
    Verdict verdict =
        verifier.verify(
            world.delivery(START), fleet("green"), Purpose.RECOVER, START, Memory.EMPTY);
    refused(Step.LISTED_KEYS, verdict);
    assertEquals(List.of(active), ((Verdict.Distrusted) verdict).bundle().orElseThrow().active());
  }

  @Test
  void listedKeysThatAreNotTheFleets() {
    ListedFleet liar =
        new ListedFleet(
            fleet.id(),
            FleetState.ACTIVE,
            active.evidence(),
            listed(fleet("green"), FleetState.ACTIVE).members());
    world.publish(world.next(START, liar));
    refused(Step.LISTED_KEYS, verify(world.delivery(START)));
  }

  @Test
  void weakFleetProperlySignedAndLogged() {
    for (Fleet weak :
        List.of(
            fleet("three", 3, 2, "ACME HSM 9"), fleet("soft", 5, 3, "SIMULATED software HSM"))) {
      TransparencyWorld other = new TransparencyWorld();
      other.publish(other.next(START, listed(weak, FleetState.ACTIVE)));
      BundleDelivery delivery = other.delivery(START);
      refused(
          Step.CLIENT_FLOOR, verifier.verify(delivery, weak, Purpose.RECOVER, START, Memory.EMPTY));
      trusted(
          verifier(ClientFloor.DEVELOPMENT)
              .verify(delivery, weak, Purpose.RECOVER, START, Memory.EMPTY));
    }
  }

  @Test
  void fleetWithoutEvidence() {
    TransparencyWorld other = new TransparencyWorld();
    ListedFleet bare =
        new ListedFleet(active.id(), active.state(), ListedFleet.NO_EVIDENCE, active.members());
    other.publish(other.next(START, bare));
    BundleDelivery delivery = other.delivery(START);
    refused(Step.CLIENT_FLOOR, verify(delivery));
    trusted(
        verifier(ClientFloor.DEVELOPMENT)
            .verify(delivery, fleet, Purpose.RECOVER, START, Memory.EMPTY));
  }

  @Test
  void unknownMeasurement() {
    Bytes real = fleet.hsm(1).measurement();
    for (boolean known : new boolean[] {true, false}) {
      ClientFloor floor =
          new ClientFloor(5, 3, false, Set.of(known ? real : Bytes.zeros(32)), 1, 1, 300);
      Verdict verdict =
          verifier(floor)
              .verify(world.delivery(START), fleet, Purpose.RECOVER, START, Memory.EMPTY);
      if (known) {
        trusted(verdict);
      } else {
        refused(Step.CLIENT_FLOOR, verdict);
      }
    }
  }

  @Test
  void pinnedFleetGoesThroughTheSameFloor() {
    FleetVerifier pinned = new FleetVerifier(new Anchor.Pin(fleet.id()), ClientFloor.DEFAULT);
    Verdict.Trusted verdict =
        trusted(pinned.verify(BundleDelivery.NONE, fleet, Purpose.REGISTER, START, Memory.EMPTY));
    assertTrue(verdict.bundle().isEmpty());
    assertEquals(Memory.EMPTY, verdict.memory());
    refused(
        Step.PIN,
        pinned.verify(BundleDelivery.NONE, fleet("green"), Purpose.REGISTER, START, Memory.EMPTY));
    Fleet soft = fleet("soft", 5, 3, "SIMULATED software HSM");
    refused(
        Step.CLIENT_FLOOR,
        new FleetVerifier(new Anchor.Pin(soft.id()), ClientFloor.DEFAULT)
            .verify(BundleDelivery.NONE, soft, Purpose.REGISTER, START, Memory.EMPTY));
  }
}
