package dev.coffer.client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.coffer.client.fleet.Device;
import dev.coffer.client.fleet.MiniTransport.Fate;
import dev.coffer.client.fleet.MovingVault;
import dev.coffer.client.fleet.MovingVault.Phone;
import dev.coffer.transparency.TransparencyWorld;
import dev.coffer.transparency.bundle.FleetState;
import dev.coffer.transparency.trust.TrustPolicy;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * A fleet is replaced without a new version of the app; nobody with the right code is locked out.
 */
@Tag("long")
final class MovingTest {
  private final MovingVault vault = new MovingVault();
  private final Phone phone = vault.new Phone();

  private static Enrolment enrol(Phone phone) {
    return phone
        .start()
        .enrol(Slot.CODE, Device.code("123456"), Device.secret(1), Authority.none());
  }

  private static Recovery recover(Phone phone) {
    return phone.start().recover(Slot.CODE, Device.code("123456"));
  }

  private Recovery.Move recovered(Phone by, boolean done) {
    Recovery.Recovered recovered = assertInstanceOf(Recovery.Recovered.class, recover(by));
    Recovery.Move move = recovered.move().orElseThrow();
    assertEquals(done, recovered.guessesLeft().isEmpty(), "the new fleet counts anew");
    assertEquals(new Recovery.Move(vault.old.fleet().id(), vault.young.fleet().id(), done), move);
    return move;
  }

  private void enrolled() {
    assertInstanceOf(Enrolment.Enrolled.class, enrol(phone));
  }

  @Test
  void anActiveFleetRegistersAndRecoversOverTheAir() {
    enrolled();
    Recovery.Recovered again = assertInstanceOf(Recovery.Recovered.class, recover(phone));
    assertTrue(again.move().isEmpty());
    assertInstanceOf(Recovery.Recovered.class, recover(vault.new Phone()));
  }

  /** Told from the delivery that was verified before anything was sent: nothing is asked again. */
  @Test
  void aRecoveryThatWorkedSaysThatItsListingIsStale() {
    enrolled();
    Recovery.Recovered fresh = assertInstanceOf(Recovery.Recovered.class, recover(phone));
    assertFalse(fresh.staleListing());
    vault.now += TrustPolicy.MAX_AGE_SOFT + TransparencyWorld.DAY;
    Recovery.Recovered stale = assertInstanceOf(Recovery.Recovered.class, recover(phone));
    assertTrue(stale.staleListing());
  }

  @Test
  void anAnnouncedFleetIsNotUsed() {
    vault.publish(FleetState.ACTIVE, FleetState.ANNOUNCED);
    phone.known = phone.toYoung;
    enrolled();
    assertEquals(0, vault.young.captured().size());
    assertTrue(vault.old.registration().isPresent());
  }

  @Test
  void aRecoveryFromARetiringFleetMovesTheRegistration() {
    enrolled();
    vault.replaceFleet();
    recovered(phone, true);
    assertTrue(vault.young.registration().isPresent());
    assertFalse(vault.old.registration().isPresent(), "the old slot is deleted");
    // From now on every device finds it at the new fleet, at no cost of a guess at the old one.
    Phone other = vault.new Phone();
    Recovery.Recovered there = assertInstanceOf(Recovery.Recovered.class, recover(other));
    assertTrue(there.move().isEmpty());
  }

  @Test
  void aNewPhoneMovesToo() {
    enrolled();
    vault.replaceFleet();
    recovered(vault.new Phone(), true);
    assertFalse(vault.old.registration().isPresent());
  }

  @Test
  void aWrongCodeMovesNothing() {
    enrolled();
    vault.replaceFleet();
    assertInstanceOf(
        Recovery.WrongCode.class, phone.start().recover(Slot.CODE, Device.code("000000")));
    assertTrue(vault.old.registration().isPresent());
    assertEquals(9, vault.old.guessesLeft());
  }

  @Test
  void registrationsGoToTheActiveFleetWhoeverAnswers() {
    vault.replaceFleet();
    enrolled();
    assertTrue(vault.young.registration().isPresent());
    assertEquals(1, vault.old.captured().size(), "asked whether anything is registered there");
  }

  @Test
  void aNewCodeLeavesTheRetiringFleetBehind() {
    enrolled();
    vault.replaceFleet();
    Enrolment changed =
        phone
            .start()
            .enrol(
                Slot.CODE,
                Device.code("another code"),
                Device.secret(1),
                Authority.owner(Device.secret(1)));
    assertInstanceOf(Enrolment.Enrolled.class, changed);
    assertFalse(vault.old.registration().isPresent());
    Recovery there = vault.new Phone().start().recover(Slot.CODE, Device.code("another code"));
    assertInstanceOf(Recovery.Recovered.class, there);
  }

