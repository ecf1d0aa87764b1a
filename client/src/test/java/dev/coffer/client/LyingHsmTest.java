package dev.coffer.client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.coffer.client.fleet.Device;
import dev.coffer.client.fleet.MiniFleet;
import dev.coffer.client.trust.Distrust;
import dev.coffer.protocol.account.KsfParameters;
import dev.coffer.protocol.account.Registration;
import dev.coffer.protocol.account.RegistrationId;
import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.group.Ristretto255;
import dev.coffer.protocol.outcome.AttemptPayload;
import dev.coffer.protocol.outcome.Outcome;
import dev.coffer.protocol.outcome.OutcomeCode;
import dev.coffer.protocol.outcome.ReplyContent;
import dev.coffer.protocol.outcome.VaultAnswer;
import dev.coffer.protocol.request.Request;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * HSMs that seal lies: one alone is found out and left out; more can stop the client, and never
 * make it call a right code wrong where fewer than t+1 agree.
 */
@Tag("long")
final class LyingHsmTest {
  private final MiniFleet fleet = new MiniFleet(5, 3, Device.seeded(41));
  private final Device device = new Device(fleet, Device.seeded(42));

  private Enrolment enrol() {
    return device
        .start()
        .enrol(Slot.CODE, Device.code("123456"), Device.secret(1), Authority.none());
  }

  private Recovery recover(String code) {
    return device.start().recover(Slot.CODE, Device.code(code));
  }

  private static UnaryOperator<ReplyContent> partial(Bytes element) {
    return c ->
        c.partial().isEmpty()
            ? c
            : new ReplyContent(c.outcome(), c.blind(), Optional.of(element), c.payload());
  }

  private static final UnaryOperator<ReplyContent> WRONG_PARTIAL =
      partial(Ristretto255.GROUP.generator().encode());

  @Test
  void oneWrongPartialIsNamedAndLeftOut() {
    fleet.lie(2, WRONG_PARTIAL);
    assertEquals(new Enrolment.Enrolled(1, false, List.of(2)), enrol());
    assertEquals(new Recovery.WrongCode(9, 1, false), recover("654321"));
    Recovery.Recovered recovered = assertInstanceOf(Recovery.Recovered.class, recover("123456"));
    assertEquals(List.of(2), recovered.suspects());
    assertTrue(recovered.secret().sameAs(Device.secret(1)));
  }

  @Test
  void anIdentityOrGarbageInPlaceOfAPartialIsNamedAndLeftOut() {
    for (Bytes bad : List.of(Bytes.zeros(32), Bytes.fromHex("ff".repeat(32)))) {
      MiniFleet other = new MiniFleet(5, 3, Device.seeded(43));
      other.lie(5, partial(bad));
      Device user = new Device(other, Device.seeded(44));
      assertEquals(
          new Enrolment.Enrolled(1, false, List.of(5)),
          user.start().enrol(Slot.CODE, Device.code("123456"), Device.secret(1), Authority.none()));
    }
  }

  @Test
  void aBlindedElementSentBackIsNoPartial() {
    UnaryOperator<ReplyContent> reflect =
        c ->
            c.partial().isEmpty()
                ? c
                : partial(fleet.captured().getLast().blinded().orElseThrow()).apply(c);
    // All of them lie on one polynomial, of a key that is 1: the code would be open to guessing.
    for (int index = 1; index <= 5; index++) {
      fleet.lie(index, reflect);
    }
    assertEquals(Cause.TOO_FEW_HSMS, assertInstanceOf(Enrolment.TryAgain.class, enrol()).cause());
    assertTrue(fleet.registration().isEmpty());
    for (int index = 2; index <= 5; index++) {
      fleet.lie(index, UnaryOperator.identity());
    }
    assertEquals(new Enrolment.Enrolled(1, false, List.of(1)), enrol());
  }

