package dev.coffer.notary.operator;

import dev.coffer.notary.bundle.Proposal;
import dev.coffer.notary.bundle.ProposalRule;
import dev.coffer.notary.key.NoteSigner;
import dev.coffer.notary.log.GrowingLog;
import dev.coffer.notary.log.Proofs;
import dev.coffer.notary.log.RemoteLog;
import dev.coffer.notary.operator.OperatorFailure.Reason;
import dev.coffer.protocol.codec.Bytes;
import dev.coffer.transparency.bundle.Bundle;
import dev.coffer.transparency.bundle.BundleNote;
import dev.coffer.transparency.bundle.KeyDelta;
import dev.coffer.transparency.bundle.Lineage;
import dev.coffer.transparency.bundle.ListedFleet;
import dev.coffer.transparency.note.Note;
import dev.coffer.transparency.note.NoteSignature;
import dev.coffer.transparency.text.Refused;
import dev.coffer.transparency.tlog.TlogProof;
import dev.coffer.transparency.trust.PolicyHistory;
import dev.coffer.transparency.trust.TrustPolicy;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.UnaryOperator;

/**
 * The operator's way from a statement to the nodes: kept, proposed, approved, signed by the notary,
 * counter-signed, logged, handed out. Not thread-safe.
 *
 * <p><b>Guaranteed:</b> whatever step fails, and however much later, the next call goes on. A
 * statement that the notary has signed is brought into the log before there is another; one that it
 * has not signed stands in nobody's way. {@link #refresh} needs the log alone (INV-7, INV-9).
 */
public final class Issuance {
  private static final long VALID_SECONDS = 90 * 86_400L;
  private static final Duration PAUSE = Duration.ofMillis(250);

  /** How long witnesses are waited for: the log waits itself each time it is asked. */
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  /** The log has its head cosigned again every day; clients begin to mind after two. */
  private static final Duration FRESH = Duration.ofHours(25);

  private final PolicyHistory policies;
  private final TrustPolicy policy;
  private final InstantSource clock;
  private final Pause pause;
  private final NotaryDesk notary;
  private final GrowingLog log;
  private final SilentWitnesses witnesses;
  private final OperatorShelf shelf;
  private final BundleSigners signers;

  /** Waits. */
  @FunctionalInterface
  public interface Pause {
    /** Returns after that time. */
    void await(Duration length) throws InterruptedException;
  }

  /** What was published. */
  public record Published(Bundle bundle, KeyDelta delta) {}

  /**
   * What was handed out.
   *
   * @param stale what no quorum of witnesses has cosigned: a phrase; empty while it is fresh
   */
  public record HandedOut(Bundle bundle, Optional<String> stale) {}

  /** What was proposed, and what approvers have to be told. */
  public record Proposed(Bundle bundle, Bytes hash, KeyDelta delta) {}

  /**
   * @param policies the newest of which the next bundle names
   * @param notary where statements are proposed
   * @param log where bundles are logged
   * @param witnesses asked who is silent where a quorum is missing
   * @param shelf where statements wait, and nodes find bundles
   */
  public Issuance(
      PolicyHistory policies,
      InstantSource clock,
      Pause pause,
      NotaryDesk notary,
      GrowingLog log,
      SilentWitnesses witnesses,
      OperatorShelf shelf,
      BundleSigners signers) {
    this.policies = policies;
    this.policy = policies.newest();
    this.clock = clock;
    this.pause = pause;
    this.notary = notary;
    this.log = log;
    this.witnesses = witnesses;
    this.shelf = shelf;
    this.signers = signers;
  }

  /** What the log holds. */
  public LoggedBundles logged() throws OperatorFailure, IOException {
    try {
      return LoggedBundles.read(log, policies);
    } catch (Refused e) {
      throw untrusted(e);
    } catch (RemoteLog.Away e) {
      throw away(e);
    }
  }

