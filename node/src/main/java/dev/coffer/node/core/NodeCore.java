package dev.coffer.node.core;

import dev.coffer.node.core.Messages.Beat;
import dev.coffer.node.core.Messages.Challenge;
import dev.coffer.node.core.Messages.EntryWanted;
import dev.coffer.node.core.Messages.HashesWanted;
import dev.coffer.node.core.Messages.ReleaseWanted;
import dev.coffer.node.core.Messages.Replies;
import dev.coffer.node.core.Messages.Submission;
import dev.coffer.node.core.Messages.VoterWanted;
import dev.coffer.node.hsm.HsmUnavailable;
import dev.coffer.node.order.OrderedLog;
import dev.coffer.node.order.Orderer;
import dev.coffer.node.peer.PeerCalls;
import dev.coffer.node.peer.PeerMethod;
import dev.coffer.node.peer.Refusal;
import dev.coffer.node.store.OrderPosition;
import dev.coffer.node.store.RecordStore;
import dev.coffer.node.store.StoreFault;
import dev.coffer.node.store.StoredEntry;
import dev.coffer.node.sync.SyncServer;
import dev.coffer.protocol.chain.Certificate;
import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.codec.Invariant;
import dev.coffer.protocol.codec.Rejected;
import dev.coffer.protocol.outcome.FleetDelivery;
import dev.coffer.protocol.outcome.VaultAnswer;
import dev.coffer.protocol.port.HsmPort;
import dev.coffer.protocol.request.SealedMessage;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BiFunction;
import java.util.stream.IntStream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A node: takes clients' messages, has them admitted, ordered, captured, certified and released,
 * and answers (ARCHITECTURE.md). Moves no bytes itself: everything outside is a port. Thread-safe.
 *
 * <p>Order of use: {@link #create}, {@link #reconcile}, {@link #startApplying}, {@link #logs} into
 * the orderer, {@link #start}; peers may call from the beginning.
 */
public final class NodeCore implements PeerCalls, AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(NodeCore.class);
  private static final long TICK_NANOS = TimeUnit.MILLISECONDS.toNanos(100);
  private static final Duration ADMIT_DEADLINE = Duration.ofSeconds(2);

  private final NodeContext context;
  private final ChainPositions positions;
  private final Standings standings;
  private final CatchingUp catchingUp;
  private final Rejoining rejoining;
  private final List<PartitionCore> partitions;
  private final AtomicBoolean closed;

  private NodeCore(NodeContext context, AtomicBoolean closed) {
    this.context = context;
    this.closed = closed;
    this.positions = new ChainPositions(context);
    this.standings = new Standings(context, this::leader);
    this.catchingUp = new CatchingUp(context, standings);
    this.rejoining = new Rejoining(context, standings);
    this.partitions =
        IntStream.range(0, context.fleet().settings().partitions())
            .mapToObj(partition -> new PartitionCore(context, partition, positions, catchingUp))
            .toList();
  }

  /** Puts a node together; nothing runs yet. */
  public static NodeCore create(NodeContext context) {
    AtomicBoolean closed = new AtomicBoolean();
    NodeThreads threads = new HaltingThreads(context.threads(), context.broken(), closed::get);
    return new NodeCore(context.with(threads), closed);
  }

  /**
   * At a node's start: makes HSM and store meet before anything is applied. Blocks while the HSM is
   * away. Returns whether both stand at the founding in every partition.
   *
   * @throws IOException with one sentence if an operator has to look
   */
  public boolean reconcile() throws IOException, InterruptedException {
    return catchingUp.reconcile(false);
  }

  /** The same, but ends where all nodes are there and no store leads this HSM on. */
  public boolean reconcileOrEnd() throws IOException, InterruptedException {
    return catchingUp.reconcile(true);
  }

  /**
   * Says how this node stands to the order of that number.
   *
   * @param agreed the state at which it founded it; empty if it did not
   */
  public void standsTo(long order, Bytes agreed) {
    standings.stand(order, OrderStanding.Phase.VOTES, agreed);
  }

  /**
   * The highest number of an order that a majority of the nodes say they take part in; 1, the
   * founding's, if there is none. At most {@code patience} passes until they have said so.
   */
  public long newestOrder(Duration patience) throws InterruptedException {
    return standings.newestOrder(patience);
  }

  /**
   * Brings this node and the other {@code founders} of a new order to one state, from which they
   * can go on; blocks until they stand there.
   *
   * @param left what this node's log of the order before may hold beyond its store
   * @return that state; empty if the others went on without this node, which has to be let in
   * @throws IOException with one sentence if an operator has to look
   */
  public Optional<Bytes> rebuildOrder(
      long number, List<Integer> founders, BiFunction<Integer, OrderPosition, List<Bytes>> left)
      throws IOException, InterruptedException {
    return new Rebuilding(context, standings, partitions, left, this::stopped)
        .meet(number, founders);
  }

  /**
   * Has every partition take nothing that stands before {@code start} in an order.
   *
   * @throws IOException with one sentence if a store stands there or beyond
   */
  public void goOnFrom(OrderPosition start) throws IOException, InterruptedException {
    Rebuilding.refuse(Rebuilding.notBehind(context, start));
    for (int partition = 0; partition < partitions.size(); partition++) {
      RecordStore store = context.store().partition(partition);
      partitions.get(partition).skip(start);
      while (store.position().order().index() < start.index()) {
        context.threads().sleep(TICK_NANOS / 10);
      }
      store.sync();
    }
  }

  /**
   * Has this node's voters taken out of the order of that number; blocks until they are.
   *
   * @return false if the others take part in a newer order
   * @throws IOException with one sentence if nobody can do it any more
   */
  public boolean leaveOrder(long order) throws IOException, InterruptedException {
    return rejoining.leave(order);
  }

  /** Has this node's voters put into the order under {@code incarnation}; does not wait. */
  public void joinOrder(long incarnation) {
    context.threads().start("rejoin", () -> rejoining.join(incarnation));
  }

  /** What each partition's orderer feeds, by partition. */
  public List<OrderedLog> logs() {
    return List.copyOf(partitions);
  }

  /**
   * Begins to beat, and to take what is ordered. HSM and store must stand where the order's replay
   * reaches both.
   */
  public void startApplying() {
    partitions.forEach(PartitionCore::startApplying);
    context.threads().startLasting("tick", this::beat);
  }

  /** Begins to order, release and answer. */
  public void start(List<? extends Orderer> orderers) {
    Invariant.check(orderers.size() == partitions.size(), "an orderer for each partition");
    for (int i = 0; i < partitions.size(); i++) {
      partitions.get(i).start(orderers.get(i));
    }
  }

  private void beat() {
    try {
      while (!closed.get()) {
        tick();
        context.threads().sleep(TICK_NANOS);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void tick() {
    Bytes body = Beat.encode(partitions.stream().map(PartitionCore::tick).toList());
    context.others().forEach(node -> context.peers().tell(node, PeerMethod.BEAT, body));
  }

  // Clients
  // ------------------------------------------------------------------------------------------------------------

  /**
   * Has a client's message done and answered.
   *
   * @param all whether the client asked for the replies of all live HSMs
   */
  public VaultAnswer answer(SealedMessage message, boolean all)
      throws Refusal, InterruptedException {
    long began = context.clock().nanos();
    try {
      if (message.admittingIndex() > context.n()) {
        throw new Refusal(Refusal.Reason.WRONG_FLEET, "there is no such HSM in this fleet");
      }
      context.logins().enter(message.assertion().token());
      HsmPort.Admission admission = admit(message);
      VaultAnswer answer =
          partition(admission.partition())
              .answer(admission, message.type(), message.admittingIndex(), all);
      context.meters().answered(message.type(), context.clock().nanos() - began);
      return answer;
    } catch (Refusal e) {
      context.meters().refused(e.reason());
      throw e;
    }
  }

  private PartitionCore partition(int number) throws Refusal {
    if (number < 0 || number >= partitions.size()) {
      throw new Refusal(Refusal.Reason.NOT_FOUND, "there is no such partition");
    }
    return partitions.get(number);
  }

  private HsmPort.Admission admit(SealedMessage message) throws Refusal, InterruptedException {
    if (message.admittingIndex() == context.self()) {
      return admitHere(message);
    }
    if (!positions.awake(message.admittingIndex())) {
      throw admittingAway();
    }
    try {
      return Messages.admission(
          context
              .peers()
              .ask(message.admittingIndex(), PeerMethod.ADMIT, message.encode(), ADMIT_DEADLINE));
    } catch (Refusal e) {
      throw e.reason() == Refusal.Reason.UNREACHABLE ? admittingAway() : e;
    } catch (Rejected e) {
      throw new Refusal(
          Refusal.Reason.TRY_AGAIN, "the admitting node answered something malformed");
    }
  }

  private static Refusal admittingAway() {
    return new Refusal(
        Refusal.Reason.TRY_AGAIN, "the admitting HSM is away: seal the request to another HSM");
  }

  private HsmPort.Admission admitHere(SealedMessage message) throws Refusal {
    try {
      return context.hsm().admit(message);
    } catch (Rejected e) {
      throw switch (e.code()) {
        case BAD_LOGIN, BAD_SIGNATURE ->
            new Refusal(Refusal.Reason.LOGIN_INVALID, "the HSM does not accept the login");
        case WRONG_ADDRESSEE, BAD_CIPHERTEXT ->
            new Refusal(
                Refusal.Reason.WRONG_FLEET,
                "the message does not open: it is for another fleet or HSM");
        case WRONG_PHASE -> admittingAway();
        case TRUNCATED,
            TRAILING,
            OUT_OF_RANGE,
            NOT_CANONICAL,
            UNKNOWN_TAG,
            BAD_TEXT,
            BAD_ELEMENT,
            BAD_SCALAR ->
            new Refusal(
                Refusal.Reason.MALFORMED, "the HSM does not accept the message: " + e.code());
        // No message is refused so.
        case BAD_CERTIFICATE,
            BAD_PROOF,
            BAD_FOUNDING,
            NOT_IN_RING,
            WINDOW_FULL,
            NOT_YET_HEARD,
            FORK,
            NOT_HELD -> {
          context.meters().event("admission_unexpected");
          yield admittingAway();
        }
      };
    } catch (HsmUnavailable e) {
      LOG.debug("The HSM is away: {}", e.getMessage());
      throw admittingAway();
    }
  }

  /** What {@code GET /v1/bundle} serves: the fleet and the newest verified certificates. */
  public FleetDelivery bundle() {
    List<Certificate> certificates = new ArrayList<>();
    partitions.forEach(partition -> partition.newest().ifPresent(certificates::add));
    return context.delivery().apply(certificates);
  }

  /** What {@code POST /v1/status} serves: the HSM's own word over a nonce of somebody's. */
  public Bytes status(Bytes nonce) throws Refusal {
    try {
      return Messages.status(context.hsm().status(0, nonce));
    } catch (Rejected | HsmUnavailable e) {
      throw new Refusal(Refusal.Reason.TRY_AGAIN, "this node's HSM is away");
    }
  }

  /** What {@code POST /v1/attestation} serves: what the HSM says of itself over that nonce. */
  public Bytes attestation(Bytes nonce) throws Refusal {
    try {
      return context.hsm().attest(nonce);
    } catch (Rejected | HsmUnavailable e) {
      throw new Refusal(Refusal.Reason.TRY_AGAIN, "this node's HSM is away");
    }
  }

  /** Why an operation that arrives here now would not be certified; empty if it would be. */
  public Optional<String> obstacle() {
    return partitions.stream().flatMap(partition -> partition.obstacle().stream()).findFirst();
  }

  /** Whether an operation that arrives here now would be certified. */
  public boolean ready() {
    return obstacle().isEmpty();
  }

  /** Why this node stands still, if it does. */
  public Optional<String> stopped() {
    return partitions.stream().flatMap(partition -> partition.stopped().stream()).findFirst();
  }

  /** The node that this one takes for the leader of partition 0; 0 if it knows none. */
  public int leader() {
    return partitions.get(0).orderer().leadership().node();
  }

  /** Entries that the own HSM has captured, of all partitions together. */
  public long captured() {
    return partitions.stream().mapToLong(PartitionCore::capturedK).sum();
  }

  /** Entries up to the newest certificates here, of all partitions together. */
  public long certified() {
    return partitions.stream().mapToLong(PartitionCore::certifiedK).sum();
  }

  /** Requests that clients wait for here. */
  public int openCalls() {
    return partitions.stream().mapToInt(PartitionCore::openCalls).sum();
  }

  // Peers
  // --------------------------------------------------------------------------------------------------------------

  @Override
  public Bytes asked(int node, PeerMethod method, Bytes body)
      throws Refusal, Rejected, InterruptedException {
    try {
      return answer(node, method, body);
    } catch (Invariant.Broken e) {
      context.broken().accept("an invariant", e);
      throw e;
    } catch (HsmUnavailable e) {
      throw new Refusal(Refusal.Reason.TRY_AGAIN, "this node's HSM is away");
    }
  }

  private Bytes answer(int node, PeerMethod method, Bytes body)
      throws Refusal, Rejected, InterruptedException {
    return switch (method) {
      case ADMIT -> {
        SealedMessage message = SealedMessage.decode(body);
        // The other node has checked the login; it is not believed.
        context.logins().check(message.assertion().token());
        yield Messages.admission(admitHere(message));
      }
      case SUBMIT -> {
        Submission submission = Submission.decode(body);
        partition(submission.partition()).submitted(node, submission);
        yield Bytes.EMPTY;
      }
      case STATUS -> {
        Challenge challenge = Challenge.decode(body);
        partition(challenge.partition());
        yield Messages.status(context.hsm().status(challenge.partition(), challenge.nonce()));
      }
      case RELEASE -> {
        ReleaseWanted wanted = ReleaseWanted.decode(body);
        yield partition(wanted.partition()).release(wanted.k(), wanted.position()).encode();
      }
      case CERTIFICATE -> Messages.certificate(partition(Messages.number(body)).newest());
      case ENTRY_HASHES -> hashes(HashesWanted.decode(body));
      case SYNC -> page(body);
      case CERTIFICATES -> {
        CertificatesWanted wanted = CertificatesWanted.decode(body);
        partition(wanted.partition());
        yield CertificatesWanted.answer(
            context
                .archives()
                .get(wanted.partition())
                .after(wanted.after(), CertificatesWanted.GIVEN_MAX));
      }
      case ORDER -> standings.own().encode();
      case ENTRY -> {
        EntryWanted wanted = EntryWanted.decode(body);
        partition(wanted.partition());
        yield EntryWanted.answer(
            context
                .store()
                .partition(wanted.partition())
                .entry(wanted.k())
                .map(StoredEntry::entry));
      }
      case REJOIN -> {
        VoterWanted wanted = VoterWanted.decode(body);
        if (!partition(wanted.partition()).orderer().changeVoter(node, wanted.incarnation())) {
          throw new Refusal(
              Refusal.Reason.NOT_LEADER, "the voters could not be changed here and now");
        }
        yield Bytes.EMPTY;
      }
      case STATEMENT, CERTIFIED, REPLIES, BEAT ->
          throw new Refusal(Refusal.Reason.MALFORMED, "that is told, not asked");
    };
  }

  private Bytes page(Bytes question) throws Refusal, Rejected {
    try {
      return catchingUp.page(question);
    } catch (StoreFault.Corrupt e) {
      partition(SyncServer.partitionOf(question)).rotten(e);
      throw new Refusal(Refusal.Reason.TRY_AGAIN, "this node's own store is being mended");
    }
  }

  private Bytes hashes(HashesWanted wanted) throws Refusal {
    partition(wanted.partition());
    try {
      return Messages.hashes(
          context
              .store()
              .partition(wanted.partition())
              .entryHashes(wanted.after(), wanted.count()));
    } catch (IllegalArgumentException e) {
      throw new Refusal(Refusal.Reason.NOT_FOUND, "this node does not have all those entries");
    }
  }

  @Override
  public void told(int node, PeerMethod method, Bytes body) throws Rejected {
    try {
      switch (method) {
        case STATEMENT -> {
          var statement = Messages.statement(body);
          partition(statement.values().partition()).stated(node, statement);
        }
        case CERTIFIED -> {
          Certificate certificate = Certificate.decode(body);
          partition(certificate.values().partition()).offered(certificate);
        }
        case REPLIES -> {
          Replies replies = Replies.decode(body);
          partition(replies.certificate().values().partition()).replies(node, replies);
        }
        case BEAT -> positions.heard(node, Beat.decode(body));
        case ADMIT,
            SUBMIT,
            STATUS,
            RELEASE,
            CERTIFICATE,
            ENTRY_HASHES,
            SYNC,
            REJOIN,
            CERTIFICATES,
            ORDER,
            ENTRY ->
            context.meters().event("told_a_question");
      }
    } catch (Refusal e) {
      context.meters().event("told_wrong_partition");
    }
  }

  @Override
  public void close() {
    closed.set(true);
    partitions.forEach(PartitionCore::close);
  }
}
