package dev.coffer.transparency.text;

import dev.coffer.protocol.codec.Bytes;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;

/**
 * Text as signed notes allow it. Decoding is strict, so that text and octets stand one to one:
 * whoever signed the octets signed this text and no other.
 */
public final class Utf8 {
  private Utf8() {}

  /**
   * Decodes well-formed UTF-8 without control characters other than newline, carriage return
   * included, and without a byte order mark in front.
   */
  public static String decode(Bytes octets, String what) throws Refused {
    String text;
    try {
      text =
          StandardCharsets.UTF_8
              .newDecoder()
              .onMalformedInput(CodingErrorAction.REPORT)
              .onUnmappableCharacter(CodingErrorAction.REPORT)
              .decode(ByteBuffer.wrap(octets.toByteArray()))
              .toString();
    } catch (CharacterCodingException e) {
      throw new Refused(RefusalCode.BAD_TEXT, what);
    }
    check(text, what);
    return text;
  }

  /** The octets of {@code text}, which is well formed. */
  public static Bytes encode(String text) {
    return Bytes.wrap(text.getBytes(StandardCharsets.UTF_8));
  }

  /** Refuses text that no note may hold. */
  public static void check(String text, String what) throws Refused {
    boolean bad = !text.isEmpty() && text.charAt(0) == '\uFEFF';
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      bad |= c < 0x20 && c != '\n';
      if (Character.isHighSurrogate(c)) {
        i++;
        bad |= i == text.length() || !Character.isLowSurrogate(text.charAt(i));
      } else {
        bad |= Character.isLowSurrogate(c);
      }
    }
    if (bad) {
      throw new Refused(RefusalCode.BAD_TEXT, what);
    }
  }

  /** Refuses anything but printable ASCII, space and newline. */
  public static void checkAscii(String text, String what) throws Refused {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c > 0x7e || c < 0x20 && c != '\n') {
        throw new Refused(RefusalCode.BAD_TEXT, what);
      }
    }
  }
}
