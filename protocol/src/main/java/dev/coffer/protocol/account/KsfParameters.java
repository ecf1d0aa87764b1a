package dev.coffer.protocol.account;

import dev.coffer.protocol.codec.CanonicalReader;
import dev.coffer.protocol.codec.CanonicalWriter;
import dev.coffer.protocol.codec.Rejected;

/**
 * Argon2id parameters (RFC 9106).
 *
 * @param memoryKibibytes m, 1 to 1,048,576 KiB on the wire; the client's own floor and ceiling are
 *     narrower
 * @param passes t, 1 to 64
 * @param lanes p, 1 to 16
 */
public record KsfParameters(int memoryKibibytes, int passes, int lanes) {
  /** m = 64 MiB, t = 3, p = 1. */
  public static final KsfParameters DEFAULT = new KsfParameters(65_536, 3, 1);

  /** Appends the six octets of this. */
  public void write(CanonicalWriter out) {
    out.u32(memoryKibibytes).u8(passes).u8(lanes);
  }

  /** Reads what {@link #write} wrote. */
  public static KsfParameters read(CanonicalReader in) throws Rejected {
    int memory = in.number(1, 1 << 20, in.u32(), "KSF memory");
    int passes = in.number(1, 64, in.u8(), "KSF passes");
    int lanes = in.number(1, 16, in.u8(), "KSF lanes");
    return new KsfParameters(memory, passes, lanes);
  }
}
