package dev.coffer.hsm.founding;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.coffer.hsm.HsmCore;
import dev.coffer.hsm.harness.MemoryNvram;
import dev.coffer.hsm.harness.MemoryPlatform;
import dev.coffer.hsm.harness.TestFleet;
import dev.coffer.hsm.harness.TestIssuer;
import dev.coffer.hsm.platform.Nvram;
import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.codec.Rejected;
import dev.coffer.protocol.codec.RejectionCode;
import dev.coffer.protocol.crypto.SecretBytes;
import dev.coffer.protocol.fleet.Fleet;
import dev.coffer.protocol.fleet.FleetSettings;
import dev.coffer.protocol.fleet.HsmIdentity;
import dev.coffer.protocol.fleet.HsmPromises;
import dev.coffer.protocol.port.FoundingPort;
import dev.coffer.protocol.port.FoundingPort.Commitments;
import dev.coffer.protocol.port.FoundingPort.Reveal;
import dev.coffer.protocol.port.FoundingPort.TranscriptSignature;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The founding against a host that changes, swaps, repeats and withholds (PROTOCOL.md §10). */
final class FoundingTest {
  private final List<MemoryPlatform> platforms = new ArrayList<>();
  private final List<FoundingPort> hsms = new ArrayList<>();
  private final List<Commitments> commitments = new ArrayList<>();
  private final List<Reveal> reveals = new ArrayList<>();

  private static void rejected(RejectionCode code, Executable call) {
    assertEquals(code, assertThrows(Rejected.class, call).code());
  }

  private static FleetSettings settings(int n) {
    return new FleetSettings(n, n / 2 + 1, 10, 2, List.of(new TestIssuer(1).tenant()), true, false);
  }

  private void make(int n) {
    for (int i = 0; i < n; i++) {
      platforms.add(new MemoryPlatform(i));
      hsms.add(new HsmCore(platforms.get(i)).founding());
    }
  }

  private Fleet fleet() throws Rejected {
    List<HsmIdentity> identities = new ArrayList<>();
    for (FoundingPort hsm : hsms) {
      identities.add(hsm.identify());
    }
    return Fleet.of(settings(hsms.size()), identities);
  }

  private Fleet propose() throws Rejected {
    Fleet fleet = fleet();
    for (FoundingPort hsm : hsms) {
      commitments.add(hsm.propose(fleet));
    }
    return fleet;
  }

  private void reveal() throws Rejected {
    for (FoundingPort hsm : hsms) {
      reveals.addAll(hsm.reveal(commitments));
    }
  }

  private List<Reveal> to(int index) {
    return reveals.stream().filter(reveal -> reveal.to() == index).toList();
  }

  @ParameterizedTest
  @ValueSource(ints = {3, 5, 7})
  void allHsmsSeeOneFoundingAndStayMembers(int n) throws Exception {
    make(n);
    Fleet fleet = propose();
    reveal();
    List<TranscriptSignature> signatures = new ArrayList<>();
    for (int i = 1; i <= n; i++) {
      signatures.add(hsms.get(i - 1).complete(to(i)));
    }
    assertEquals(
        1, signatures.stream().map(TranscriptSignature::transcriptHash).distinct().count());
    for (TranscriptSignature signature : signatures) {
      assertTrue(signature.verify(fleet));
    }
    for (int i = 1; i <= n; i++) {
      FoundingPort again = new HsmCore(platforms.get(i - 1)).founding();
      assertEquals(i, again.index());
      assertEquals(fleet.id(), again.fleet().id());
      assertEquals(fleet.hsm(i), again.identify());
      assertEquals(signatures.get(i - 1), again.complete(List.of()));
      rejected(RejectionCode.WRONG_PHASE, () -> again.propose(fleet));
    }
  }

  @Test
  void stepsAreRepeatedWithTheSameInputAlone() throws Exception {
    make(3);
    Fleet fleet = propose();
    assertEquals(commitments.get(0), hsms.get(0).propose(fleet));
    reveal();
    reveals.clear();
    reveal();
    // A second set of commitments, signed by their makers in another round of theirs.
    FoundingPort other = new HsmCore(platforms.get(1)).founding();
    List<Commitments> changed = new ArrayList<>(commitments);
    changed.set(1, other.propose(fleet));
    assertNotEquals(commitments.get(1), changed.get(1));
    rejected(RejectionCode.BAD_FOUNDING, () -> hsms.get(0).reveal(changed));
    hsms.get(0).complete(to(1));
  }

