package dev.coffer.notary.operator;

import dev.coffer.notary.bundle.Approval;
import dev.coffer.notary.bundle.BundleRule;
import dev.coffer.notary.bundle.EvidenceCheck;
import dev.coffer.notary.bundle.Notary;
import dev.coffer.notary.bundle.NotaryRules;
import dev.coffer.notary.bundle.Proposal;
import dev.coffer.notary.disk.FaultyDisk;
import dev.coffer.notary.key.MemoryKey;
import dev.coffer.notary.key.NoteSigner;
import dev.coffer.notary.log.GrowingLog;
import dev.coffer.notary.log.Placement;
import dev.coffer.notary.log.Proofs;
import dev.coffer.notary.log.TiledLog;
import dev.coffer.notary.operator.OperatorFailure.Reason;
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
import dev.coffer.transparency.note.VerifierKey;
import dev.coffer.transparency.text.Refused;
import dev.coffer.transparency.tlog.Policy;
import dev.coffer.transparency.tlog.TilePath;
import dev.coffer.transparency.tlog.TlogProof;
import dev.coffer.transparency.trust.PolicyHistory;
import dev.coffer.transparency.trust.TrustPolicy;
import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.UnaryOperator;

/**
 * An operator, a notary with two approvers, and a log, in one process and in memory. Each call that
 * leaves the operator is a step; one of them can fail, having done its work or not.
 */
final class PublishingWorld {
  static final List<String> APPROVERS = List.of("person.example/a", "person.example/b");

  final TransparencyWorld parties = new TransparencyWorld();
  final FaultyDisk notaryDisk = new FaultyDisk();
  final TiledLog log;
  final TrustPolicy policy;
  final Shelf shelf = new Shelf();
  EvidenceCheck evidence = EvidenceCheck.UNCHECKED;
  boolean notaryIsGone;
  int approvers = APPROVERS.size();
  long now = TransparencyWorld.START;
  long steps;
  private long failing = -1;
  private boolean afterwards;
  private Notary notary;

  PublishingWorld() throws IOException {
    FaultyDisk disk = new FaultyDisk();
    TiledLog.create(disk, key(TransparencyWorld.ORIGIN));
    BundleRule rule =
        BundleRule.of(
            TransparencyWorld.NAMESPACE, parties.operator.verifier(), parties.notary.verifier(), 0);
    log = TiledLog.open(disk, key(TransparencyWorld.ORIGIN), rule, true);
    policy =
        policy(
            parties,
            new Policy(
                List.of(new Policy.Log(log.verifier(), Optional.empty())),
                List.of(),
                List.of(),
                Policy.NONE));
    notary = openNotary();
  }

  /** The policy of these parties with another log, and fleets that need not be announced. */
  static TrustPolicy policy(TransparencyWorld parties, Policy log) {
    TrustPolicy full = parties.policy();
    return new TrustPolicy(
        full.namespace(),
        full.version(),
        full.prev(),
        full.rootThreshold(),
        full.roots(),
        full.operator(),
        full.notary(),
        full.maxAgeHard(),
        full.maxAgeSoft(),
        0,
        log);
  }

  static NoteSigner key(String name) {
    return new NoteSigner(
        new KeyName(name), SignatureType.ED25519, new MemoryKey(TestKeys.seed(name)));
  }

  static List<VerifierKey> approverKeys() {
    return APPROVERS.stream().map(name -> TestKeys.signer(name).verifier()).toList();
  }

  private Notary openNotary() throws IOException {
    return Notary.open(
        notaryDisk,
        NotaryRules.of(
            policy, approverKeys(), (bundle, delta) -> evidence.objections(bundle, delta)),
        key("notary.example"),
        new MemoryKey(TestKeys.seed("audit")),
        () -> Instant.ofEpochSecond(now),
        log.files(),
        policy.log());
  }

  void restartNotary() throws IOException {
    notary = openNotary();
  }

  /** Step {@code n} from now on fails, counted from 0. */
  void failStep(long n, boolean havingDoneIt) {
    failing = steps + n;
    afterwards = havingDoneIt;
  }

  void failNothing() {
    failing = -1;
  }

  private interface Work<T> {
    T run() throws OperatorFailure, IOException, InterruptedException, Refused;
  }

  private <T> T step(Work<T> work)
      throws OperatorFailure, IOException, InterruptedException, Refused {
    boolean fails = steps++ == failing;
    if (fails && !afterwards) {
      throw new IOException("step " + failing + " was not done");
    }
    T done = work.run();
    if (fails) {
      throw new IOException("step " + failing + " was done, and nobody heard of it");
    }
    return done;
  }

