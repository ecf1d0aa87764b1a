package dev.coffer.transparency.bundle;

import static dev.coffer.transparency.RefusalAssertion.assertRefused;
import static dev.coffer.transparency.TransparencyWorld.DAY;
import static dev.coffer.transparency.TransparencyWorld.NAMESPACE;
import static dev.coffer.transparency.TransparencyWorld.START;
import static dev.coffer.transparency.TransparencyWorld.fleet;
import static dev.coffer.transparency.TransparencyWorld.listed;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.coffer.protocol.codec.Bytes;
import dev.coffer.transparency.TransparencyWorld;
import dev.coffer.transparency.note.KeyName;
import dev.coffer.transparency.text.RefusalCode;
import dev.coffer.transparency.text.Refused;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What an honest notary signs, and what it refuses. */
@Tag("long")
class LineageTest {
  private static final long ANNOUNCE = 3 * DAY;

  private final TransparencyWorld world = new TransparencyWorld();
  private final ListedFleet blue = listed(fleet("blue"), FleetState.ANNOUNCED);
  private final ListedFleet green = listed(fleet("green"), FleetState.ANNOUNCED);
  private Lineage lineage = Lineage.EMPTY;

  private void accept(long day, ListedFleet... fleets) throws Refused {
    Bundle next = world.next(START + day * DAY, fleets);
    lineage = lineage.extend(NAMESPACE, ANNOUNCE, next, world.publish(next));
  }

  private void refuse(long day, ListedFleet... fleets) {
    refuse(world.next(START + day * DAY, fleets));
  }

  private void refuse(Bundle next) {
    assertRefused(RefusalCode.OUT_OF_SEQUENCE, () -> lineage.check(next, ANNOUNCE));
  }

  @Test
  void lifeOfTwoFleets() throws Refused {
    refuse(0, blue.in(FleetState.ACTIVE));
    accept(0, blue);
    refuse(2, blue.in(FleetState.ACTIVE));
    accept(3, blue.in(FleetState.ACTIVE));
    refuse(4, blue);
    refuse(4, blue.in(FleetState.ACTIVE), green.in(FleetState.ACTIVE));
    accept(4, blue.in(FleetState.ACTIVE), green);
    // Nobody drops a fleet that people still need.
    refuse(9, green.in(FleetState.ACTIVE));
    accept(9, blue.in(FleetState.RETIRING), green.in(FleetState.ACTIVE));
    refuse(10, blue.in(FleetState.ACTIVE), green.in(FleetState.ACTIVE));
    accept(10, blue.in(FleetState.REVOKED), green.in(FleetState.ACTIVE));
    accept(11, green.in(FleetState.ACTIVE));
    refuse(12, blue.in(FleetState.RETIRING), green.in(FleetState.ACTIVE));
    assertEquals(7, lineage.nextEpoch());
  }

  @Test
  void withoutAnnouncementFleetsStartActive() throws Refused {
    Bundle next = world.next(START, blue.in(FleetState.ACTIVE));
    lineage.check(next, 0);
    assertRefused(RefusalCode.OUT_OF_SEQUENCE, () -> lineage.check(next, 1));
  }

  @Test
  void aPolicyThatAsksForMoreDoesNotCondemnWhatIsUsed() throws Refused {
    Bundle first = world.next(START, blue.in(FleetState.ACTIVE));
    lineage = lineage.extend(NAMESPACE, 0, first, world.publish(first));
    accept(1, blue.in(FleetState.ACTIVE), green);
    accept(1, blue.in(FleetState.RETIRING), green);
    // Who comes under the new policy is announced for as long as it says.
    refuse(1, blue.in(FleetState.RETIRING), green.in(FleetState.ACTIVE));
  }

  @Test
  void epochAndPrevFollow() throws Refused {
    accept(0, blue);
    Bundle next = world.next(START + DAY, blue);
    refuse(changed(next, next.epoch() + 1, next.prev(), next.notBefore(), next.minEpoch()));
    refuse(changed(next, next.epoch(), Bytes.zeros(32), next.notBefore(), next.minEpoch()));
    refuse(changed(next, next.epoch(), next.prev(), START - 1, next.minEpoch()));
    Bundle raised = changed(next, 2, next.prev(), next.notBefore(), 2);
    lineage = lineage.extend(NAMESPACE, ANNOUNCE, raised, world.publish(raised));
    refuse(world.next(START + 2 * DAY, blue));
    assertRefused(
        RefusalCode.OUT_OF_SEQUENCE,
        () -> lineage.extend(new KeyName("other"), ANNOUNCE, next, Bytes.EMPTY));
  }

  private static Bundle changed(Bundle b, long epoch, Bytes prev, long notBefore, long minEpoch) {
    return new Bundle(
        b.namespace(),
        epoch,
        prev,
        notBefore,
        b.notAfter(),
        minEpoch,
        b.policy(),
        b.trustPolicy(),
        b.trustPolicyHash(),
        b.fleets());
  }

  @Test
  void keysNeverChange() throws Refused {
    accept(0, blue);
    refuse(1, new ListedFleet(blue.id(), FleetState.ANNOUNCED, blue.evidence(), green.members()));
    // Evidence may grow.
    accept(1, new ListedFleet(blue.id(), blue.state(), Bytes.zeros(32), blue.members()));
  }

  @Test
  void deltaShowsEveryKey() {
    Bundle before = world.next(START, blue);
    Bundle after = world.next(START + DAY, blue.in(FleetState.ACTIVE), green);
    KeyDelta delta = KeyDelta.between(Optional.of(before), after);
    assertTrue(delta.changesKeys());
    assertEquals(10, delta.lines().stream().filter(line -> line.startsWith("+ key ")).count());
    assertEquals(
        List.of(
            "- fleet " + blue.id().value().hex() + " announced sha256:" + blue.evidence().hex()),
        delta.lines().stream().filter(line -> line.startsWith("-")).toList());
    assertFalse(KeyDelta.between(Optional.of(before), before).changesKeys());
    assertEquals(
        10,
        KeyDelta.between(Optional.of(before), world.next(START, blue.in(FleetState.REVOKED)))
            .lines()
            .stream()
            .filter(line -> line.startsWith("- key "))
            .count());
    assertEquals(List.of(), KeyDelta.between(Optional.of(after), after).lines());
    assertTrue(KeyDelta.between(Optional.empty(), before).changesKeys());
  }
}
