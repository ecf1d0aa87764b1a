package dev.coffer.node.core;

import dev.coffer.node.core.Messages.Beat;
import dev.coffer.node.core.Messages.Replies;
import dev.coffer.node.core.Messages.Submission;
import dev.coffer.node.hsm.HsmUnavailable;
import dev.coffer.node.order.OrderedLog;
import dev.coffer.node.order.Orderer;
import dev.coffer.node.peer.PeerMethod;
import dev.coffer.node.peer.Refusal;
import dev.coffer.node.store.OrderPosition;
import dev.coffer.node.store.RecordStore;
import dev.coffer.node.store.StoreFault;
import dev.coffer.protocol.chain.Certificate;
import dev.coffer.protocol.chain.Statement;
import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.codec.Limits;
import dev.coffer.protocol.codec.Rejected;
import dev.coffer.protocol.codec.RejectionCode;
import dev.coffer.protocol.outcome.VaultAnswer;
import dev.coffer.protocol.port.HsmPort;
import dev.coffer.protocol.request.RequestType;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One partition on one node: puts its chain, batcher, certification, releasing and open calls
 * together, and decides what follows from what each of them reports. Thread-safe.
 */
final class PartitionCore implements OrderedLog {
  private static final Logger LOG = LoggerFactory.getLogger(PartitionCore.class);
  private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(25);

  /** Refusals of one entry for want of certificates before the whole state is fetched: 5 s. */
  private static final int FULL_MAX = 200;

  private final NodeContext context;
  private final int partition;
  private final RecordStore store;
  private final ChainPositions positions;
  private final CatchingUp catchingUp;
  private final OrdererSlot orderer = new OrdererSlot();
  private final Chain chain;
  private final Certification certification;
  private final Releasing releasing;
  private final Batcher batcher;
  private final OpenCalls calls;
  private final Answering answering;
  private final HsmRestart restart;
  private final Mending mending;
  private final PartitionHealth health;
  private final NewerCertificates newer;
  private final Serving serving;
  private final Leading leading;
  private int full;
  private volatile boolean drained;

  PartitionCore(
      NodeContext context, int partition, ChainPositions positions, CatchingUp catchingUp) {
    this.context = context;
    this.partition = partition;
    this.store = context.store().partition(partition);
    this.positions = positions;
    this.catchingUp = catchingUp;
    RecentEntries recent = new RecentEntries();
    this.chain = new Chain(context, partition, store, recent);
    this.certification = new Certification(context, partition, orderer::leadership, this::formed);
    this.health = new PartitionHealth(context, partition, this::resign);
    this.mending = new Mending(context, partition, health, chain, () -> synchronise(true));
    this.serving = new Serving(context, partition, orderer, health, certification, positions);
    this.leading = new Leading(context, partition, orderer, serving, positions);
    this.calls = new OpenCalls(context);
    this.releasing = new Releasing(context, store, recent, calls, this::accepted);
    this.newer =
        new NewerCertificates(context, partition, positions, certification, releasing, health);
    this.batcher =
        new Batcher(context, partition, orderer, certification, positions, this::drained);
    this.answering =
        new Answering(context, partition, orderer, batcher, releasing, calls, health, serving);
    this.restart = new HsmRestart(context, partition);
  }

  /** Starts to order. */
  void start(Orderer started) {
    orderer.fill(started);
    health.lasting("batch-" + partition, batcher::run);
  }

  /** The node is being closed: what its threads meet from now on is no trouble. */
  void close() {
    health.close();
  }

  /** Starts to apply and to release; before the orderer, whose replay it takes. */
  void startApplying() {
    restore();
    health.lasting(
        "apply-" + partition,
        () -> {
          while (health.running()) {
            applied(chain.step());
          }
        });
    // Certificates come before there is an orderer, too.
    health.lasting(
        "release-" + partition,
        () -> {
          while (true) {
            released(releasing.step());
          }
        });
  }

  private void restore() {
    chain.restore();
    certification.restore(store.position().values().k(), store.certificate());
  }

  /** Why this partition stands still; empty while it runs. */
  Optional<String> stopped() {
    return health.stopped();
  }

  // What others ask
  // -------------------------------------------------------------------------------------------

  Optional<Certificate> newest() {
    return certification.newest();
  }

  long capturedK() {
    return certification.capturedK();
  }

  long certifiedK() {
    return certification.certifiedK();
  }

  Orderer orderer() {
    return orderer;
  }

  int openCalls() {
    return calls.size();
  }

  /** Why an operation that arrives now would not be certified; empty if it would be. */
  Optional<String> obstacle() {
    return serving.obstacle();
  }

