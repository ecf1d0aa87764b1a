package dev.coffer.client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.coffer.client.fleet.Device;
import dev.coffer.client.fleet.MiniFleet;
import dev.coffer.client.fleet.MiniTransport;
import dev.coffer.client.fleet.MiniTransport.Fate;
import dev.coffer.client.fleet.MovingVault;
import dev.coffer.client.fleet.MovingVault.Phone;
import dev.coffer.client.trust.Distrust;
import dev.coffer.protocol.outcome.FleetDelivery;
import dev.coffer.transparency.bundle.FleetState;
import dev.coffer.transparency.verify.ClientFloor;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * The way from fleet to fleet: hosts of one that lie about another, are gone, or are no longer
 * listed; and registrations that another fleet may have.
 */
@Tag("long")
final class OtherFleetsTest {
  private final MovingVault vault = new MovingVault();
  private final Phone phone = vault.new Phone();

  private static Enrolment enrol(Phone by, int secret, Authority authority) {
    return by.start().enrol(Slot.CODE, Device.code("123456"), Device.secret(secret), authority);
  }

  private static void enrolled(Phone by) {
    assertInstanceOf(Enrolment.Enrolled.class, enrol(by, 1, Authority.none()));
  }

  private static Recovery recover(Phone by) {
    return by.start().recover(Slot.CODE, Device.code("123456"));
  }

  private static void recovered(Phone by) {
    Recovery.Recovered end = assertInstanceOf(Recovery.Recovered.class, recover(by));
    assertTrue(end.secret().sameAs(Device.secret(1)));
  }

  /** To hosts that hand out what the new fleet's hand out, and lose every message. */
  private MiniTransport relay() {
    MiniTransport relay = new MiniTransport(vault.young);
    relay.tamperBundle = delivery -> MovingVault.with(delivery, vault.delivered);
    relay.fate = Fate.LOST_BEFORE;
    return relay;
  }

  private MiniTransport impostors() {
    MiniFleet other = new MiniFleet(3, 2, Device.seeded(998));
    MiniTransport impostors = new MiniTransport(vault.young);
    impostors.tamperBundle =
        delivery ->
            MovingVault.with(FleetDelivery.pinned(other.fleet(), List.of()), vault.delivered);
    return impostors;
  }

  /** The user is registered with the new fleet; a new phone knows the old one's addresses. */
  private Phone newPhoneAfterTheMove() {
    vault.replaceFleet();
    enrolled(phone);
    return vault.new Phone();
  }

  @Test
  void anOldNodeThatSendsOneAstrayCutsNobodyOff() {
    Phone other = newPhoneAfterTheMove();
    MiniTransport away = new MiniTransport(vault.young);
    away.away = true;
    other.toOld.directories.put(0, Map.of());
    other.toOld.directories.put(1, Map.of(vault.young.fleet().id(), impostors()));
    other.toOld.directories.put(2, Map.of(vault.young.fleet().id(), away));
    recovered(other);
    other.toOld.directories.put(3, other.toOld.directories.get(1));
    other.toOld.directories.put(4, other.toOld.directories.get(1));
    recovered(other);
  }

  @Test
  void hostsThatRepeatADescriptionAndCarryNothingAreLeft() {
    Phone other = newPhoneAfterTheMove();
    other.toOld.directories.put(0, Map.of(vault.young.fleet().id(), relay()));
    other.toOld.directories.put(1, Map.of(vault.young.fleet().id(), impostors()));
    recovered(other);
  }

  @Test
  void aFleetThatWasFoundIsFoundWithoutTheOldOnesHosts() {
    Phone other = newPhoneAfterTheMove();
    recovered(other);
    other.toOld.directories.clear();
    for (int node = 0; node < 5; node++) {
      other.toOld.directories.put(node, Map.of());
    }
    recovered(other);
    other.toOld.away = true;
    recovered(other);
    vault.publish(FleetState.REVOKED, FleetState.ACTIVE);
    recovered(other);
    Phone stranger = vault.new Phone();
    stranger.toOld.away = true;
    assertEquals(Cause.UNREACHABLE, ((Recovery.TryAgain) recover(stranger)).cause());
  }

