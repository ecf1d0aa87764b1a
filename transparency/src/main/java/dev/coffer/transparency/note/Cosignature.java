package dev.coffer.transparency.note;

import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.codec.CanonicalReader;
import dev.coffer.protocol.codec.CanonicalWriter;
import dev.coffer.protocol.codec.Rejected;
import dev.coffer.protocol.crypto.Ed25519;
import dev.coffer.transparency.text.RefusalCode;
import dev.coffer.transparency.text.Refused;
import dev.coffer.transparency.text.Utf8;

/**
 * A witness's word: as of {@code time}, the largest consistent tree it had seen of this log is the
 * one of this checkpoint (c2sp.org/tlog-cosignature, type 0x04).
 *
 * @param time seconds since 1970, 0 to 2⁶³−1
 * @param signature Ed25519, 64 octets
 */
public record Cosignature(long time, Bytes signature) {
  /**
   * What is signed: a header that sets it apart, the time, and the whole text of the checkpoint.
   *
   * @param text a checkpoint's text with its last newline, without signature lines
   */
  public static Bytes message(long time, String text) {
    return Utf8.encode("cosignature/v1\ntime " + time + "\n" + text);
  }

  /** Reads u64 time ‖ signature. */
  public static Cosignature parse(Bytes payload) throws Refused {
    try {
      CanonicalReader in = new CanonicalReader(payload);
      Cosignature cosignature = new Cosignature(in.u64(), in.raw(Ed25519.SIGNATURE));
      in.end();
      return cosignature;
    } catch (Rejected e) {
      throw new Refused(RefusalCode.BAD_SIGNATURE, "cosignature of a known key");
    }
  }

  /** u64 time ‖ signature. */
  public Bytes encode() {
    return new CanonicalWriter().u64(time).raw(signature).toBytes();
  }

  boolean verify(Bytes publicKey, String text) {
    return Ed25519.verify(publicKey, message(time, text), signature);
  }
}
