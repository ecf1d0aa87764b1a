package dev.coffer.hsm.chain;

import dev.coffer.hsm.chain.HeldReply.Certified;
import dev.coffer.hsm.seal.Member;
import dev.coffer.protocol.chain.Certificate;
import dev.coffer.protocol.chain.ChainValues;
import dev.coffer.protocol.chain.SignedStatus;
import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.codec.Limits;
import dev.coffer.protocol.codec.Rejected;
import dev.coffer.protocol.codec.RejectionCode;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Silence after a start (PROTOCOL.md §12.6). An HSM whose memory was rolled back does not know it;
 * the others do. So it neither signs nor releases anything before q−1 others have told it, over its
 * fresh nonce, where they stand, and its own chain has passed through every one of those places.
 *
 * <p>Memory is bounded: the newest 64 heads of this life, one place for each other HSM. Not
 * thread-safe.
 */
final class RestartQuorum {
  /** How far behind another HSM may be and still count. */
  private static final int HEADS_KEPT = 64;

  private final Member member;
  private final int partition;
  private final TreeMap<Long, Bytes> heads = new TreeMap<>();
  private final Map<Integer, Place> heard = new HashMap<>();
  private Optional<Bytes> nonce = Optional.empty();
  private boolean maySign;

  /** Where another HSM says it stands, and whether our chain went through there. */
  private record Place(long k, Bytes head, boolean passed) {}

  /** A life that begins with the ring found in memory. */
  RestartQuorum(Member member, int partition, ChainState start) {
    this.member = member;
    this.partition = partition;
    start.ring().forEach(values -> heads.put(values.k(), values.head()));
  }

  boolean maySign() {
    return maySign;
  }

  /** A fresh nonce; what was heard over an older one counts no more. */
  Bytes challenge() {
    Bytes fresh = member.randomness().bytes(Limits.DIGEST);
    nonce = Optional.of(fresh);
    heard.clear();
    return fresh;
  }

  /** Own chain went through {@code head} at {@code k}. */
  void passed(long k, Bytes head) {
    if (maySign) {
      return;
    }
    heads.put(k, head);
    while (heads.size() > HEADS_KEPT) {
      heads.pollFirstEntry();
    }
    heard.replaceAll((index, place) ->
        place.k() == k && place.head().equals(head) ? new Place(k, head, true) : place);
    decide();
  }

  /**
   * Takes in one {@link #sound} status. Discards it if it is over another nonce, or so old that
   * this life cannot compare it.
   *
   * @throws Rejected {@code FORK} if it proves that another HSM stands on another chain
   */
  void hear(SignedStatus status) throws Rejected {
    if (maySign || !nonce.equals(Optional.of(status.nonce()))) {
      return;
    }
    long k = status.values().k();
    Bytes head = status.values().head();
    boolean reached = k <= heads.lastKey();
    Optional<Bytes> own = Optional.ofNullable(heads.get(k));
    if (reached && own.isEmpty()) {
      return;
    }
    if (reached && !own.equals(Optional.of(head))) {
      heard.clear();
      nonce = Optional.empty();
      throw new Rejected(
          RejectionCode.FORK, "another HSM stands on another chain: challenge again without it");
    }
    Place known = heard.get(status.index());
    if (known == null || known.k() < k) {
      heard.put(status.index(), new Place(k, head, reached));
    }
    decide();
  }

  private void decide() {
    boolean enough = heard.size() >= member.fleet().settings().q() - 1;
    maySign |= enough && heard.values().stream().allMatch(Place::passed);
  }

  /**
   * Whether another HSM of this fleet signed it and its certificate holds and is not further behind
   * than the window allows. Touches no state: callable without the lock.
   */
  boolean sound(SignedStatus status) {
    ChainValues values = status.values();
    if (status.index() == member.index()
        || values.partition() != partition
        || !status.verifySignature(member.fleet())) {
      return false;
    }
    if (status.certificate().isEmpty()) {
      return values.k() <= Limits.RING;
    }
    Certificate certificate = status.certificate().get();
    long certified = certificate.values().k();
    if (certified > values.k() || values.k() > certified + Limits.RING) {
      return false;
    }
    try {
      Certified verified = Certified.verify(certificate, member.fleet(), partition);
      return certified < values.k() || verified.values().equals(values);
    } catch (Rejected e) {
      return false;
    }
  }
}
