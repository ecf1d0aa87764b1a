package dev.coffer.client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.coffer.client.fleet.Device;
import dev.coffer.client.fleet.MiniFleet;
import dev.coffer.client.fleet.MiniTransport.Fate;
import dev.coffer.client.trust.Distrust;
import dev.coffer.protocol.account.KsfParameters;
import dev.coffer.protocol.account.Registration;
import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.outcome.ReplyContent;
import dev.coffer.protocol.request.Request;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Hosts or a network attacker that let the attempt through and hold the second message back: what
 * the client sends then is the same whatever the code (INV-10), and nothing that was found is lost.
 */
@Tag("long")
final class SecondMessageTest {
  private static final String RIGHT = "123456";
  private static final String WRONG = "654321";

  /** The app dies. Nothing catches it. */
  private static final class Crash extends Error {
    private static final long serialVersionUID = 1L;

    Crash() {
      super("crash", null, false, false);
    }
  }

  private final MiniFleet fleet = new MiniFleet(5, 3, Device.seeded(91));
  private final Device device = new Device(fleet, Device.seeded(92));

  private static void enrol(Device user) {
    assertInstanceOf(
        Enrolment.Enrolled.class,
        user.start().enrol(Slot.CODE, Device.code(RIGHT), Device.secret(1), Authority.none()));
  }

  private static Recovery recover(Device user, String code) {
    return user.start().recover(Slot.CODE, Device.code(code));
  }

  private static void hold(Device user, Fate fate) {
    user.transport.beforeSecond = () -> user.transport.next(fate);
  }

  private static void calm(Device user) {
    user.transport.beforeSecond = () -> {};
    user.transport.afterPost = () -> {};
  }

  private static Recovery held(Device user, String code) {
    hold(user, Fate.LATER);
    Recovery recovery = recover(user, code);
    calm(user);
    return recovery;
  }

  private static void dieBeforeSecond(Device user) {
    user.transport.beforeSecond =
        () -> {
          throw new Crash();
        };
  }

  private static void dieAfterSecond(Device user) {
    user.transport.beforeSecond =
        () ->
            user.transport.afterPost =
                () -> {
                  throw new Crash();
                };
  }

  /** What hosts see of a call in trouble, and of two more after it, of the same code. */
  private static List<String> seen(String code, boolean some, Consumer<Device> trouble) {
    MiniFleet vault = new MiniFleet(5, 3, Device.seeded(93));
    Device user = new Device(vault, Device.seeded(94));
    enrol(user);
    vault.down(some, 1, 2);
    user.transport.traffic().clear();
    trouble.accept(user);
    try {
      recover(user, code);
    } catch (Crash crash) {
      user.transport.traffic().add("crash");
    }
    calm(user);
    user.transport.traffic().add("again");
    recover(user, code);
    user.transport.traffic().add("and again");
    recover(user, code);
    return List.copyOf(user.transport.traffic());
  }

  @Test
  void aHostCannotTellRightFromWrong() {
    Map<String, Consumer<Device>> troubles =
        Map.of(
            "none", user -> {},
            "message 2 is answered 503 everywhere", user -> hold(user, Fate.LATER),
            "message 2 is lost everywhere", user -> hold(user, Fate.LOST_BEFORE),
            "every answer to message 2 is lost", user -> hold(user, Fate.LOST_AFTER),
            "message 2 is refused as of an old login", user -> hold(user, Fate.LOGIN_EXPIRED),
            "crash between the messages", SecondMessageTest::dieBeforeSecond,
            "crash after message 2", SecondMessageTest::dieAfterSecond);
    for (boolean some : new boolean[] {false, true}) {
      troubles.forEach((name, trouble) ->
          assertEquals(
              seen(RIGHT, some, trouble),
              seen(WRONG, some, trouble),
              name + (some ? ", two HSMs down" : "")));
    }
  }

  @Test
  void aWrongCodeIsToldOnceTheSecondMessageIsThroughAndCostsOneGuess() {
    enrol(device);
    fleet.captured().clear();
    for (Fate fate : List.of(Fate.LATER, Fate.LOST_AFTER, Fate.LOST_BEFORE)) {
      hold(device, fate);
      assertInstanceOf(Recovery.TryAgain.class, recover(device, WRONG));
      assertTrue(device.memory.unfinished());
    }
    calm(device);
    assertEquals(new Recovery.WrongCode(9, 1, false), recover(device, WRONG));
    assertFalse(device.memory.unfinished());
    assertEquals(1, fleet.attemptNumber());
    assertEquals(1, fleet.captured().stream().filter(Request.Attempt.class::isInstance).count());
    assertEquals(
        1,
        fleet.captured().stream()
            .filter(Request.Success.class::isInstance)
            .map(Request::hash)
            .distinct()
            .count(),
        "octet for octet, as a proof is");
  }

  @Test
  void theWarningOfAReplacementIsKeptToo() {
    enrol(device);
    Device thief = new Device(fleet, Device.seeded(95));
    thief.start().enrol(Slot.CODE, Device.code("thief's"), Device.secret(7), Authority.login());
    assertInstanceOf(Recovery.TryAgain.class, held(device, RIGHT));
    assertEquals(new Recovery.WrongCode(9, 2, true), recover(device, RIGHT));
  }

  private static List<String> another(String first, String second) {
    MiniFleet vault = new MiniFleet(5, 3, Device.seeded(93));
    Device user = new Device(vault, Device.seeded(94));
    enrol(user);
    held(user, first);
    user.transport.traffic().clear();
    recover(user, second);
    assertEquals(2, vault.attemptNumber(), "another code is another guess");
    assertFalse(user.memory.unfinished());
    return List.copyOf(user.transport.traffic());
  }