  @Test
  void aRevokedFleetThatIsDroppedStillLeadsOn() {
    Phone other = newPhoneAfterTheMove();
    vault.publish(FleetState.REVOKED, FleetState.ACTIVE);
    vault.publish(MovingVault.listed(vault.young, FleetState.ACTIVE));
    int sent = other.toOld.traffic().size();
    recovered(other);
    assertEquals(sent, other.toOld.traffic().size(), "nothing is sent to a fleet of no list");
  }

  @Test
  void aFleetBelowTheFloorStillLeadsOnAndKeepsNobodyFromBeginning() {
    MovingVault here = new MovingVault(5, 3);
    here.replaceFleet();
    Phone strict = here.new Phone();
    strict.floor = new ClientFloor(5, 3, true, Set.of(), 1, 1, 300);
    enrolled(strict);
    assertTrue(here.young.registration().isPresent());
    recovered(strict);
    assertTrue(strict.toOld.traffic().isEmpty(), "nothing is sent below the floor");
    Phone other = here.new Phone();
    other.floor = strict.floor;
    recovered(other);
    // Alone it is what it is.
    MovingVault alone = new MovingVault();
    Phone turned = alone.new Phone();
    turned.floor = strict.floor;
    assertEquals(new Recovery.Untrusted(Distrust.BELOW_POLICY), recover(turned));
    assertEquals(
        new Enrolment.Untrusted(Distrust.BELOW_POLICY), enrol(turned, 1, Authority.none()));
  }

  @Test
  void aClockBeforeItsTimeIsAnAnswerAndNoCrash() {
    for (long now : new long[] {-1, Long.MIN_VALUE, Long.MAX_VALUE}) {
      vault.now = now;
      assertEquals(new Recovery.Untrusted(Distrust.OUT_OF_TIME), recover(phone));
    }
  }

  @Test
  void aKeyThatWasNeverRegisteredCoversNothing() {
    enrolled(phone);
    vault.replaceFleet();
    Phone other = vault.new Phone();
    other.known = other.toYoung;
    other.toOld.away = true;
    for (Authority authority : List.of(Authority.none(), Authority.owner(Device.secret(7)))) {
      Enrolment.TryAgain again =
          assertInstanceOf(Enrolment.TryAgain.class, enrol(other, 7, authority));
      assertEquals(Cause.UNREACHABLE, again.cause());
    }
    other.toOld.away = false;
    assertEquals(
        new Enrolment.NotAuthorised(true), enrol(other, 7, Authority.owner(Device.secret(7))));
    assertEquals(0, vault.young.captured().size());
    assertFalse(other.memory.unfinished());
    recovered(other);
  }

  @Test
  void anotherActiveFleetsRegistrationIsNotCovered() {
    vault.publish(FleetState.ACTIVE, FleetState.ANNOUNCED);
    vault.days(7);
    vault.publish(FleetState.ACTIVE, FleetState.ACTIVE);
    enrolled(phone);
    assertTrue(vault.old.registration().isPresent());
    Phone other = vault.new Phone();
    other.known = other.toYoung;
    for (Authority authority : List.of(Authority.none(), Authority.owner(Device.secret(7)))) {
      assertInstanceOf(Enrolment.NotAuthorised.class, enrol(other, 7, authority));
    }
    recovered(other);
  }

  @Test
  void anOldCertificateDoesNotMakeASlotLookEmpty() {
    FleetDelivery founding = vault.old.delivery();
    enrolled(phone);
    vault.replaceFleet();
    Phone other = vault.new Phone();
    other.toOld.tamperBundle = delivery -> MovingVault.with(founding, vault.delivered);
    assertInstanceOf(Enrolment.NotAuthorised.class, enrol(other, 7, Authority.none()));
    assertEquals(0, vault.young.captured().size());
  }
}
