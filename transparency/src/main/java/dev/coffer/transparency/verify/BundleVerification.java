package dev.coffer.transparency.verify;

import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.fleet.FleetId;
import dev.coffer.transparency.bundle.Bundle;
import dev.coffer.transparency.bundle.BundleDelivery;
import dev.coffer.transparency.bundle.BundleNote;
import dev.coffer.transparency.bundle.FleetState;
import dev.coffer.transparency.bundle.ListedFleet;
import dev.coffer.transparency.note.Note;
import dev.coffer.transparency.tlog.Checkpoint;
import dev.coffer.transparency.tlog.TlogProof;
import dev.coffer.transparency.trust.PolicyChain;
import dev.coffer.transparency.trust.TrustPolicy;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/** The steps up to {@link Step#FLEET_HISTORY}: all that does not depend on who answered. */
final class BundleVerification {
  private final ClientFloor floor;
  private final long now;
  private final Memory memory;
  private final Verdict.Authentic authentic;
  private final Memory remembered;

  BundleVerification(
      TrustPolicy compiledIn, ClientFloor floor, BundleDelivery delivery, long now, Memory memory)
      throws Failure {
    this.floor = floor;
    this.now = now;
    this.memory = memory;

    Note outer = Failure.at(Step.FORM, () -> Note.parse(delivery.note(), Bundle.SIZE_MAX));
    TlogProof proof = Failure.at(Step.FORM, () -> TlogProof.parse(delivery.proof()));
    PolicyChain chain = Failure.at(Step.FORM, () -> PolicyChain.parse(delivery.policyNotes()));

    Optional<PolicyChain.Seen> seen =
        memory.isEmpty() ? Optional.empty() : Optional.of(memory.policy());
    TrustPolicy policy = Failure.at(Step.TRUST_POLICY, () -> chain.follow(compiledIn, seen));

    // What the operator signed need not be a note: then it is the notary's signature that it lacks.
    String counterSigned =
        Failure.at(Step.OPERATOR_SIGNATURE, () -> outer.verify(List.of(policy.operator())).text());
    String statement =
        Failure.at(
            Step.NOTARY_SIGNATURE,
            () -> BundleNote.openInner(Note.parse(counterSigned), policy.notary()));
    Bundle bundle = Failure.at(Step.GRAMMAR, () -> Bundle.parse(statement));
    Failure.unless(
        bundle.namespace().equals(policy.namespace()), Step.GRAMMAR, "another namespace");
    Failure.unless(
        bundle.trustPolicy() == policy.version() && bundle.trustPolicyHash().equals(policy.hash()),
        Step.NAMED_POLICY,
        "the bundle names another trust policy than the chain ends with");

    Checkpoint checkpoint =
        Failure.at(Step.LOG_SIGNATURE, () -> policy.log().checkLog(proof.checkpoint()));
    OptionalLong quorum =
        Failure.at(Step.WITNESS_QUORUM, () -> policy.log().checkWitnesses(proof.checkpoint()));
    Failure.unless(quorum.isPresent(), Step.WITNESS_QUORUM, "a policy without a quorum");
    long quorumTime = quorum.getAsLong();

    Bytes leaf = BundleNote.leafHash(delivery.note());
    Failure.at(
        Step.INCLUSION,
        () -> {
          proof.checkInclusion(leaf, checkpoint);
          return leaf;
        });
    // A new phone has no memory. Append-only plus a fresh cosignature of the newest leaf means that
    // no newer bundle existed then: this is what keeps an old one from being shown to it (INV-7).
    Failure.unless(
        proof.index() == checkpoint.size() - 1, Step.NEWEST_LEAF, "a newer bundle was logged");

    checkTimes(policy, bundle, quorumTime);
    checkMemory(policy, bundle, checkpoint, leaf);
    Map<FleetId, Memory.Fleet> fleets = checkHistory(policy, bundle, quorumTime);

    boolean stale = now - quorumTime > policy.maxAgeSoft();
    this.authentic = new Verdict.Authentic(bundle, policy, quorumTime, stale);
    this.remembered =
        new Memory(
            bundle.epoch(),
            leaf,
            checkpoint.origin(),
            checkpoint.size(),
            checkpoint.root(),
            Math.max(quorumTime, memory.quorumTime()),
            new PolicyChain.Seen(policy.version(), policy.hash()),
            fleets);
  }