  @Test
  void anotherCodeLooksTheSameAfterARightAndAWrongOne() {
    assertEquals(another(RIGHT, "another"), another(WRONG, "another"));
    assertEquals(another(RIGHT, "another"), another(WRONG, RIGHT));
  }

  @Test
  void anUnconfirmedAnswerIsStillNoWrongCode() {
    enrol(device);
    fleet.down(true, 4, 5);
    assertInstanceOf(Recovery.TryAgain.class, held(device, WRONG));
    fleet.down(false, 4, 5);
    assertInstanceOf(Recovery.Unconfirmed.class, recover(device, WRONG));
    assertEquals(new Recovery.WrongCode(9, 1, false), recover(device, WRONG));
    assertEquals(1, fleet.attemptNumber());
  }

  @Test
  void tooFewHsmsAreToldAsThat() {
    enrol(device);
    for (int silent = 3; silent <= 5; silent++) {
      fleet.lie(
          silent, c -> new ReplyContent(c.outcome(), c.blind(), Optional.empty(), c.payload()));
    }
    assertEquals(Cause.BUSY, tryAgain(held(device, RIGHT)));
    for (int honest = 3; honest <= 5; honest++) {
      fleet.lie(honest, UnaryOperator.identity());
    }
    assertEquals(Cause.TOO_FEW_HSMS, tryAgain(recover(device, RIGHT)));
    assertInstanceOf(Recovery.Recovered.class, recover(device, RIGHT));
    assertEquals(1, fleet.attemptNumber());
  }

  private static Cause tryAgain(Recovery recovery) {
    return assertInstanceOf(Recovery.TryAgain.class, recovery).cause();
  }

  @Test
  void whatThisAppRefusesIsNotForHostsToSeeEither() {
    enrol(device);
    Device usual = new Device(fleet, Device.seeded(92));
    held(usual, WRONG);
    recover(usual, WRONG);
    Registration r = fleet.registration().orElseThrow();
    KsfParameters cheap = new KsfParameters((19 << 10) - 1, 2, 1);
    fleet.replaceRegistration(
        new Registration(r.authKey(), r.ownerKey(), r.wrappedKey(), r.limit(), cheap, r.id()));
    device.transport.traffic().clear();
    assertInstanceOf(Recovery.TryAgain.class, held(device, RIGHT));
    assertEquals(new Recovery.Untrusted(Distrust.KSF_OUT_OF_POLICY), recover(device, RIGHT));
    assertEquals(usual.transport.traffic(), device.transport.traffic());
    fleet.replaceRegistration(r);
    assertInstanceOf(Recovery.Recovered.class, recover(device, RIGHT));
    assertEquals(2, fleet.attemptNumber(), "the attempt stayed free to repeat");
  }

  @Test
  void aCodeThatWasWrongIsNotCalledSoForALaterRegistration() {
    enrol(device);
    assertInstanceOf(Recovery.TryAgain.class, held(device, WRONG));
    Device owner = new Device(fleet, Device.seeded(97));
    assertInstanceOf(
        Enrolment.Enrolled.class,
        owner
            .start()
            .enrol(
                Slot.CODE,
                Device.code(WRONG),
                Device.secret(1),
                Authority.owner(Device.secret(1))));
    assertEquals(Cause.CONTENTION, tryAgain(recover(device, WRONG)));
    assertInstanceOf(Recovery.Recovered.class, recover(device, WRONG));
  }

  private static List<String> overtaken(String code) {
    MiniFleet vault = new MiniFleet(5, 3, Device.seeded(93));
    Device user = new Device(vault, Device.seeded(94));
    enrol(user);
    held(user, code);
    assertInstanceOf(
        Recovery.Recovered.class, recover(new Device(vault, Device.seeded(96)), RIGHT));
    user.transport.traffic().clear();
    Recovery end = recover(user, code);
    assertEquals(
        code.equals(RIGHT), end instanceof Recovery.TryAgain, "not proved any more, or wrong");
    assertFalse(user.memory.unfinished());
    return List.copyOf(user.transport.traffic());
  }

  @Test
  void aSuccessInBetweenDoesNotTellEither() {
    List<String> right = overtaken(RIGHT);
    assertEquals(1, right.size());
    assertEquals(right, overtaken(WRONG));
  }

  private void version(int from, int to) {
    String name = device.memory.values.ceilingKey("recovery-");
    byte[] octets = device.memory.values.get(name).toByteArray();
    assertEquals(from, octets[0]);
    octets[0] = (byte) to;
    device.memory.values.put(name, Bytes.wrap(octets));
  }

  @Test
  void ofWhatAnEarlierAppKeptTheAttemptGoesOnAtNoCostAndTheSameWhateverTheCode() {
    enrol(device);
    for (int earlier = 1; earlier <= 2; earlier++) {
      held(device, WRONG);
      version(3, earlier);
      device.transport.traffic().clear();
      assertEquals(new Recovery.WrongCode(9, 1, false), recover(device, WRONG));
      List<String> wrong = List.copyOf(device.transport.traffic());
      held(device, RIGHT);
      version(3, earlier);
      device.transport.traffic().clear();
      assertInstanceOf(Recovery.Recovered.class, recover(device, RIGHT));
      assertEquals(wrong, device.transport.traffic());
    }
    assertEquals(4, fleet.attemptNumber());
  }

  @Test
  void whatALaterAppKeptIsNotGuessedAt() {
    enrol(device);
    held(device, RIGHT);
    version(3, 4);
    assertEquals(new Recovery.Untrusted(Distrust.MEMORY_DAMAGED), recover(device, RIGHT));
    version(4, 3);
    assertInstanceOf(Recovery.Recovered.class, recover(device, RIGHT));
  }
}