  /**
   * Proposes the next bundle, and leaves it to people to approve it.
   *
   * @param change from the fleets of the newest bundle to those of the next
   */
  public Proposed propose(UnaryOperator<List<ListedFleet>> change)
      throws OperatorFailure, IOException, InterruptedException {
    Lineage lineage = settled().lineage();
    Bundle next = draft(lineage, change);
    KeyDelta delta = checked(lineage, next);
    offer(next);
    return new Proposed(next, Proposal.hash(next), delta);
  }

  /**
   * Issues the next bundle, with the approvers' keys of a development vault.
   *
   * @param change from the fleets of the newest bundle to those of the next
   */
  public Published issue(UnaryOperator<List<ListedFleet>> change)
      throws OperatorFailure, IOException, InterruptedException {
    int approvers = signers.approvers();
    if (approvers == 0) {
      throw new OperatorFailure(
          Reason.USAGE,
          "The people who approve this vault's bundles keep their keys to themselves.",
          "Propose it with coffer bundle propose; they approve; then run coffer bundle publish.");
    }
    Proposed proposed = propose(change);
    for (int i = 1; i <= approvers; i++) {
      try (NoteSigner approver = signers.approver(i)) {
        NotaryAnswer answer = notary.approve(proposed.hash(), approver);
        if (answer instanceof NotaryAnswer.Objection objection) {
          dropUnlessSigned(proposed.hash(), objection);
        }
      }
    }
    return new Published(finish(proposed.bundle()), proposed.delta());
  }

  /**
   * Brings what the notary has signed into the log and to the nodes.
   *
   * @param hash of the proposal; empty for whichever is signed
   * @return the newest bundle now; empty if nothing was ever logged
   */
  public Optional<Bundle> publish(Optional<Bytes> hash)
      throws OperatorFailure, IOException, InterruptedException {
    settled();
    if (hash.isPresent() && !isLogged(hash.get())) {
      Bundle kept =
          shelf.kept().stream()
              .filter(statement -> Proposal.hash(statement).equals(hash.get()))
              .findFirst()
              .orElseThrow(() ->
                  new OperatorFailure(
                      Reason.USAGE,
                      "This was not proposed from here, or another bundle took its place.",
                      "See what there is with coffer bundle show, and propose again."));
      finish(kept);
    }
    return refresh().map(HandedOut::bundle);
  }

  private boolean isLogged(Bytes hash) throws OperatorFailure, IOException {
    try {
      for (Bytes leaf : logged().walk().map(LogWalk::leaves).orElse(List.of())) {
        if (Proposal.hash(BundleNote.open(leaf, policies).bundle()).equals(hash)) {
          return true;
        }
      }
      return false;
    } catch (Refused e) {
      throw untrusted(e);
    }
  }

  /**
   * Hands the newest bundle of the log, under its newest checkpoint, to the nodes. Asks the log and
   * nobody else, whatever else is unfinished.
   *
   * @return empty if nothing was ever logged
   */
  public Optional<HandedOut> refresh() throws OperatorFailure, IOException {
    LoggedBundles logged = logged();
    Optional<Bundle> newest = logged.lineage().newest();
    if (logged.walk().isEmpty() || newest.isEmpty()) {
      return Optional.empty();
    }
    try {
      LogWalk walk = logged.walk().get();
      int last = walk.leaves().size() - 1;
      shelf.handOut(walk.leaves().get(last), Proofs.inclusion(log, last, walk.note()));
      return Optional.of(new HandedOut(newest.get(), stale(walk.note())));
    } catch (Refused e) {
      throw untrusted(e);
    }
  }

  private Optional<String> stale(Note checkpoint) {
    try {
      OptionalLong time = policy.log().checkWitnesses(checkpoint);
      Instant oldest = clock.instant().minus(FRESH);
      return time.isPresent() && Instant.ofEpochSecond(time.getAsLong()).isBefore(oldest)
          ? Optional.of("since " + Instant.ofEpochSecond(time.getAsLong()))
          : Optional.empty();
    } catch (Refused e) {
      return Optional.of("under the newest trust policy");
    }
  }