  private <T> T quiet(Work<T> work) throws OperatorFailure, IOException, InterruptedException {
    try {
      return step(work);
    } catch (Refused e) {
      throw new AssertionError(e);
    }
  }

  Issuance issuance() {
    return new Issuance(
        PolicyHistory.trusting(policy),
        () -> Instant.ofEpochSecond(now),
        duration -> {
          throw new AssertionError("nothing to wait for");
        },
        new Desk(),
        new Growing(),
        List::of,
        shelf,
        new Keys());
  }

  /** A change that puts one fleet into a state, whatever else is listed. */
  static UnaryOperator<List<ListedFleet>> to(FleetState state) {
    return before -> List.of(TransparencyWorld.listed(TransparencyWorld.fleet("one"), state));
  }

  /** The notary, called instead of posted to. */
  final class Desk implements NotaryDesk {
    private interface Asked {
      Proposal ask() throws IOException, Refused;
    }

    private NotaryAnswer answer(Asked asked)
        throws OperatorFailure, IOException, InterruptedException {
      mustBeThere();
      return quiet(() -> {
        try {
          return new NotaryAnswer.Taken(asked.ask().text());
        } catch (Refused e) {
          return new NotaryAnswer.Objection(e.what());
        }
      });
    }

    private void mustBeThere() throws OperatorFailure {
      if (notaryIsGone) {
        throw new OperatorFailure(Reason.TRY_AGAIN, "The notary does not answer.", "Try again.");
      }
    }

    @Override
    public NotaryAnswer propose(Note statement)
        throws OperatorFailure, IOException, InterruptedException {
      return answer(() -> notary.propose(statement.encode()));
    }

    @Override
    public Optional<String> proposal(Bytes hash)
        throws OperatorFailure, IOException, InterruptedException {
      mustBeThere();
      return quiet(() -> notary.proposal(hash).map(Proposal::text));
    }

    @Override
    public NotaryAnswer approve(Bytes hash, NoteSigner approver)
        throws OperatorFailure, IOException, InterruptedException {
      return answer(() -> notary.approve(Approval.sign(hash, approver).encode()));
    }

    @Override
    public Optional<Note> note(Bytes hash)
        throws OperatorFailure, IOException, InterruptedException {
      mustBeThere();
      return quiet(() -> notary.note(hash));
    }
  }

  /** The log, called instead of posted to. */
  private final class Growing implements GrowingLog {
    @Override
    public TlogProof add(Bytes leaf) throws IOException, InterruptedException, Refused {
      try {
        return step(() -> {
          log.screen(leaf);
          return switch (log.append(List.of(leaf)).placements().get(0)) {
            case Placement.Placed placed ->
                Proofs.inclusion(log.files(), placed.index(), log.head());
            case Placement.NotAdmitted no -> throw no.why();
          };
        });
      } catch (OperatorFailure e) {
        throw new AssertionError(e);
      }
    }

    @Override
    public Bytes checkpoint() throws IOException, Refused {
      return log.files().checkpoint();
    }

    @Override
    public Bytes read(TilePath tile) throws IOException, Refused {
      return log.files().read(tile);
    }
  }

  /** The operator's disk; what is on it survives. */
  final class Shelf implements OperatorShelf {
    final TreeMap<Bytes, Bundle> kept = new TreeMap<>();
    Optional<Bundle> handedOut = Optional.empty();

    private void write(Runnable effect) throws IOException {
      try {
        step(() -> {
          effect.run();
          return Optional.empty();
        });
      } catch (OperatorFailure | InterruptedException | Refused e) {
        throw new AssertionError(e);
      }
    }

    @Override
    public void keep(Bundle statement) throws IOException {
      write(() -> kept.put(Proposal.hash(statement), statement));
    }

    @Override
    public List<Bundle> kept() {
      return List.copyOf(kept.values());
    }

    @Override
    public void forget(Bytes hash) throws IOException {
      write(() -> kept.remove(hash));
    }

    @Override
    public void handOut(Bytes fleetNote, TlogProof proof) throws IOException {
      write(() -> {
        try {
          handedOut =
              Optional.of(
                  BundleNote.open(
                      fleetNote, parties.operator.verifier(), parties.notary.verifier()));
        } catch (Refused e) {
          throw new AssertionError(e);
        }
      });
    }
  }

  private final class Keys implements BundleSigners {
    @Override
    public NoteSigner operator() {
      return key("operator.example");
    }

    @Override
    public int approvers() {
      return approvers;
    }

    @Override
    public NoteSigner approver(int number) {
      return key(APPROVERS.get(number - 1));
    }
  }
}
