package dev.coffer.hsm.chain;

import dev.coffer.protocol.chain.Certificate;
import dev.coffer.protocol.chain.ChainValues;
import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.codec.CanonicalReader;
import dev.coffer.protocol.codec.CanonicalWriter;
import dev.coffer.protocol.codec.Invariant;
import dev.coffer.protocol.codec.Limits;
import dev.coffer.protocol.codec.Rejected;
import dev.coffer.protocol.codec.RejectionCode;
import dev.coffer.protocol.fleet.FleetId;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * All that an HSM remembers of a partition, and all that stands between hosts and an old state
 * passed off as new (INV-7): the newest entries' values and the newest certificate it has verified.
 *
 * @param ring 1 to W values of consecutive k, oldest first
 * @param certificate empty until the first entry is certified
 */
public record ChainState(List<ChainValues> ring, Optional<Certificate> certificate) {
  private static final int VERSION = 1;

  public ChainState {
    ring = List.copyOf(ring);
    Invariant.check(!ring.isEmpty() && ring.size() <= Limits.RING, "the ring holds 1 to W values");
  }

  static ChainState founding(FleetId fleetId, int partition) {
    return new ChainState(List.of(ChainValues.founding(fleetId, partition)), Optional.empty());
  }

  ChainValues newest() {
    return ring.getLast();
  }

  /** The k of the newest certificate; 0 at the founding. */
  long highestCertified() {
    return certificate.map(c -> c.values().k()).orElse(0L);
  }

  /** The values at {@code k}, while in the ring. */
  Optional<ChainValues> at(long k) {
    long index = k - ring.getFirst().k();
    return index >= 0 && index < ring.size()
        ? Optional.of(ring.get((int) index))
        : Optional.empty();
  }

  /** One entry further. */
  ChainState append(ChainValues values) {
    Invariant.check(values.k() == newest().k() + 1, "k counts by one");
    List<ChainValues> next = new ArrayList<>(ring);
    next.add(values);
    return new ChainState(
        next.subList(Math.max(0, next.size() - Limits.RING), next.size()), certificate);
  }

  /** With a verified certificate, if it is newer than the one known. */
  ChainState certified(Certificate verified) {
    return verified.values().k() > highestCertified()
        ? new ChainState(ring, Optional.of(verified))
        : this;
  }

  /**
   * At a verified certificate further on: what lies between is not known, so the ring starts anew.
   */
  static ChainState adopted(Certificate verified) {
    return new ChainState(List.of(verified.values()), Optional.of(verified));
  }

  /** The image in non-volatile memory, at most 1,701 octets. */
  Bytes encode() {
    CanonicalWriter out = new CanonicalWriter().u8(VERSION).u8(ring.size());
    ring.forEach(values -> values.write(out));
    return out.option(certificate, c -> c.write(out)).toBytes();
  }

  /** Whether an image is the founding state of whichever fleet: nothing ever counted on it. */
  static boolean untouched(Bytes image, int partition) {
    try {
      return image.equals(founding(fleetOf(image), partition).encode());
    } catch (Rejected e) {
      return false;
    }
  }

  private static FleetId fleetOf(Bytes image) throws Rejected {
    CanonicalReader in = new CanonicalReader(image);
    in.u16();
    return ChainValues.read(in).fleetId();
  }

  /** Reads an image of this partition, whichever fleet it is of. */
  public static ChainState decode(Bytes image, int partition) throws Rejected {
    return decode(image, fleetOf(image), partition);
  }

  /** Reads an image and checks that it is this fleet's and this partition's. */
  static ChainState decode(Bytes image, FleetId fleetId, int partition) throws Rejected {
    CanonicalReader in = new CanonicalReader(image);
    in.number(VERSION, VERSION, in.u8(), "image version");
    int size = in.number(1, Limits.RING, in.u8(), "ring");
    List<ChainValues> ring = new ArrayList<>(size);
    for (int i = 0; i < size; i++) {
      ChainValues values = ChainValues.read(in);
      boolean fits =
          values.fleetId().equals(fleetId)
              && values.partition() == partition
              && (i == 0 || values.k() == ring.get(i - 1).k() + 1);
      if (!fits) {
        throw new Rejected(RejectionCode.WRONG_ADDRESSEE, "image of another partition");
      }
      ring.add(values);
    }
    Optional<Certificate> certificate = in.option(() -> Certificate.read(in));
    in.end();
    return new ChainState(ring, certificate);
  }
}
