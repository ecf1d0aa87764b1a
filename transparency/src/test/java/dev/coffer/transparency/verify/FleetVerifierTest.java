package dev.coffer.transparency.verify;

import static dev.coffer.transparency.TransparencyWorld.DAY;
import static dev.coffer.transparency.TransparencyWorld.START;
import static dev.coffer.transparency.TransparencyWorld.fleet;
import static dev.coffer.transparency.TransparencyWorld.listed;
import static dev.coffer.transparency.TransparencyWorld.signed;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.fleet.Fleet;
import dev.coffer.transparency.TestKeys;
import dev.coffer.transparency.TransparencyWorld;
import dev.coffer.transparency.bundle.Bundle;
import dev.coffer.transparency.bundle.BundleDelivery;
import dev.coffer.transparency.bundle.BundleNote;
import dev.coffer.transparency.bundle.FleetState;
import dev.coffer.transparency.bundle.ListedFleet;
import dev.coffer.transparency.note.KeyName;
import dev.coffer.transparency.note.Note;
import dev.coffer.transparency.note.SignatureType;
import dev.coffer.transparency.note.SignerKey;
import dev.coffer.transparency.text.Refused;
import dev.coffer.transparency.text.Utf8;
import dev.coffer.transparency.tlog.Checkpoint;
import dev.coffer.transparency.tlog.TlogProof;
import dev.coffer.transparency.trust.TrustPolicy;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Every lie at the step that is there to catch it. */
class FleetVerifierTest {
  private final TransparencyWorld world = new TransparencyWorld();
  private final Fleet fleet = fleet("blue");
  private final ListedFleet active = listed(fleet, FleetState.ACTIVE);
  private final TrustPolicy policy = world.policy();
  private final FleetVerifier verifier = verifier(ClientFloor.DEFAULT);

  @BeforeEach
  void announceThenActivate() {
    world.publish(world.next(START - 9 * DAY, active.in(FleetState.ANNOUNCED)));
    world.publish(world.next(START - 5 * DAY, active));
  }

  private FleetVerifier verifier(ClientFloor floor) {
    return new FleetVerifier(new Anchor.Roots(policy), floor);
  }

  private Verdict verify(BundleDelivery delivery) {
    return verifier.verify(delivery, fleet, Purpose.RECOVER, START, Memory.EMPTY);
  }

  private Verdict.Trusted trusted(Verdict verdict) {
    return assertInstanceOf(Verdict.Trusted.class, verdict, verdict.toString());
  }

  private void refused(Step step, Verdict verdict) {
    Verdict.Distrusted distrusted = assertInstanceOf(Verdict.Distrusted.class, verdict);
    assertEquals(step, distrusted.step(), distrusted.reason());
  }

  private Memory seen() {
    return trusted(verify(world.delivery(START))).memory();
  }

  // --- What is right

  @Test
  void honestDeliveryIsTrusted() {
    Verdict.Trusted verdict = trusted(verify(world.delivery(START)));
    assertEquals(fleet, verdict.fleet());
    Verdict.Authentic bundle = verdict.bundle().orElseThrow();
    assertEquals(2, bundle.bundle().epoch());
    assertEquals(START, bundle.quorumTime());
    assertFalse(bundle.stale());
    assertEquals(List.of(active), bundle.active());
    assertEquals(2, verdict.memory().size());
    // Once more, with what was remembered, and from the framing.
    trusted(
        verifier.verify(
            world.delivery(START + 1), fleet, Purpose.REGISTER, START + 1, verdict.memory()));
  }

  @Test
  void deliveryTravels() throws Refused {
    BundleDelivery delivery = world.delivery(START, signed(policy, world.roots));
    trusted(verify(BundleDelivery.decode(delivery.encode())));
  }

  @Test
  void staleBundleIsTrustedAndSaysSo() {
    assertTrue(trusted(verify(world.delivery(START - 3 * DAY))).bundle().orElseThrow().stale());
    assertFalse(trusted(verify(world.delivery(START - 2 * DAY))).bundle().orElseThrow().stale());
  }

  @Test
  void memoryRoundTrips() throws Refused {
    Memory memory = seen();
    assertEquals(memory, Memory.decode(memory.encode()));
    assertEquals(Memory.EMPTY, Memory.decode(Memory.EMPTY.encode()));
  }