  Verdict.Authentic authentic() {
    return authentic;
  }

  Memory remembered() {
    return remembered;
  }

  private void checkTimes(TrustPolicy policy, Bundle bundle, long quorumTime) throws Failure {
    Failure.unlessTimely(
        quorumTime - floor.skewSeconds() <= now,
        Step.FRESHNESS,
        "the witnesses' time is in the future: check this device's clock",
        quorumTime);
    Failure.unlessTimely(
        now - quorumTime <= policy.maxAgeHard(),
        Step.FRESHNESS,
        "no quorum of witnesses has seen this recently",
        quorumTime);
    Failure.unlessTimely(
        bundle.notBefore() - floor.skewSeconds() <= now,
        Step.VALIDITY,
        "not valid yet",
        quorumTime);
    Failure.unlessTimely(now <= bundle.notAfter(), Step.VALIDITY, "no longer valid", quorumTime);
  }

  private void checkMemory(TrustPolicy policy, Bundle bundle, Checkpoint checkpoint, Bytes leaf)
      throws Failure {
    Failure.unless(
        bundle.epoch() >= floor.epochMin() && bundle.policy() >= floor.policyMin(),
        Step.MEMORY,
        "older than this app");
    Failure.unless(bundle.epoch() >= memory.epoch(), Step.MEMORY, "an older epoch than before");
    Failure.unless(
        bundle.epoch() != memory.epoch() || leaf.equals(memory.leaf()),
        Step.MEMORY,
        "two bundles of one epoch");
    if (!checkpoint.origin().equals(memory.origin())) {
      // Only the roots can move a namespace to another log, by a newer policy.
      Failure.unless(
          memory.isEmpty() || policy.version() > memory.policy().version(),
          Step.MEMORY,
          "another log under the same policy");
      return;
    }
    Failure.unless(checkpoint.size() >= memory.size(), Step.MEMORY, "a shorter log than before");
    Failure.unless(
        checkpoint.size() != memory.size() || checkpoint.root().equals(memory.root()),
        Step.MEMORY,
        "two logs of one size: keep what was delivered, it proves a fork");
  }

  private Map<FleetId, Memory.Fleet> checkHistory(
      TrustPolicy policy, Bundle bundle, long quorumTime) throws Failure {
    Map<FleetId, Memory.Fleet> fleets = new HashMap<>();
    // Only a revoked fleet is dropped, so one that is gone was revoked, and never comes back.
    memory
        .fleets()
        .forEach(
            (id, past) -> fleets.put(id, new Memory.Fleet(FleetState.REVOKED, past.absentUntil())));
    for (ListedFleet fleet : bundle.fleets()) {
      Optional<Memory.Fleet> past = Optional.ofNullable(memory.fleets().get(fleet.id()));
      Failure.unless(
          past.isEmpty() || fleet.state().mayFollow(past.get().state()),
          Step.FLEET_HISTORY,
          "a fleet's state moved back");
      long absentUntil = past.map(Memory.Fleet::absentUntil).orElse(memory.quorumTime());
      checkAnnounced(policy, bundle, fleet, past.isPresent(), quorumTime - absentUntil);
      fleets.put(fleet.id(), new Memory.Fleet(fleet.state(), absentUntil));
    }
    Failure.unless(
        fleets.size() <= Memory.FLEETS_MAX, Step.FLEET_HISTORY, "more fleets than anyone founds");
    return fleets;
  }

  /**
   * A fleet stands in the log as announced for days before it is active, so that others can look at
   * it first. Whoever sees only the newest leaf cannot know how long; but a device that saw the log
   * without the fleet knows that the announcement came later than that.
   */
  private void checkAnnounced(
      TrustPolicy policy, Bundle bundle, ListedFleet fleet, boolean seen, long knownFor)
      throws Failure {
    boolean usable = fleet.state() == FleetState.ACTIVE || fleet.state() == FleetState.RETIRING;
    if (!usable || memory.isEmpty() || policy.announce() == 0) {
      return;
    }
    Failure.unless(
        seen || bundle.epoch() > memory.epoch() + 1,
        Step.FLEET_HISTORY,
        "a fleet was never announced");
    Failure.unless(
        knownFor >= policy.announce(), Step.FLEET_HISTORY, "a fleet was not announced long enough");
  }
}