  /** The log, once it holds everything that the notary has signed. */
  private LoggedBundles settled() throws OperatorFailure, IOException, InterruptedException {
    LoggedBundles logged = logged();
    for (Bundle kept : shelf.kept()) {
      Bytes hash = Proposal.hash(kept);
      boolean next = kept.epoch() == logged.lineage().nextEpoch();
      if (next && notary.note(hash).isPresent()) {
        finish(kept);
        logged = logged();
      } else if (!next || notary.proposal(hash).isEmpty()) {
        // The log has passed it by, or it never reached the notary: nobody will ever sign it.
        shelf.forget(hash);
      }
    }
    return logged;
  }

  private Bundle draft(Lineage lineage, UnaryOperator<List<ListedFleet>> change) {
    Optional<Bundle> before = lineage.newest();
    long now = clock.instant().getEpochSecond();
    long notBefore = Math.max(now, before.map(Bundle::notBefore).orElse(0L));
    return new Bundle(
        policy.namespace(),
        lineage.nextEpoch(),
        lineage.nextPrev(),
        notBefore,
        notBefore + VALID_SECONDS,
        before.map(Bundle::minEpoch).orElse(1L),
        before.map(Bundle::policy).orElse(1L),
        policy.version(),
        policy.hash(),
        change.apply(before.map(Bundle::fleets).orElse(List.of())));
  }

  private KeyDelta checked(Lineage lineage, Bundle next) throws OperatorFailure {
    if (next.fleets().isEmpty()) {
      throw new OperatorFailure(
          Reason.USAGE,
          "The first bundle lists no fleet.",
          "Name one: coffer bundle propose --set first=active.");
    }
    try {
      ProposalRule.of(policy).check(lineage, next, clock.instant().getEpochSecond());
      return lineage.delta(next);
    } catch (Refused e) {
      throw new OperatorFailure(
          Reason.USAGE,
          "This bundle cannot follow the one before: " + e.what() + ".",
          "See what there is with coffer bundle show.");
    }
  }

  private void offer(Bundle next) throws OperatorFailure, IOException, InterruptedException {
    // Kept first: of what the notary may sign the operator has the text, whatever happens.
    shelf.keep(next);
    try (NoteSigner operator = signers.operator()) {
      Note signed = Note.of(next.text(), List.of(operator.sign(next.text())));
      if (notary.propose(signed) instanceof NotaryAnswer.Objection objection) {
        dropUnlessSigned(Proposal.hash(next), objection);
      }
    }
  }

  private void dropUnlessSigned(Bytes hash, NotaryAnswer.Objection objection)
      throws OperatorFailure, IOException, InterruptedException {
    if (notary.note(hash).isPresent()) {
      return;
    }
    shelf.forget(hash);
    throw new OperatorFailure(
        Reason.FAILED,
        "The notary refuses this statement, which is dropped: " + objection.why() + ".",
        "Correct what it objects to and run the same command again.");
  }

  /** From the notary's signature to the nodes. */
  private Bundle finish(Bundle bundle) throws OperatorFailure, IOException, InterruptedException {
    Bytes hash = Proposal.hash(bundle);
    Note signed =
        notary
            .note(hash)
            .orElseThrow(() ->
                new OperatorFailure(
                    Reason.TRY_AGAIN,
                    "The notary has not signed this bundle yet: two people have to approve it.",
                    "Have them run coffer notary approve " + hash.hex() + ", then try again."));
    try {
      Bytes leaf = counterSigned(bundle, signed);
      // A crash from here on leaves a leaf that is sent again: the same octets, the same place.
      TlogProof proof = logged(leaf);
      shelf.handOut(leaf, proof);
      for (Bundle kept : shelf.kept()) {
        // This one, and others of its epoch: the log has passed them by.
        if (kept.epoch() <= bundle.epoch()) {
          shelf.forget(Proposal.hash(kept));
        }
      }
      return bundle;
    } catch (Refused e) {
      throw new OperatorFailure(
          Reason.FAILED,
          "The bundle cannot be logged: " + e.what() + ".",
          "Look at the log with coffer audit log, then run coffer bundle publish again.");
    }
  }