  // --- Form

  @Test
  void formIsCheckedFirst() {
    BundleDelivery good = world.delivery(START);
    Bytes junk = Utf8.encode("junk");
    refused(Step.FORM, verify(BundleDelivery.NONE));
    refused(Step.FORM, verify(new BundleDelivery(junk, good.proof(), good.policies())));
    refused(Step.FORM, verify(new BundleDelivery(good.note(), junk, good.policies())));
    refused(Step.FORM, verify(new BundleDelivery(good.note(), good.proof(), junk)));
    Bytes big = Utf8.encode("x".repeat(Bundle.SIZE_MAX)).concat(good.note());
    refused(Step.FORM, verify(new BundleDelivery(big, good.proof(), good.policies())));
    String crlf = text(good.note()).replace("\n", "\r\n");
    refused(
        Step.FORM, verify(new BundleDelivery(Utf8.encode(crlf), good.proof(), good.policies())));
    Bytes bom = Utf8.encode("\ufeff").concat(good.note());
    refused(Step.FORM, verify(new BundleDelivery(bom, good.proof(), good.policies())));
  }

  private static String text(Bytes octets) {
    return new String(octets.toByteArray(), java.nio.charset.StandardCharsets.UTF_8);
  }

  @Test
  void everyChangedOctetOfADeliveryIsRefused() {
    BundleDelivery good = world.delivery(START, signed(policy, world.roots));
    byte[] octets = good.encode().toByteArray();
    // Policies that the app has already are not looked at again: stop before their signatures.
    int end = 8 + good.note().size() + good.proof().size();
    for (int i = 0; i < end; i++) {
      byte[] changed = octets.clone();
      changed[i] ^= (byte) (1 << i % 7);
      try {
        Verdict verdict = verify(BundleDelivery.decode(Bytes.wrap(changed)));
        assertInstanceOf(Verdict.Distrusted.class, verdict, "octet " + i);
      } catch (Refused e) {
        // The framing already.
      }
    }
  }

  // --- Signatures

  private BundleDelivery delivering(Bytes note) {
    world.append(note);
    return world.delivery(START);
  }

  private Bundle third() {
    return world.next(START, active);
  }

  @Test
  void operatorsSignatureMissingOrByAnother() {
    Note notarised = BundleNote.notarise(third(), world.notary);
    refused(Step.OPERATOR_SIGNATURE, verify(delivering(notarised.encode())));
    SignerKey other = TestKeys.signer("someone.example");
    refused(Step.OPERATOR_SIGNATURE, verify(delivering(BundleNote.counterSign(notarised, other))));
  }

  @Test
  void operatorSignsTheStatementInsteadOfTheNote() {
    Bytes flat = Note.sign(third().text(), world.notary, world.operator).encode();
    refused(Step.OPERATOR_SIGNATURE, verify(delivering(flat)));
  }

  @Test
  void notarysSignatureByAnother() {
    SignerKey other = TestKeys.signer("someone.example");
    refused(
        Step.NOTARY_SIGNATURE, verify(delivering(BundleNote.sign(third(), other, world.operator))));
    SignerKey sameName =
        SignerKey.of(
            world.notary.verifier().name(), SignatureType.ED25519, TestKeys.seed("someone"));
    refused(
        Step.NOTARY_SIGNATURE,
        verify(delivering(BundleNote.sign(third(), sameName, world.operator))));
  }

  @Test
  void swappedRoles() {
    refused(
        Step.OPERATOR_SIGNATURE,
        verify(delivering(BundleNote.sign(third(), world.operator, world.notary))));
    refused(
        Step.NOTARY_SIGNATURE,
        verify(delivering(BundleNote.sign(third(), world.operator, world.operator))));
  }

