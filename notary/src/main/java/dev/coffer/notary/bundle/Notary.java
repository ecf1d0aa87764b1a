package dev.coffer.notary.bundle;

import dev.coffer.notary.disk.Disk;
import dev.coffer.notary.http.Metrics;
import dev.coffer.notary.key.Ed25519Key;
import dev.coffer.notary.key.NoteSigner;
import dev.coffer.notary.log.LogSource;
import dev.coffer.notary.log.Mirror;
import dev.coffer.protocol.codec.Bytes;
import dev.coffer.transparency.bundle.Bundle;
import dev.coffer.transparency.bundle.BundleNote;
import dev.coffer.transparency.bundle.KeyDelta;
import dev.coffer.transparency.note.Note;
import dev.coffer.transparency.note.VerifierKey;
import dev.coffer.transparency.plexi.AuditMessage;
import dev.coffer.transparency.text.RefusalCode;
import dev.coffer.transparency.text.Refused;
import dev.coffer.transparency.text.Utf8;
import dev.coffer.transparency.tlog.Checkpoint;
import dev.coffer.transparency.tlog.Policy;
import dev.coffer.transparency.tlog.Tile;
import dev.coffer.transparency.tlog.TilePath;
import java.io.IOException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import java.util.logging.Logger;

/**
 * The notary without its network: proposed → approved by two → written down → signed; and, once the
 * log has it, audited. Thread-safe: one step at a time.
 *
 * <p><b>Guaranteed:</b> nothing is signed that does not follow from the notary's own copy of the
 * log, that two different people did not approve, or that is not in the journal; and of one epoch
 * never two statements, whatever crash comes when (INV-9). What the journal holds may be proposed,
 * approved and fetched again at any time. The log is asked only on behalf of those whose signature
 * holds, and never while others wait for an answer from the disk; so is the evidence looked at.
 */
public final class Notary implements AutoCloseable {
  private static final Logger LOG = Logger.getLogger(Notary.class.getName());
  private static final int FILES_MAX = 64;

  private final Disk disk;
  private final NotaryRules rules;
  private final NoteSigner signer;
  private final Ed25519Key auditKey;
  private final InstantSource clock;
  private final LogSource log;
  private final Mirror mirror;

  /** Held while the log is asked, which may take long; taken before this object's own lock. */
  private final ReentrantLock following = new ReentrantLock();

  private Optional<SigningJournal> journal = Optional.empty();
  private BundleRule rule;
  private long seen;
  private boolean inOffice;
  private long observedAt;
  private Optional<String> halted = Optional.empty();

  private Notary(
      Disk disk,
      NotaryRules rules,
      NoteSigner signer,
      Ed25519Key auditKey,
      InstantSource clock,
      LogSource log,
      Policy policy) {
    this.disk = disk;
    this.rules = rules;
    this.signer = signer;
    this.auditKey = auditKey;
    this.clock = clock;
    this.log = log;
    this.mirror = new Mirror(disk, policy);
    this.rule =
        BundleRule.of(
            rules.statements().namespace(),
            rules.operator(),
            signer.verifier(),
            rules.statements().announceSeconds());
  }

  /**
   * Opens what is stored. Nothing is asked of the log yet.
   *
   * @param disk of the copy of the log, the proposals and the journal; this object closes it
   * @param signer of type ED25519; this object closes it
   * @param auditKey for Plexi's signatures; this object closes it
   * @param log where bundles are logged
   * @param policy names that log and its witnesses
   */
  public static Notary open(
      Disk disk,
      NotaryRules rules,
      NoteSigner signer,
      Ed25519Key auditKey,
      InstantSource clock,
      LogSource log,
      Policy policy)
      throws IOException {
    rules.check(signer.verifier());
    Notary notary = new Notary(disk, rules, signer, auditKey, clock, log, policy);
    try {
      Optional<Checkpoint> copied = notary.mirror.checkpoint();
      if (copied.isPresent()) {
        notary.follow(copied.get());
      }
    } catch (Refused e) {
      throw new IOException("The notary's copy of the log is damaged: run fsck on it.", e);
    }
    return notary;
  }

