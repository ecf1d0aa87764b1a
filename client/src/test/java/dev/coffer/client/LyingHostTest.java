package dev.coffer.client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.coffer.client.exchange.ChainProgress;
import dev.coffer.client.exchange.Memory;
import dev.coffer.client.exchange.OperationAborted;
import dev.coffer.client.fleet.Device;
import dev.coffer.client.fleet.MiniFleet;
import dev.coffer.client.trust.Distrust;
import dev.coffer.protocol.chain.Certificate;
import dev.coffer.protocol.chain.ChainValues;
import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.outcome.FleetDelivery;
import dev.coffer.protocol.outcome.SealedReply;
import dev.coffer.protocol.outcome.VaultAnswer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Hosts that alter what passes through them. Nothing they do may become a verdict, cost a guess
 * more than the attempt itself, or keep the client from an honest node.
 */
@Tag("long")
final class LyingHostTest {
  private final MiniFleet fleet = new MiniFleet(5, 3, Device.seeded(21));
  private final Device device = new Device(fleet, Device.seeded(22));

  @BeforeEach
  void enrol() {
    assertInstanceOf(
        Enrolment.Enrolled.class,
        device.start().enrol(Slot.CODE, Device.code("123456"), Device.secret(1), Authority.none()));
  }

  private static VaultAnswer with(VaultAnswer a, Certificate certificate) {
    return new VaultAnswer(
        certificate, a.entrySize(), a.position(), a.leaf(), a.path(), a.replies());
  }

  private static VaultAnswer with(VaultAnswer a, List<SealedReply> replies) {
    return new VaultAnswer(
        a.certificate(), a.entrySize(), a.position(), a.leaf(), a.path(), replies);
  }

  private static Bytes flipped(Bytes octets) {
    byte[] flipped = octets.toByteArray();
    flipped[flipped.length / 2] ^= 1;
    return Bytes.wrap(flipped);
  }

  /** Every node lies: turned away with the reason. One lies: the others give the secret back. */
  private void expect(Distrust reason, UnaryOperator<VaultAnswer> lie) {
    device.transport.tamper = lie;
    assertEquals(
        new Recovery.Untrusted(reason), device.start().recover(Slot.CODE, Device.code("123456")));
    assertTrue(device.memory.unfinished(), "the attempt is kept");
    boolean[] once = {true};
    device.transport.tamper =
        answer -> {
          boolean now = once[0];
          once[0] = false;
          return now ? lie.apply(answer) : answer;
        };
    assertInstanceOf(
        Recovery.Recovered.class, device.start().recover(Slot.CODE, Device.code("123456")));
    assertEquals(1, fleet.attemptNumber());
  }

  @Test
  void aSignatureIsAltered() {
    expect(
        Distrust.BAD_CERTIFICATE,
        answer -> {
          List<Certificate.Signed> signed = new ArrayList<>(answer.certificate().signatures());
          Certificate.Signed last = signed.remove(2);
          signed.add(new Certificate.Signed(last.index(), flipped(last.signature())));
          return with(answer, new Certificate(answer.certificate().values(), signed));
        });
  }

  @Test
  void signaturesAreFewerThanTheQuorum() {
    expect(
        Distrust.BAD_CERTIFICATE,
        answer -> with(answer, fleet.certificate(answer.certificate().values(), 2, 5)));
  }

  @Test
  void oneHsmIsCountedTwice() {
    expect(
        Distrust.BAD_ANSWER,
        answer -> {
          List<Certificate.Signed> signed = new ArrayList<>(answer.certificate().signatures());
          signed.set(1, signed.get(0));
          return with(answer, new Certificate(answer.certificate().values(), signed));
        });
  }

  @Test
  void oneHsmSignsUnderTwoNames() {
    expect(
        Distrust.BAD_CERTIFICATE,
        answer -> {
          List<Certificate.Signed> signed = new ArrayList<>(answer.certificate().signatures());
          signed.set(1, new Certificate.Signed(2, signed.get(0).signature()));
          return with(answer, new Certificate(answer.certificate().values(), signed));
        });
  }

  @Test
  void theCertificateIsOfAnotherFleet() {
    MiniFleet other = new MiniFleet(5, 3, Device.seeded(23));
    expect(
        Distrust.BAD_CERTIFICATE,
        answer -> {
          ChainValues v = answer.certificate().values();
          ChainValues foreign =
              new ChainValues(other.fleet().id(), 0, v.k(), v.head(), v.root(), v.outcomesRoot());
          return with(answer, other.certificate(foreign, 1, 2, 3));
        });
  }

  @Test
  void theQuorumIsFullButOfAnotherFleetsKeys() {
    MiniFleet other = new MiniFleet(5, 3, Device.seeded(24));
    expect(
        Distrust.BAD_CERTIFICATE,
        answer -> with(answer, other.certificate(answer.certificate().values(), 1, 2, 3)));
  }