  @Test
  void knownKeyWithABadSignatureAmongGoodOnes() {
    Note notarised = BundleNote.notarise(third(), world.notary);
    Note other = BundleNote.notarise(world.next(START + 1, active), world.notary);
    Note spoiled = notarised.with(other.signatures().get(0));
    refused(
        Step.NOTARY_SIGNATURE, verify(delivering(BundleNote.counterSign(spoiled, world.operator))));

    Note good = world.cosigned(START);
    Note elsewhere = world.cosign(world.checkpoint(1), START, 2);
    Note badWitness = good.with(elsewhere.signatures().get(1));
    BundleDelivery fine = delivering(BundleNote.sign(third(), world.notary, world.operator));
    Note newest = world.cosigned(START);
    refused(
        Step.WITNESS_QUORUM, verify(world.delivery(newest.with(badWitness.signatures().get(3)))));
    Note badLog = newest.with(world.checkpoint(1).signatures().get(0));
    refused(Step.LOG_SIGNATURE, verify(world.delivery(badLog)));
    trusted(verify(fine));
  }

  @Test
  void unknownSignaturesAreIgnored() {
    SignerKey stranger = TestKeys.signer("stranger.example");
    SignerKey unknownWitness = TestKeys.witness("witness.example/unknown");
    Note notarised = BundleNote.notarise(third(), world.notary);
    Note more = notarised.with(stranger.sign(third().text()));
    world.append(BundleNote.counterSign(more, world.operator));
    Note checkpoint = world.cosigned(START);
    String text = checkpoint.unverifiedText();
    trusted(
        verify(
            world.delivery(
                checkpoint
                    .with(stranger.sign(text))
                    .with(unknownWitness.cosign(text, START + 99 * DAY)))));
  }

  // --- Grammar

  @Test
  void grammarIsStrict() {
    String good = third().text();
    List<String> bad = new ArrayList<>();
    bad.add(good.replace("epoch 3", "epoch 03"));
    bad.add(good.replace("epoch 3", "epoch  3"));
    bad.add(good.replace("epoch 3", "epoch 9223372036854775808"));
    bad.add(good.replace("min-epoch 1", "min-epoch 4"));
    bad.add(good + "note of another kind\n");
    for (String text : bad) {
      Bytes note = BundleNote.counterSign(Note.sign(text, world.notary), world.operator);
      TransparencyWorld fresh = new TransparencyWorld();
      fresh.append(note);
      refused(Step.GRAMMAR, verify(fresh.delivery(START)));
    }
  }

  @Test
  void anotherNamespaceOrPolicyIsRefused() {
    Bundle b = third();
    Bundle other =
        new Bundle(
            new KeyName("vault.example/other"),
            b.epoch(),
            b.prev(),
            b.notBefore(),
            b.notAfter(),
            b.minEpoch(),
            b.policy(),
            b.trustPolicy(),
            b.trustPolicyHash(),
            b.fleets());
    refused(Step.GRAMMAR, verify(delivering(BundleNote.sign(other, world.notary, world.operator))));
    Bundle unnamed = world.next(world.policy(policy, world.roots), START, active);
    refused(
        Step.NAMED_POLICY,
        verify(delivering(BundleNote.sign(unnamed, world.notary, world.operator))));
  }

  // --- Log and witnesses

  @Test
  void signedButNotLogged() {
    Bytes unlogged = BundleNote.sign(third(), world.notary, world.operator);
    BundleDelivery logged = world.delivery(START);
    refused(
        Step.INCLUSION, verify(new BundleDelivery(unlogged, logged.proof(), logged.policies())));
  }

  @Test
  void checkpointByAnotherLogOrNone() {
    Note checkpoint = world.cosigned(START);
    SignerKey other = TestKeys.signer("other.example/log");
    Note byOther = Note.sign(checkpoint.unverifiedText(), other);
    refused(Step.LOG_SIGNATURE, verify(world.delivery(world.cosign(byOther, START, 0, 1))));
    Checkpoint real = new Checkpoint("elsewhere", 2, Bytes.zeros(32));
    Note foreign = Note.sign(real.text(), world.log);
    refused(Step.LOG_SIGNATURE, verify(world.delivery(world.cosign(foreign, START, 0, 1))));
    // Cosignatures do not stand in for the log.
    Note unsigned = Note.of(checkpoint.unverifiedText(), checkpoint.signatures().subList(1, 3));
    refused(Step.LOG_SIGNATURE, verify(world.delivery(unsigned)));
  }

