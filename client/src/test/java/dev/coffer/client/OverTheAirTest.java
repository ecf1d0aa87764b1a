package dev.coffer.client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.coffer.client.fleet.Device;
import dev.coffer.client.fleet.MapMemory;
import dev.coffer.client.fleet.MiniFleet;
import dev.coffer.client.fleet.MovingVault;
import dev.coffer.client.fleet.MovingVault.Phone;
import dev.coffer.client.trust.ClientPolicy;
import dev.coffer.client.trust.Distrust;
import dev.coffer.client.trust.FleetPin;
import dev.coffer.client.trust.FleetTrust;
import dev.coffer.client.trust.OverTheAir;
import dev.coffer.client.trust.TrustedFleet;
import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.outcome.FleetDelivery;
import dev.coffer.transparency.TestKeys;
import dev.coffer.transparency.TransparencyWorld;
import dev.coffer.transparency.bundle.Bundle;
import dev.coffer.transparency.bundle.BundleDelivery;
import dev.coffer.transparency.bundle.BundleNote;
import dev.coffer.transparency.bundle.FleetState;
import dev.coffer.transparency.note.KeyName;
import dev.coffer.transparency.note.Note;
import dev.coffer.transparency.note.SignatureType;
import dev.coffer.transparency.note.SignerKey;
import dev.coffer.transparency.verify.ClientFloor;
import dev.coffer.transparency.verify.Purpose;
import java.lang.reflect.Constructor;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** INV-9: hosts and operators that deliver something else. Nothing is sent to anyone then. */
@Tag("long")
final class OverTheAirTest {
  private final MovingVault vault = new MovingVault();
  private final Phone phone = vault.new Phone();

  private static Recovery recover(Phone phone) {
    return phone.start().recover(Slot.CODE, Device.code("123456"));
  }

  private void refused(Distrust reason) {
    assertEquals(new Recovery.Untrusted(reason), recover(phone));
    assertTrue(phone.toOld.traffic().isEmpty(), "nothing was sent");
    assertTrue(phone.toYoung.traffic().isEmpty(), "nothing was sent");
  }

  private static SignerKey ofNameAndSeed(String name, String seed) {
    return SignerKey.of(new KeyName(name), SignatureType.ED25519, TestKeys.seed(seed));
  }

  private Bundle forged() {
    return vault.world.next(
        vault.now,
        MovingVault.listed(vault.old, FleetState.RETIRING),
        MovingVault.listed(vault.young, FleetState.ACTIVE));
  }

  @Test
  void anOperatorAloneGetsNowhere() {
    SignerKey own = ofNameAndSeed("notary.example", "the operator's own");
    vault.delivered = vault.withNote(BundleNote.sign(forged(), own, vault.world.operator));
    refused(Distrust.NOT_NOTARISED);
  }

  @Test
  void aNotaryAloneGetsNowhere() {
    SignerKey own = ofNameAndSeed("operator.example", "the notary's own");
    vault.delivered = vault.withNote(BundleNote.sign(forged(), vault.world.notary, own));
    refused(Distrust.NOT_OPERATORS);
  }

  @Test
  void signedByBothButNotLoggedGetsNowhere() {
    vault.delivered =
        vault.withNote(BundleNote.sign(forged(), vault.world.notary, vault.world.operator));
    refused(Distrust.NOT_LOGGED);
  }

  @Test
  void loggedInALogOfOnesOwnGetsNowhere() {
    TransparencyWorld other = new TransparencyWorld();
    other.publish(other.next(vault.now, MovingVault.listed(vault.young, FleetState.ACTIVE)));
    // The log's own key signs two histories; no witness cosigns the second one.
    Note split = other.checkpoint(1);
    vault.delivered = other.delivery(split);
    refused(Distrust.NOT_WITNESSED);
  }

  @Test
  void anOlderLeafUnderAFreshCheckpointGetsNowhere() {
    Bytes first = vault.world.leaves().get(0);
    vault.publish(FleetState.ACTIVE, FleetState.ANNOUNCED);
    Note fresh = vault.world.cosigned(vault.now);
    vault.delivered = BundleDelivery.of(first, vault.world.proof(0, 2, fresh).encode(), List.of());
    refused(Distrust.NOT_NEWEST);
  }

  @Test
  void aStaleCheckpointGetsNowhere() {
    BundleDelivery then = vault.delivered;
    vault.days(8);
    vault.delivered = then;
    refused(Distrust.OUT_OF_TIME);
    vault.now -= 16 * TransparencyWorld.DAY;
    refused(Distrust.OUT_OF_TIME);
  }

  @Test
  void aClockThatIsOffIsToldWithBothTimes() {
    long witnesses = vault.now;
    vault.now = witnesses - TransparencyWorld.DAY - 1;
    refused(Distrust.OUT_OF_TIME);
    assertEquals(Optional.of(new OverTheAir.Clocks(vault.now, witnesses)), phone.trust.clocks());
    // A day is a phone that is set by hand, or to the wrong zone.
    vault.now = witnesses - TransparencyWorld.DAY;
    assertInstanceOf(Recovery.NotRegistered.class, recover(phone));
    assertEquals(Optional.empty(), phone.trust.clocks());
  }

  @Test
  void whatWasSeenIsNotUnseen() {
    BundleDelivery before = vault.delivered;
    vault.publish(FleetState.ACTIVE, FleetState.ANNOUNCED);
    assertInstanceOf(Recovery.NotRegistered.class, recover(phone));
    int sent = phone.toOld.traffic().size();
    vault.delivered = before;
    assertEquals(new Recovery.Untrusted(Distrust.ROLLED_BACK), recover(phone));
    assertEquals(sent, phone.toOld.traffic().size());
    // A new phone cannot know: witnesses cosigned that as the newest a moment ago.
    assertInstanceOf(Recovery.NotRegistered.class, recover(vault.new Phone()));
  }