  @Test
  void aLiarAmongExactlyTheThresholdIsNeverAWrongCode() {
    enrol();
    fleet.lie(1, WRONG_PARTIAL);
    fleet.down(true, 4, 5);
    assertInstanceOf(Recovery.Unconfirmed.class, recover("123456"));
    fleet.down(false, 4, 5);
    assertInstanceOf(Recovery.Recovered.class, recover("123456"));
    assertEquals(1, fleet.attemptNumber(), "the second call was the same attempt");
  }

  @Test
  void oneLiarAmongFourRegistersNothing() {
    fleet.lie(1, WRONG_PARTIAL);
    fleet.down(true, 5);
    assertEquals(Cause.TOO_FEW_HSMS, assertInstanceOf(Enrolment.TryAgain.class, enrol()).cause());
    assertTrue(fleet.registration().isEmpty());
  }

  /** The right code gets in and names the liars, the wrong one is never called wrong. */
  private static void onlyTheRightCodeTells(MiniFleet vault, int... liars) {
    Device user = new Device(vault, Device.seeded(50));
    user.start().enrol(Slot.CODE, Device.code("123456"), Device.secret(1), Authority.none());
    long before = vault.attemptNumber();
    for (int liar : liars) {
      vault.lie(liar, WRONG_PARTIAL);
    }
    assertInstanceOf(
        Recovery.Unconfirmed.class, user.start().recover(Slot.CODE, Device.code("654321")));
    Recovery.Recovered recovered =
        assertInstanceOf(
            Recovery.Recovered.class, user.start().recover(Slot.CODE, Device.code("123456")));
    assertTrue(recovered.secret().sameAs(Device.secret(1)));
    assertEquals(IntStream.of(liars).boxed().toList(), recovered.suspects());
    assertEquals(before + 2, vault.attemptNumber(), "two codes, two guesses");
  }

  @Test
  void oneLiarAmongThreeDoesNotKeepTheRightCodeOut() {
    for (int liar = 1; liar <= 3; liar++) {
      onlyTheRightCodeTells(new MiniFleet(3, 2, Device.seeded(51)), liar);
    }
  }

  @Test
  void oneLiarAmongFourOfFiveDoesNotKeepTheRightCodeOut() {
    for (int liar = 1; liar <= 4; liar++) {
      MiniFleet four = new MiniFleet(5, 3, Device.seeded(52));
      four.down(true, 5);
      onlyTheRightCodeTells(four, liar);
    }
  }

  @Test
  void twoLiarsAmongFiveDoNotKeepTheRightCodeOut() {
    onlyTheRightCodeTells(new MiniFleet(5, 3, Device.seeded(53)), 1, 2);
    onlyTheRightCodeTells(new MiniFleet(5, 3, Device.seeded(54)), 2, 5);
  }

  @Test
  void contradictionsLookTheSameToHostsWhateverTheCode() {
    enrol();
    fleet.lie(3, WRONG_PARTIAL);
    fleet.down(true, 1);
    Device right = new Device(fleet, Device.seeded(55));
    Device wrong = new Device(fleet, Device.seeded(55));
    assertInstanceOf(
        Recovery.Recovered.class, right.start().recover(Slot.CODE, Device.code("123456")));
    assertInstanceOf(
        Recovery.Unconfirmed.class, wrong.start().recover(Slot.CODE, Device.code("654321")));
    assertEquals(right.transport.traffic(), wrong.transport.traffic());
  }

  @Test
  void moreContradictionsThanAreTriedAreNeverAWrongCode() {
    MiniFleet seven = new MiniFleet(7, 5, Device.seeded(56));
    Device user = new Device(seven, Device.seeded(57));
    user.start().enrol(Slot.CODE, Device.code("123456"), Device.secret(1), Authority.none());
    for (int liar = 1; liar <= 3; liar++) {
      seven.lie(liar, WRONG_PARTIAL);
    }
    assertInstanceOf(
        Recovery.Unconfirmed.class, user.start().recover(Slot.CODE, Device.code("123456")));
    assertEquals(1, seven.attemptNumber());
    seven.lie(1, UnaryOperator.identity());
    assertInstanceOf(
        Recovery.Recovered.class, user.start().recover(Slot.CODE, Device.code("123456")));
    assertEquals(1, seven.attemptNumber(), "the same attempt");
  }