  @Test
  void tooFewWitnesses() {
    Note checkpoint = world.checkpoint(2);
    refused(Step.WITNESS_QUORUM, verify(world.delivery(checkpoint)));
    refused(Step.WITNESS_QUORUM, verify(world.delivery(world.cosign(checkpoint, START, 2))));
  }

  @Test
  void oneWitnessCountedTwice() {
    Note twice = world.cosign(world.cosign(world.checkpoint(2), START, 1), START + 1, 1);
    refused(Step.WITNESS_QUORUM, verify(world.delivery(twice)));
  }

  @Test
  void witnessKeyCannotSignWithoutATime() {
    Note checkpoint = world.checkpoint(2);
    SignerKey plain = TestKeys.signer("witness.example/1");
    Note wrongKind =
        world.cosign(checkpoint, START, 1).with(plain.sign(checkpoint.unverifiedText()));
    refused(Step.WITNESS_QUORUM, verify(world.delivery(wrongKind)));
  }

  @Test
  void olderLeafUnderAFreshCheckpoint() {
    Bytes proof = world.proof(0, 2, world.cosigned(START)).encode();
    refused(Step.NEWEST_LEAF, verify(BundleDelivery.of(world.leaves().get(0), proof, List.of())));
  }

  @Test
  void newestLeafOfAnOldCheckpoint() {
    Note old = world.cosign(world.checkpoint(1), START - 8 * DAY, 0, 1);
    Bytes proof = world.proof(0, 1, old).encode();
    refused(Step.FRESHNESS, verify(BundleDelivery.of(world.leaves().get(0), proof, List.of())));
  }

  @Test
  void proofsThatAreNotQuiteRight() throws Refused {
    world.publish(third());
    BundleDelivery good = world.delivery(START);
    TlogProof proof = TlogProof.parse(good.proof());
    List<Bytes> extra = new ArrayList<>(proof.hashes());
    extra.add(Bytes.zeros(32));
    for (TlogProof bad :
        List.of(
            new TlogProof(proof.extra(), proof.index(), extra, proof.checkpoint()),
            new TlogProof(proof.extra(), proof.index(), List.of(), proof.checkpoint()),
            new TlogProof(proof.extra(), 3, proof.hashes(), proof.checkpoint()),
            new TlogProof(proof.extra(), 1, proof.hashes(), proof.checkpoint()))) {
      refused(
          Step.INCLUSION, verify(new BundleDelivery(good.note(), bad.encode(), good.policies())));
    }
  }

  // --- Time

  @Test
  void clockForwardAndBack() {
    BundleDelivery delivery = world.delivery(START);
    long day8 = START + 7 * DAY + 1;
    trusted(verifier.verify(delivery, fleet, Purpose.RECOVER, day8 - 1, Memory.EMPTY));
    refused(Step.FRESHNESS, verifier.verify(delivery, fleet, Purpose.RECOVER, day8, Memory.EMPTY));
    trusted(verifier.verify(delivery, fleet, Purpose.RECOVER, START - 300, Memory.EMPTY));
    refused(
        Step.FRESHNESS,
        verifier.verify(delivery, fleet, Purpose.RECOVER, START - 301, Memory.EMPTY));
    refused(Step.FRESHNESS, verifier.verify(delivery, fleet, Purpose.RECOVER, 0, Memory.EMPTY));
  }

  @Test
  void oneWitnessWithAWrongClockNeitherHelpsNorHurts() {
    Note stale = world.cosign(world.checkpoint(2), START - 8 * DAY, 0, 1);
    refused(Step.FRESHNESS, verify(world.delivery(world.cosign(stale, START, 2))));
    Note fresh = world.cosign(world.checkpoint(2), START, 0, 1);
    trusted(verify(world.delivery(world.cosign(fresh, Long.MAX_VALUE, 2))));
    Note two = world.cosign(world.cosign(world.checkpoint(2), START, 0), Long.MAX_VALUE, 1, 2);
    refused(Step.FRESHNESS, verify(world.delivery(two)));
  }

  @Test
  void validityOfTheBundleItself() {
    world.publish(world.next(START + 301, active));
    refused(Step.VALIDITY, verify(world.delivery(START)));
    TransparencyWorld old = new TransparencyWorld();
    old.publish(old.next(START - 31 * DAY, active));
    refused(Step.VALIDITY, verify(old.delivery(START)));
  }

