package dev.coffer.protocol.outcome;

import dev.coffer.protocol.chain.Certificate;
import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.codec.CanonicalReader;
import dev.coffer.protocol.codec.CanonicalWriter;
import dev.coffer.protocol.codec.Limits;
import dev.coffer.protocol.codec.Rejected;
import dev.coffer.protocol.fleet.Fleet;
import java.util.ArrayList;
import java.util.List;

/**
 * The body of {@code GET /v1/bundle}: u32-length-prefixed {@code fleet.note}, {@code
 * fleet.tlog-proof} and chain of trust policies (docs/transparency.md §2; all three empty for a
 * fleet that apps pin), then the fleet's members and the newest certificate of every partition that
 * has one. Nothing in it is trusted before the client has verified it.
 */
public record FleetDelivery(
    Bytes note, Bytes logProof, Bytes trustPolicies, Fleet fleet, List<Certificate> certificates) {
  private static final int PART_MAX = 64 << 10;

  public FleetDelivery {
    certificates = List.copyOf(certificates);
  }

  /** For a fleet that apps pin. */
  public static FleetDelivery pinned(Fleet fleet, List<Certificate> certificates) {
    return new FleetDelivery(Bytes.EMPTY, Bytes.EMPTY, Bytes.EMPTY, fleet, certificates);
  }

  /** The canonical encoding. */
  public Bytes encode() {
    CanonicalWriter out = new CanonicalWriter();
    out.field(note)
        .field(logProof)
        .field(trustPolicies)
        .field(fleet.encode())
        .u16(certificates.size());
    certificates.forEach(certificate -> certificate.write(out));
    return out.toBytes();
  }

  /** Decodes {@link #encode}. */
  public static FleetDelivery decode(Bytes encoded) throws Rejected {
    CanonicalReader in = new CanonicalReader(encoded);
    Bytes note = in.field(PART_MAX, "fleet.note");
    Bytes proof = in.field(PART_MAX, "fleet.tlog-proof");
    Bytes policies = in.field(PART_MAX, "trust policies");
    Fleet fleet = Fleet.decode(in.field(PART_MAX, "fleet"));
    List<Certificate> certificates = new ArrayList<>();
    for (int left = in.number(0, Limits.PARTITIONS_MAX, in.u16(), "certificates");
        left > 0;
        left--) {
      certificates.add(Certificate.read(in));
    }
    in.end();
    return new FleetDelivery(note, proof, policies, fleet, certificates);
  }
}