  @Test
  void theLeafIsMovedToAnotherPosition() {
    expect(
        Distrust.BAD_ANSWER,
        answer ->
            new VaultAnswer(
                answer.certificate(),
                answer.entrySize() + 1,
                answer.position() + 1,
                answer.leaf(),
                answer.path(),
                answer.replies()));
  }

  @Test
  void thePathIsCutShort() {
    expect(
        Distrust.BAD_ANSWER,
        answer ->
            new VaultAnswer(
                answer.certificate(), 1, 0, answer.leaf(), List.of(), answer.replies()));
  }

  @Test
  void repliesChangePlaces() {
    expect(
        Distrust.BAD_ANSWER,
        answer -> {
          List<SealedReply> moved = new ArrayList<>();
          int n = answer.replies().size();
          for (int i = 0; i < n; i++) {
            SealedReply reply = answer.replies().get((i + 1) % n);
            moved.add(new SealedReply(i + 1, reply.responseNonce(), reply.ciphertext()));
          }
          return with(answer, moved);
        });
  }

  @Test
  void repliesAreDamaged() {
    expect(
        Distrust.BAD_ANSWER,
        answer ->
            with(
                answer,
                answer.replies().stream()
                    .map(
                        r -> new SealedReply(r.index(), r.responseNonce(), flipped(r.ciphertext())))
                    .toList()));
  }

  @Test
  void someRepliesAreDamagedAndTheRestSuffices() {
    device.transport.tamper =
        answer -> {
          List<SealedReply> replies = new ArrayList<>(answer.replies());
          SealedReply first = replies.get(0);
          replies.set(0, new SealedReply(1, first.responseNonce(), flipped(first.ciphertext())));
          return with(answer, replies);
        };
    assertEquals(
        new Recovery.WrongCode(9, 1, false),
        device.start().recover(Slot.CODE, Device.code("654321")));
    Recovery.Recovered recovered =
        assertInstanceOf(
            Recovery.Recovered.class, device.start().recover(Slot.CODE, Device.code("123456")));
    assertEquals(List.of(), recovered.suspects(), "a host's damage is not blamed on the HSM");
  }

  @Test
  void repliesOfAnotherEvaluationAreMixedIn() {
    List<SealedReply> earlier = new ArrayList<>();
    expect(
        Distrust.BAD_ANSWER,
        answer -> {
          List<SealedReply> now = earlier.isEmpty() ? List.of() : List.copyOf(earlier);
          earlier.clear();
          earlier.addAll(answer.replies());
          return with(answer, now.isEmpty() ? damaged(answer.replies()) : now);
        });
  }

  private static List<SealedReply> damaged(List<SealedReply> replies) {
    return replies.stream()
        .map(r -> new SealedReply(r.index(), r.responseNonce(), flipped(r.ciphertext())))
        .toList();
  }

  @Test
  void aWholeOldAnswerIsReplayed() {
    List<VaultAnswer> recorded = new ArrayList<>();
    device.transport.tamper =
        answer -> {
          recorded.add(answer);
          return answer;
        };
    assertInstanceOf(
        Recovery.WrongCode.class, device.start().recover(Slot.CODE, Device.code("654321")));
    VaultAnswer old = recorded.get(0);
    device.transport.tamper = answer -> old;
    Recovery.Untrusted end =
        assertInstanceOf(
            Recovery.Untrusted.class, device.start().recover(Slot.CODE, Device.code("123456")));
    assertEquals(Distrust.ROLLED_BACK, end.reason());
    // A device without a memory is protected by H(request) all the same.
    Device fresh = new Device(fleet, Device.seeded(25));
    fresh.transport.tamper = answer -> old;
    fresh.transport.tamperBundle = d -> FleetDelivery.pinned(d.fleet(), List.of());
    assertEquals(
        new Recovery.Untrusted(Distrust.BAD_ANSWER),
        fresh.start().recover(Slot.CODE, Device.code("123456")));
  }

  @Test
  void oneReplyRepeatedIsOneHsm() {
    // Only t are left and a wrong code: repeating their replies must not pass for confirmation.
    fleet.down(true, 4, 5);
    device.transport.tamper =
        answer -> {
          List<SealedReply> doubled = new ArrayList<>(answer.replies());
          doubled.addAll(answer.replies());
          return with(answer, doubled.subList(0, Math.min(7, doubled.size())));
        };
    assertInstanceOf(
        Recovery.Unconfirmed.class, device.start().recover(Slot.CODE, Device.code("654321")));
  }

  @Test
  void anOlderChainThanRemembered() throws OperationAborted {
    remember(new ChainProgress(0, 1000, Bytes.zeros(32)));
    assertEquals(
        new Recovery.Untrusted(Distrust.ROLLED_BACK),
        device.start().recover(Slot.CODE, Device.code("123456")));
    assertEquals(0, fleet.attemptNumber(), "STALE at the HSMs too: nothing is counted");
  }