  @Test
  void twoLiarsStopAnEnrolment() {
    MiniFleet other = new MiniFleet(5, 3, Device.seeded(45));
    other.lie(2, WRONG_PARTIAL);
    other.lie(4, WRONG_PARTIAL);
    assertInstanceOf(
        Enrolment.TryAgain.class,
        new Device(other, Device.seeded(46))
            .start()
            .enrol(Slot.CODE, Device.code("123456"), Device.secret(1), Authority.none()));
  }

  @Test
  void sevenHsmsWithstandTwoLiars() {
    MiniFleet seven = new MiniFleet(7, 5, Device.seeded(47));
    seven.lie(1, WRONG_PARTIAL);
    seven.lie(7, WRONG_PARTIAL);
    Device user = new Device(seven, Device.seeded(48));
    assertEquals(
        new Enrolment.Enrolled(1, false, List.of(1, 7)),
        user.start().enrol(Slot.CODE, Device.code("123456"), Device.secret(1), Authority.none()));
  }

  private static UnaryOperator<ReplyContent> verdict(OutcomeCode code) {
    return c -> {
      Outcome o = c.outcome();
      Outcome lie =
          new Outcome(
              o.position(),
              o.type(),
              o.request(),
              code,
              o.generation(),
              o.attemptNumber(),
              0,
              o.registrationHash(),
              Outcome.payloadHash(Bytes.EMPTY));
      return new ReplyContent(lie, c.blind(), Optional.empty(), Bytes.EMPTY);
    };
  }

  @Test
  void aVerdictThatWasNotCertifiedIsLeftOut() {
    enrol();
    for (OutcomeCode code : OutcomeCode.values()) {
      fleet.lie(1, verdict(code));
      Recovery.Recovered recovered = assertInstanceOf(Recovery.Recovered.class, recover("123456"));
      assertEquals(List.of(1), recovered.suspects());
    }
    for (int index = 1; index <= 5; index++) {
      fleet.lie(index, verdict(OutcomeCode.EXHAUSTED));
    }
    assertEquals(new Recovery.Untrusted(Distrust.BAD_ANSWER), recover("123456"));
  }

  @Test
  void aPayloadThatWasNotCertifiedIsLeftOut() {
    enrol();
    fleet.lie(
        1,
        c ->
            new ReplyContent(
                c.outcome(),
                c.blind(),
                c.partial(),
                new AttemptPayload(
                        Bytes.zeros(32),
                        new KsfParameters(1, 1, 1),
                        10,
                        Bytes.zeros(32),
                        new RegistrationId(Bytes.zeros(32)),
                        false,
                        Bytes.zeros(32))
                    .encode()));
    assertInstanceOf(Recovery.Recovered.class, recover("123456"));
  }

  @Test
  void anotherRequestsCertifiedVerdictIsNotThisOnes() {
    enrol();
    List<ReplyContent> contents = new ArrayList<>();
    List<VaultAnswer> answers = new ArrayList<>();
    fleet.lie(
        1,
        c -> {
          contents.add(c);
          return c;
        });
    Device accomplice = new Device(fleet, Device.seeded(49));
    accomplice.transport.tamper =
        answer -> {
          answers.add(answer);
          return answer;
        };
    assertEquals(
        new Recovery.NotRegistered(),
        accomplice.start().recover(Slot.passkey(8), Device.code("123456")));
    fleet.lie(1, UnaryOperator.identity());
    VaultAnswer place = answers.get(0);
    ReplyContent verdict = contents.get(0);
    assertEquals(OutcomeCode.NOT_REGISTERED, verdict.outcome().code());
    // Host and HSM 1 show the victim the accomplice's leaf, certified and in its place.
    device.transport.tamper =
        answer -> {
          Request mine = fleet.captured().get(fleet.captured().size() - 1);
          return new VaultAnswer(
              place.certificate(),
              place.entrySize(),
              place.position(),
              place.leaf(),
              place.path(),
              List.of(fleet.reseal(1, mine, place, verdict)));
        };
    assertEquals(new Recovery.Untrusted(Distrust.BAD_ANSWER), recover("123456"));
  }