  /** Has an admitted operation ordered and answered. */
  VaultAnswer answer(HsmPort.Admission admission, RequestType type, int admittingIndex, boolean all)
      throws Refusal, InterruptedException {
    return answering.answer(admission, type, admittingIndex, all);
  }

  // The peers' side
  // --------------------------------------------------------------------------------------------------

  void submitted(int node, Submission submission) throws Refusal {
    if (!health.running()) {
      throw new Refusal(Refusal.Reason.STOPPED, "the leader's chain stands still");
    }
    batcher.submit(node, submission);
  }

  void stated(int node, Statement statement) throws Rejected {
    certification.stated(node, statement);
  }

  /** Replies for operations that came in here, from another node. */
  void replies(int node, Replies replies) {
    try {
      calls.replies(node, replies);
    } catch (Rejected e) {
      LOG.warn("Replies of node {} were not usable: {}", node, e.code());
      context.meters().event("replies_rejected");
    }
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
    context
        .others()
        .forEach(node -> context.peers().tell(node, PeerMethod.CERTIFIED, certificate.encode()));
  }

  // What is ordered
  // -------------------------------------------------------------------------------------------

  @Override
  public CompletableFuture<Void> take(OrderPosition at, Bytes payload) {
    return chain.take(at, payload);
  }

  @Override
  public void skip(OrderPosition at) {
    CompletableFuture<Void> ignored = chain.take(at, null);
  }

  @Override
  public OrderPosition durable() {
    return store.durable().order();
  }

  @Override
  public OrderPosition taken() {
    return chain.taken();
  }

  /** Does not return while this partition stands still: an engine told of no progress asks on. */
  @Override
  public OrderPosition catchUp(long first) throws InterruptedException {
    health.waitWhileStopped();
    try {
      chain.exclusively(() -> {
        if (health.running()) {
          synchronise();
          store.sync();
        }
      });
    } catch (StoreFault e) {
      context.broken().accept("the store", e);
      throw e;
    }
    return chain.reached();
  }

  @Override
  public void leadership(Orderer.Leadership now) {
    LOG.info("Partition {}: node {} leads", partition, now.node());
    if (!now.mine()) {
      drained = false;
    }
    if (now.node() != context.self()) {
      batcher.forget();
    }
    batcher.changed();
    certification.anew();
  }

  @Override
  public void broken(String what, Throwable cause) {
    context.broken().accept(what, cause);
  }

  private void applied(Chain.Event event) throws InterruptedException {
    switch (event) {
      case Chain.Event.Passed() -> full = 0;
      case Chain.Event.Carried(Certificate certificate) -> carried(certificate);
      case Chain.Event.Captured(CapturedEntry entry) -> captured(entry);
      case Chain.Event.Away() -> context.threads().sleep(PAUSE_NANOS);
      case Chain.Event.Full(long k, Optional<Certificate> carried) -> full(k, carried);
      case Chain.Event.Behind() -> jump();
      case Chain.Event.Stuck(String why) -> health.stop(why, null);
      case Chain.Event.Rotten(StoreFault.Corrupt what) -> mending.mend(what);
      // Ends this thread, also where the node is being closed and so nothing stops.
      case Chain.Event.Broken(StoreFault cause) -> throw cause;
    }
  }

  private void carried(Certificate certificate) {
    if (certificate.values().k() > certification.certifiedK()) {
      releasing.offer(certificate);
    }
  }

  private void captured(CapturedEntry entry) {
    full = 0;
    mending.over();
    certification.captured(entry.k(), entry.statement());
    releasing.captured(entry.k());
    batcher.changed();
  }

  private void full(long k, Optional<Certificate> carried) throws InterruptedException {
    full++;
    // So much is certified beyond entry k that this HSM's window cannot open any more.
    if (full > FULL_MAX && certification.certifiedK() >= k + Limits.RING) {
      jump();
      return;
    }
    carried.filter(certificate -> certificate.values().k() < k).ifPresent(this::raiseWindow);
    context.threads().sleep(PAUSE_NANOS);
  }

  private void jump() throws InterruptedException {
    full = 0;
    LOG.warn(
        "Partition {}: the HSM is at another entry than the store; synchronising with the peers",
        partition);
    chain.exclusively(this::synchronise);
  }

  /** A read met what the disk has spoilt, on another thread than the one that applies. */
  void rotten(StoreFault.Corrupt what) {
    mending.found(what);
  }

  private void synchronise() throws InterruptedException {
    boolean unused = synchronise(false);
  }

