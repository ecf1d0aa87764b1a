package dev.coffer.notary.bundle;

import dev.coffer.notary.disk.FaultyDisk;
import dev.coffer.notary.key.MemoryKey;
import dev.coffer.notary.key.NoteSigner;
import dev.coffer.notary.log.LeafRule;
import dev.coffer.notary.log.LogSource;
import dev.coffer.notary.log.Placement;
import dev.coffer.notary.log.TiledLog;
import dev.coffer.protocol.codec.Bytes;
import dev.coffer.transparency.TestKeys;
import dev.coffer.transparency.TransparencyWorld;
import dev.coffer.transparency.bundle.Bundle;
import dev.coffer.transparency.bundle.BundleNote;
import dev.coffer.transparency.bundle.FleetState;
import dev.coffer.transparency.bundle.ListedFleet;
import dev.coffer.transparency.note.KeyName;
import dev.coffer.transparency.note.Note;
import dev.coffer.transparency.note.SignatureType;
import dev.coffer.transparency.note.SignerKey;
import dev.coffer.transparency.note.VerifierKey;
import dev.coffer.transparency.tlog.Policy;
import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** A log under the bundles' rule and a notary with three approvers, in memory. */
final class NotaryWorld {
  static final List<String> APPROVERS =
      List.of("person.example/a", "person.example/b", "person.example/c");

  final TransparencyWorld world = new TransparencyWorld();
  final FaultyDisk logDisk = new FaultyDisk();
  final FaultyDisk disk = new FaultyDisk();
  TiledLog log;
  LogSource source;
  long now = TransparencyWorld.START;

  NotaryWorld() throws IOException {
    TiledLog.create(logDisk, key(TransparencyWorld.ORIGIN));
    log = TiledLog.open(logDisk, key(TransparencyWorld.ORIGIN), rule(), true);
    source = log.files();
  }

  static NoteSigner key(String name) {
    return new NoteSigner(
        new KeyName(name), SignatureType.ED25519, new MemoryKey(TestKeys.seed(name)));
  }

  LeafRule rule() {
    return BundleRule.of(
        TransparencyWorld.NAMESPACE, world.operator.verifier(), world.notary.verifier(), 0);
  }

  Policy policy() {
    return new Policy(
        List.of(new Policy.Log(log.verifier(), Optional.empty())),
        List.of(),
        List.of(),
        Policy.NONE);
  }

  Notary notary() throws IOException {
    return notary(EvidenceCheck.UNCHECKED);
  }

  Notary notary(EvidenceCheck evidence) throws IOException {
    List<VerifierKey> approvers = APPROVERS.stream().map(name -> key(name).verifier()).toList();
    return Notary.open(
        disk,
        new NotaryRules(statements(), world.operator.verifier(), approvers, evidence),
        key("notary.example"),
        new MemoryKey(TestKeys.seed("audit")),
        () -> Instant.ofEpochSecond(now),
        source,
        policy());
  }

  /** The trust policy in force, but that fleets need not be announced. */
  ProposalRule statements() {
    return new ProposalRule(
        TransparencyWorld.NAMESPACE, 0, world.policy().version(), world.policy().hash());
  }

  /** A statement that follows, with a fleet of that name. */
  Bundle next(String fleet, FleetState state) {
    ListedFleet listed = TransparencyWorld.listed(TransparencyWorld.fleet(fleet), state);
    return world.next(now, listed);
  }

  static Bytes signedBy(SignerKey operator, Bundle bundle) {
    return Note.sign(bundle.text(), operator).encode();
  }

  static Bytes approval(Bundle bundle, String person) throws IOException {
    return Approval.sign(Proposal.hash(bundle), key(person)).encode();
  }

  /** From proposal to the leaf in the log. */
  Bytes publish(Notary notary, Bundle bundle) throws Exception {
    Proposal proposal = notary.propose(signedBy(world.operator, bundle));
    Proposal once = notary.approve(approval(bundle, APPROVERS.get(0)));
    Proposal twice = notary.approve(approval(bundle, APPROVERS.get(1)));
    if (proposal.signed() || once.signed() || !twice.signed()) {
      throw new AssertionError("signed after the second approval, not before");
    }
    Bytes leaf = BundleNote.counterSign(notary.note(proposal.hash()).orElseThrow(), world.operator);
    log(leaf);
    world.append(leaf);
    return leaf;
  }

  /** Puts a leaf into the log that another notary had signed when its key counted. */
  void append(Bytes leaf) throws Exception {
    log.append(List.of(leaf));
    world.append(leaf);
  }

  /** Puts a leaf into the log as its server would. */
  long log(Bytes leaf) throws Exception {
    log.screen(leaf);
    return switch (log.append(List.of(leaf)).placements().get(0)) {
      case Placement.Placed placed -> placed.index();
      case Placement.NotAdmitted no -> throw no.why();
    };
  }
}