  @Test
  void thePhasesFollowEachOther() throws Exception {
    make(3);
    rejected(RejectionCode.WRONG_PHASE, () -> hsms.get(0).reveal(List.of()));
    rejected(RejectionCode.WRONG_PHASE, () -> hsms.get(0).complete(List.of()));
    rejected(RejectionCode.WRONG_PHASE, () -> hsms.get(0).fleet());
    rejected(RejectionCode.WRONG_PHASE, () -> hsms.get(0).index());
    propose();
    rejected(RejectionCode.BAD_FOUNDING, () -> hsms.get(0).complete(List.of()));
  }

  @Test
  void everyPeerAttestsTheSameProgram() throws Exception {
    make(3);
    platforms.get(2).attesting("SIMULATED test HSM", Bytes.fromHex("11".repeat(32)));
    rejected(RejectionCode.BAD_FOUNDING, () -> hsms.get(0).propose(fleet()));
    platforms.get(2).attesting("SIMULATED test HSM", Bytes.zeros(32));
    HsmIdentity third = hsms.get(2).identify();
    byte[] attestation = third.attestation().toByteArray();
    attestation[attestation.length - 1] ^= 1;
    HsmIdentity unsigned =
        new HsmIdentity(
            third.statementKey(),
            third.sessionKey(),
            third.model(),
            third.measurement(),
            Bytes.wrap(attestation));
    List<HsmIdentity> identities =
        List.of(hsms.get(0).identify(), hsms.get(1).identify(), unsigned);
    Fleet fleet = Fleet.of(settings(3), identities);
    rejected(RejectionCode.BAD_FOUNDING, () -> hsms.get(0).propose(fleet));
  }

  @Test
  void membersOfOtherModelsAreFoundedWithTheirPromises() throws Exception {
    make(3);
    HsmPromises promises =
        new HsmPromises(
            HsmPromises.Keys.SEALED, HsmPromises.Memory.ANCHORED, HsmPromises.Voucher.DEVICE);
    Bytes evidence = promises.write().concat(Bytes.fromHex("0102"));
    Bytes token =
        new HsmPromises(
                HsmPromises.Keys.SEALED, HsmPromises.Memory.UNNOTICED, HsmPromises.Voucher.NOBODY)
            .write();
    platforms.get(0).attesting("TEST token", Bytes.zeros(32)).saying(token);
    platforms.get(1).attesting("TEST token", Bytes.zeros(32)).saying(token);
    platforms.get(2).attesting("TEST TPM", Bytes.zeros(32)).saying(evidence);
    propose();
    Fleet fleet = fleet();
    assertEquals(promises, HsmPromises.of(fleet.hsm(3)));
    assertEquals(HsmPromises.of(fleet.hsm(2)), HsmPromises.of(fleet.hsm(1)));
    // What it says of itself is under its signature.
    HsmIdentity third = fleet.hsm(3);
    Bytes better =
        new HsmPromises(
                HsmPromises.Keys.INSIDE, HsmPromises.Memory.ANCHORED, HsmPromises.Voucher.DEVICE)
            .write()
            .concat(Bytes.fromHex("0102"));
    int size = third.attestation().size();
    HsmIdentity boasting =
        new HsmIdentity(
            third.statementKey(),
            third.sessionKey(),
            third.model(),
            third.measurement(),
            better.concat(third.attestation().slice(size - 64, size)));
    Fleet boasted = Fleet.of(settings(3), List.of(fleet.hsm(1), fleet.hsm(2), boasting));
    rejected(RejectionCode.BAD_FOUNDING, () -> hsms.get(0).propose(boasted));
  }

