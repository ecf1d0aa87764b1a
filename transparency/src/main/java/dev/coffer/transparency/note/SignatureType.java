package dev.coffer.transparency.note;

import dev.coffer.protocol.codec.Bytes;
import dev.coffer.transparency.text.RefusalCode;
import dev.coffer.transparency.text.Refused;

/** What a key's signatures cover. The octet stands in verifier keys and in key ids. */
public enum SignatureType {
  /** Ed25519 over the note's text. */
  ED25519(0x01),
  /** A witness's Ed25519 over a time and a checkpoint's text (c2sp.org/tlog-cosignature). */
  COSIGNATURE(0x04);

  private final int number;

  SignatureType(int number) {
    this.number = number;
  }

  Bytes octet() {
    return Bytes.wrap(new byte[] {(byte) number});
  }

  static SignatureType of(int number) throws Refused {
    for (SignatureType type : values()) {
      if (type.number == number) {
        return type;
      }
    }
    throw new Refused(RefusalCode.UNSUPPORTED, "signature type");
  }
}
