package dev.coffer.protocol.group;

import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.curve.EdwardsPoint;
import dev.coffer.protocol.curve.RistrettoEncoding;
import java.util.Optional;

/**
 * An element of ristretto255. Immutable and thread-safe. Compare with {@link Ristretto255#equal};
 * there is no {@code equals}.
 */
public final class RistrettoElement implements PrimeOrderGroup.Element {
  /** Octets of an encoding. */
  public static final int SIZE = RistrettoEncoding.SIZE;

  /** One of the eight points that stand for the element; written by {@link #destroy} alone. */
  final EdwardsPoint point;

  /**
   * Set late without a lock: its value is immutable, and two threads at worst compute the same
   * octets.
   */
  private Optional<Bytes> encoding;

  RistrettoElement(EdwardsPoint point) {
    this.point = point;
    this.encoding = Optional.empty();
  }

  RistrettoElement(EdwardsPoint point, Bytes encoding) {
    this.point = point;
    this.encoding = Optional.of(encoding);
  }

  /** The canonical 32 octets (RFC 9496 §4.3.2). */
  @Override
  public Bytes encode() {
    Optional<Bytes> known = encoding;
    if (known.isEmpty()) {
      known = Optional.of(Bytes.wrap(RistrettoEncoding.encode(point)));
      encoding = known;
    }
    return known.get();
  }

  /** Overwrites the point. The element must not be used any more, nor have been shared. */
  @Override
  public void destroy() {
    point.wipe();
  }

  /** Redacted: an unblinded element is secret. */
  @Override
  public String toString() {
    return "RistrettoElement[redacted]";
  }
}