  @Test
  void anHsmThatIsNotSimulatedRefusesPeersThatAre() throws Exception {
    make(3);
    Bytes token =
        new HsmPromises(
                HsmPromises.Keys.SEALED, HsmPromises.Memory.UNNOTICED, HsmPromises.Voucher.NOBODY)
            .write();
    platforms.get(0).attesting("TEST token", Bytes.zeros(32)).saying(token);
    platforms.get(1).attesting("TEST token", Bytes.zeros(32)).saying(token);
    Fleet fleet = fleet();
    Rejected refused = assertThrows(Rejected.class, () -> hsms.get(0).propose(fleet));
    assertEquals(RejectionCode.BAD_FOUNDING, refused.code());
    assertEquals("HSM 3 is SIMULATED and this one is not: found without it", refused.what());
    rejected(RejectionCode.BAD_FOUNDING, () -> hsms.get(1).propose(fleet));
    // Nothing of its own is lost to one that is SIMULATED, whatever its evidence says.
    hsms.get(2).propose(fleet);
    platforms.get(2).attesting("SIMULATED token", Bytes.zeros(32)).saying(token);
    Fleet boasting = fleet();
    rejected(RejectionCode.BAD_FOUNDING, () -> hsms.get(0).propose(boasting));
    for (MemoryPlatform platform : platforms) {
      platform.attesting("SIMULATED token", Bytes.zeros(32));
    }
    propose();
  }

  @Test
  void nobodyIsSimulatedWithoutSayingSo() throws Exception {
    make(3);
    platforms.get(2).attesting("TEST token", Bytes.zeros(32)).saying(HsmPromises.SIMULATED);
    rejected(RejectionCode.BAD_FOUNDING, () -> hsms.get(0).propose(fleet()));
    platforms.get(2).saying(Bytes.fromHex("00"));
    rejected(RejectionCode.BAD_FOUNDING, () -> hsms.get(0).propose(fleet()));
  }

  @Test
  void nobodyJoinsAFleetItIsNotListedIn() throws Exception {
    make(4);
    FoundingPort stranger = hsms.remove(3);
    Fleet fleet = fleet();
    rejected(RejectionCode.BAD_FOUNDING, () -> stranger.propose(fleet));
  }

  @Test
  void commitmentsAreCompleteSignedAndOnesOwn() throws Exception {
    make(3);
    propose();
    FoundingPort first = hsms.get(0);
    rejected(RejectionCode.BAD_FOUNDING, () -> first.reveal(commitments.subList(0, 2)));
    rejected(
        RejectionCode.BAD_FOUNDING,
        () -> first.reveal(List.of(commitments.get(0), commitments.get(1), commitments.get(1))));
    List<Commitments> forged = new ArrayList<>(commitments);
    byte[] octets = commitments.get(1).encoded().toByteArray();
    octets[5] ^= 1;
    forged.set(1, new Commitments(2, Bytes.wrap(octets)));
    rejected(RejectionCode.BAD_SIGNATURE, () -> first.reveal(forged));
    List<Commitments> cut = new ArrayList<>(commitments);
    cut.set(1, new Commitments(2, commitments.get(1).encoded().slice(32, octets.length)));
    rejected(RejectionCode.BAD_FOUNDING, () -> first.reveal(cut));
  }

  @Test
  void revealsAreFromEveryPeerAndForThisHsm() throws Exception {
    make(3);
    propose();
    reveal();
    List<Reveal> good = to(1);
    FoundingPort first = hsms.get(0);
    rejected(RejectionCode.BAD_FOUNDING, () -> first.complete(good.subList(0, 1)));
    rejected(RejectionCode.BAD_FOUNDING, () -> first.complete(to(2)));
    rejected(
        RejectionCode.BAD_FOUNDING,
        () -> first.complete(List.of(good.get(0), good.get(1), good.get(0))));
    Reveal relabelled = new Reveal(2, 1, good.get(1).sealed());
    rejected(RejectionCode.BAD_CIPHERTEXT, () -> first.complete(List.of(relabelled, good.get(1))));
    first.complete(good);
  }

  @Test
  void contributionsThatWereNotCommittedToAreRefused() throws Exception {
    make(3);
    Fleet fleet = propose();
    // HSM 2 plays its part twice, and its host mixes the two.
    FoundingPort twin = new HsmCore(platforms.get(1)).founding();
    Commitments twins = twin.propose(fleet);
    hsms.get(0).reveal(commitments);
    List<Commitments> others = List.of(commitments.get(0), twins, commitments.get(2));
    List<Reveal> fromTwin = twin.reveal(others);
    List<Reveal> fromThird = hsms.get(2).reveal(commitments);
    Reveal two = fromTwin.stream().filter(r -> r.to() == 1).findFirst().orElseThrow();
    Reveal three = fromThird.stream().filter(r -> r.to() == 1).findFirst().orElseThrow();
    assertThrows(Rejected.class, () -> hsms.get(0).complete(List.of(two, three)));
  }

