package dev.coffer.node.core;

import dev.coffer.protocol.chain.Certificate;
import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.codec.CanonicalReader;
import dev.coffer.protocol.codec.CanonicalWriter;
import dev.coffer.protocol.codec.Limits;
import dev.coffer.protocol.codec.Rejected;
import java.util.ArrayList;
import java.util.List;

/** The question for archived certificates after entry {@code after}, and its answer. */
public record CertificatesWanted(int partition, long after) {
  /** Certificates in one answer. */
  public static final int MAX = 1_024;

  /** The question. */
  public Bytes encode() {
    return new CanonicalWriter().u16(partition).u64(after).toBytes();
  }

  static CertificatesWanted decode(Bytes body) throws Rejected {
    CanonicalReader in = new CanonicalReader(body);
    CertificatesWanted read =
        new CertificatesWanted(
            in.number(0, Limits.PARTITIONS_MAX - 1, in.u16(), "partition"), in.u64());
    in.end();
    return read;
  }

  static Bytes answer(List<Certificate> certificates) {
    CanonicalWriter out = new CanonicalWriter().u16(certificates.size());
    certificates.forEach(certificate -> certificate.write(out));
    return out.toBytes();
  }

  /** Reads an answer; verifies nothing. */
  public static List<Certificate> answered(Bytes body) throws Rejected {
    CanonicalReader in = new CanonicalReader(body);
    List<Certificate> certificates = new ArrayList<>();
    for (int left = in.number(0, MAX, in.u16(), "certificates"); left > 0; left--) {
      certificates.add(Certificate.read(in));
    }
    in.end();
    return certificates;
  }
}