  // --- Memory

  @Test
  void olderEpochThanSeen() {
    Memory memory = seen();
    Note old = world.cosign(world.checkpoint(1), START, 0, 1);
    BundleDelivery first =
        BundleDelivery.of(world.leaves().get(0), world.proof(0, 1, old).encode(), List.of());
    refused(Step.MEMORY, verifier.verify(first, fleet, Purpose.RECOVER, START, memory));
  }

  @Test
  void equivocation() {
    Memory memory = seen();
    TransparencyWorld fork = new TransparencyWorld();
    fork.publish(fork.next(START - 9 * DAY, active.in(FleetState.ANNOUNCED)));
    fork.publish(fork.next(START - 4 * DAY, active));
    refused(
        Step.MEMORY, verifier.verify(fork.delivery(START), fleet, Purpose.RECOVER, START, memory));
    // A fork that is longer is not seen here: that is what witnesses are for.
    fork.publish(fork.next(START, active));
    trusted(verifier.verify(fork.delivery(START), fleet, Purpose.RECOVER, START, memory));
    // The same size and epoch again, in which only an older leaf differs.
    TransparencyWorld past = new TransparencyWorld();
    past.append(Utf8.encode("something else"));
    past.append(world.leaves().get(1));
    refused(
        Step.MEMORY, verifier.verify(past.delivery(START), fleet, Purpose.RECOVER, START, memory));
  }

  @Test
  void appKnowsAnOldestEpoch() {
    ClientFloor later = new ClientFloor(5, 3, false, Set.of(), 3, 1, 300);
    refused(
        Step.MEMORY,
        verifier(later).verify(world.delivery(START), fleet, Purpose.RECOVER, START, Memory.EMPTY));
  }

  // --- Fleets

  @Test
  void stateGoingBackwards() {
    Memory memory = seen();
    world.publish(third());
    world.publish(world.next(START, active.in(FleetState.ANNOUNCED)));
    refused(
        Step.FLEET_HISTORY,
        verifier.verify(world.delivery(START), fleet, Purpose.RECOVER, START, memory));
  }

  @Test
  void droppedFleetNeverComesBack() {
    Fleet green = fleet("green");
    Memory memory = seen();
    world.publish(world.next(START, listed(green, FleetState.ANNOUNCED)));
    Verdict gone = verifier.verify(world.delivery(START), fleet, Purpose.RECOVER, START, memory);
    refused(Step.LISTED_KEYS, gone);
    Memory after = ((Verdict.Distrusted) gone).memory();
    world.publish(world.next(START, active, listed(green, FleetState.ANNOUNCED)));
    refused(
        Step.FLEET_HISTORY,
        verifier.verify(world.delivery(START), fleet, Purpose.RECOVER, START, after));
  }

  @Test
  void fleetThatWasNeverAnnounced() {
    Memory memory = seen();
    ListedFleet green = listed(fleet("green"), FleetState.ACTIVE);
    world.publish(world.next(START, active, green));
    refused(
        Step.FLEET_HISTORY,
        verifier.verify(
            world.delivery(START + 6 * DAY), fleet, Purpose.RECOVER, START + 6 * DAY, memory));
    // With an epoch in between that this device did not see, it can only judge by the time.
    world.publish(world.next(START, active, green));
    refused(
        Step.FLEET_HISTORY,
        verifier.verify(
            world.delivery(START + 2 * DAY), fleet, Purpose.RECOVER, START + 2 * DAY, memory));
    trusted(
        verifier.verify(
            world.delivery(START + 3 * DAY), fleet, Purpose.RECOVER, START + 3 * DAY, memory));
  }

  @Test
  void fleetThatWasAnnouncedTooShortly() {
    Memory memory = seen();
    ListedFleet green = listed(fleet("green"), FleetState.ANNOUNCED);
    world.publish(world.next(START + DAY, active, green));
    Memory announced =
        trusted(
                verifier.verify(
                    world.delivery(START + DAY), fleet, Purpose.RECOVER, START + DAY, memory))
            .memory();
    world.publish(world.next(START + 2 * DAY, active, green.in(FleetState.ACTIVE)));
    refused(
        Step.FLEET_HISTORY,
        verifier.verify(
            world.delivery(START + 2 * DAY), fleet, Purpose.RECOVER, START + 2 * DAY, announced));
    trusted(
        verifier.verify(
            world.delivery(START + 4 * DAY), fleet, Purpose.RECOVER, START + 4 * DAY, announced));
  }

