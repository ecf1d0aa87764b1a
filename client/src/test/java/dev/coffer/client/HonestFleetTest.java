package dev.coffer.client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.coffer.client.fleet.Device;
import dev.coffer.client.fleet.MiniFleet;
import dev.coffer.client.fleet.MiniTransport.Fate;
import dev.coffer.client.secret.RecoveryCode;
import dev.coffer.client.secret.UnacceptableCode;
import dev.coffer.client.trust.Distrust;
import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.request.Request;
import java.util.List;
import java.util.OptionalInt;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Registering, recovering, changing and forgetting with a fleet that keeps the protocol. */
@Tag("long")
final class HonestFleetTest {
  private final MiniFleet fleet = new MiniFleet(5, 3, Device.seeded(1));
  private final Device device = new Device(fleet, Device.seeded(2));

  private void enrol() {
    Enrolment end =
        device.start().enrol(Slot.CODE, Device.code("123456"), Device.secret(1), Authority.none());
    assertInstanceOf(Enrolment.Enrolled.class, end);
  }

  @Test
  void theRightCodeBringsTheSecretBackOnAnotherDevice() {
    enrol();
    Device other = new Device(fleet, Device.seeded(3));
    Recovery end = other.start().recover(Slot.CODE, Device.code("١٢٣٤٥٦"));
    Recovery.Recovered recovered = assertInstanceOf(Recovery.Recovered.class, end);
    assertTrue(recovered.secret().sameAs(Device.secret(1)));
    assertEquals(1, recovered.generation());
    assertEquals(0, recovered.otherAttempts());
    assertEquals(List.of(), recovered.suspects());
    assertEquals(10, fleet.guessesLeft());
    assertFalse(other.memory.unfinished());
  }

  @Test
  void aFinishNamesAnEntryNoOlderThanItsStarts() {
    enrol();
    Request.RegisterFinish finish =
        fleet.captured().stream()
            .filter(Request.RegisterFinish.class::isInstance)
            .map(Request.RegisterFinish.class::cast)
            .findFirst()
            .orElseThrow();
    assertTrue(finish.header().seenK() >= finish.k());
  }

  @Test
  void aWrongCodeSaysHowManyGuessesAreLeftUntilTheLastErasesTheRecord() {
    enrol();
    for (int left = 9; left >= 0; left--) {
      Recovery end = device.start().recover(Slot.CODE, Device.code("wrong " + left));
      assertEquals(new Recovery.WrongCode(left, 1, false), end);
    }
    assertEquals(
        new Recovery.Exhausted(), device.start().recover(Slot.CODE, Device.code("123456")));
    assertTrue(fleet.registration().isEmpty());
  }

  /**
   * Registered by an earlier version, with a phone's apostrophe: each form is one guess, and one
   * opens.
   */
  @Test
  void whatWasRegisteredInTheEarlierFormStillOpens() throws UnacceptableCode {
    String typed = "it\u2019s 1234";
    RecoveryCode earlier = RecoveryCode.typedEarlierForm(typed.toCharArray());
    Enrolment enrolled =
        device.start().enrol(Slot.CODE, earlier, Device.secret(1), Authority.none());
    assertInstanceOf(Enrolment.Enrolled.class, enrolled);
    Device other = new Device(fleet, Device.seeded(3));
    assertEquals(
        new Recovery.WrongCode(9, 1, false), other.start().recover(Slot.CODE, Device.code(typed)));
    Recovery.Recovered recovered =
        assertInstanceOf(Recovery.Recovered.class, other.start().recover(Slot.CODE, earlier));
    assertTrue(recovered.secret().sameAs(Device.secret(1)));
  }

  @Test
  void attemptsThatWereNotTheUsersAreShown() {
    enrol();
    Device thief = new Device(fleet, Device.seeded(5));
    thief.start().recover(Slot.CODE, Device.code("000000"));
    thief.start().recover(Slot.CODE, Device.code("111111"));
    Recovery.Recovered recovered =
        assertInstanceOf(
            Recovery.Recovered.class, device.start().recover(Slot.CODE, Device.code("123456")));
    assertEquals(2, recovered.otherAttempts());
    assertEquals(OptionalInt.of(10), recovered.guessesLeft(), "those before it are free again");
    assertEquals(0, recovered.guessesUsed());
    assertTrue(recovered.whatToDoNext().contains("2 other attempts"));
  }