  private boolean synchronise(boolean suspect) throws InterruptedException {
    context.meters().event("synchronising");
    try {
      boolean done = catchingUp.synchronise(partition, suspect);
      restore();
      context.meters().event("synchronised");
      return done;
    } catch (IOException e) {
      health.stop(String.valueOf(e.getMessage()), null);
      return true;
    }
  }

  /**
   * The HSM gets the certificate on this thread, ahead of all that waits to be released. As an
   * adoption of what it has captured: that opens the window even while it is silent.
   */
  private void raiseWindow(Certificate certificate) {
    try {
      context.hsm().adopt(certificate, List.of());
      accepted(certificate);
    } catch (Rejected e) {
      health.refused("take a certificate that came along", e);
    } catch (HsmUnavailable e) {
      LOG.debug("The HSM is away: {}", e.getMessage());
    }
  }

  // Certificates and replies
  // -----------------------------------------------------------------------------------------

  /** {@code certificate} is verified. */
  private void accepted(Certificate certificate) {
    if (certificate.values().k() > certification.certifiedK()) {
      serving.certified();
    }
    certification.raise(certificate);
    calls.verified(certificate);
    context.archives().get(partition).offer(certificate);
    batcher.changed();
  }

  private void released(Releasing.Event event) {
    switch (event) {
      case Releasing.Event.Done() -> {}
      case Releasing.Event.Refused(Rejected why) -> health.refused("release", why);
      case Releasing.Event.Forked(long k) ->
          health.stop(HsmRestart.otherChain("the certificate of entry " + k), null);
    }
  }

  // Several times a second
  // -------------------------------------------------------------------------------------------

  /** Looks after the HSM and what may have got lost; may block for an HSM call's deadline. */
  Beat tick() {
    Beat[] beat = {silent()};
    health.guarded("tick-" + partition, () -> beat[0] = look()).run();
    // Whatever look() met, and again and again: asking another once may be in vain.
    leading.look(beat[0].maySign());
    return beat[0];
  }

  private Beat look() {
    Beat beat = position();
    // Where a partition stands still, its HSM captures nothing more: the others do not count on it.
    Beat told = health.running() ? beat : silent();
    positions.heard(context.self(), List.of(told));
    if (beat.maySign()) {
      restart.over();
      restate();
      certification.again();
      releasing.again();
    } else if (health.running() && restart.due()) {
      health.soon("hsm-restart-" + partition, this::restart);
    }
    newer.look();
    if (serving.probeDue()) {
      batcher.probe();
    }
    batcher.changed();
    return told;
  }

  private void restart() throws InterruptedException {
    try {
      restart.ask();
    } catch (Rejected e) {
      health.refused("hear the others", e);
    }
    restart.forked().ifPresent(why -> health.stop(why, null));
  }

  private Beat silent() {
    return beat(certification.capturedK(), false);
  }

  private Beat beat(long k, boolean maySign) {
    return new Beat(
        partition,
        k,
        certification.certifiedK(),
        maySign,
        maySign && serving.mayOrder(),
        serving.doubtful());
  }

  private Beat position() {
    try {
      HsmPort.Position position = context.hsm().position(partition);
      if (!position.values().fleetId().equals(context.fleet().id())) {
        health.stop(HsmRestart.WIPED, null);
        return silent();
      }
      // After a start the HSM may have forgotten the newest certificate, which the store has.
      certification
          .newest()
          .filter(newest -> health.running())
          .filter(newest -> newest.values().k() > position.highestCertified())
          .filter(newest -> newest.values().k() <= position.values().k())
          .ifPresent(this::raiseWindow);
      return beat(position.values().k(), position.maySign());
    } catch (Rejected e) {
      // Nothing is asked that an HSM of this fleet could refuse.
      health.stop(
          e.code() == RejectionCode.WRONG_PHASE
              ? HsmRestart.WIPED
              : "the HSM does not say where it stands: " + e.code(),
          null);
    } catch (HsmUnavailable e) {
      LOG.debug("The HSM is away: {}", e.getMessage());
    }
    return silent();
  }

  /** Statements the HSM owed while it was silent. */
  private void restate() {
    for (long k : certification.owed()) {
      try {
        Statement statement = context.hsm().restate(partition, k);
        store.keepStatement(statement);
        certification.ownStatement(statement);
      } catch (Rejected e) {
        health.refused("restate entry " + k, e);
      } catch (HsmUnavailable e) {
        LOG.debug("The HSM is away: {}", e.getMessage());
        return;
      }
    }
  }

  private void resign() {
    leading.resign();
  }
}