  @Test
  void stateDecidesWhatAFleetMayBeUsedFor() {
    boolean[][] allowed = {{false, false}, {true, true}, {false, true}, {false, false}};
    for (FleetState state : FleetState.values()) {
      TransparencyWorld other = new TransparencyWorld();
      other.publish(other.next(START, active.in(state)));
      for (Purpose purpose : Purpose.values()) {
        Verdict verdict =
            verifier.verify(other.delivery(START), fleet, purpose, START, Memory.EMPTY);
        if (allowed[state.ordinal()][purpose.ordinal()]) {
          trusted(verdict);
        } else {
          refused(Step.FLEET_STATE, verdict);
          assertTrue(((Verdict.Distrusted) verdict).bundle().isPresent());
        }
      }
    }
  }

  @Test
  void bundleForAnotherFleetThanTheOneThatAnswered() {
    Verdict verdict =
        verifier.verify(
            world.delivery(START), fleet("green"), Purpose.RECOVER, START, Memory.EMPTY);
    refused(Step.LISTED_KEYS, verdict);
    assertEquals(List.of(active), ((Verdict.Distrusted) verdict).bundle().orElseThrow().active());
  }

  @Test
  void listedKeysThatAreNotTheFleets() {
    ListedFleet liar =
        new ListedFleet(
            fleet.id(),
            FleetState.ACTIVE,
            active.evidence(),
            listed(fleet("green"), FleetState.ACTIVE).members());
    world.publish(world.next(START, liar));
    refused(Step.LISTED_KEYS, verify(world.delivery(START)));
  }

  @Test
  void weakFleetProperlySignedAndLogged() {
    for (Fleet weak :
        List.of(
            fleet("three", 3, 2, "ACME HSM 9"), fleet("soft", 5, 3, "SIMULATED software HSM"))) {
      TransparencyWorld other = new TransparencyWorld();
      other.publish(other.next(START, listed(weak, FleetState.ACTIVE)));
      BundleDelivery delivery = other.delivery(START);
      refused(
          Step.CLIENT_FLOOR, verifier.verify(delivery, weak, Purpose.RECOVER, START, Memory.EMPTY));
      trusted(
          verifier(ClientFloor.DEVELOPMENT)
              .verify(delivery, weak, Purpose.RECOVER, START, Memory.EMPTY));
    }
  }

  @Test
  void unknownMeasurement() {
    Bytes real = fleet.hsm(1).measurement();
    for (boolean known : new boolean[] {true, false}) {
      ClientFloor floor =
          new ClientFloor(5, 3, false, Set.of(known ? real : Bytes.zeros(32)), 1, 1, 300);
      Verdict verdict =
          verifier(floor)
              .verify(world.delivery(START), fleet, Purpose.RECOVER, START, Memory.EMPTY);
      if (known) {
        trusted(verdict);
      } else {
        refused(Step.CLIENT_FLOOR, verdict);
      }
    }
  }

  // --- Pinned

  @Test
  void pinnedFleetGoesThroughTheSameFloor() {
    FleetVerifier pinned = new FleetVerifier(new Anchor.Pin(fleet.id()), ClientFloor.DEFAULT);
    Verdict.Trusted verdict =
        trusted(pinned.verify(BundleDelivery.NONE, fleet, Purpose.REGISTER, START, Memory.EMPTY));
    assertTrue(verdict.bundle().isEmpty());
    assertEquals(Memory.EMPTY, verdict.memory());
    refused(
        Step.PIN,
        pinned.verify(BundleDelivery.NONE, fleet("green"), Purpose.REGISTER, START, Memory.EMPTY));
    Fleet soft = fleet("soft", 5, 3, "SIMULATED software HSM");
    refused(
        Step.CLIENT_FLOOR,
        new FleetVerifier(new Anchor.Pin(soft.id()), ClientFloor.DEFAULT)
            .verify(BundleDelivery.NONE, soft, Purpose.REGISTER, START, Memory.EMPTY));
  }
}