  @Test
  void noAttemptIsMissedThatTheHistoryIsTooShortFor() {
    enrol();
    Device thief = new Device(fleet, Device.seeded(5));
    for (int i = 0; i < 9; i++) {
      thief.start().recover(Slot.CODE, Device.code("thief " + i));
    }
    Recovery.Recovered recovered =
        assertInstanceOf(
            Recovery.Recovered.class, device.start().recover(Slot.CODE, Device.code("123456")));
    assertEquals(9, recovered.otherAttempts());
    recovered =
        assertInstanceOf(
            Recovery.Recovered.class, device.start().recover(Slot.CODE, Device.code("123456")));
    assertEquals(0, recovered.otherAttempts(), "the success before this one was the user's");
  }

  @Test
  void anAttemptMadeMeanwhileIsShownToo() {
    enrol();
    Device thief = new Device(fleet, Device.seeded(5));
    boolean[] once = {true};
    device.transport.afterPost =
        () -> {
          if (once[0]) {
            once[0] = false;
            thief.start().recover(Slot.CODE, Device.code("meanwhile"));
          }
        };
    Recovery.Recovered recovered =
        assertInstanceOf(
            Recovery.Recovered.class, device.start().recover(Slot.CODE, Device.code("123456")));
    assertEquals(1, recovered.otherAttempts());
    assertEquals(OptionalInt.of(9), recovered.guessesLeft());
    assertEquals(fleet.guessesLeft(), recovered.guessesLeft().orElseThrow());
    assertEquals(1, recovered.guessesUsed());
    assertTrue(recovered.whatToDoNext().contains("guesses left: 9."));
  }

  @Test
  void aFleetThatAcceptsNoMessageAsksForAnUpdate() {
    enrol();
    device.transport.fate = Fate.REFUSED;
    Recovery.TryAgain again =
        assertInstanceOf(
            Recovery.TryAgain.class, device.start().recover(Slot.CODE, Device.code("123456")));
    assertEquals(Cause.REFUSED, again.cause());
  }

  @Test
  void aDamagedMemoryIsNotTakenForAnEmptyOne() {
    enrol();
    device.transport.fate = Fate.LOST_BEFORE;
    device.start().recover(Slot.CODE, Device.code("123456"));
    device.transport.fate = Fate.DELIVERED;
    for (String name : List.copyOf(device.memory.values.keySet())) {
      Bytes whole = device.memory.values.get(name);
      for (int cut : new int[] {0, 1, whole.size() / 2, whole.size() - 1}) {
        if (name.startsWith("registered-")) {
          continue;
        }
        device.memory.values.put(name, whole.slice(0, cut));
        assertEquals(
            new Recovery.Untrusted(Distrust.MEMORY_DAMAGED),
            device.start().recover(Slot.CODE, Device.code("123456")),
            name + " cut to " + cut);
      }
      device.memory.values.put(name, whole);
    }
    assertInstanceOf(
        Recovery.Recovered.class, device.start().recover(Slot.CODE, Device.code("123456")));
    assertEquals(1, fleet.attemptNumber());
  }

  @Test
  void theOwnerChangesTheCodeAndNobodyElse() {
    enrol();
    Enrolment refused =
        device.start().enrol(Slot.CODE, Device.code("another"), Device.secret(9), Authority.none());
    assertEquals(new Enrolment.NotAuthorised(true), refused);
    Enrolment stolen =
        device
            .start()
            .enrol(
                Slot.CODE,
                Device.code("another"),
                Device.secret(9),
                Authority.owner(Device.secret(9)));
    assertEquals(new Enrolment.NotAuthorised(true), stolen);
    Enrolment changed =
        device
            .start()
            .enrol(
                Slot.CODE,
                Device.code("another"),
                Device.secret(1),
                Authority.owner(Device.secret(1)));
    assertEquals(new Enrolment.Enrolled(2, true, List.of()), changed);
    assertInstanceOf(
        Recovery.WrongCode.class, device.start().recover(Slot.CODE, Device.code("123456")));
    assertInstanceOf(
        Recovery.Recovered.class, device.start().recover(Slot.CODE, Device.code("another")));
  }

