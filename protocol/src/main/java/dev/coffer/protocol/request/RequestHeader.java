package dev.coffer.protocol.request;

import dev.coffer.protocol.account.Subject;
import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.codec.CanonicalReader;
import dev.coffer.protocol.codec.CanonicalWriter;
import dev.coffer.protocol.codec.Limits;
import dev.coffer.protocol.codec.Rejected;
import java.util.ArrayList;
import java.util.List;

/**
 * What every request carries.
 *
 * @param seenK the k of a certificate of this partition that the client has just verified; 0 at the
 *     founding
 * @param encapsulations enc_1 … enc_n, 32 octets each: HSM i answers under enc_i
 */
public record RequestHeader(Subject subject, long seenK, List<Bytes> encapsulations) {
  public RequestHeader {
    encapsulations = List.copyOf(encapsulations);
  }

  void write(CanonicalWriter out) {
    out.raw(subject.encode()).u64(seenK).u8(encapsulations.size());
    encapsulations.forEach(out::raw);
  }

  static RequestHeader read(CanonicalReader in) throws Rejected {
    Subject subject = Subject.read(in);
    long seenK = in.u64();
    int count = in.number(1, Limits.HSMS_MAX, in.u8(), "encapsulations");
    List<Bytes> encapsulations = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      encapsulations.add(in.raw(Limits.DIGEST));
    }
    return new RequestHeader(subject, seenK, encapsulations);
  }
}
