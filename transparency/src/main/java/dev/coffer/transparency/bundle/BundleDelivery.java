package dev.coffer.transparency.bundle;

import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.codec.CanonicalReader;
import dev.coffer.protocol.codec.CanonicalWriter;
import dev.coffer.protocol.codec.Rejected;
import dev.coffer.protocol.outcome.FleetDelivery;
import dev.coffer.transparency.text.RefusalCode;
import dev.coffer.transparency.text.Refused;
import java.util.ArrayList;
import java.util.List;

/**
 * A bundle as it travels: {@code fleet.note}, {@code fleet.tlog-proof}, and the chain of trust
 * policies, each with its length in front. Nothing in it is trusted.
 *
 * @param note at most 16 KiB
 * @param proof at most 64 KiB
 * @param policies each policy's note with its u32 length in front, ascending by version, at most 64
 *     KiB in all
 */
public record BundleDelivery(Bytes note, Bytes proof, Bytes policies) {
  private static final int PART_MAX = 64 << 10;
  private static final int POLICIES_MAX = 64;

  /** For a fleet that apps pin. */
  public static final BundleDelivery NONE =
      new BundleDelivery(Bytes.EMPTY, Bytes.EMPTY, Bytes.EMPTY);

  /** The parts that come from notary, log and operator, out of a node's answer. */
  public static BundleDelivery of(FleetDelivery delivery) {
    return new BundleDelivery(delivery.note(), delivery.logProof(), delivery.trustPolicies());
  }

  /** Of its parts. */
  public static BundleDelivery of(Bytes note, Bytes proof, List<Bytes> policies) {
    CanonicalWriter out = new CanonicalWriter();
    policies.forEach(out::field);
    return new BundleDelivery(note, proof, out.toBytes());
  }

  /** Each part with its u32 length in front. */
  public Bytes encode() {
    return new CanonicalWriter().field(note).field(proof).field(policies).toBytes();
  }

  /** Reads what {@link #encode} wrote. */
  public static BundleDelivery decode(Bytes encoded) throws Refused {
    try {
      CanonicalReader in = new CanonicalReader(encoded);
      BundleDelivery delivery =
          new BundleDelivery(
              in.field(Bundle.SIZE_MAX, "fleet.note"),
              in.field(PART_MAX, "fleet.tlog-proof"),
              in.field(PART_MAX, "trust policies"));
      in.end();
      return delivery;
    } catch (Rejected e) {
      throw new Refused(RefusalCode.MALFORMED, "delivery");
    }
  }

  /** The notes of the trust policies. */
  public List<Bytes> policyNotes() throws Refused {
    if (policies.size() > PART_MAX) {
      throw new Refused(RefusalCode.TOO_LARGE, "trust policies");
    }
    try {
      CanonicalReader in = new CanonicalReader(policies);
      List<Bytes> notes = new ArrayList<>();
      while (in.remaining() > 0) {
        if (notes.size() == POLICIES_MAX) {
          throw new Refused(RefusalCode.TOO_LARGE, "trust policies");
        }
        notes.add(in.field(PART_MAX, "trust policy"));
      }
      return notes;
    } catch (Rejected e) {
      throw new Refused(RefusalCode.MALFORMED, "trust policies");
    }
  }
}