  private SigningJournal journal() throws IOException {
    if (journal.isEmpty()) {
      journal = Optional.of(SigningJournal.open(disk));
    }
    return journal.get();
  }

  private void write(SignedRecord record) throws IOException, Refused {
    SigningJournal open = journal();
    try {
      open.add(record);
    } catch (IOException e) {
      // Whether it is there is read from the disk before anything else is signed.
      journal = Optional.empty();
      throw e;
    }
  }

  private void ready() throws IOException {
    if (halted.isPresent()) {
      throw new IOException(halted.get());
    }
  }

  /** Brings the copy of the log up to date, and audits what is new. */
  public void observe() throws IOException, Refused {
    following.lock();
    try {
      mustBeReady();
      Checkpoint head = mirror.update(log);
      synchronized (this) {
        follow(head);
        observedAt = clock.instant().getEpochSecond();
      }
    } finally {
      following.unlock();
    }
  }

  private synchronized void mustBeReady() throws IOException {
    ready();
  }

  private void follow(Checkpoint head) throws IOException, Refused {
    while (seen < head.size()) {
      TilePath path = TilePath.in(TilePath.ENTRIES, seen / TilePath.FULL, head.size());
      List<Bytes> leaves = Tile.decodeEntries(mirror.files().read(path), path.width());
      for (Bytes leaf : leaves.subList((int) (seen % TilePath.FULL), leaves.size())) {
        BundleRule next;
        try {
          next = rule.standing(seen, leaf);
        } catch (Refused e) {
          halt("The log holds a leaf that does not follow: " + e.what() + ".");
          throw e;
        }
        audit(leaf);
        rule = next;
        seen++;
      }
    }
  }

  /** Signs what the log holds, if it is what this notary signed. */
  private void audit(Bytes leaf) throws IOException, Refused {
    boolean mine = BundleRule.isBy(signer.verifier(), leaf);
    if (!mine && !inOffice) {
      // Another notary's, before the roots named this one: not its business.
      return;
    }
    inOffice = true;
    Bundle bundle = BundleRule.statement(leaf);
    Optional<SignedRecord.Statement> signed = journal().statement(bundle.epoch());
    if (signed.isEmpty() || !signed.get().text().equals(bundle.text())) {
      halt(
          "The log holds a bundle of epoch "
              + bundle.epoch()
              + " that this notary's journal does not: its key may be in other hands.");
      throw new Refused(RefusalCode.OUT_OF_SEQUENCE, "a bundle that this notary never signed");
    }
    if (journal().audit(bundle.epoch()).isEmpty()) {
      long now = clock.instant().toEpochMilli();
      write(new SignedRecord.Audit(now, bundle.epoch(), BundleNote.prevHash(leaf)));
    }
  }

  private void halt(String why) {
    halted = Optional.of(why + " The notary signs nothing more: look into it.");
    LOG.severe(halted.get());
  }

  /** Adds how far it has followed the log, and when it could last. */
  synchronized void measure(Metrics out) {
    out.gauge(
        "coffer_notary_halted",
        "1 if an operator has to look: GET /healthz",
        halted.isPresent() ? 1 : 0);
    out.gauge("coffer_notary_log_size", "Leaves of the log that are copied and verified", seen);
    out.gauge(
        "coffer_notary_epoch",
        "Epoch of the newest bundle in the log; 0 before the first",
        rule.lineage().nextEpoch() - 1);
    out.gauge(
        "coffer_notary_observed_seconds",
        "When the log was last seen to be in order; 0 if not since the start",
        observedAt);
  }

  /** Why the notary is halted, if it is. */
  public synchronized Optional<String> halted() {
    return halted;
  }

