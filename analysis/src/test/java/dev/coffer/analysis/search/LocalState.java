package dev.coffer.analysis.search;

import dev.coffer.protocol.codec.Bytes;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * One HSM's whole memory at one moment, and every step from there that was tried already. Equal
 * states of one HSM are one object.
 */
final class LocalState {
  /** What a host may ask. */
  enum Kind {
    CAPTURE,
    CAPTURE_AGAIN,
    RELEASE,
    ADOPT,
    RESTATE,
    RESTART,
    ROLL_BACK,
    CHALLENGE,
    HEAR
  }

  /** A call; what {@code a} and {@code b} mean depends on the kind. */
  record Call(Kind kind, int a, int b) {
    static Call of(Kind kind, int a) {
      return new Call(kind, a, 0);
    }
  }

  /**
   * What a call came to.
   *
   * @param stated the place whose statement the host got
   * @param evaluated the guess whose partial result got out, 0 for none
   */
  record Step(LocalState to, boolean refused, Optional<Place> stated, int evaluated) {}

  final int id;
  final int kind;
  final Bytes image;
  final Map<String, Object> memory;
  final Place place;
  final long highestCertified;
  final boolean maySign;
  final Set<Integer> heard;
  final Set<Long> held;
  final Optional<Bytes> nonce;
  final Map<Call, Step> steps = new HashMap<>();

  /**
   * @param id its number among this HSM's states
   * @param kind its number among all texts: HSMs in equal states share it
   */
  LocalState(
      int id,
      int kind,
      Bytes image,
      Map<String, Object> memory,
      Place place,
      long highestCertified,
      boolean maySign) {
    this.id = id;
    this.kind = kind;
    this.image = image;
    this.memory = memory;
    this.place = place;
    this.highestCertified = highestCertified;
    this.maySign = maySign;
    this.heard = keys(memory.get("restart.heard"));
    this.held = HsmMemory.held(memory);
    this.nonce = nonce(memory.get("restart.nonce"));
  }

  @SuppressWarnings("unchecked")
  private static <K> Set<K> keys(Object map) {
    return map == null ? Set.of() : Set.copyOf(((Map<K, ?>) map).keySet());
  }

  @SuppressWarnings("unchecked")
  private static Optional<Bytes> nonce(Object nonce) {
    return nonce == null ? Optional.empty() : (Optional<Bytes>) nonce;
  }
}
