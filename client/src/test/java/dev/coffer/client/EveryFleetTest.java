package dev.coffer.client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.coffer.client.fleet.Device;
import dev.coffer.client.fleet.MiniFleet;
import dev.coffer.client.fleet.MiniTransport.Fate;
import dev.coffer.client.fleet.MovingVault;
import dev.coffer.client.fleet.MovingVault.Phone;
import dev.coffer.protocol.account.Registration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * While a fleet is replaced, someone with the user's login registers a code of his own with the new
 * one, where nothing is alive yet. Whoever has the right code still gets in, and hosts of both
 * fleets see no more than those of one (INV-10).
 */
@Tag("long")
final class EveryFleetTest {
  private static final String RIGHT = "123456";
  private static final String WRONG = "654321";
  private static final String OTHER = "another one";

  /** The app dies. Nothing catches it. */
  private static final class Crash extends Error {
    private static final long serialVersionUID = 1L;

    Crash() {
      super("crash", null, false, false);
    }
  }

  private final MovingVault vault = new MovingVault();
  private final Phone phone = vault.new Phone();

  private static void enrol(Phone by, String code, int secret, Authority authority) {
    Enrolment end =
        by.start().enrol(Slot.CODE, Device.code(code), Device.secret(secret), authority);
    assertInstanceOf(Enrolment.Enrolled.class, end);
  }

  private static Recovery recover(Phone by, String code) {
    return by.start().recover(Slot.CODE, Device.code(code));
  }

  private static Recovery.Recovered recovered(Phone by, String code, int secret) {
    Recovery.Recovered end = assertInstanceOf(Recovery.Recovered.class, recover(by, code));
    assertTrue(end.secret().sameAs(Device.secret(secret)));
    return end;
  }

  /** The user's code at the old fleet, a thief's at the new one. */
  private static void rogue(MovingVault vault, Phone user) {
    enrol(user, RIGHT, 1, Authority.none());
    vault.replaceFleet();
    enrol(vault.new Phone(), OTHER, 7, Authority.login());
    assertTrue(vault.young.registration().isPresent());
  }

  @BeforeEach
  void standInFront() {
    rogue(vault, phone);
  }

  /** All guesses at the new fleet, and the one that ends the account there. */
  private static void exhaust(MiniFleet fleet) {
    Device thief = new Device(fleet, Device.seeded(5));
    Recovery end = new Recovery.NotRegistered();
    for (int guess = 0; guess <= 10; guess++) {
      end = thief.start().recover(Slot.CODE, Device.code("guess " + guess));
    }
    assertEquals(new Recovery.Exhausted(), end);
  }

  @Test
  void theRightCodeOpensWhatIsBehindARogueRegistration() {
    Optional<Registration> rogues = vault.young.registration();
    for (Phone user : List.of(phone, phone, vault.new Phone())) {
      Recovery.Recovered end = recovered(user, RIGHT, 1);
      assertEquals(List.of(vault.young.fleet().id()), end.otherCodes());
      assertTrue(end.whatToDoNext().contains("Another recovery code is registered"));
      assertEquals(
          new Recovery.Move(vault.old.fleet().id(), vault.young.fleet().id(), false),
          end.move().orElseThrow());
      assertTrue(vault.old.registration().isPresent(), "the only one that the code opens");
      assertEquals(rogues, vault.young.registration());
    }
    assertEquals(10, vault.old.guessesLeft());
  }

  @Test
  void theOwnerTakesTheSlotBackByLoginAndThenTheOldOneGoes() {
    recovered(phone, RIGHT, 1);
    enrol(phone, RIGHT, 1, Authority.login());
    assertFalse(vault.old.registration().isPresent());
    Recovery.Recovered there = recovered(vault.new Phone(), RIGHT, 1);
    assertTrue(there.move().isEmpty() && there.otherCodes().isEmpty());
  }

  @Test
  void anExhaustedRogueHidesNothing() {
    exhaust(vault.young);
    Recovery.Recovered end = recovered(phone, RIGHT, 1);
    assertEquals(List.of(), end.otherCodes());
    assertTrue(end.move().orElseThrow().done(), "nothing is alive there any more");
    assertFalse(vault.old.registration().isPresent());
    recovered(vault.new Phone(), RIGHT, 1);
  }

  @Test
  void whatIsLeftUnsettledAtTheNewFleetHidesNothing() {
    vault.young.down(true, 3);
    assertInstanceOf(
        Recovery.Unconfirmed.class,
        new Device(vault.young, Device.seeded(6)).start().recover(Slot.CODE, Device.code(RIGHT)));
    recovered(phone, RIGHT, 1);
    phone.toYoung.fate = Fate.LATER;
    Recovery.Recovered end = recovered(phone, RIGHT, 1);
    assertFalse(end.move().orElseThrow().done(), "who knows what is there");
    assertTrue(vault.old.registration().isPresent());
  }

  @Test
  void anOldCodeDoesNotTakeTheNewOnesPlace() {
    MovingVault here = new MovingVault();
    Phone user = here.new Phone();
    enrol(user, RIGHT, 1, Authority.none());
    here.replaceFleet();
    // The code is changed on the way, and the deletion of the old slot is lost.
    user.toYoung.afterPost = () -> user.toOld.fate = Fate.LOST_BEFORE;
    enrol(user, OTHER, 1, Authority.owner(Device.secret(1)));
    Optional<Registration> newest = here.young.registration();
    Phone other = here.new Phone();
    assertEquals(List.of(here.young.fleet().id()), recovered(other, RIGHT, 1).otherCodes());
    assertEquals(newest, here.young.registration(), "K's word would have replaced it");
    assertEquals(List.of(), recovered(other, OTHER, 1).otherCodes());
  }

