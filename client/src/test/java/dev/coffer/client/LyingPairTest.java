package dev.coffer.client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.coffer.client.fleet.Device;
import dev.coffer.client.fleet.MiniFleet;
import dev.coffer.protocol.account.Registration;
import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.codec.Rejected;
import dev.coffer.protocol.crypto.Ed25519;
import dev.coffer.protocol.group.Ristretto255;
import dev.coffer.protocol.group.RistrettoElement;
import dev.coffer.protocol.outcome.ReplyContent;
import dev.coffer.protocol.request.Request;
import dev.coffer.protocol.request.SignedTexts;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Two HSMs that lie together: each adds to its own partial result what draws honest ones onto a
 * second polynomial, so that t+1 agree on a result that is wrong. They deny; they learn no code and
 * gain no guess.
 */
@Tag("long")
final class LyingPairTest {
  private static final String CODE = "123456";

  private MiniFleet fleet = new MiniFleet(5, 3, Device.seeded(61));
  private Device device = new Device(fleet, Device.seeded(62));

  private void fleetOf(int n, int q) {
    fleet = new MiniFleet(n, q, Device.seeded(63));
    device = new Device(fleet, Device.seeded(64));
  }

  private Enrolment enrol() {
    return device.start().enrol(Slot.CODE, Device.code(CODE), Device.secret(1), Authority.none());
  }

  private Recovery recover(String code) {
    return device.start().recover(Slot.CODE, Device.code(code));
  }

  /** What the pair adds its share of: anything it likes, a multiple of the blinded element too. */
  private interface Direction {
    RistrettoElement at(Bytes blindedElement) throws Rejected;
  }

  private static final Direction FIXED = blinded -> Ristretto255.GROUP.generator();
  private static final Direction SAME_KEY_EVERY_TIME =
      blinded -> Ristretto255.GROUP.multiplyVarTime(5, Ristretto255.GROUP.decode(blinded));

  /** The difference of the two polynomials: zero where honest results are to stay as they are. */
  private static long difference(int index, int... drawn) {
    return Arrays.stream(drawn).mapToLong(honest -> index - honest).reduce(1, (a, b) -> a * b);
  }

  private void conspire(Direction direction, int[] liars, int... drawn) {
    for (int liar : liars) {
      fleet.lie(
          liar,
          content ->
              content.partial().isEmpty()
                  ? content
                  : new ReplyContent(
                      content.outcome(),
                      content.blind(),
                      Optional.of(
                          moved(content.partial().get(), difference(liar, drawn), direction)),
                      content.payload()));
    }
  }

  private Bytes moved(Bytes partial, long by, Direction direction) {
    try {
      Bytes blinded = fleet.captured().getLast().blinded().orElseThrow();
      return Ristretto255.GROUP
          .add(
              Ristretto255.GROUP.decode(partial),
              Ristretto255.GROUP.multiplyVarTime(by, direction.at(blinded)))
          .encode();
    } catch (Rejected e) {
      throw new AssertionError(e);
    }
  }

  private void repent() {
    IntStream.rangeClosed(1, fleet.fleet().settings().n())
        .forEach(index -> fleet.lie(index, UnaryOperator.identity()));
  }

  @ParameterizedTest
  @CsvSource({"1, 2, 3, 4, 5", "4, 5, 1, 2, 3", "2, 4, 3, 5, 1", "1, 5, 2, 4, 3"})
  void atRegistrationAPairStoresWhatNoCodeOpensAndTheOutvotedOneIsTheSuspect(
      int first, int second, int drawn, int other, int outvoted) {
    conspire(FIXED, new int[] {first, second}, drawn, other);
    assertEquals(new Enrolment.Enrolled(1, false, List.of(outvoted)), enrol());
    repent();
    assertEquals(new Recovery.WrongCode(9, 1, false), recover(CODE));
    assertEquals(1, fleet.attemptNumber(), "one typed code, one guess");
  }