  /** The operator puts its name only to what it proposed itself, whatever the notary hands out. */
  private Bytes counterSigned(Bundle bundle, Note signed)
      throws OperatorFailure, IOException, Refused {
    if (!BundleNote.openInner(signed, policy.notary()).equals(bundle.text())) {
      throw new OperatorFailure(
          Reason.UNTRUSTED,
          "The notary has signed another statement than was proposed.",
          "Ask the notary, and publish nothing until it is understood.");
    }
    // Only the notary's own line: a note with another one is another leaf.
    String inner = Note.of(bundle.text(), signatureOfNotary(signed)).toText();
    try (NoteSigner operator = signers.operator()) {
      return Note.of(inner, List.of(operator.sign(inner))).encode();
    }
  }

  private List<NoteSignature> signatureOfNotary(Note signed) {
    return signed.signatures().stream()
        .filter(line -> line.name().equals(policy.notary().name()))
        .filter(line -> line.id().equals(policy.notary().id()))
        .limit(1)
        .toList();
  }

  /** Asks until witnesses have cosigned; the same leaf is logged once however often it is sent. */
  private TlogProof logged(Bytes leaf)
      throws OperatorFailure, IOException, InterruptedException, Refused {
    Instant deadline = clock.instant().plus(PATIENCE);
    TlogProof proof = added(leaf);
    while (!quorum(proof)) {
      if (clock.instant().isAfter(deadline)) {
        throw unwitnessed();
      }
      pause.await(PAUSE);
      proof = added(leaf);
    }
    return proof;
  }

  private TlogProof added(Bytes leaf)
      throws OperatorFailure, IOException, InterruptedException, Refused {
    try {
      return log.add(leaf);
    } catch (RemoteLog.Away e) {
      throw away(e);
    }
  }

  private static OperatorFailure away(RemoteLog.Away e) {
    return new OperatorFailure(
        Reason.TRY_AGAIN,
        String.valueOf(e.getMessage()),
        "See that it runs, then run the same command again: nothing is lost.");
  }

  /**
   * Does nothing if witnesses looked lately at what was handed out.
   *
   * @throws OperatorFailure that says since when they did not, and which of them are silent
   */
  public void checkFresh(HandedOut handed) throws OperatorFailure, IOException {
    if (handed.stale().isPresent()) {
      throw new OperatorFailure(
          Reason.TRY_AGAIN,
          "No quorum of witnesses has cosigned "
              + handed.stale().get()
              + ", so nothing newer could be handed out; "
              + silent(),
          "See that the log and its witnesses run, then run coffer bundle refresh again.");
    }
  }

  private String silent() throws IOException {
    List<String> silent = witnesses.find();
    return silent.isEmpty()
        ? "all witnesses answer."
        : "no answer comes from " + String.join(", ", silent) + ".";
  }

  private OperatorFailure unwitnessed() throws IOException {
    return new OperatorFailure(
        Reason.TRY_AGAIN,
        "The bundle is logged, but too few witnesses have cosigned it; " + silent(),
        "See that the witnesses run (coffer up), then run coffer bundle refresh.");
  }

  private boolean quorum(TlogProof proof) {
    try {
      policy.log().check(proof.checkpoint());
      return true;
    } catch (Refused e) {
      return false;
    }
  }

  private static OperatorFailure untrusted(Refused e) {
    return new OperatorFailure(
        Reason.UNTRUSTED,
        "The log is not what its policy promises: " + e.what() + ".",
        "Keep what it shows; run coffer audit log.");
  }
}
