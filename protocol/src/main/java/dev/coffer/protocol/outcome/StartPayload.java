package dev.coffer.protocol.outcome;

import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.codec.CanonicalReader;
import dev.coffer.protocol.codec.CanonicalWriter;
import dev.coffer.protocol.codec.Limits;
import dev.coffer.protocol.codec.Rejected;

/**
 * What an accepted RegisterStart tells: where the evaluation was first granted. RegisterFinish
 * names exactly this place. On a retry it is an earlier one than the retry's own entry, whose
 * answer may be the only one the client ever sees (INV-8). 10 octets.
 *
 * @param k the entry of the first granting
 * @param position its place there, 0 to 255
 */
public record StartPayload(long k, int position) {
  /** The canonical encoding. */
  public Bytes encode() {
    return new CanonicalWriter().u64(k).u16(position).toBytes();
  }

  /** Decodes {@link #encode}. */
  public static StartPayload decode(Bytes encoded) throws Rejected {
    CanonicalReader in = new CanonicalReader(encoded);
    StartPayload payload =
        new StartPayload(in.u64(), in.number(0, Limits.OPERATIONS_MAX - 1, in.u16(), "position"));
    in.end();
    return payload;
  }
}
