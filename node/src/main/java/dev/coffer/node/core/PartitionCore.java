package dev.coffer.node.core;

import dev.coffer.node.core.Messages.Beat;
import dev.coffer.node.core.Messages.ReleaseWanted;
import dev.coffer.node.core.Messages.Replies;
import dev.coffer.node.core.Messages.Submission;
import dev.coffer.node.order.OrderedLog;
import dev.coffer.node.order.Orderer;
import dev.coffer.node.peer.PeerMethod;
import dev.coffer.node.peer.Refusal;
import dev.coffer.node.store.RecordStore;
import dev.coffer.protocol.chain.Certificate;
import dev.coffer.protocol.chain.Statement;
import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.codec.Invariant;
import dev.coffer.protocol.codec.Limits;
import dev.coffer.protocol.codec.Rejected;
import dev.coffer.protocol.crypto.Randomness;
import dev.coffer.protocol.outcome.VaultAnswer;
import dev.coffer.protocol.port.HsmPort;
import dev.coffer.protocol.request.RequestType;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One partition on one node: puts its chain, batcher, certification, releasing and open calls
 * together. Thread-safe.
 */
final class PartitionCore implements Chain.Watcher, Releasing.Watcher {
  private static final Logger LOG = LoggerFactory.getLogger(PartitionCore.class);
  private static final Duration SUBMIT_DEADLINE = Duration.ofMillis(800);
  private static final Duration RELEASE_DEADLINE = Duration.ofMillis(1_000);
  private static final long CALL_NANOS = TimeUnit.SECONDS.toNanos(6);
  private static final long SUBMIT_AGAIN_NANOS = TimeUnit.MILLISECONDS.toNanos(1_500);
  private static final long RETRY_MILLIS = 15;
  private static final int CALLS_MAX = 4_096;

  private final Site site;
  private final int partition;
  private final RecordStore store;
  private final Surroundings around;
  private final Standing standing;
  private final OrdererSlot orderer = new OrdererSlot();
  private final Chain chain;
  private final Certification certification;
  private final Releasing releasing;
  private final Batcher batcher;
  private final OpenCalls calls;
  private final Awakening awakening;
  private final AtomicBoolean fetching = new AtomicBoolean();
  private volatile long unfitSince;
  private volatile boolean unfit;
  private volatile boolean drained;

  /** What a partition needs from its node. */
  interface Surroundings {
    /** Whether the node takes new operations (disk). */
    boolean mayOrder();

    /**
     * Brings store and HSM of a partition to one certified state of the peers. Blocks until done.
     */
    void synchronise(int partition) throws InterruptedException;

    /** {@code certificate} has been verified. */
    void certified(Certificate certificate);

    /** The process cannot go on. */
    void broken(String what, Throwable cause);
  }

  PartitionCore(
      Site site,
      int partition,
      RecordStore store,
      Standing standing,
      Surroundings around,
      Randomness randomness) {
    this.site = site;
    this.partition = partition;
    this.store = store;
    this.standing = standing;
    this.around = around;
    RecentEntries recent = new RecentEntries();
    this.chain = new Chain(site, partition, store, recent, this);
    this.certification = new Certification(site, partition, orderer::leadership, this::formed);
    this.releasing = new Releasing(site, store, recent, this);
    this.batcher =
        new Batcher(
            site, partition, orderer, certification, standing, around::mayOrder, this::drained);
    this.calls = new OpenCalls(site, randomness);
    this.awakening = new Awakening(site, partition);
  }

  OrderedLog log() {
    return chain;
  }

  /** Starts the partition's own threads. */
  void start(Orderer started) {
    orderer.fill(started);
    site.threads().startLasting("release-" + partition, releasing::run);
    site.threads().startLasting("batch-" + partition, batcher::run);
  }

  /** Starts applying; before the orderer, whose replay it takes. */
  void startApplying() {
    chain.restore();
    certification.restore(store.position().values().k(), store.certificate());
    site.threads().startLasting("apply-" + partition, chain::run);
  }

  @Nullable String stopped() {
    return chain.stopped();
  }

  Optional<Certificate> newest() {
    return certification.newest();
  }

  Orderer orderer() {
    return orderer;
  }

  int openCalls() {
    return calls.size();
  }

  /** Whether all is as it should be: a quorum lives, somebody leads, and this node has a vote. */
  boolean ready() {
    return chain.stopped() == null
        && orderer.leadership().node() != 0
        && orderer.voting()
        && Integer.bitCount(standing.live(partition, certification.certifiedK())) >= site.q();
  }

  // The client's side
  // ------------------------------------------------------------------------------------------------

  /** Has an admitted operation ordered and answered. */
  VaultAnswer answer(HsmPort.Admission admission, RequestType type, int admittingIndex, boolean all)
      throws Refusal, InterruptedException {
    if (chain.stopped() != null) {
      throw new Refusal(Refusal.Reason.STOPPED, "this node's chain stands still");
    }
    if (calls.size() >= CALLS_MAX) {
      throw new Refusal(Refusal.Reason.BUSY, "too many requests are open here");
    }
    OpenCall call = new OpenCall(type, all, site);
    long number = calls.add(call);
    try {
      return drive(
          call,
          new Submission(
              partition,
              admission.treeKey(),
              admittingIndex,
              admission.operation(),
              type,
              all,
              number));
    } finally {
      calls.remove(number);
    }
  }