  private static Registration with(
      Registration r, Bytes ownerKey, Bytes wrappedKey, KsfParameters ksf) {
    return new Registration(r.authKey(), ownerKey, wrappedKey, r.limit(), ksf, r.id());
  }

  @Test
  void aWholeFleetThatAsksForCheapOrEndlessStretchingIsRefused() {
    enrol();
    device.transport.traffic().clear();
    assertInstanceOf(Recovery.WrongCode.class, recover("654321"));
    List<String> usual = List.copyOf(device.transport.traffic());
    Registration r = fleet.registration().orElseThrow();
    for (KsfParameters ksf :
        List.of(
            new KsfParameters((19 << 10) - 1, 2, 1),
            new KsfParameters(19 << 10, 1, 1),
            new KsfParameters(1 << 20, 3, 1),
            new KsfParameters(19 << 10, 64, 1),
            new KsfParameters(19 << 10, 2, 16))) {
      fleet.replaceRegistration(with(r, r.ownerKey(), r.wrappedKey(), ksf));
      device.transport.traffic().clear();
      assertEquals(new Recovery.Untrusted(Distrust.KSF_OUT_OF_POLICY), recover("123456"));
      // What this app refuses is not for hosts to see: the second message goes out as ever.
      assertEquals(usual, device.transport.traffic());
    }
    fleet.replaceRegistration(r);
    assertInstanceOf(Recovery.Recovered.class, recover("123456"));
  }

  @Test
  void aWholeFleetThatSwapsTheWrappedKeyIsFoundOut() {
    enrol();
    Registration r = fleet.registration().orElseThrow();
    Bytes other = Bytes.zeros(r.wrappedKey().size());
    assertNotEquals(other, r.wrappedKey());
    // Between attempt and success: the certified attempt holds the hash of the true one.
    boolean[] swapped = {false};
    device.transport.afterPost =
        () -> {
          if (!swapped[0]) {
            fleet.replaceRegistration(with(r, r.ownerKey(), other, r.ksf()));
            swapped[0] = true;
          }
        };
    assertEquals(new Recovery.Untrusted(Distrust.BAD_WRAPPED_KEY), recover("123456"));
    // A registration with fewer guesses is another one too, though its key would open.
    device.memory.values.clear();
    fleet.replaceRegistration(r);
    swapped[0] = false;
    device.transport.afterPost =
        () -> {
          if (!swapped[0]) {
            fleet.replaceRegistration(
                new Registration(
                    r.authKey(), r.ownerKey(), r.wrappedKey(), r.limit() - 1, r.ksf(), r.id()));
            swapped[0] = true;
          }
        };
    assertEquals(new Recovery.Untrusted(Distrust.BAD_WRAPPED_KEY), recover("123456"));
    fleet.replaceRegistration(with(r, r.ownerKey(), other, r.ksf()));
    // Before the attempt: it does not open under the code.
    device.memory.values.clear();
    assertEquals(new Recovery.Untrusted(Distrust.BAD_WRAPPED_KEY), recover("123456"));
    // The true one under another owner: K does not lead to the ownerKey.
    device.memory.values.clear();
    fleet.replaceRegistration(with(r, other.slice(0, 32), r.wrappedKey(), r.ksf()));
    assertEquals(new Recovery.Untrusted(Distrust.BAD_WRAPPED_KEY), recover("123456"));
  }

  @Test
  void aWholeFleetThatStoresAnotherRegistrationIsFoundOut() {
    fleet.swapAtFinish = mine -> with(mine, Bytes.zeros(32), mine.wrappedKey(), mine.ksf());
    assertEquals(new Enrolment.Untrusted(Distrust.UNEXPECTED_OUTCOME), enrol());
    assertTrue(device.memory.unfinished(), "the finish is kept");
  }
}