  /**
   * Takes a proposal in, if it follows from the log. One that was signed already is taken again,
   * however late.
   *
   * @param note the statement, signed by the operator
   * @throws Refused if it is not to be signed; the message says why
   * @throws IOException if it cannot be checked now
   */
  public Proposal propose(Bytes note) throws IOException, Refused {
    // First of all, for everybody can send something: strangers cost no network and no disk.
    Note proposed = Note.parse(note, Bundle.SIZE_MAX);
    Bundle bundle = Bundle.parse(proposed.verify(List.of(rules.operator())).text());
    if (!isSigned(Proposal.hash(bundle))) {
      observe();
      examine(bundle);
    }
    return take(bundle);
  }

  private synchronized boolean isSigned(Bytes hash) throws IOException {
    return journal().statement(hash).isPresent();
  }

  private synchronized Proposal take(Bundle bundle) throws IOException, Refused {
    ready();
    // Its epoch has no other statement: to refuse it now would leave the namespace without one.
    if (!isSigned(Proposal.hash(bundle))) {
      check(bundle);
      new ProposalShelf(disk).makeRoom(Proposal.hash(bundle), rule.lineage().nextEpoch());
    }
    disk.create(path(Proposal.hash(bundle)) + "statement", Utf8.encode(bundle.text()));
    return describe(bundle);
  }

  /**
   * Looks at the evidence, without the lock: packages are large and HSMs slow, or hostile. What was
   * seen counts for {@link #check} under the lock later, because a bundle names the hash of the one
   * before: if that still follows, it changes what it changed here. Others may have had the same
   * bundle signed before this look, or during it: then nothing is left to object to.
   */
  private void examine(Bundle bundle) throws IOException, Refused {
    Optional<KeyDelta> delta = unsigned(bundle);
    if (delta.isPresent()) {
      List<String> objections = rules.evidence().objections(bundle, delta.get());
      require(
          objections.isEmpty() || isSigned(Proposal.hash(bundle)),
          "evidence: " + String.join("; ", objections));
    }
  }

  /** What a bundle changes that follows; empty if it is signed. */
  private synchronized Optional<KeyDelta> unsigned(Bundle bundle) throws IOException, Refused {
    ready();
    if (isSigned(Proposal.hash(bundle))) {
      return Optional.empty();
    }
    check(bundle);
    return Optional.of(rule.lineage().delta(bundle));
  }

  /** All but the evidence. */
  private void check(Bundle bundle) throws IOException, Refused {
    rules.statements().check(rule.lineage(), bundle, clock.instant().getEpochSecond());
    journal().check(bundle);
  }

  private static void require(boolean holds, String what) throws Refused {
    if (!holds) {
      throw new Refused(RefusalCode.OUT_OF_SEQUENCE, "proposal: " + what);
    }
  }

  private static String path(Bytes hash) {
    return ProposalShelf.path(hash);
  }

  private Optional<Bundle> bundle(Bytes hash) throws IOException {
    Optional<Bytes> text = disk.read(path(hash) + "statement", Bundle.SIZE_MAX);
    try {
      return text.isEmpty()
          ? Optional.empty()
          : Optional.of(Bundle.parse(Utf8.decode(text.get(), "proposal")));
    } catch (Refused e) {
      throw new IOException("A stored proposal is damaged: propose it again.", e);
    }
  }

  private List<Approval> approvals(Bytes hash) throws IOException {
    List<Approval> approvals = new ArrayList<>();
    String folder = path(hash) + "approvals";
    for (String name : disk.list(folder)) {
      Optional<Bytes> note = disk.read(folder + "/" + name, Approval.SIZE_MAX);
      try {
        Approval approval = Approval.open(note.orElse(Bytes.EMPTY), rules.approvers());
        if (approval.proposal().equals(hash)) {
          approvals.add(approval);
        }
      } catch (Refused e) {
        LOG.warning("A stored approval does not count any more: " + e.what());
      }
    }
    return approvals;
  }

  private synchronized Proposal describe(Bundle bundle) throws IOException {
    Bytes hash = Proposal.hash(bundle);
    boolean logged = bundle.epoch() < rule.lineage().nextEpoch();
    KeyDelta delta = logged ? new KeyDelta(List.of()) : rule.lineage().delta(bundle);
    return new Proposal(
        bundle,
        delta,
        approvals(hash).stream().map(approval -> approval.by().name()).toList(),
        journal().statement(hash).isPresent());
  }