  @Test
  void anotherHistoryAtTheSameK() throws OperationAborted {
    remember(new ChainProgress(0, 2, Bytes.zeros(32)));
    assertEquals(
        new Recovery.Untrusted(Distrust.FORKED),
        device.start().recover(Slot.CODE, Device.code("123456")));
    assertEquals(0, fleet.attemptNumber());
  }

  private void remember(ChainProgress seen) throws OperationAborted {
    new Memory(device.memory).remember(fleet.fleet().id(), 0, seen);
  }

  @Test
  void aLaggingBundleIsNoLieAndNeverLowersWhatIsNamed() {
    FleetDelivery early = fleet.delivery();
    assertInstanceOf(
        Recovery.Recovered.class, device.start().recover(Slot.CODE, Device.code("123456")));
    device.transport.tamperBundle = delivery -> early;
    fleet.captured().clear();
    assertInstanceOf(
        Recovery.Recovered.class, device.start().recover(Slot.CODE, Device.code("123456")));
    assertEquals(4, fleet.captured().get(0).header().seenK());
    assertEquals(2, fleet.captured().size(), "no attempt was stale");
  }

  @Test
  void aForgedCertificateInTheBundle() {
    device.transport.tamperBundle =
        delivery -> {
          Certificate real = delivery.certificates().get(0);
          ChainValues v = real.values();
          ChainValues far =
              new ChainValues(v.fleetId(), 0, 1 << 20, v.head(), v.root(), v.outcomesRoot());
          return FleetDelivery.pinned(
              delivery.fleet(), List.of(new Certificate(far, real.signatures())));
        };
    assertEquals(
        new Recovery.Untrusted(Distrust.BAD_CERTIFICATE),
        device.start().recover(Slot.CODE, Device.code("123456")));
    assertEquals(0, fleet.attemptNumber());
  }

  @Test
  void oneNodeThatForgesTheBundlesCertificateStopsNobody() {
    boolean[] once = {true};
    device.transport.tamperBundle =
        delivery -> {
          if (!once[0]) {
            return delivery;
          }
          once[0] = false;
          Certificate real = delivery.certificates().get(0);
          Certificate.Signed first = real.signatures().get(0);
          List<Certificate.Signed> signed = new ArrayList<>(real.signatures());
          signed.set(0, new Certificate.Signed(first.index(), flipped(first.signature())));
          return FleetDelivery.pinned(
              delivery.fleet(), List.of(new Certificate(real.values(), signed)));
        };
    assertInstanceOf(
        Recovery.Recovered.class, device.start().recover(Slot.CODE, Device.code("123456")));
    assertFalse(once[0]);
  }

  @Test
  void anotherFleetThanThePinnedOne() {
    MiniFleet other = new MiniFleet(5, 3, Device.seeded(26));
    Device pinned = new Device(other, fleet.fleet().id(), Device.seeded(27));
    assertEquals(
        new Recovery.Untrusted(Distrust.WRONG_FLEET),
        pinned.start().recover(Slot.CODE, Device.code("123456")));
    assertTrue(pinned.transport.traffic().isEmpty(), "nothing was sent");
    assertFalse(pinned.memory.unfinished());
  }

  @Test
  void aRefusedRegistrationIsNotPresentedAsDone() {
    List<VaultAnswer> recorded = new ArrayList<>();
    Device owner = new Device(fleet, Device.seeded(28));
    owner.transport.tamper =
        answer -> {
          recorded.add(answer);
          return answer;
        };
    assertInstanceOf(
        Enrolment.Enrolled.class,
        owner
            .start()
            .enrol(
                Slot.CODE,
                Device.code("second code"),
                Device.secret(1),
                Authority.owner(Device.secret(1))));
    Collections.reverse(recorded);
    VaultAnswer accepted = recorded.get(0);
    Device thief = new Device(fleet, Device.seeded(29));
    int[] count = {0};
    // The start passes; the finish, which is refused, is answered with another one's acceptance.
    thief.transport.tamper = answer -> count[0]++ == 0 ? answer : accepted;
    Enrolment end =
        thief
            .start()
            .enrol(
                Slot.CODE,
                Device.code("thief's"),
                Device.secret(5),
                Authority.owner(Device.secret(5)));
    assertInstanceOf(Enrolment.Untrusted.class, end);
    assertTrue(thief.memory.unfinished(), "the finish is kept until its own outcome is certified");
    thief.transport.tamper = UnaryOperator.identity();
    assertEquals(
        new Enrolment.NotAuthorised(true),
        thief
            .start()
            .enrol(
                Slot.CODE,
                Device.code("thief's"),
                Device.secret(5),
                Authority.owner(Device.secret(5))));
  }
}