  @Test
  void aCrashBeforeTheEndFoundsNothing() throws Exception {
    make(3);
    propose();
    reveal();
    FoundingPort again = new HsmCore(platforms.get(0)).founding();
    rejected(RejectionCode.WRONG_PHASE, again::fleet);
    assertEquals(hsms.get(0).identify(), again.identify());
    rejected(RejectionCode.WRONG_PHASE, () -> again.complete(to(1)));
  }

  @Test
  void whatABrokenOffFoundingLeftDoesNotStandInAnothersWay() throws Exception {
    make(3);
    propose();
    reveal();
    // The power fails between the memory's images and the membership.
    platforms.get(0).nvram().failAfter(1, MemoryNvram.Failing.AFTER);
    assertThrows(Nvram.Fault.class, () -> hsms.get(0).complete(to(1)));
    assertEquals(Set.of(0, 1), platforms.get(0).nvram().snapshot().keySet());
    FoundingPort survivor = new HsmCore(platforms.get(0)).founding();
    rejected(RejectionCode.WRONG_PHASE, survivor::fleet);
    // The others are replaced, so it is another fleet.
    hsms.clear();
    commitments.clear();
    reveals.clear();
    platforms.clear();
    make(3);
    hsms.set(0, survivor);
    Fleet fleet = propose();
    reveal();
    hsms.get(0).complete(to(1));
    assertEquals(fleet.id(), survivor.fleet().id());
  }

  /** Records of another format would not open: the HSM says so and leaves everything as it is. */
  @Test
  void aFleetOfAnotherRecordFormatIsNotGoneOnWith() throws Exception {
    make(3);
    propose();
    reveal();
    hsms.get(0).complete(to(1));
    MemoryPlatform platform = platforms.get(0);
    byte[] state = platform.load().orElseThrow().copy();
    assertEquals(2, state[0]);
    state[0] = 1;
    platform.store(SecretBytes.wrap(state.clone()));
    Nvram.Fault fault = assertThrows(Nvram.Fault.class, () -> new HsmCore(platform));
    assertTrue(fault.getMessage().contains("another record format; run that program"));
    assertArrayEquals(state, platform.load().orElseThrow().copy());
  }

  @Test
  void aMemoryThatCannotBeReadIsNotFoundedOver() throws Exception {
    make(3);
    Fleet fleet = propose();
    reveal();
    for (Bytes image :
        List.of(Bytes.EMPTY, Bytes.zeros(10), Bytes.zeros(141), Bytes.fromHex("ff".repeat(141)))) {
      platforms.get(0).nvram().restore(Map.of(0, image));
      rejected(RejectionCode.WRONG_PHASE, () -> hsms.get(0).complete(to(1)));
    }
    platforms.get(0).nvram().restore(Map.of());
    assertEquals(fleet.id(), hsms.get(0).complete(to(1)).fleetId());
  }

  @Test
  void aMemoryWithAChainInItIsNotFoundedOver() throws Exception {
    TestFleet old = TestFleet.founded(3, 2);
    old.tick();
    make(3);
    platforms.get(0).nvram().restore(old.host(1).platform().nvram().snapshot());
    propose();
    reveal();
    rejected(RejectionCode.WRONG_PHASE, () -> hsms.get(0).complete(to(1)));
  }

  @Test
  void anyTwoOfFiveMissASecret() {
    SharedSecrets secrets = new SharedSecrets(5);
    assertEquals(15, IntStream.range(0, 15).filter(i -> !secrets.holders(i).isEmpty()).count());
    for (int index = 1; index <= 5; index++) {
      assertEquals(6 + 5, secrets.heldBy(index).size());
    }
    // INV-3: whichever two of five are corrupted, some K_A is held by neither.
    for (int a = 1; a <= 5; a++) {
      for (int b = a + 1; b <= 5; b++) {
        int one = a;
        int two = b;
        assertTrue(
            IntStream.range(0, 10)
                .anyMatch(
                    s -> !secrets.holders(s).contains(one) && !secrets.holders(s).contains(two)));
      }
    }
  }
}