  /**
   * Submits, again after a change of leader or a long silence, and asks further HSMs when some are
   * slow.
   */
  private VaultAnswer drive(OpenCall call, Submission submission)
      throws Refusal, InterruptedException {
    long began = site.clock().nanos();
    int submittedTo = 0;
    long submittedNanos = began;
    while (site.clock().nanos() - began < CALL_NANOS) {
      int leader = orderer.leadership().node();
      boolean moved = leader != 0 && leader != submittedTo && !call.placed();
      boolean silent = site.clock().nanos() - submittedNanos > SUBMIT_AGAIN_NANOS;
      if (moved || (silent && leader != 0)) {
        submittedTo = submit(leader, submission) ? leader : 0;
        submittedNanos = site.clock().nanos();
      }
      Optional<VaultAnswer> answer = call.await(submittedTo == 0 ? RETRY_MILLIS : patience(call));
      if (answer.isPresent()) {
        return answer.get();
      }
      call.wanted(standing.live(partition, certification.certifiedK())).ifPresent(this::askOneMore);
    }
    throw new Refusal(Refusal.Reason.TRY_AGAIN, "no quorum answered in time");
  }

  private static long patience(OpenCall call) {
    return call.placed()
        ? TimeUnit.NANOSECONDS.toMillis(OpenCall.SLOW_NANOS) + 1
        : 2 * RETRY_MILLIS;
  }

  private boolean submit(int leader, Submission submission) throws Refusal, InterruptedException {
    try {
      if (leader == site.self()) {
        batcher.submit(site.self(), submission);
      } else {
        site.peers().ask(leader, PeerMethod.SUBMIT, submission.encode(), SUBMIT_DEADLINE);
      }
      return true;
    } catch (Refusal e) {
      if (e.reason() == Refusal.Reason.NOT_LEADER || e.reason() == Refusal.Reason.UNREACHABLE) {
        return false;
      }
      throw e;
    }
  }

  private void askOneMore(OpenCall.Wanted wanted) {
    site.meters().event("reply_asked");
    site.threads()
        .start(
            "ask-reply",
            () -> {
              try {
                calls.replies(wanted.node(), oneMore(wanted));
              } catch (Refusal | Rejected e) {
                LOG.debug("Node {} gave no reply: {}", wanted.node(), e.toString());
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
              }
            });
  }

  private Replies oneMore(OpenCall.Wanted wanted) throws Refusal, Rejected, InterruptedException {
    if (wanted.node() == site.self()) {
      return releasing.one(wanted.k(), wanted.position());
    }
    ReleaseWanted question = new ReleaseWanted(partition, wanted.k(), wanted.position());
    return Replies.decode(
        site.peers().ask(wanted.node(), PeerMethod.RELEASE, question.encode(), RELEASE_DEADLINE));
  }

  // The peers' side
  // --------------------------------------------------------------------------------------------------

  void submitted(int node, Submission submission) throws Refusal {
    if (chain.stopped() != null) {
      throw new Refusal(Refusal.Reason.STOPPED, "the leader's chain stands still");
    }
    batcher.submit(node, submission);
  }

  void stated(int node, Statement statement) throws Rejected {
    certification.stated(node, statement);
  }

  void offered(Certificate certificate) {
    releasing.offer(certificate);
  }

  Replies release(long k, int position) throws Refusal, Rejected {
    return releasing.one(k, position);
  }

  /**
   * An entry cut while entries of an earlier leader wait here would stand too far ahead of the
   * certificate it carries.
   */
  private boolean drained() {
    boolean leads = orderer.leadership().mine();
    if (leads && !drained && chain.idle()) {
      drained = true;
    }
    return leads && drained;
  }

  /** A certificate made here goes to everybody. */
  private void formed(Certificate certificate) {
    releasing.offer(certificate);
    site.others()
        .forEach(node -> site.peers().tell(node, PeerMethod.CERTIFIED, certificate.encode()));
  }

  // The chain's side
  // -------------------------------------------------------------------------------------------------

  @Override
  public void captured(CapturedEntry entry) {
    certification.captured(entry.k(), entry.statement());
    releasing.captured(entry.k());
    batcher.changed();
  }

  @Override
  public void carried(Certificate certificate, boolean needed) throws InterruptedException {
    if (needed) {
      raiseWindow(certificate);
    } else if (certificate.values().k() > certification.certifiedK()) {
      releasing.offer(certificate);
    }
  }

  /**
   * The HSM gets the certificate on this thread, ahead of all that waits to be released. As an
   * adoption of what it has captured: that opens the window even while it is silent.
   */
  private void raiseWindow(Certificate certificate) {
    try {
      site.hsm().adopt(certificate, List.of());
      accepted(certificate);
    } catch (Rejected e) {
      LOG.debug("The HSM does not take the certificate that came along: {}", e.code());
    } catch (Invariant.Broken e) {
      throw e;
    } catch (RuntimeException e) {
      LOG.debug("The HSM is away: {}", e.toString());
    }
  }

