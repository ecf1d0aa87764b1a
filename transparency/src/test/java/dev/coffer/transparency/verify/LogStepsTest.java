package dev.coffer.transparency.verify;

import static dev.coffer.transparency.TransparencyWorld.DAY;
import static dev.coffer.transparency.TransparencyWorld.START;
import static dev.coffer.transparency.TransparencyWorld.fleet;

import dev.coffer.protocol.codec.Bytes;
import dev.coffer.transparency.TestKeys;
import dev.coffer.transparency.TransparencyWorld;
import dev.coffer.transparency.bundle.BundleDelivery;
import dev.coffer.transparency.bundle.BundleNote;
import dev.coffer.transparency.bundle.FleetState;
import dev.coffer.transparency.note.Note;
import dev.coffer.transparency.note.SignerKey;
import dev.coffer.transparency.text.Refused;
import dev.coffer.transparency.text.Utf8;
import dev.coffer.transparency.tlog.Checkpoint;
import dev.coffer.transparency.tlog.TlogProof;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Log, witnesses, time and memory: every lie at the step that is there to catch it. */
class LogStepsTest extends Scene {

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

  @Test
  void clockForwardAndBack() {
    BundleDelivery delivery = world.delivery(START);
    long day8 = START + 7 * DAY + 1;
    trusted(verifier.verify(delivery, fleet, Purpose.RECOVER, day8 - 1, Memory.EMPTY));
    refused(Step.FRESHNESS, verifier.verify(delivery, fleet, Purpose.RECOVER, day8, Memory.EMPTY));
    trusted(verifier.verify(delivery, fleet, Purpose.RECOVER, START - DAY, Memory.EMPTY));
    refused(
        Step.FRESHNESS,
        verifier.verify(delivery, fleet, Purpose.RECOVER, START - DAY - 1, Memory.EMPTY));
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
    world.publish(world.next(START + DAY + 1, active));
    refused(Step.VALIDITY, verify(world.delivery(START)));
    TransparencyWorld old = new TransparencyWorld();
    old.publish(old.next(START - 31 * DAY, active));
    refused(Step.VALIDITY, verify(old.delivery(START)));
  }

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
}