  @Test
  void aReplacementByLoginIsShownToWhoeverTypesTheOldCode() {
    enrol();
    Device thief = new Device(fleet, Device.seeded(6));
    assertEquals(
        new Enrolment.Enrolled(2, true, List.of()),
        thief
            .start()
            .enrol(Slot.CODE, Device.code("thief's"), Device.secret(7), Authority.login()));
    assertEquals(
        new Recovery.WrongCode(9, 2, true),
        device.start().recover(Slot.CODE, Device.code("123456")));
  }

  @Test
  void slotsAreIndependent() {
    enrol();
    Slot passkey = Slot.passkey(1);
    assertInstanceOf(
        Recovery.NotRegistered.class, device.start().recover(passkey, Device.code("123456")));
    assertInstanceOf(
        Enrolment.Enrolled.class,
        device.start().enrol(passkey, Device.code("passkey"), Device.secret(1), Authority.none()));
    assertInstanceOf(
        Forgetting.Forgotten.class,
        device.start().forget(passkey, Authority.owner(Device.secret(1))));
    assertInstanceOf(
        Recovery.NotRegistered.class, device.start().recover(passkey, Device.code("passkey")));
    assertInstanceOf(
        Recovery.Recovered.class, device.start().recover(Slot.CODE, Device.code("123456")));
  }

  @Test
  void forgettingTakesTheSecretAndFindsTheGenerationItself() {
    enrol();
    device
        .start()
        .enrol(
            Slot.CODE, Device.code("another"), Device.secret(1), Authority.owner(Device.secret(1)));
    Device other = new Device(fleet, Device.seeded(7));
    assertEquals(
        new Forgetting.NotAuthorised(),
        other.start().forget(Slot.CODE, Authority.owner(Device.secret(3))));
    assertEquals(
        new Forgetting.NotAuthorised(), other.start().forget(Slot.CODE, Authority.login()));
    assertEquals(
        new Forgetting.Forgotten(),
        other.start().forget(Slot.CODE, Authority.owner(Device.secret(1))));
    assertEquals(
        new Forgetting.NotRegistered(),
        other.start().forget(Slot.CODE, Authority.owner(Device.secret(1))));
  }

  @Test
  void whetherASlotIsRegisteredIsToldWithoutAGuessAndChangesNothing() {
    assertEquals(new Presence.NotRegistered(), device.start().registered(Slot.CODE));
    enrol();
    Device other = new Device(fleet, Device.seeded(8));
    assertEquals(new Presence.Registered(10, false), other.start().registered(Slot.CODE));
    assertEquals(new Presence.NotRegistered(), other.start().registered(Slot.passkey(8)));
    assertFalse(other.memory.unfinished());
    other.start().recover(Slot.CODE, Device.code("000000"));
    assertEquals(new Presence.Registered(9, false), device.start().registered(Slot.CODE));
    Recovery.Recovered recovered =
        assertInstanceOf(
            Recovery.Recovered.class, other.start().recover(Slot.CODE, Device.code("123456")));
    assertEquals(1, recovered.otherAttempts(), "the wrong code above, and nothing that was asked");
    assertEquals(1, recovered.generation());
    other
        .start()
        .enrol(
            Slot.CODE, Device.code("another"), Device.secret(1), Authority.owner(Device.secret(1)));
    assertEquals(new Presence.Registered(10, false), other.start().registered(Slot.CODE));
    assertEquals(new Presence.Registered(10, true), device.start().registered(Slot.CODE));
  }

  @Test
  void theStatusNeedsNoAttempt() {
    enrol();
    int before = fleet.captured().size();
    VaultStatus.Known known =
        assertInstanceOf(VaultStatus.Known.class, device.start().status(Slot.CODE));
    assertEquals(1, known.registeredGeneration().orElseThrow());
    assertEquals(2, known.k());
    assertFalse(known.unfinished());
    assertEquals(before, fleet.captured().size());
  }

  @Test
  void aLostReplyCostsNothingAndTheSameRequestGoesToAnotherHsm() {
    enrol();
    device.transport.next(Fate.LOST_AFTER, Fate.LOST_AFTER, Fate.LATER);
    device.transport.admitting().clear();
    fleet.captured().clear();
    assertInstanceOf(
        Recovery.Recovered.class, device.start().recover(Slot.CODE, Device.code("123456")));
    List<Request> attempts =
        fleet.captured().stream().filter(Request.Attempt.class::isInstance).toList();
    assertEquals(3, attempts.size());
    assertEquals(1, attempts.stream().map(Request::hash).distinct().count());
    List<Integer> admitting = device.transport.admitting().subList(0, 4);
    assertEquals(4, admitting.stream().distinct().count());
    assertEquals(1, fleet.attemptNumber());
  }