  @Test
  void whatIsRegisteredWithARetiringFleetIsNotCovered() {
    enrolled();
    vault.replaceFleet();
    Enrolment second =
        vault.new Phone()
            .start()
            .enrol(Slot.CODE, Device.code("999999"), Device.secret(7), Authority.none());
    assertInstanceOf(Enrolment.NotAuthorised.class, second);
    recovered(phone, true);
  }

  @Test
  void theOldFleetServesWhileTheNewOneIsAway() {
    enrolled();
    vault.replaceFleet();
    phone.toYoung.away = true;
    recovered(phone, false);
    assertTrue(vault.old.registration().isPresent());
    phone.toYoung.away = false;
    recovered(phone, true);
  }

  @Test
  void aMoveThatBreaksOffLeavesOneThatOpens() {
    for (int lost = 1; lost <= 12; lost++) {
      MovingVault here = new MovingVault();
      Phone user = here.new Phone();
      assertInstanceOf(Enrolment.Enrolled.class, enrol(user));
      here.replaceFleet();
      int[] left = {lost};
      Runnable dying =
          () -> {
            if (--left[0] < 0) {
              throw new IllegalStateException("the app is killed");
            }
          };
      user.memory.beforeChange = dying;
      user.toOld.beforePost = dying;
      user.toYoung.beforePost = dying;
      try {
        recover(user);
      } catch (IllegalStateException killed) {
        assertEquals("the app is killed", killed.getMessage());
      }
      user.memory.beforeChange = () -> {};
      user.toOld.beforePost = () -> {};
      user.toYoung.beforePost = () -> {};
      assertInstanceOf(Recovery.Recovered.class, recover(here.new Phone()), "after " + lost);
      assertInstanceOf(Recovery.Recovered.class, recover(user), "after " + lost);
      assertTrue(here.young.registration().isPresent(), "after " + lost);
      assertFalse(here.old.registration().isPresent(), "after " + lost);
    }
  }

  @Test
  void aLostDeletionIsMadeUpFor() {
    enrolled();
    vault.replaceFleet();
    // Whatever is asked of the old fleet after the registration with the new one is lost.
    phone.toYoung.afterPost = () -> phone.toOld.fate = Fate.LOST_BEFORE;
    phone.start().recover(Slot.CODE, Device.code("123456"));
    phone.toYoung.afterPost = () -> {};
    phone.toOld.fate = Fate.DELIVERED;
    assertInstanceOf(Recovery.Recovered.class, recover(phone));
    assertInstanceOf(Recovery.Recovered.class, recover(phone));
    assertFalse(vault.old.registration().isPresent());
    assertTrue(vault.young.registration().isPresent());
  }

  @Test
  void whoNeverMovedIsNotLockedOutOfARetiredFleet() {
    enrolled();
    vault.replaceFleet();
    vault.days(370);
    vault.publish(FleetState.RETIRING, FleetState.ACTIVE);
    phone.toOld.retired = true;
    recovered(phone, true);
    assertTrue(vault.young.registration().isPresent());
  }

  @Test
  void whoMovedFindsTheNewFleetThroughTheRetiredOne() {
    enrolled();
    vault.replaceFleet();
    recovered(phone, true);
    Phone fresh = vault.new Phone();
    fresh.toOld.retired = true;
    assertInstanceOf(Recovery.Recovered.class, recover(fresh));
    vault.publish(FleetState.REVOKED, FleetState.ACTIVE);
    assertInstanceOf(Recovery.Recovered.class, recover(vault.new Phone()));
    assertInstanceOf(Recovery.Recovered.class, recover(phone));
  }

  @Test
  void aRevokedFleetIsNeverAsked() {
    enrolled();
    int asked = vault.old.captured().size();
    vault.replaceFleet();
    vault.publish(FleetState.REVOKED, FleetState.ACTIVE);
    assertEquals(
        new Recovery.Moved(vault.old.fleet().id(), vault.young.fleet().id()), recover(phone));
    assertEquals(asked, vault.old.captured().size());
    // K is on the device: it enrols with the new fleet.
    enrolled();
    assertInstanceOf(Recovery.Recovered.class, recover(vault.new Phone()));
  }

  @Test
  void forgettingForgetsEverywhere() {
    enrolled();
    vault.replaceFleet();
    assertInstanceOf(
        Forgetting.Forgotten.class,
        phone.start().forget(Slot.CODE, Authority.owner(Device.secret(1))));
    assertInstanceOf(Recovery.NotRegistered.class, recover(phone));
  }

  @Test
  void aPinnedAppIsToldThatTheVaultHasMoved() {
    Device pinned = new Device(vault.old, Device.seeded(77));
    pinned.transport.retired = true;
    Recovery.TryAgain again =
        assertInstanceOf(
            Recovery.TryAgain.class, pinned.start().recover(Slot.CODE, Device.code("123456")));
    assertEquals(Cause.MOVED, again.cause());
  }
}
