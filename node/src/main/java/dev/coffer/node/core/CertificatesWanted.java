package dev.coffer.node.core;

import dev.coffer.protocol.chain.Certificate;
import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.codec.CanonicalReader;
import dev.coffer.protocol.codec.CanonicalWriter;
import dev.coffer.protocol.codec.Limits;
import dev.coffer.protocol.codec.Rejected;
import dev.coffer.protocol.codec.RejectionCode;
import dev.coffer.protocol.fleet.Fleet;
import java.util.ArrayList;
import java.util.List;

/** The question for archived certificates after entry {@code after}, and its answer. */
public record CertificatesWanted(int partition, long after) {
  /** Certificates in one answer that is read. */
  private static final int MAX = 1_024;

  /** Certificates in one answer that is given: each is verified before, and a jump needs one. */
  public static final int GIVEN_MAX = 32;

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

  /** Whether {@code certificate} is one of {@code partition} and holds. */
  static void check(Certificate certificate, Fleet fleet, int partition) throws Rejected {
    if (certificate.values().partition() != partition) {
      throw new Rejected(RejectionCode.WRONG_ADDRESSEE, "partition of the certificate");
    }
    certificate.verify(fleet);
  }

  /**
   * Those of an answer that are certificates of {@code partition}: one that rotted in a peer's
   * archive must not hide the others.
   */
  public static List<Certificate> sound(Bytes answer, Fleet fleet, int partition) throws Rejected {
    List<Certificate> sound = new ArrayList<>();
    for (Certificate certificate : answered(answer)) {
      try {
        check(certificate, fleet, partition);
        sound.add(certificate);
      } catch (Rejected rotten) {
        // The peer will find out when it reads it again.
      }
    }
    return sound;
  }

  /** Reads an answer; verifies nothing. */
  static List<Certificate> answered(Bytes body) throws Rejected {
    CanonicalReader in = new CanonicalReader(body);
    List<Certificate> certificates = new ArrayList<>();
    for (int left = in.number(0, MAX, in.u16(), "certificates"); left > 0; left--) {
      certificates.add(Certificate.read(in));
    }
    in.end();
    return certificates;
  }
}