  @Test
  void anUnreachableFleetKeepsTheAttemptForAnotherDay() {
    enrol();
    device.transport.fate = Fate.LOST_AFTER;
    Recovery.TryAgain again =
        assertInstanceOf(
            Recovery.TryAgain.class, device.start().recover(Slot.CODE, Device.code("123456")));
    assertEquals(Cause.UNREACHABLE, again.cause());
    assertTrue(device.memory.unfinished());
    assertFalse(device.pauses.isEmpty());
    device.transport.fate = Fate.DELIVERED;
    assertInstanceOf(
        Recovery.Recovered.class, device.start().recover(Slot.CODE, Device.code("123456")));
    assertEquals(1, fleet.attemptNumber());
  }

  @Test
  void anotherCodeIsAnotherGuess() {
    enrol();
    device.transport.fate = Fate.LOST_AFTER;
    device.start().recover(Slot.CODE, Device.code("654321"));
    device.transport.fate = Fate.DELIVERED;
    assertInstanceOf(
        Recovery.Recovered.class, device.start().recover(Slot.CODE, Device.code("123456")));
    assertEquals(2, fleet.attemptNumber());
  }

  @Test
  void anExpiredLoginIsRenewedOnce() {
    enrol();
    device.transport.next(Fate.LOGIN_EXPIRED);
    assertInstanceOf(
        Recovery.Recovered.class, device.start().recover(Slot.CODE, Device.code("123456")));
    assertNotEquals(0, device.freshLogins);
    device.transport.fate = Fate.LOGIN_EXPIRED;
    Recovery.TryAgain again =
        assertInstanceOf(
            Recovery.TryAgain.class, device.start().recover(Slot.CODE, Device.code("123456")));
    assertEquals(Cause.LOGIN_EXPIRED, again.cause());
  }

  @Test
  void nothingIsSentThatCouldNotBeRememberedFirst() {
    enrol();
    int before = fleet.captured().size();
    device.memory.full = true;
    Recovery.TryAgain again =
        assertInstanceOf(
            Recovery.TryAgain.class, device.start().recover(Slot.CODE, Device.code("123456")));
    assertEquals(Cause.MEMORY, again.cause());
    assertEquals(before, fleet.captured().size());
  }

  @Test
  void twoMayBeMissingOfFive() {
    enrol();
    fleet.down(true, 4);
    assertInstanceOf(
        Recovery.WrongCode.class, device.start().recover(Slot.CODE, Device.code("654321")));
    fleet.down(true, 5);
    assertInstanceOf(
        Recovery.Recovered.class, device.start().recover(Slot.CODE, Device.code("123456")));
    Recovery unconfirmed = device.start().recover(Slot.CODE, Device.code("654321"));
    assertInstanceOf(Recovery.Unconfirmed.class, unconfirmed);
    int left = fleet.guessesLeft();
    fleet.down(false, 4, 5);
    assertEquals(
        new Recovery.WrongCode(left, 1, false),
        device.start().recover(Slot.CODE, Device.code("654321")));
  }

  @Test
  void aRegistrationNeedsOneMoreThanTheThreshold() {
    fleet.down(true, 1, 2);
    Enrolment.TryAgain again =
        assertInstanceOf(
            Enrolment.TryAgain.class,
            device
                .start()
                .enrol(Slot.CODE, Device.code("123456"), Device.secret(1), Authority.none()));
    assertEquals(Cause.TOO_FEW_HSMS, again.cause());
    assertTrue(fleet.registration().isEmpty());
    fleet.down(false, 1);
    enrol();
  }

  @Test
  void aDeviceThatKnowsAnEarlierFleetSaysMovedAndNotMissing() {
    enrol();
    MiniFleet next = new MiniFleet(5, 3, Device.seeded(8));
    Device moved = new Device(next, Device.seeded(9));
    moved.memory.values.putAll(device.memory.values);
    assertEquals(
        new Recovery.Moved(fleet.fleet().id(), next.fleet().id()),
        moved.start().recover(Slot.CODE, Device.code("123456")));
  }
}