  @Override
  public boolean leftBehind(long k) {
    return certification.certifiedK() >= k + Limits.RING;
  }

  @Override
  public void synchronise() throws InterruptedException {
    around.synchronise(partition);
    chain.restore();
    certification.restore(store.position().values().k(), store.certificate());
  }

  @Override
  public void leadership(Orderer.Leadership now) {
    LOG.info("Partition {}: node {} leads", partition, now.node());
    if (!now.mine()) {
      drained = false;
    }
    if (now.node() != site.self()) {
      batcher.forget();
    }
    batcher.changed();
    certification.anew();
  }

  @Override
  public void stopped(String why) {
    if (orderer.leadership().mine()) {
      handOver();
    }
  }

  @Override
  public void broken(String what, Throwable cause) {
    around.broken(what, cause);
  }

  // Certificates and replies
  // -----------------------------------------------------------------------------------------

  @Override
  public void accepted(Certificate certificate) {
    certification.raise(certificate);
    calls.verified(certificate);
    around.certified(certificate);
    batcher.changed();
  }

  @Override
  public void replies(int node, Replies replies) {
    try {
      calls.replies(node, replies);
    } catch (Rejected e) {
      LOG.warn("Replies of node {} were not usable: {}", node, e.code());
      site.meters().event("replies_rejected");
    }
  }

  @Override
  public void placed(CapturedEntry entry, Certificate certificate) {
    calls.placed(entry, certificate);
  }

  @Override
  public void forked(long k) {
    chain.stop("a certificate of entry " + k + " contradicts what this HSM has captured");
  }

  // Several times a second
  // -------------------------------------------------------------------------------------------

  /**
   * Looks after the HSM and everything that may have got lost. May block for an HSM call's
   * deadline.
   */
  Beat tick() {
    Beat beat = position();
    standing.heard(site.self(), List.of(beat));
    if (beat.speaking()) {
      awakening.awake();
      restate();
      certification.again();
      releasing.again();
    } else {
      awakening.tick();
    }
    fetchNewer();
    leadOn(beat.speaking());
    batcher.changed();
    return beat;
  }

  private Beat position() {
    try {
      HsmPort.Position position = site.hsm().position(partition);
      // After a start the HSM may have forgotten the newest certificate, which the store has.
      certification
          .newest()
          .filter(newest -> newest.values().k() > position.highestCertified())
          .filter(newest -> newest.values().k() <= position.values().k())
          .ifPresent(this::raiseWindow);
      return new Beat(
          partition, position.values().k(), certification.certifiedK(), position.speaking());
    } catch (Rejected e) {
      LOG.warn("The HSM does not say where it stands: {}", e.code());
    } catch (Invariant.Broken e) {
      throw e;
    } catch (RuntimeException e) {
      LOG.debug("The HSM is away: {}", e.toString());
    }
    return new Beat(partition, certification.capturedK(), certification.certifiedK(), false);
  }

  /** Statements the HSM owed while it was silent. */
  private void restate() {
    for (long k : certification.owed()) {
      try {
        Statement statement = site.hsm().restate(partition, k);
        store.keepStatement(statement);
        certification.ownStatement(statement);
      } catch (Rejected e) {
        LOG.debug("The HSM does not restate entry {}: {}", k, e.code());
      }
    }
  }

  private void fetchNewer() {
    int node = standing.aheadOf(partition, certification.certifiedK());
    if (node != 0 && fetching.compareAndSet(false, true)) {
      site.threads().start("fetch-certificate", () -> fetch(node));
    }
  }

  private void fetch(int node) {
    Bytes question = Messages.number(partition);
    try {
      Messages.certificate(
              site.peers().ask(node, PeerMethod.CERTIFICATE, question, RELEASE_DEADLINE))
          .ifPresent(releasing::offer);
    } catch (Refusal | Rejected e) {
      LOG.debug("Node {} gave no certificate: {}", node, e.toString());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      fetching.set(false);
    }
  }

  /**
   * A leader whose own HSM is dead or silent, or whose disk is full, lets another lead (rules 6 and
   * 8).
   */
  private void leadOn(boolean speaking) {
    boolean fit = speaking && around.mayOrder() && chain.stopped() == null;
    if (fit || !orderer.leadership().mine()) {
      unfit = false;
      return;
    }
    if (!unfit) {
      unfit = true;
      unfitSince = site.clock().nanos();
    } else if (site.clock().nanos() - unfitSince > SUBMIT_AGAIN_NANOS) {
      unfit = false;
      handOver();
    }
  }

  private void handOver() {
    int live = standing.live(partition, certification.certifiedK()) & ~(1 << (site.self() - 1));
    if (live != 0) {
      LOG.warn("Partition {}: handing leadership over", partition);
      orderer.handOver(Integer.numberOfTrailingZeros(live) + 1);
    }
  }
}