  @Test
  void aFleetBelowTheFloorIsRefusedWhoeverSigned() {
    assertInstanceOf(Recovery.NotRegistered.class, recover(phone));
    MovingVault weak = new MovingVault();
    Phone strict = weak.new Phone();
    strict.floor = ClientFloor.DEFAULT;
    assertEquals(new Recovery.Untrusted(Distrust.BELOW_POLICY), recover(strict));
    // Nobody was asked: it is not known that nothing is registered.
    assertEquals(
        new Forgetting.Untrusted(Distrust.BELOW_POLICY),
        strict.start().forget(Slot.CODE, Authority.login()));
  }

  @Test
  void aSimulatedFleetIsRefusedByDefaultOverTheAirAndPinned() throws Exception {
    MovingVault soft = new MovingVault(5, 3);
    soft.replaceFleet();
    FleetDelivery delivery = MovingVault.with(soft.young.delivery(), soft.delivered);
    List<FleetTrust> both =
        List.of(
            new OverTheAir(
                soft.world.policy(), ClientPolicy.DEFAULT, new MapMemory(), () -> soft.now),
            new FleetPin(soft.young.fleet().id(), ClientPolicy.DEFAULT));
    for (FleetTrust trust : both) {
      Distrust reason =
          switch (trust.verify(delivery, Purpose.REGISTER)) {
            case FleetTrust.Elsewhere elsewhere -> elsewhere.reason();
            case FleetTrust.Untrusted untrusted -> untrusted.reason();
            case TrustedFleet trusted -> throw new AssertionError("trusted: " + trusted);
          };
      assertEquals(Distrust.SIMULATED, reason);
    }
  }

  @Test
  void noClientIsMadeWithASecondPolicyOrFloor() {
    // What a client accepts is said once, with the trust: a lenient floor beside a strict policy
    // has no place in any constructor.
    for (Constructor<?> made : VaultClient.class.getConstructors()) {
      List<Class<?>> types = List.of(made.getParameterTypes());
      assertFalse(types.contains(ClientPolicy.class) || types.contains(ClientFloor.class));
    }
    for (Constructor<?> made : OverTheAir.class.getConstructors()) {
      assertFalse(List.of(made.getParameterTypes()).contains(ClientFloor.class));
    }
  }

  @Test
  void theFleetThatAnswersIsTheOneListed() {
    MiniFleet impostor = new MiniFleet(3, 2, Device.seeded(999));
    phone.toOld.tamperBundle =
        delivery ->
            MovingVault.with(FleetDelivery.pinned(impostor.fleet(), List.of()), vault.delivered);
    refused(Distrust.UNLISTED);
  }

  @Test
  void aNodeThatLiesKeepsNobodyFromTheOthers() {
    int[] asked = {0};
    phone.toOld.tamperBundle =
        delivery ->
            asked[0]++ == 0
                ? MovingVault.with(delivery, BundleDelivery.NONE)
                : MovingVault.with(delivery, vault.delivered);
    assertInstanceOf(Recovery.NotRegistered.class, recover(phone));
  }

  @Test
  void aNodeOfTheOtherFleetThatLagsKeepsNobodyFromIt() {
    BundleDelivery before = vault.delivered;
    vault.replaceFleet();
    BundleDelivery newest = vault.delivered;
    phone.toYoung.tamperBundle = delivery -> MovingVault.with(delivery, before);
    phone.toOld.tamperBundle = delivery -> MovingVault.with(delivery, newest);
    Enrolment enrolled =
        phone.start().enrol(Slot.CODE, Device.code("123456"), Device.secret(1), Authority.none());
    assertInstanceOf(Enrolment.Enrolled.class, enrolled);
    assertTrue(vault.young.registration().isPresent());
  }

  @Test
  void aNodeOfTheOtherFleetThatGotNoBundleForDaysKeepsNobodyFromIt() {
    BundleDelivery before = vault.delivered;
    vault.replaceFleet();
    vault.days(2);
    BundleDelivery newest = vault.delivered;
    phone.toYoung.tamperBundle = delivery -> MovingVault.with(delivery, before);
    phone.toOld.tamperBundle = delivery -> MovingVault.with(delivery, newest);
    Enrolment enrolled =
        phone.start().enrol(Slot.CODE, Device.code("123456"), Device.secret(1), Authority.none());
    assertInstanceOf(Enrolment.Enrolled.class, enrolled);
  }

  @Test
  void anotherFleetAtTheHintedAddressIsTurnedAway() {
    vault.replaceFleet();
    MiniFleet impostor = new MiniFleet(3, 2, Device.seeded(998));
    phone.toYoung.tamperBundle =
        delivery ->
            MovingVault.with(FleetDelivery.pinned(impostor.fleet(), List.of()), vault.delivered);
    assertEquals(new Recovery.Untrusted(Distrust.WRONG_FLEET), recover(phone));
    assertTrue(phone.toYoung.traffic().isEmpty());
  }

  @Test
  void aDamagedOrFullMemoryStopsBeforeAnythingIsSent() {
    phone.memory.values.put("bundles", Bytes.zeros(20));
    refused(Distrust.MEMORY_DAMAGED);
    phone.memory.values.clear();
    phone.memory.full = true;
    Recovery.TryAgain again = assertInstanceOf(Recovery.TryAgain.class, recover(phone));
    assertEquals(Cause.MEMORY, again.cause());
    assertTrue(phone.toOld.traffic().isEmpty());
  }
}
