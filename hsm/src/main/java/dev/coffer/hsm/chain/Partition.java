package dev.coffer.hsm.chain;

import dev.coffer.hsm.chain.HeldReply.Certified;
import dev.coffer.hsm.platform.Nvram;
import dev.coffer.hsm.seal.Member;
import dev.coffer.protocol.chain.Certificate;
import dev.coffer.protocol.chain.ChainValues;
import dev.coffer.protocol.chain.SignedStatus;
import dev.coffer.protocol.chain.Statement;
import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.codec.Invariant;
import dev.coffer.protocol.codec.Limits;
import dev.coffer.protocol.codec.Rejected;
import dev.coffer.protocol.codec.RejectionCode;
import dev.coffer.protocol.fleet.Fleet;
import dev.coffer.protocol.port.HsmPort;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;

/**
 * One partition's chain in this HSM. Thread-safe. {@code order} serialises what moves the chain,
 * the monitor guards the fields and is never held during arithmetic or a write: so release never
 * delays capture.
 *
 * <p><b>Guarantees:</b> a statement leaves only for values that are durable; for one k never two
 * different ones, not after any crash; nothing held leaves without a certificate. <b>Not
 * guaranteed:</b> any of it if the memory lies: that is what {@link RestartQuorum} is for.
 */
public final class Partition {
  private final Member member;
  private final int number;
  private final Nvram nvram;
  private final HeldReplies held;
  private final ReentrantLock order = new ReentrantLock();
  private final RestartQuorum restart;
  private ChainState state;
  private boolean stopped;

  private Partition(Member member, int number, Nvram nvram, HeldReplies held, ChainState state) {
    this.member = member;
    this.number = number;
    this.nvram = nvram;
    this.held = held;
    this.state = state;
    this.restart = new RestartQuorum(member, number, state);
  }

  /**
   * Writes the founding state of a partition. Refuses to overwrite a chain that has begun, on which
   * guesses may have counted; what a founding that was broken off left behind is overwritten.
   */
  public static void found(Nvram nvram, Fleet fleet, int number) throws Rejected {
    Optional<Bytes> image = nvram.read(number);
    if (image.isPresent() && !ChainState.untouched(image.get(), number)) {
      throw new Rejected(RejectionCode.WRONG_PHASE, "this memory belongs to another fleet");
    }
    nvram.write(number, ChainState.founding(fleet.id(), number).encode());
  }

  /**
   * The partition as its memory holds it, silent. A founded HSM without memory never starts.
   *
   * @param held shared by all partitions of this HSM
   */
  public static Partition open(Member member, int number, Nvram nvram, HeldReplies held) {
    Bytes image =
        nvram.read(number).orElseThrow(() -> new Nvram.Fault("a partition's image is missing"));
    try {
      ChainState state = ChainState.decode(image, member.fleet().id(), number);
      // Before a crash the system may have shown us what never reached the disk. Written again, it
      // is durable, and may be signed.
      nvram.write(number, image);
      return new Partition(member, number, nvram, held, state);
    } catch (Rejected e) {
      throw new Nvram.Fault("a partition's image is not its own", e);
    }
  }

  private synchronized ChainState state() {
    if (stopped) {
      throw new Nvram.Fault("stopped after an earlier fault");
    }
    return state;
  }

  /** See {@link HsmPort#capture}. */
  public HsmPort.Capture capture(
      long k, Bytes entry, List<Optional<Bytes>> records, Bytes multiproof) throws Rejected {
    order.lock();
    try {
      ChainState now = state();
      boolean again = k <= now.newest().k();
      ChainValues before =
          now.at(k - 1).orElseThrow(() -> new Rejected(RejectionCode.NOT_IN_RING, "k of capture"));
      if (again && !now.at(k).map(v -> v.head().equals(nextHead(before, entry))).orElse(false)) {
        throw new Rejected(RejectionCode.FORK, "another entry was captured at this k");
      }
      if (!again && k > now.highestCertified() + Limits.RING) {
        throw new Rejected(RejectionCode.WINDOW_FULL, "captured too far ahead of certificates");
      }
      Batch.Result result = Batch.apply(member, before, entry, records, multiproof);
      if (again) {
        boolean same = now.at(k).map(result.values()::equals).orElse(false);
        Invariant.check(same, "capture is deterministic");
        hold(result);
      } else {
        advance(result);
      }
      return new HsmPort.Capture(
          result.values(), result.records(), result.leaves(), stated(result.values()));
    } finally {
      order.unlock();
    }
  }

  private static Bytes nextHead(ChainValues before, Bytes entry) {
    return before.nextHead(ChainValues.entryHash(entry));
  }

  private void advance(Batch.Result result) {
    ChainValues values = result.values();
    // A crash before this write: nothing happened, the host captures again. A crash after it: the
    // entry counts, and the host gets the same octets by capturing again while k is in the ring.
    // Nothing of this entry has left the HSM yet: neither statement nor result (INV-4).
    persist(state().append(values));
    synchronized (this) {
      state = state.append(values);
      hold(result);
      restart.passed(values.k(), values.head());
    }
  }