  /** A proposal, by its hash. */
  public synchronized Optional<Proposal> proposal(Bytes hash) throws IOException {
    Optional<Bundle> bundle = bundle(hash);
    return bundle.isEmpty() ? Optional.empty() : Optional.of(describe(bundle.get()));
  }

  /**
   * Takes an approval in; the second one makes the notary sign.
   *
   * @throws Refused if it is not an approver's, of no proposal, or the proposal does not follow any
   *     more
   */
  public Proposal approve(Bytes approvalNote) throws IOException, Refused {
    // As with proposals: who is no approver, or approves nothing, is turned away at once.
    Approval approval = Approval.open(approvalNote, rules.approvers());
    require(proposal(approval.proposal()).isPresent(), "no such proposal");
    if (!isSigned(approval.proposal())) {
      observe();
    }
    Bundle bundle = take(approval);
    if (isApproved(bundle)) {
      // The log, the clock and the evidence may have moved on since it was proposed.
      examine(bundle);
      sign(bundle);
    }
    return describe(bundle);
  }

  private synchronized Bundle take(Approval approval) throws IOException, Refused {
    ready();
    Optional<Bundle> bundle = bundle(approval.proposal());
    require(bundle.isPresent(), "no such proposal");
    String file = approval.by().publicKey().hex();
    String folder = path(approval.proposal()) + "approvals";
    if (disk.list(folder).size() < FILES_MAX) {
      disk.replace(folder + "/" + file, approval.note().encode());
    }
    return bundle.get();
  }

  private synchronized boolean isApproved(Bundle bundle) throws IOException {
    List<Approval> approvals = approvals(Proposal.hash(bundle));
    long people = approvals.stream().map(a -> a.by().publicKey()).distinct().count();
    return people >= NotaryRules.APPROVALS;
  }

  private synchronized void sign(Bundle bundle) throws IOException, Refused {
    ready();
    List<Approval> approvals = approvals(Proposal.hash(bundle));
    if (!isApproved(bundle) || isSigned(Proposal.hash(bundle))) {
      return;
    }
    check(bundle);
    Instant now = clock.instant();
    write(
        new SignedRecord.Statement(
            now.getEpochSecond(), bundle.text(), approvals.stream().map(Approval::note).toList()));
    // From here on this is the one statement of its epoch; note() signs it whenever it is asked
    // for.
  }

  /** The inner note of a statement that was signed; the same octets each time. */
  public synchronized Optional<Note> note(Bytes hash) throws IOException {
    Optional<SignedRecord.Statement> signed = journal().statement(hash);
    if (signed.isEmpty()) {
      return Optional.empty();
    }
    String text = signed.get().text();
    return Optional.of(Note.of(text, List.of(signer.sign(text))));
  }

  /** The audit of an epoch that is in the log. */
  public synchronized Optional<AuditAnswer> auditOf(long epoch) throws IOException {
    Optional<SignedRecord.Audit> audit = journal().audit(epoch);
    if (audit.isEmpty()) {
      return Optional.empty();
    }
    AuditMessage message =
        new AuditMessage(
            rules.statements().namespace().value(),
            audit.get().timeMillis(),
            audit.get().epoch(),
            audit.get().digest());
    return Optional.of(
        new AuditAnswer(
            message, auditKey.sign(message.encode()), AuditMessage.keyId(auditKey.publicKey())));
  }

  /** The public half of the key for Plexi's signatures, 32 octets. */
  public Bytes auditKey() {
    return auditKey.publicKey();
  }

  /** The public half of the key for bundles. */
  public VerifierKey verifier() {
    return signer.verifier();
  }

  /** Whose bundles are signed here. */
  public String namespace() {
    return rules.statements().namespace().value();
  }

  @Override
  public synchronized void close() throws IOException {
    signer.close();
    auditKey.close();
    disk.close();
  }
}