  @Test
  void ofSeveralWrongVerdictsTheOneWithTheFewestGuessesIsTold() {
    new Device(vault.young, Device.seeded(6)).start().recover(Slot.CODE, Device.code(WRONG));
    assertEquals(new Recovery.WrongCode(8, 1, false), recover(phone, WRONG));
    assertEquals(9, vault.old.guessesLeft());
    recovered(phone, RIGHT, 1);
    assertEquals(new Recovery.WrongCode(6, 1, false), recover(phone, WRONG));
    assertEquals(9, vault.old.guessesLeft(), "the success was there");
  }

  @Test
  void aRetiringFleetThatIsAwayStandsInNobodysWay() {
    phone.known = phone.toYoung;
    phone.toOld.away = true;
    recovered(phone, OTHER, 7);
    // Somebody's code is wrong, and it may be the right one where nobody answers.
    Recovery.WrongCode wrong = assertInstanceOf(Recovery.WrongCode.class, recover(phone, RIGHT));
    assertTrue(wrong.unsettled());
    assertTrue(wrong.whatToDoNext().contains("gave no verdict"));
    exhaust(vault.young);
    Recovery.TryAgain again = assertInstanceOf(Recovery.TryAgain.class, recover(phone, RIGHT));
    assertEquals(Cause.UNREACHABLE, again.cause(), "not that everything is erased");
    phone.toOld.away = false;
    recovered(phone, RIGHT, 1);
  }

  @Test
  void theLastWordIsThatAllAreExhausted() {
    exhaust(vault.young);
    exhaust(vault.old);
    assertEquals(new Recovery.Exhausted(), recover(phone, RIGHT));
  }

  /** What hosts of both fleets see of a new phone's call. */
  private static List<String> seen(MovingVault vault, Phone by, String code) {
    recover(by, code);
    List<String> all = new ArrayList<>(by.toYoung.traffic());
    all.add("old:");
    all.addAll(by.toOld.traffic());
    return all;
  }

  private static List<String> seen(String atOld, String atYoung, String code) {
    MovingVault vault = new MovingVault();
    if (!atOld.isEmpty()) {
      enrol(vault.new Phone(), atOld, 1, Authority.none());
    }
    vault.replaceFleet();
    if (!atYoung.isEmpty()) {
      enrol(vault.new Phone(), atYoung, 7, Authority.login());
    }
    return seen(vault, vault.new Phone(), code);
  }

  @Test
  void hostsOfNeitherFleetCanTellRightFromWrong() {
    List<String> both = seen(OTHER, OTHER, WRONG);
    assertEquals(5, both.size(), "two messages to each: " + both);
    assertEquals(both, seen(RIGHT, OTHER, RIGHT), "right at the old one");
    assertEquals(both, seen(OTHER, RIGHT, RIGHT), "right at the new one");
    assertEquals(both, seen(RIGHT, RIGHT, RIGHT), "right at both");
    assertEquals(seen("", OTHER, RIGHT), seen("", RIGHT, RIGHT), "only the new one has any");
    // A move follows a right code, as a restore does; nothing before it differs.
    List<String> stays = seen(OTHER, "", RIGHT);
    List<String> moves = seen(RIGHT, "", RIGHT);
    int old = stays.indexOf("old:");
    assertEquals(stays.subList(0, old), moves.subList(0, old));
    int oldOfMove = moves.indexOf("old:");
    assertEquals(
        stays.subList(old, stays.size()), moves.subList(oldOfMove, oldOfMove + stays.size() - old));
  }

  /** The app dies at an event, is started again, and the same code is typed. */
  private static List<String> seenAcrossACrash(String atOld, String atYoung, int at) {
    MovingVault vault = new MovingVault();
    enrol(vault.new Phone(), atOld, 1, Authority.none());
    vault.replaceFleet();
    enrol(vault.new Phone(), atYoung, 7, Authority.login());
    Phone by = vault.new Phone();
    int[] left = {at};
    Runnable event =
        () -> {
          if (left[0]-- == 0) {
            throw new Crash();
          }
        };
    by.memory.beforeChange = event;
    by.toOld.beforePost = event;
    by.toOld.afterPost = event;
    by.toYoung.beforePost = event;
    by.toYoung.afterPost = event;
    assertThrows(Crash.class, () -> recover(by, RIGHT));
    by.memory.beforeChange = () -> {};
    by.toOld.beforePost = () -> {};
    by.toOld.afterPost = () -> {};
    by.toYoung.beforePost = () -> {};
    by.toYoung.afterPost = () -> {};
    List<String> all = seen(vault, by, RIGHT);
    assertEquals(1, vault.young.attemptNumber(), "no guess is burnt; crash at " + at);
    assertEquals(1, vault.old.attemptNumber(), "no guess is burnt; crash at " + at);
    assertFalse(by.memory.unfinished());
    return all;
  }

  @Test
  void noCrashBetweenTheFleetsTellsHostsWhatTheCodeWasOrBurnsAGuess() {
    // 23 events before the first of what a call leaves behind.
    for (int at = 0; at < 23; at++) {
      List<String> wrong = seenAcrossACrash(OTHER, OTHER, at);
      boolean atOld = at % 2 == 0;
      List<String> right = seenAcrossACrash(atOld ? RIGHT : OTHER, atOld ? OTHER : RIGHT, at);
      assertEquals(wrong, right, "crash at " + at);
    }
  }
}
