package dev.coffer.transparency.text;

import dev.coffer.protocol.codec.Bytes;
import java.util.Base64;

/** Standard base64 with padding (RFC 4648 §4), and only its canonical form. */
public final class StrictBase64 {
  private StrictBase64() {}

  /** The canonical text. */
  public static String encode(Bytes octets) {
    return Base64.getEncoder().encodeToString(octets.toByteArray());
  }

  /**
   * Decodes {@code text} and accepts it only if it is what {@link #encode} would have written: the
   * JDK's decoder lets missing padding and stray bits pass, which would give one signature several
   * spellings.
   */
  public static Bytes decode(String text, String what) throws Refused {
    byte[] octets;
    try {
      octets = Base64.getDecoder().decode(text);
    } catch (IllegalArgumentException e) {
      throw new Refused(RefusalCode.MALFORMED, what);
    }
    Bytes decoded = Bytes.wrap(octets);
    if (!encode(decoded).equals(text)) {
      throw new Refused(RefusalCode.NOT_CANONICAL, what);
    }
    return decoded;
  }

  /** Decodes exactly {@code size} octets. */
  public static Bytes decode(String text, int size, String what) throws Refused {
    Bytes decoded = decode(text, what);
    if (decoded.size() != size) {
      throw new Refused(RefusalCode.MALFORMED, what);
    }
    return decoded;
  }
}