  @Test
  void atRegistrationAPairCanKeepTheCodeHostage() {
    int[] liars = {1, 2};
    conspire(SAME_KEY_EVERY_TIME, liars, 3, 4);
    assertEquals(new Enrolment.Enrolled(1, false, List.of(5)), enrol());
    Recovery.Recovered there = assertInstanceOf(Recovery.Recovered.class, recover(CODE));
    assertTrue(there.secret().sameAs(Device.secret(1)), "it opens as long as they lie alike");
    repent();
    assertInstanceOf(Recovery.WrongCode.class, recover(CODE));
  }

  @ParameterizedTest
  @CsvSource({"1, 2, 3, 4", "4, 5, 1, 2", "2, 4, 3, 5"})
  void atRecoveryAPairMakesARightCodeWrongAndNothingIsDisclosed(
      int first, int second, int drawn, int other) {
    enrol();
    Registration stored = fleet.registration().orElseThrow();
    conspire(FIXED, new int[] {first, second}, drawn, other);
    device.transport.traffic().clear();
    assertEquals(new Recovery.WrongCode(9, 1, false), recover(CODE));
    List<String> right = List.copyOf(device.transport.traffic());
    Request.Success second1 = (Request.Success) fleet.captured().getLast();
    Bytes text =
        SignedTexts.recoveryProof(
            second1.header().subject(),
            1,
            second1.id(),
            1,
            second1.attemptRequest(),
            second1.trailBefore());
    assertFalse(Ed25519.verify(stored.authKey(), text, second1.proof()), "nothing was proved");
    device.transport.traffic().clear();
    assertEquals(new Recovery.WrongCode(8, 1, false), recover("654321"));
    assertEquals(right, device.transport.traffic(), "hosts see the same as of a wrong code");
    assertEquals(2, fleet.attemptNumber(), "two typed codes, two guesses");
    repent();
    Recovery.Recovered back = assertInstanceOf(Recovery.Recovered.class, recover(CODE));
    assertTrue(back.secret().sameAs(Device.secret(1)));
  }

  /** The price of denial: whoever goes on typing spends guesses, and no more than the limit. */
  @Test
  void aPairCanMakeAUserSpendTheGuessesAndNotOneMore() {
    enrol();
    conspire(FIXED, new int[] {2, 3}, 1, 5);
    for (int left = 9; left >= 0; left--) {
      assertEquals(new Recovery.WrongCode(left, 1, false), recover(CODE));
    }
    assertEquals(new Recovery.Exhausted(), recover(CODE));
    assertEquals(10, fleet.attemptNumber());
  }

  /** Five stand against five: nobody is believed, the code's own key decides. */
  @Test
  void amongSevenAPairIsSeenThrough() {
    fleetOf(7, 5);
    enrol();
    conspire(FIXED, new int[] {6, 7}, 1, 2, 3);
    Recovery.Recovered in = assertInstanceOf(Recovery.Recovered.class, recover(CODE));
    assertEquals(List.of(6, 7), in.suspects());
  }

  @Test
  void amongSevenAPairDeniesWhileAnHonestOneIsAway() {
    fleetOf(7, 5);
    enrol();
    fleet.down(true, 5);
    conspire(FIXED, new int[] {6, 7}, 1, 2, 3);
    assertEquals(new Recovery.WrongCode(9, 1, false), recover(CODE));
    fleet.down(false, 5);
    Recovery.Recovered in = assertInstanceOf(Recovery.Recovered.class, recover(CODE));
    assertEquals(List.of(6, 7), in.suspects());
  }

  @Test
  void amongSevenThreeDenyEvenWhenAllAnswer() {
    fleetOf(7, 5);
    enrol();
    conspire(FIXED, new int[] {5, 6, 7}, 1, 2, 3);
    assertEquals(new Recovery.WrongCode(9, 1, false), recover(CODE));
    assertEquals(1, fleet.attemptNumber());
  }

  /** With n=3 two are t: nothing is promised. One alone among three stops, and cannot mislead. */
  @Test
  void amongThreeOneAloneIsNeverBelieved() {
    fleetOf(3, 2);
    enrol();
    conspire(FIXED, new int[] {3}, 1);
    Recovery.Recovered in = assertInstanceOf(Recovery.Recovered.class, recover(CODE));
    assertEquals(List.of(3), in.suspects());
    assertInstanceOf(Recovery.Unconfirmed.class, recover("654321"));
  }
}