  private void persist(ChainState next) {
    try {
      nvram.write(number, next.encode());
    } catch (Nvram.Fault fault) {
      // Whether it was written is unknown: no more word from this partition in this life.
      synchronized (this) {
        stopped = true;
      }
      throw fault;
    }
  }

  private synchronized void hold(Batch.Result result) {
    held.hold(number, result.values().k(), result.held());
    held.forget(number, state.ring().getFirst().k() - 1);
  }

  /** The statement, once this HSM may sign. */
  private Optional<Statement> stated(ChainValues durable) {
    synchronized (this) {
      if (!restart.maySign()) {
        return Optional.empty();
      }
    }
    return Optional.of(Statement.sign(durable, member.index(), member.statementKey()));
  }

  /** See {@link HsmPort#restate}. */
  public Statement restate(long k) throws Rejected {
    ChainValues values =
        state().at(k).orElseThrow(() -> new Rejected(RejectionCode.NOT_IN_RING, "k of restate"));
    return stated(values).orElseThrow(Partition::notYetHeard);
  }

  private static Rejected notYetHeard() {
    return new Rejected(RejectionCode.NOT_YET_HEARD, "too few other HSMs heard since the start");
  }

  /** See {@link HsmPort#release}. */
  public List<HsmPort.PositionedReply> release(Certificate certificate, List<Integer> positions)
      throws Rejected {
    Certified certified = Certified.verify(certificate, member.fleet(), number);
    Map<Integer, HeldReply> mine;
    synchronized (this) {
      inRing(state(), certified);
      if (!restart.maySign()) {
        throw notYetHeard();
      }
      // Not written now: the next capture's write carries it, and needs no more than it allows.
      state = state.certified(certificate);
      mine = held.of(number, certified.values().k());
    }
    List<HsmPort.PositionedReply> replies = new ArrayList<>();
    for (int position : positions) {
      HeldReply reply = mine.get(position);
      if (reply != null) {
        reply
            .release(certified, member)
            .ifPresent(sealed -> replies.add(new HsmPort.PositionedReply(position, sealed)));
      }
    }
    return replies;
  }

  private static void inRing(ChainState now, Certified certified) throws Rejected {
    Optional<ChainValues> own = now.at(certified.values().k());
    if (own.isEmpty()) {
      throw new Rejected(RejectionCode.NOT_IN_RING, "k of the certificate");
    }
    if (!own.get().equals(certified.values())) {
      throw new Rejected(RejectionCode.FORK, "certified values differ from captured ones");
    }
  }

  /** See {@link HsmPort#adopt}. */
  public void adopt(Certificate certificate, List<Bytes> entryHashes) throws Rejected {
    Certified certified = Certified.verify(certificate, member.fleet(), number);
    order.lock();
    try {
      ChainState now = state();
      if (certified.values().k() <= now.newest().k()) {
        inRing(now, certified);
        synchronized (this) {
          state = state.certified(certificate);
        }
        return;
      }
      List<ChainValues> steps = ancestry(now.newest(), certified, entryHashes);
      persist(ChainState.adopted(certificate));
      synchronized (this) {
        state = ChainState.adopted(certificate);
        held.forget(number, now.newest().k());
        steps.forEach(step -> restart.passed(step.k(), step.head()));
      }
    } finally {
      order.unlock();
    }
  }

  /**
   * The way from our own head to the certified one. Without it an HSM on a fork could be moved
   * sideways, and its guesses counted twice (INV-2).
   */
  private static List<ChainValues> ancestry(
      ChainValues own, Certified certified, List<Bytes> entryHashes) throws Rejected {
    long distance = certified.values().k() - own.k();
    if (entryHashes.size() != distance || distance > Limits.ADOPT_HASHES_MAX) {
      throw new Rejected(RejectionCode.OUT_OF_RANGE, "entry hashes of adopt");
    }
    List<ChainValues> steps = new ArrayList<>();
    ChainValues at = own;
    for (Bytes hash : entryHashes) {
      at =
          new ChainValues(
              at.fleetId(), at.partition(), at.k() + 1, at.nextHead(hash), at.root(), at.root());
      steps.add(at);
    }
    if (!at.head().equals(certified.values().head())) {
      throw new Rejected(RejectionCode.FORK, "the certified head does not descend from our own");
    }
    return steps;
  }

  /** See {@link HsmPort#challenge}. */
  public synchronized Bytes challenge() {
    return restart.challenge();
  }

  /** See {@link HsmPort#status}. */
  public SignedStatus status(Bytes nonce) {
    ChainState now = state();
    return SignedStatus.sign(
        member.index(), nonce, now.newest(), now.certificate(), member.statementKey());
  }

  /** See {@link HsmPort#hear}. */
  public boolean hear(List<SignedStatus> statuses) throws Rejected {
    List<SignedStatus> sound = statuses.stream().filter(restart::sound).toList();
    synchronized (this) {
      for (SignedStatus status : sound) {
        restart.hear(status);
      }
      return restart.maySign();
    }
  }

  /** See {@link HsmPort#position}. */
  public synchronized HsmPort.Position position() {
    return new HsmPort.Position(state().newest(), state.highestCertified(), restart.maySign());
  }
}
